import type { RecordJson } from './api/client';
import type { Label } from './definition';

/** The papers about a problem as data: what each is called, by which event it is issued, what it shows and who signs it. */

export interface Sheet {
  readonly id: string;
  readonly label: Label;
  /** Issued with this event; the last one that counts. */
  readonly event: string;
  /** Said before the number of the paper. */
  readonly letter: Label;
  readonly fields: readonly string[];
  readonly texts: readonly string[];
  readonly signed: readonly Label[];
}

const PLACE = ['f/title', 'f/domain', 'f/village', 'f/address'];
const FOUR = ['f/settled_person', 'f/settled_matter', 'f/settled_standard', 'f/settled_deadline', 'f/rectification_mode'];

export const SHEETS: readonly Sheet[] = [
  {
    id: 'transfer', event: 'transfer', label: { zh: '问题交办单', en: 'Transfer order' }, letter: { zh: '交', en: 'T' },
    fields: [...PLACE, ...FOUR], texts: ['description'],
    signed: [{ zh: '交办单位（盖章）', en: 'Transferred by (seal)' }, { zh: '承办单位签收人', en: 'Received by' }],
  },
  {
    id: 'supervise', event: 'supervise', label: { zh: '问题督办单', en: 'Supervision order' }, letter: { zh: '督', en: 'S' },
    fields: [...PLACE, ...FOUR], texts: ['description'],
    signed: [{ zh: '督办单位（盖章）', en: 'Supervised by (seal)' }, { zh: '承办单位签收人', en: 'Received by' }],
  },
  {
    id: 'report', event: 'report', label: { zh: '问题整改报告', en: 'Rectification report' }, letter: { zh: '报', en: 'R' },
    fields: [...PLACE, ...FOUR, 'f/done_on'], texts: ['plan', 'result'],
    signed: [{ zh: '承办单位（盖章）', en: 'Done by (seal)' }, { zh: '复核人', en: 'Reviewed by' }],
  },
];

export interface Issued {
  readonly sheet: Sheet;
  /** The event it is issued with, and the how many-th of its kind that is. */
  readonly event: RecordJson['events'][number];
  readonly nth: number;
}

/** The papers that a record's events have issued. */
export function issuedOf(record: RecordJson): Issued[] {
  if (record.kind !== 'problem') return [];
  return SHEETS.flatMap((sheet) => {
    const events = record.events.filter(({ event, counts }) => counts && event === sheet.event);
    const event = events.at(-1);
    return event ? [{ sheet, event, nth: events.length }] : [];
  });
}
