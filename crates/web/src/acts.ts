import type { RecordJson, Schemas } from './api/client';
import { within } from './state/regions.svelte';
import type { TextKey } from './texts/zh';

/** What a person may do about a record, by core's own tables. It offers; the server judges. */

type Session = Schemas['SessionJson'];
type ByWhom = Schemas['ByWhomJson'];
export type EventRule = Schemas['EventRuleJson'];
export type Workflow = Schemas['WorkflowJson'];
export type FlagRule = Schemas['FlagRuleJson'];
export type PolicyRule = Schemas['RuleJson'];

/** A record as far as it decides who may do what. */
export interface Stand {
  readonly state: string;
  readonly region: string;
  readonly handlers: readonly string[];
  /** Those whose work it is; the others help. */
  readonly leads: readonly string[];
  readonly author: string | undefined;
  /** Of a referral, the unit it goes to: it belongs to nobody but that unit and the very office that makes it. */
  readonly referred?: string | undefined;
}

export function standOf(record: RecordJson): Stand {
  const { state, handlers, leads } = record.state;
  const referred = record.scope.audience === 'referral' ? (record.scope.group ?? '') : undefined;
  return { state, handlers, leads, region: record.scope.region, author: record.created?.person ?? undefined, referred };
}

/** Whether a record belongs to where a role is given for. */
function reaches(grant: Session['grants'][number], at: Stand): boolean {
  if (at.referred === undefined) return within(grant.region, at.region);
  return grant.role === 'congress-office' ? grant.region === at.region : grant.unit === at.referred && within(grant.region, at.region);
}

const isOf = (units: readonly string[], unit: string | null | undefined): boolean => typeof unit === 'string' && units.includes(unit);

/** The units that help with a record without leading (协办). */
export const helpersOf = ({ handlers, leads }: Pick<Stand, 'handlers' | 'leads'>): string[] => handlers.filter((unit) => !leads.includes(unit));

/** The units a person answers for as co-departments of a record. */
export function helpsAs(who: Session, at: Stand): string[] {
  const units = who.grants.filter((grant) => grant.role === 'department' && reaches(grant, at)).flatMap(({ unit }) => unit ?? []);
  return helpersOf(at).filter((unit) => units.includes(unit));
}

function stands(who: Session, by: ByWhom, at: Stand): boolean {
  const mine = who.grants.filter((grant) => grant.role === by.role && reaches(grant, at));
  if (by.relation === 'in-region') return mine.length > 0;
  if (by.relation === 'author') return mine.length > 0 && at.author === who.person;
  if (by.relation === 'handler') return mine.some(({ unit }) => isOf(at.handlers, unit));
  if (by.relation === 'lead') return mine.some(({ unit }) => isOf(at.leads, unit));
  if (by.relation === 'co') return mine.some(({ unit }) => isOf(helpersOf(at), unit));
  return false;
}

/** Which of several possible acts is offered first: what takes the record on before what only says something about it. */
const ORDER = [
  'refer', 'receive', 'accept', 'decline', 'plan', 'start', 'report', 'transfer', 'verify', 'pass', 'fail', 'close', 'return', 'check', 'submit', 'finish',
  'unmerge', 'remind', 'supervise', 'reassign', 'look_back', 'reopen', 'ask_extension', 'extend', 'refuse_extension', 'instruct', 'answer', 'assist', 'fixed_on_spot', 'resume', 'pause', 'escalate', 'merge', 'not_duplicate',
];
const place = (event: string): number => {
  const at = ORDER.indexOf(event);
  return at < 0 ? ORDER.length : at;
};

/** The events a person may cause: what answers something open beside the state, then what is next. Deciding a state in conflict is a matter of the conflict's own card. */
export function possible(flow: Workflow, who: Session, at: Stand, flags: readonly FlagRule[] = []): EventRule[] {
  const urgent = new Set(flags.flatMap(({ next }) => next));
  const before = (rule: EventRule): number => (urgent.has(rule.id) ? -1 : place(rule.id));
  return flow.events
    .filter((rule) => rule.id !== 'decide' && rule.from.includes(at.state) && rule.by.some((by) => stands(who, by, at)))
    .sort((a, b) => before(a) - before(b));
}

/** The office, of those a person works for, that would refer a problem of a region: the nearest. */
export function refers(rules: readonly PolicyRule[], who: Session, region: string): string | undefined {
  const roles = rules.filter(({ act, of }) => act === 'create' && of.includes('referral')).map(({ role }) => role);
  const mine = who.grants.filter((grant) => roles.includes(grant.role) && within(grant.region, region)).map((grant) => grant.region);
  return mine.find((one) => mine.every((other) => within(other, one)));
}

/** Whether a person may write values of a section of a record. */
export function mayWrite(rules: readonly PolicyRule[], who: Session, at: Stand, section: string): boolean {
  const inState = (states: readonly string[]): boolean => (states.length === 0 ? at.state !== 'withdrawn' : states.includes(at.state));
  return rules.some((rule) => rule.act === 'write' && rule.of.includes(section) && inState(rule.states) && stands(who, rule, at));
}

/** Who said last that the work is done: somebody else must review it. */
export function doerOf(record: RecordJson): string | undefined {
  const done = record.events.findLast(({ event, counts }) => counts && (event === 'report' || event === 'fixed_on_spot'));
  return done?.by.person ?? undefined;
}

/** What a form asks for beside the event's own arguments. Values are written first, then the event happens. */
export interface Asks {
  readonly fields: readonly string[];
  readonly texts: readonly string[];
  readonly args: readonly string[];
  readonly photos: string | undefined;
}

/** Arguments that name another problem. */
export const TWINS: readonly string[] = ['into', 'of'];

const ARGS: Readonly<Record<string, TextKey>> = { reason: 'argReason', until: 'argUntil', unit: 'argUnit', co_units: 'argCoUnits', by_unit: 'argByUnit', into: 'argInto', of: 'argOf' };
/** What people call an argument of an event. */
export const argName = (name: string): TextKey => ARGS[name] ?? 'argText';

const NOTHING: Asks = { fields: [], texts: [], args: [], photos: undefined };
const ASKS: Readonly<Record<string, Partial<Asks>>> = {
  transfer: { fields: ['settled_person', 'settled_matter', 'settled_standard', 'settled_deadline', 'rectification_mode'], args: ['co_units'] },
  reassign: { args: ['co_units'] },
  plan: { fields: ['plan_until'], texts: ['plan'] },
  report: { fields: ['done_on'], texts: ['result'], photos: 'evidence' },
  remind: { args: ['text'] },
  supervise: { args: ['text'] },
  escalate: { args: ['text'] },
  look_back: { args: ['text'] },
  withdraw: { args: ['text'] },
};

export function asksOf(rule: Pick<EventRule, 'id' | 'needs'>): Asks {
  const asks = { ...NOTHING, ...ASKS[rule.id] };
  return { ...asks, args: [...new Set([...rule.needs, ...asks.args])] };
}

/** Whether one click is enough. */
export function isPlain(rule: Pick<EventRule, 'id' | 'needs'>): boolean {
  const asks = asksOf(rule);
  return asks.fields.length + asks.texts.length + asks.args.length === 0;
}
