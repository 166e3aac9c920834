import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checklistOf, codesOf, definitionOf, fieldAt, fieldsOf, unitsOf, type Definition } from '../src/definition';
import { namesOf, written, moment } from '../src/value';

const json = readFileSync(new URL('../../../core/data/hebei-6plus1.json', import.meta.url), 'utf8');
const rules = definitionOf(JSON.parse(json)) as Definition;

test('the built-in definition gives forms with fields of kind and domain', () => {
  const ids = fieldsOf(rules, 'problem', 'land').map(({ id }) => id);
  expect(ids).toContain('title');
  expect(ids).toContain('land_area');
  expect(fieldsOf(rules, 'problem', 'mining').map(({ id }) => id)).not.toContain('land_area');
  expect(checklistOf(rules, 'land').length).toBeGreaterThan(5);
});

test('every code field of every form has codes to choose from', () => {
  for (const { id: domain } of rules.domains) {
    for (const { id: kind } of rules.kinds) {
      for (const field of fieldsOf(rules, kind, domain)) {
        if (field.value === 'code' || field.value === 'codes') expect(codesOf(rules, field, domain).length, `${kind} ${field.id}`).toBeGreaterThan(0);
      }
    }
  }
});

test('quantities offer the units of their dimension', () => {
  const area = fieldAt(rules, 'problem', 'land', 'f/land_area');
  expect(area && unitsOf(rules, area).map(({ code }) => code)).toContain('mu');
  expect(fieldAt(rules, 'problem', 'land', 'i/quantities/q1/amount')?.value).toBe('quantity');
});

test('what is no definition is none', () => {
  expect(definitionOf({ id: 'x' })).toBeUndefined();
  expect(definitionOf(null)).toBeUndefined();
});

test('values are written for people', () => {
  const words = { yes: '是', no: '否', empty: '空' };
  const names = namesOf(rules.units, (unit) => unit.zh);
  expect(written({ quantity: { amount: 1.2, unit: 'mu' } }, words, names)).toBe('1.2 亩');
  expect(written(null, words)).toBe('空');
  expect(written(false, words)).toBe('否');
  expect(moment('2020-06-18T22:30:00.000Z')).toBe('2020-06-19 06:30');
});
