import { sayer } from '../state/language.svelte';

/** What the screens of visits that several phones write into say, in both languages: loaded with them, not with the first screen. */

export const visits = sayer({
  lookBack: ['回头看', 'To look at again'],
  lookBackOn: ['{day} 前去看', 'by {day}'],
  looked: ['看得怎样', 'What was seen'],
  lookedDone: ['记下回头看', 'Record it'],
  news: ['我报的问题', 'What I reported'],
  fresh: ['新进展', 'News'],
  finish: ['办结任务', 'Finish the task'],
  planned: ['计划走访', 'Planned visits'],
  covered: ['已走访 {count}/{of}', 'Visited {count} of {of}'],
  begin: ['开始', 'Begin'],
  goOn: ['继续写', 'Go on'],
  visited: ['已走访', 'Visited'],
  withdrawn: ['已撤回 · 看记录', 'Withdrawn · see the record'],
  due: ['{day} 前', 'by {day}'],
  together: ['一起记', 'Write together'],
  togetherHint: ['同组的人扫这个码，或在“＋记录”里输入，就和你记在同一条检查里。没有信号也行。', 'Members of the group scan this code, or type it under “New”: they write into the same inspection. No signal needed.'],
  ofPlan: ['这次走访来自计划：同组的人打开同一点位，就和你记在同一条检查里。', 'This visit is planned: whoever of the group opens the same place writes into the same inspection.'],
  ofOthers: ['别人也在记这条检查：他们填了的不用再填。', 'Others write into this inspection, too: what they fill in need not be filled in again.'],
  code: ['检查码', 'Code of the visit'],
  scan: ['扫检查码', 'Scan a code'],
  enter: ['加入', 'Join'],
  form: ['检查码是 12 位字母和数字，请再看一遍。', 'The code has 12 letters and digits: look again.'],
  mistyped: ['有一位不对，请再看一遍。', 'One of the characters is wrong: look again.'],
  'not-ours': ['这不是你所在小组的检查；也可能本机的表单较旧，请先同步。', 'This inspection is of none of your groups; or the forms on this phone are older: exchange first.'],
  nothingRead: ['没有读到二维码，请靠近些再拍。', 'No code was found: go nearer.'],
});
