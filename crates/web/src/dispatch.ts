import type { Schemas } from './api/client';
import type { TextKey } from './texts/zh';

/** A dispatch's five figures and its pages for a meeting: what each page shows, and how many lines fit where all can read them. */

export type Dispatch = Schemas['DispatchJson'];
export type Figure = keyof Schemas['TallyJson'] & keyof Schemas['DispatchQueriesJson'];

export const FIGURES: readonly { readonly id: Figure; readonly word: TextKey; readonly urgent?: boolean }[] = [
  { id: 'new', word: 'dispatchNew' },
  { id: 'done', word: 'dispatchDone' },
  { id: 'open', word: 'dispatchOpen' },
  { id: 'overdue', word: 'dispatchOverdue', urgent: true },
  { id: 'raised', word: 'dispatchRaised', urgent: true },
];

export type Topic = 'dispatchTotals' | 'byRegion' | 'byUnit' | 'overdueList' | 'earlierDecisions' | 'takenDecisions';

/** One page: a topic, and which of its lines. */
export interface Slide {
  readonly topic: Topic;
  readonly from: number;
  readonly until: number;
  /** Of how many pages of the topic this is which, from 1. */
  readonly part: number;
  readonly parts: number;
}

const FIT: Readonly<Record<Topic, number>> = { dispatchTotals: 1, byRegion: 10, byUnit: 10, overdueList: 9, earlierDecisions: 6, takenDecisions: 6 };

/** The pages of a meeting, in order. A topic without lines has its page, too: it says so. Regions without parts below have none. */
export function slidesOf(dispatch: Dispatch): readonly Slide[] {
  const topics: readonly (readonly [Topic, number])[] = [
    ['dispatchTotals', 1],
    ['byRegion', dispatch.regions.length],
    ['byUnit', dispatch.units.length],
    ['overdueList', dispatch.overdue.length],
    ['earlierDecisions', dispatch.decisions.length],
    ['takenDecisions', dispatch.taken.length],
  ];
  return topics.flatMap(([topic, lines]) => {
    if (lines === 0 && topic === 'byRegion') return [];
    const fit = FIT[topic];
    const parts = Math.max(1, Math.ceil(lines / fit));
    return Array.from({ length: parts }, (_, part) => ({ topic, from: part * fit, until: (part + 1) * fit, part: part + 1, parts }));
  });
}
