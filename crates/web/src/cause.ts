import { api, type RecordJson, type Value } from './api/client';
import { spliceBetween } from './splice';
import { same } from './value';

/** Writing what a form holds into a record, and letting the event happen after it. */

export interface Filled {
  readonly writes: Readonly<Record<string, Value>>;
  readonly texts: Readonly<Record<string, string>>;
  readonly args: Readonly<Record<string, Value>>;
}

export const NOTHING_FILLED: Filled = { writes: {}, texts: {}, args: {} };

/** What changed is written at what was seen of the record; the position of the last entry comes back. */
export async function cause(record: RecordJson, event: string, filled: Filled): Promise<number> {
  let seen = record.seen;
  const writes = Object.entries(filled.writes)
    .filter(([path, value]) => !same(value, record.fields[path]?.value))
    .map(([path, value]) => ({ path, value }));
  if (writes.length > 0) ({ seen } = await api.edit(record.id, seen, { edit: 'set', writes }));
  for (const [field, text] of Object.entries(filled.texts)) {
    const splice = spliceBetween(record.texts[field]?.content ?? '', text);
    if (splice) ({ seen } = await api.edit(record.id, seen, { edit: 'edit-text', field, splices: [splice] }));
  }
  const said = Object.entries(filled.args).filter(([, value]) => value !== null && value !== '');
  const done = await api.edit(record.id, seen, { edit: 'event', event, args: Object.fromEntries(said) });
  return done.position;
}
