import { expect, test } from 'vitest';
import { isPlain, mayWrite, possible, refers, type EventRule, type Workflow } from '../src/acts';
import { seatsOf } from '../src/demo';
import { placesOf } from '../src/places';
import { within } from '../src/state/regions.svelte';

const rule = (id: string, from: string[], role: string, relation: string, needs: string[] = []): EventRule => ({
  id, from, needs, label: { zh: id, en: id }, needs_fields: [], not_the_doer: false, settles: false, by: [{ role, relation }],
});
const flow: Workflow = {
  kind: 'problem', label: { zh: '问题', en: 'problem' }, states: [],
  events: [
    rule('remind', ['transferred'], 'congress-office', 'in-region'),
    rule('return', ['transferred'], 'department', 'lead', ['reason']),
    rule('receive', ['transferred'], 'department', 'lead'),
    rule('ask_extension', ['transferred'], 'department', 'lead', ['until', 'reason']),
    rule('assist', ['transferred'], 'department', 'co', ['by_unit', 'text']),
    rule('decide', ['transferred'], 'congress-office', 'in-region', ['state']),
  ],
};
const who = (role: string, region: string, unit?: string) => ({ user: 'u', person: 'u', ends: '', grants: [unit ? { role, region, unit } : { role, region }] });
const at = { state: 'transferred', region: '130402', handlers: ['u-roads', 'u-water'], leads: ['u-water'], author: 'x' };

test('acts are those of the role, the relation and the region, what takes the record on first', () => {
  const ids = (person: ReturnType<typeof who>): string[] => possible(flow, person, at).map(({ id }) => id);
  expect(ids(who('department', '130402', 'u-water'))).toEqual(['receive', 'return', 'ask_extension']);
  expect(ids(who('department', '130402', 'u-roads'))).toEqual(['assist']);
  expect(ids(who('department', '130402', 'u-other'))).toEqual([]);
  expect(ids(who('congress-office', '130400'))).toEqual(['remind']);
  expect(ids(who('congress-office', '130500'))).toEqual([]);
});

test('what answers something open beside the state comes first', () => {
  const open = [{ id: 'asks-extension', label: { zh: '延期待批', en: 'asks for time' }, turn: [], next: ['extend'] }];
  const ids = (flags: typeof open): string[] => possible({ ...flow, events: [...flow.events, rule('extend', ['transferred'], 'congress-office', 'in-region', ['until'])] }, who('congress-office', '130400'), at, flags).map(({ id }) => id);
  expect(ids([])).toEqual(['remind', 'extend']);
  expect(ids(open)).toEqual(['extend', 'remind']);
});

test('one click is enough for what asks nothing', () => {
  expect(isPlain({ id: 'receive', needs: [] })).toBe(true);
  expect(isPlain({ id: 'return', needs: ['reason'] })).toBe(false);
  expect(isPlain({ id: 'transfer', needs: [] })).toBe(false);
});

test('values are written in the states the table says, none when it says nothing but never after withdrawing', () => {
  const rules = [{ role: 'department', act: 'write', of: ['rectification'], relation: 'handler', states: ['received'] }, { role: 'congress-office', act: 'write', of: ['office'], relation: 'in-region', states: [] }];
  const department = who('department', '130402', 'u-water');
  expect(mayWrite(rules, department, at, 'rectification')).toBe(false);
  expect(mayWrite(rules, department, { ...at, state: 'received' }, 'rectification')).toBe(true);
  expect(mayWrite(rules, who('congress-office', '130000'), at, 'office')).toBe(true);
  expect(mayWrite(rules, who('congress-office', '130000'), { ...at, state: 'withdrawn' }, 'office')).toBe(false);
});

test('a region holds what its code begins, zeros aside', () => {
  expect([within('130000', '130402'), within('130400', '130402'), within('130500', '130402'), within('130402', '130402101')]).toEqual([true, true, false, true]);
});

test('somebody who only administers has an inbox, too, but no ledger, and the demo gives seats only for whole pairs', () => {
  expect(placesOf(who('administrator', '130000')).map(({ to }) => to)).toEqual(['/', '/admin']);
  expect(placesOf(who('leader', '130000'))[0]?.name).toBe('today');
  expect(seatsOf('province:aa-bb,leader,:x,admin:c').map(({ user, password }) => `${user}=${password}`)).toEqual(['province=aa-bb', 'admin=c']);
});

test('a referral is acted on by the very office that makes it and the very unit it goes to', () => {
  const of = { ...flow, kind: 'referral', events: [rule('close', ['answered'], 'congress-office', 'in-region'), rule('answer', ['answered'], 'discipline-inspection', 'in-region', ['text'])] };
  const stand = { state: 'answered', region: '130402', handlers: [], leads: [], author: 'x', referred: 'u-discipline' };
  const ids = (person: ReturnType<typeof who>): string[] => possible(of, person, stand).map(({ id }) => id);
  expect(ids(who('congress-office', '130402'))).toEqual(['close']);
  expect(ids(who('congress-office', '130400'))).toEqual([]);
  expect(ids(who('discipline-inspection', '130400', 'u-discipline'))).toEqual(['answer']);
  expect(ids(who('discipline-inspection', '130402', 'u-other'))).toEqual([]);
});

test('a problem is referred from the nearest of the offices somebody works for', () => {
  const policy = [{ act: 'create', of: ['problem', 'referral'], role: 'congress-office', relation: 'in-region', states: [] }];
  const both = { ...who('congress-office', '130000'), grants: [{ role: 'congress-office', region: '130000' }, { role: 'congress-office', region: '130402' }] };
  expect(refers(policy, both, '130402001')).toBe('130402');
  expect(refers(policy, both, '130502')).toBe('130000');
  expect(refers(policy, who('leader', '130000'), '130402')).toBeUndefined();
  expect(refers(policy, who('congress-office', '130500'), '130402')).toBeUndefined();
});
