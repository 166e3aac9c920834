/** A campaign definition as forms need it. Read from JSON that a newer version may have written: what is not understood is left out. */

export interface Label {
  readonly zh: string;
  readonly en: string;
}
export interface FieldDef {
  readonly id: string;
  readonly label: Label;
  readonly section: string;
  readonly value: string;
  readonly required?: boolean;
  readonly code_list?: string;
  readonly dimension?: string;
  readonly min?: number;
  readonly max?: number;
  readonly hint?: Label;
}
export interface TextDef {
  readonly id: string;
  readonly label: Label;
}
export interface Question {
  readonly id: string;
  readonly text: Label;
  readonly basis?: Label;
}
interface KindDef {
  readonly id: string;
  readonly fields: readonly FieldDef[];
  readonly texts?: readonly TextDef[];
  readonly collections?: readonly { id: string; name: Label; fields: readonly FieldDef[] }[];
}
export interface Domain {
  readonly id: string;
  readonly name: Label;
  readonly problem_types?: string;
  readonly checklist?: readonly Question[];
  readonly fields?: readonly { kind: string; fields: readonly FieldDef[] }[];
}
export interface Code extends Label {
  readonly code: string;
  readonly retired?: boolean;
}
export interface Unit extends Code {
  readonly dimension: string;
}
/** Overdue problems wait for the leaders of a level after so many working days. */
export interface Rise {
  readonly level: string;
  readonly days: number;
}
export interface Definition {
  readonly id: string;
  readonly version: number;
  readonly name: Label;
  readonly domains: readonly Domain[];
  readonly kinds: readonly KindDef[];
  readonly code_lists: readonly { id: string; codes: readonly Code[] }[];
  readonly units: readonly Unit[];
  readonly deadlines?: readonly { id: string; name: Label }[];
  readonly escalation?: readonly Rise[];
  readonly notices?: readonly string[];
  /** What phones send of a photo. */
  readonly photos?: { readonly side_px_max?: number; readonly quality_percent?: number };
}

const ANSWERS = 'yes_no_na';

/** The definition in JSON that the server sent, none when it is not one. */
export function definitionOf(json: unknown): Definition | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const lists = ['domains', 'kinds', 'code_lists', 'units'] as const;
  const whole = lists.every((name) => Array.isArray((json as Record<string, unknown>)[name]));
  return whole ? (json as Definition) : undefined;
}

/** The fields of a form: the kind's, then the domain's. */
export function fieldsOf(definition: Definition, kind: string, domain: string): readonly FieldDef[] {
  const own = definition.kinds.find((known) => known.id === kind)?.fields ?? [];
  const known = definition.domains.find((each) => each.id === domain);
  return [...own, ...(known?.fields?.find((each) => each.kind === kind)?.fields ?? [])];
}

export function textsOf(definition: Definition, kind: string): readonly TextDef[] {
  return definition.kinds.find((known) => known.id === kind)?.texts ?? [];
}

export function checklistOf(definition: Definition, domain: string): readonly Question[] {
  return definition.domains.find((each) => each.id === domain)?.checklist ?? [];
}

/** Whether a place holds a legal basis: it can be picked from the library of laws, and is shown with its text. */
export const isBasis = (path: string): boolean => /\/(legal_)?basis$/.test(path);

/** The codes a field may hold. Some lists are made of other parts of the definition. */
export function codesOf(definition: Definition, field: FieldDef, domain: string): readonly Code[] {
  if (field.code_list === 'domains') return definition.domains.map(({ id, name }) => ({ code: id, ...name }));
  if (field.code_list === 'deadline_rules') return (definition.deadlines ?? []).map(({ id, name }) => ({ code: id, ...name }));
  const types = definition.domains.find((each) => each.id === domain)?.problem_types;
  const list = field.code_list === 'problem_types' ? types : field.code_list;
  return definition.code_lists.find((each) => each.id === list)?.codes ?? [];
}

export function answersOf(definition: Definition): readonly Code[] {
  return definition.code_lists.find((each) => each.id === ANSWERS)?.codes ?? [];
}

export function unitsOf(definition: Definition, field: FieldDef): readonly Unit[] {
  return definition.units.filter((unit) => field.dimension === undefined || unit.dimension === field.dimension);
}

/** The definition of the field at a place of a record: `f/FIELD`, `a/QUESTION`, `i/COLLECTION/ITEM/FIELD`. */
export function fieldAt(definition: Definition, kind: string, domain: string, path: string): FieldDef | undefined {
  const [sort, first, , last] = path.split('/');
  if (sort === 'f') return fieldsOf(definition, kind, domain).find((field) => field.id === first);
  if (sort === 'i') {
    const collections = definition.kinds.find((known) => known.id === kind)?.collections ?? [];
    return collections.find((each) => each.id === first)?.fields.find((field) => field.id === last);
  }
  const question = checklistOf(definition, domain).find((each) => each.id === first);
  if (sort !== 'a' || !question) return undefined;
  return { id: question.id, label: question.text, section: 'finding', value: 'code', code_list: ANSWERS };
}
