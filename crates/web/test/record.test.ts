import { expect, test } from 'vitest';
import type { RecordJson } from '../src/api/client';
import type { Definition } from '../src/definition';
import { rowsOf } from '../src/record';

const label = { zh: '名', en: 'name' };
const field = (id: string) => ({ id, label, section: 'finding', value: 'text' });
const rules: Definition = {
  id: 'c',
  version: 1,
  name: label,
  domains: [],
  kinds: [{ id: 'inspection', fields: [field('target')], collections: [{ id: 'qa', name: label, fields: [field('question'), field('answer'), field('basis')] }] }],
  code_lists: [],
  units: [],
};
const paths = ['i/qa/b/answer', 'i/qa/a/basis', 'i/qa/b/question', 'i/qa/a/newer', 'i/qa/a/question', 'f/target'];
const record = { kind: 'inspection', fields: Object.fromEntries(paths.map((path) => [path, { value: '' }])), texts: {} } as unknown as RecordJson;

test('items stand together, each in the form’s order', () => {
  const order = rowsOf(record, rules).map(({ path }) => path);
  expect(order).toEqual(['f/target', 'i/qa/a/question', 'i/qa/a/basis', 'i/qa/a/newer', 'i/qa/b/question', 'i/qa/b/answer']);
});
