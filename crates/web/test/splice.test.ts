import { expect, test } from 'vitest';
import { spliceBetween } from '../src/splice';

function apply(text: string, next: string): string {
  const splice = spliceBetween(text, next);
  if (!splice) return text;
  const old = [...text];
  old.splice(splice.at, splice.delete ?? 0, ...(splice.insert ?? ''));
  return old.join('');
}

test.each([
  ['', '占地'],
  ['占地', ''],
  ['占地一亩', '占地两亩'],
  ['aaa', 'aa'],
  ['𠮷野家', '𠮷野'],
  ['村东', '村东村西'],
])('"%s" becomes "%s"', (before, after) => {
  expect(apply(before, after)).toBe(after);
});

test('places count code points and what both share stays untouched', () => {
  expect(spliceBetween('𠮷占地一亩', '𠮷占地两亩')).toEqual({ at: 3, delete: 1, insert: '两' });
  expect(spliceBetween('一样', '一样')).toBeUndefined();
});
