import { sayer } from '../state/language.svelte';

/** What the screens of the library of laws say, in both languages side by side: they are loaded when somebody opens them. */

export const l = sayer({
  laws: ['法规', 'Laws'],
  search: ['搜索条文，如：耕地 占用；土地管理法 44', 'Search: words, or a law and a number'],
  none: ['本机还没有法规库，有网络时自动下载。', 'No library on this phone yet: it comes when there is network.'],
  here: ['法规库 {version} 已在本机，没有网络也能查。', 'Library {version} is on this phone and works without network.'],
  articles: ['{count} 条', '{count} articles'],
  asOf: ['{day} 版', 'as of {day}'],
  found: ['找到 {count} 条', '{count} found'],
  foundMost: ['找到 {count} 条，先列出 {most} 条，可再加一个词。', '{count} found, {most} shown: add a word.'],
  notFound: ['没有找到，换一个词试试。', 'Nothing found: try another word.'],
  pick: ['从法规库选', 'Pick from the library'],
  close: ['收起', 'Close'],
  whence: ['法规库 {version}', 'library {version}'],
  otherVersion: ['记录时用的是法规库 {version}，这里是现有的一版。', 'Recorded with library {version}; this is the one at hand.'],
  unknown: ['法规库里没有《{law}》{article}的条文。', '《{law}》{article} is not in the library.'],
  questions: ['现场问询', 'Questions and answers'],
  addQuestion: ['＋ 加一问', '＋ Add a question'],
  removeQuestion: ['删去这一问', 'Remove this question'],
  publishHint: ['CSV（UTF-8）或 XLSX，第一行是列名：law（法规名称）、article（条款）、text（条文），可再有 as_of（版本日期）。职责文件也可以放进来，一段一行。发布后每部手机联网时自动取回，没有网络也能查；已发布的版本不能改，改动请发布新版本。', 'CSV (UTF-8) or XLSX; the first row names the columns law, article, text and, if you like, as_of. Duty documents may be in it, a row for each part. Every phone fetches it when it has network. A published version never changes: publish a new one.'],
  version: ['版本', 'Version'],
  published: ['已发布 {version}，位置 {position}', '{version} is published, position {position}'],
  publish: ['发布 {version}：{count} 条', 'Publish {version}: {count} articles'],
  wrong: ['{count} 处有误，没有发布', '{count} cells are wrong: nothing was published'],
  noVersions: ['还没有发布过法规库。', 'No library has been published.'],
  versionsOf: ['已发布的版本', 'Published versions'],
  when: ['发布时间', 'Published'],
  who: ['发布人', 'By'],
  lawCount: ['法规', 'Laws'],
  articleCount: ['条文', 'Articles'],
});
