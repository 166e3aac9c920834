import { expect, test } from 'vitest';
import { slidesOf, type Dispatch } from '../src/dispatch';

const tally = { new: 0, done: 0, open: 0, overdue: 0, raised: 0 };
const parts = (count: number): Dispatch['units'] => Array.from({ length: count }, (_, nr) => ({ code: `u-${nr}`, tally }));
const dispatch = (regions: number, units: number): Dispatch => ({
  as_of: { epoch: '', position: 9 }, id: 9, region: '130100', from: '', to: '', frozen_at: 8, by: '', total: tally,
  queries: { new: '', done: '', open: '', overdue: '', raised: '' }, regions: parts(regions), units: parts(units), units_more: 0, overdue: [], decisions: [], taken: [],
});

test('every line of a dispatch is on one page of its topic, and a topic without lines has a page that says so', () => {
  const slides = slidesOf(dispatch(23, 10));
  const regions = slides.filter(({ topic }) => topic === 'byRegion');
  expect(regions.map(({ from, until, part, parts: of }) => [from, until, part, of])).toEqual([[0, 10, 1, 3], [10, 20, 2, 3], [20, 30, 3, 3]]);
  expect(slides.filter(({ topic }) => topic === 'byUnit')).toHaveLength(1);
  expect(slides.map(({ topic }) => topic).slice(-3)).toEqual(['overdueList', 'earlierDecisions', 'takenDecisions']);
});

test('a region with nothing below has no page of regions', () => {
  expect(slidesOf(dispatch(0, 0)).map(({ topic }) => topic)).toEqual(['dispatchTotals', 'byUnit', 'overdueList', 'earlierDecisions', 'takenDecisions']);
});
