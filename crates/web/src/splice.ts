import type { Schemas } from './api/client';

/** The one replacement that turns a text into another, in code points: what both share at its ends stays untouched, so that what somebody else writes there meanwhile is kept. */
export function spliceBetween(before: string, after: string): Schemas['SpliceJson'] | undefined {
  const [old, next] = [[...before], [...after]];
  let start = 0;
  while (start < old.length && start < next.length && old[start] === next[start]) start += 1;
  let end = 0;
  const most = Math.min(old.length, next.length) - start;
  while (end < most && old[old.length - 1 - end] === next[next.length - 1 - end]) end += 1;
  const gone = old.length - start - end;
  const insert = next.slice(start, next.length - end).join('');
  return gone === 0 && insert === '' ? undefined : { at: start, delete: gone, insert };
}
