import { expect, test } from 'vitest';
import type { RecordJson } from '../src/api/client';
import { issuedOf, SHEETS } from '../src/sheets';

const event = (word: string, id: string, counts = true): RecordJson['events'][number] => ({ id, event: word, after: [], args: {}, counts, by: { device: 'd', write: id, device_time: '2020-05-01T08:00:00Z' } });
const record = (kind: string, events: RecordJson['events']): RecordJson => ({ kind, events }) as unknown as RecordJson;

test('a paper is issued by the last event of its kind that counts, and numbered by how many there were', () => {
  const events = [event('transfer', '1'), event('return', '2'), event('transfer', '3'), event('transfer', '4', false), event('report', '5')];
  expect(issuedOf(record('problem', events)).map(({ sheet, event: by, nth }) => `${sheet.id} ${by.id} ${nth}`)).toEqual(['transfer 3 2', 'report 5 1']);
  expect(issuedOf(record('opinion', events))).toEqual([]);
});

test('an order names all four settled things', () => {
  for (const id of ['transfer', 'supervise']) {
    const fields = SHEETS.find((sheet) => sheet.id === id)?.fields;
    for (const thing of ['person', 'matter', 'standard', 'deadline']) expect(fields).toContain(`f/settled_${thing}`);
  }
});
