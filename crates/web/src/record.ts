import type { RecordJson, Value } from './api/client';
import { answersOf, checklistOf, codesOf, fieldAt, fieldsOf, unitsOf, type Code, type Definition, type Label } from './definition';

/** A record laid out by its definition: what comes in which order and what it is called. */

export interface Row {
  readonly path: string;
  readonly label: Label;
}
export interface Part {
  readonly id: string;
  readonly rows: readonly Row[];
}

export function domainOf(record: RecordJson): string {
  const value = record.fields['f/domain']?.value;
  return typeof value === 'string' ? value : '';
}

/** Fields in the order of the form, then answers, then items; what the definition does not know comes last. */
export function rowsOf(record: RecordJson, rules: Definition | undefined): Row[] {
  const domain = domainOf(record);
  const order = rules
    ? [
        ...fieldsOf(rules, record.kind, domain).map(({ id }) => `f/${id}`),
        ...checklistOf(rules, domain).map(({ id }) => `a/${id}`),
      ]
    : [];
  const place = new Map(order.map((path, index) => [path, index]));
  const at = (path: string): number => place.get(path) ?? order.length + (path.startsWith('i/') ? 1 : 0);
  /** What belongs to one item stays together, in the form's order: a question stands before its answer. */
  const item = (path: string): string => (path.startsWith('i/') ? path.slice(0, path.lastIndexOf('/')) : '');
  const within = (path: string): number => {
    const [, collection, , field] = path.split('/');
    const known = rules?.kinds.find(({ id }) => id === record.kind)?.collections?.find(({ id }) => id === collection);
    const at = known?.fields.findIndex(({ id }) => id === field) ?? 0;
    // What the form does not know comes last.
    return at < 0 ? Number.MAX_SAFE_INTEGER : at;
  };
  const text = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
  return Object.keys(record.fields)
    .sort((a, b) => at(a) - at(b) || text(item(a), item(b)) || within(a) - within(b) || text(a, b))
    .map((path) => ({ path, label: labelAt(record, rules, path) }));
}

/** What people call a place of a record. */
export function labelAt(record: RecordJson, rules: Definition | undefined, path: string): Label {
  const text = path.startsWith('t/') ? record.texts[path.slice(2)]?.label : undefined;
  const known = text ?? record.fields[path]?.label ?? (rules && fieldAt(rules, record.kind, domainOf(record), path)?.label);
  if (path === 'e') return { zh: '状态', en: 'state' };
  return known ?? { zh: path, en: path };
}

/** The codes and units that may stand at a place. */
export function codesAt(record: RecordJson, rules: Definition | undefined, path: string): readonly Code[] {
  if (!rules) return [];
  const field = fieldAt(rules, record.kind, domainOf(record), path);
  if (!field) return [];
  if (path.startsWith('a/')) return answersOf(rules);
  return field.value === 'quantity' ? unitsOf(rules, field) : codesOf(rules, field, domainOf(record));
}

export interface Change {
  readonly path: string;
  readonly was: Value | undefined;
  readonly now: Value | undefined;
}

/** What is different in a newer reading of the same record. */
export function changesBetween(before: RecordJson, after: RecordJson): Change[] {
  const paths = new Set([...Object.keys(before.fields), ...Object.keys(after.fields)]);
  const fields = [...paths].map((path) => ({ path, was: before.fields[path]?.value, now: after.fields[path]?.value }));
  const names = new Set([...Object.keys(before.texts), ...Object.keys(after.texts)]);
  const texts = [...names].map((name) => ({ path: `t/${name}`, was: before.texts[name]?.content, now: after.texts[name]?.content }));
  const state = { path: 'e', was: before.state.state, now: after.state.state };
  return [...fields, ...texts, state].filter(({ was, now }) => JSON.stringify(was ?? null) !== JSON.stringify(now ?? null));
}
