import type { Value } from '../api/client';
import { fieldsOf, type Definition, type FieldDef } from '../definition';
import { same } from '../value';
import { itemsOf } from './items';
import { phone, type NewRecord } from './phone/port';
import { stand } from './phone/state.svelte';
import type { Write } from './phone/types';

/** What a person has begun to write and not saved as a record: kept on the phone with every touch. A draft's records have their ids from the start, so that saving twice makes them once. */

const NOTE = 'drafts';
/** Prefilled next time: they seldom change from visit to visit. */
const LAST = 'last-values';
/** What records of one visit have in common. */
const SHARED = ['f/region', 'f/domain', 'f/village', 'f/address', 'f/position', 'f/team_kind', 'f/team'];
/** An opinion is a resident's, an activity of whoever takes part. */
const TEAM = ['f/team_kind', 'f/team'];
const REMEMBERED = ['f/domain', 'f/team_kind', 'f/team', 'f/village'];

export interface DraftRecord {
  readonly id: string;
  readonly kind: string;
  readonly values: Record<string, Value>;
  readonly texts: Record<string, string>;
}
export interface Draft {
  readonly begun: number;
  scope: string;
  readonly main: DraftRecord;
  readonly problems: DraftRecord[];
  /** Of a plan or of a colleague's code: others write into the same inspection. */
  readonly shared?: boolean;
}

const kept = $state<{ drafts: Draft[]; read: boolean; keeping: number }>({ drafts: [], read: false, keeping: 0 });

export function drafts(): Draft[] {
  return kept.drafts;
}
export function draftOf(id: string): Draft | undefined {
  return kept.drafts.find(({ main }) => main.id === id);
}
export function isKept(): boolean {
  return kept.keeping === 0;
}

export async function readDrafts(): Promise<void> {
  const stored = await phone.note(NOTE);
  kept.drafts = Array.isArray(stored) ? (stored as Draft[]) : [];
  kept.read = true;
}

/** Called with every touch. */
export async function keep(): Promise<void> {
  kept.keeping += 1;
  try {
    await phone.keepNote(NOTE, $state.snapshot(kept.drafts));
  } finally {
    kept.keeping -= 1;
  }
}

/** Today where the offices are. */
export function today(): string {
  return new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
}

export async function begin(kind: string, scope: string): Promise<string> {
  const last = (await phone.note(LAST)) as Record<string, Value> | null;
  const main = await record(kind, { ...last, 'f/region': regionOf(scope) }, kind === 'inspection' ? await phone.freshVisit(scope) : undefined);
  kept.drafts.push({ begun: Date.now(), scope, main, problems: [] });
  await keep();
  return main.id;
}

const regionOf = (scope: string): string => scope.split('/')[0] ?? '';

/** Goes on with a visit that several phones may write into, or begins it with what is known of it. */
export async function beginVisit(id: string, scope: string, known: Readonly<Record<string, Value>>): Promise<void> {
  if (draftOf(id)) return;
  const main = await record('inspection', { 'f/region': regionOf(scope) }, id);
  Object.assign(main.values, known);
  kept.drafts.push({ begun: Date.now(), scope, main, problems: [], shared: true });
  await keep();
}

async function record(kind: string, known: Readonly<Record<string, Value>>, id?: string): Promise<DraftRecord> {
  const values: Record<string, Value> = {};
  for (const path of SHARED) if (known[path] !== undefined && known[path] !== null) values[path] = known[path];
  if (kind === 'inspection' || kind === 'problem') values['f/team_kind'] ??= 'deputy_group';
  else for (const path of TEAM) delete values[path];
  if (kind === 'inspection' || kind === 'activity') Object.assign(values, { 'f/date': today() }, me());
  if (kind === 'problem') Object.assign(values, { 'f/found_on': today(), 'f/source': 'deputy' });
  if (kind === 'opinion') {
    Object.assign(values, { 'f/received_at': { time: new Date().toISOString() }, 'f/channel': 'door' });
  }
  return { id: id ?? (await phone.freshId()), kind, values, texts: {} };
}

/** Whoever holds the phone is there. The item has the person's own name: on all of their phones it is one. */
export function me(): Record<string, Value> {
  const { person, name } = stand.overview ?? {};
  return person ? { [`i/people/${person}/name`]: name ?? '', [`i/people/${person}/person`]: person, [`i/people/${person}/member_kind`]: 'deputy' } : {};
}

export async function addProblem(draft: Draft): Promise<void> {
  const problem = await record('problem', draft.main.values);
  problem.values['f/inspection'] = draft.main.id;
  draft.problems.push(problem);
  await keep();
}

export async function throwAway(draft: Draft): Promise<void> {
  kept.drafts = kept.drafts.filter(({ main }) => main.id !== draft.main.id);
  await keep();
}

const isEmpty = (value: Value | undefined): boolean => value === undefined || value === null || value === '';

/** Values that came late: into the draft, or into its record when the draft was saved meanwhile. */
export async function addLate(part: DraftRecord, values: Readonly<Record<string, Value>>): Promise<void> {
  if (kept.drafts.some(({ main, problems }) => [main, ...problems].some(({ id }) => id === part.id))) {
    Object.assign(part.values, values);
    return keep();
  }
  await write(part.id, Object.entries(values));
}
/** Values of a record that was saved, on top of whatever it holds now. */
export async function write(id: string, values: readonly (readonly [string, Value])[]): Promise<void> {
  if (values.length === 0) return;
  const { seen } = await phone.record(id);
  await phone.set(id, seen, values.map(([path, value]) => ({ path, value })));
}

/** Collections whose items a person fills in here. */
const ASKED = ['people', 'quantities', 'qa'];
/** The fields of the finding that a form cannot be without and that are not filled in; also of an item that was begun. */
export function lacking(rules: Definition, { kind, values }: DraftRecord): FieldDef[] {
  const fields = fieldsOf(rules, kind, String(values['f/domain'] ?? '')).filter(({ required, section, id }) => required && section === 'finding' && isEmpty(values[`f/${id}`]));
  const collections = (rules.kinds.find(({ id }) => id === kind)?.collections ?? []).filter(({ id }) => ASKED.includes(id));
  return [...fields, ...collections.flatMap((collection) => itemsOf(values, collection.id).flatMap((item) => lackingIn(collection.fields, `i/${collection.id}/${item}/`, values)))];
}
function lackingIn(fields: readonly FieldDef[], prefix: string, values: DraftRecord['values']): FieldDef[] {
  const isBegun = fields.some(({ id }) => !isEmpty(values[`${prefix}${id}`]));
  return isBegun ? fields.filter(({ id, required }) => required && isEmpty(values[`${prefix}${id}`])) : [];
}

function created({ id, kind, values, texts }: DraftRecord, scope: string): NewRecord {
  const writes: Write[] = Object.entries(values).filter(([, value]) => !isEmpty(value)).map(([path, value]) => ({ path, value }));
  return { id, kind, scope, beside: kind === 'inspection', writes, texts: Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== '')) };
}

/** Makes the records of a draft; those that are here already were made by an attempt before. An inspection may also be a colleague's: then it is written beside theirs, and nothing of it is lost. */
export async function finish(draft: Draft, isHere: (id: string) => boolean): Promise<void> {
  const { scope, main, problems, shared } = $state.snapshot(draft) as Draft;
  for (const each of [main, ...problems]) if (each.kind === 'inspection' || !isHere(each.id)) await phone.create(created(each, scope));
  if (!shared) {
    // An opinion or activity does not ask for a team: the one before stays.
    const asked = REMEMBERED.filter((path) => !TEAM.includes(path) || main.kind === 'inspection' || main.kind === 'problem');
    await phone.keepNote(LAST, { ...((await phone.note(LAST)) as object | null), ...Object.fromEntries(asked.map((path) => [path, main.values[path] ?? null])) });
  }
  // What was put into it meanwhile, as a photo that took its time. From here on it goes into the record by itself.
  const parts = [main, ...problems].map((before) => ({ before, now: [draft.main, ...draft.problems].find(({ id }) => id === before.id) }));
  const late = parts.map(({ before, now }) => ({ id: before.id, values: Object.entries($state.snapshot(now?.values) ?? {}).filter(([path, value]) => !same(value, before.values[path])) }));
  await throwAway(draft);
  for (const { id, values } of late) await write(id, values);
}
