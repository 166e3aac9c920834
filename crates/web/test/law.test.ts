import { expect, test } from 'vitest';
import { articleOf, numeral, reference, references, search, type Library } from '../src/law';

const library: Library = {
  version: '2020-06',
  laws: [
    { name: '中华人民共和国土地管理法', as_of: '2019-08-26', articles: [{ article: '第三十七条', text: '非农业建设必须节约使用土地，可以利用荒地的，不得占用耕地。' }, { article: '第四十四条', text: '建设占用土地，涉及农用地转为建设用地的，应当办理农用地转用审批手续。' }] },
    { name: '县水务局职责清单', articles: [{ article: '二、取水许可', text: '审批取水许可，监督取水计量。' }] },
  ],
};
const names = (said: string): string[] => search(library, said, 10).found.map(({ article }) => article);

test('an article is named in a record so that it is found again, with and without a library of that version', () => {
  const [found] = search(library, '土地管理法 44', 1).found;
  const text = reference(found!, '2020-06');
  expect(text).toBe('《土地管理法》第四十四条〔法规库 2020-06〕');
  expect(references(text)).toEqual([{ law: '土地管理法', article: '第四十四条', version: '2020-06' }]);
  expect(articleOf(library, references(text)[0]!)?.text).toContain('农用地转用审批');
  const duty = reference(search(library, '取水计量', 1).found[0]!, '2020-06');
  expect(articleOf(library, references(duty)[0]!)?.article).toBe('二、取水许可');
  expect(articleOf(library, { law: '水法', article: '第七条', version: undefined })).toBeUndefined();
});

test('what people and definitions write by hand is understood, and what names no article is left alone', () => {
  const named = references('《土地管理法》第三十七条、第四十四条;《中华人民共和国水法》第七条');
  expect(named.map(({ law, article }) => `${law} ${article}`)).toEqual(['土地管理法 第三十七条', '土地管理法 第四十四条', '中华人民共和国水法 第七条']);
  expect(references('《疫苗管理法》及有关规定')).toEqual([]);
  expect(references('')).toEqual([]);
});

test('articles are found by words, by law and by number however it is typed', () => {
  expect(names('耕地')).toEqual(['第三十七条']);
  expect(names('土地 审批')).toEqual(['第四十四条']);
  for (const said of ['土地管理法44', '土地管理法第44条', '《土地管理法》第四十四条', '第四十四条', '44']) expect(names(said), said).toEqual(['第四十四条']);
  expect(names('土地管理法')).toEqual(['第三十七条', '第四十四条']);
  expect(names('取水')).toEqual(['二、取水许可']);
  expect(names('没有的词')).toEqual([]);
  expect(names('  ')).toEqual([]);
  expect(search(library, '土地管理法', 1)).toMatchObject({ total: 2, found: [{ article: '第三十七条' }] });
});

test('numbers are written as articles are counted', () => {
  expect([1, 10, 14, 20, 44, 100, 101, 110, 205].map(numeral)).toEqual(['一', '十', '十四', '二十', '四十四', '一百', '一百零一', '一百一十', '二百零五']);
});
