import gcoord from 'gcoord';
import { expect, test } from 'vitest';
import { itemsOf } from '../src/field/items';
import { recordOf } from '../src/field/phone/store';
import { drawn } from '../src/drawn';

test('a stored pair names its record, and pairs of no record name none', () => {
  const id = Uint8Array.from({ length: 16 }, (_, at) => at + 0xa0);
  const key = (sort: string, rest: Uint8Array, tail: string): Uint8Array => Uint8Array.from([sort.charCodeAt(0), ...rest, ...[...tail].map((letter) => letter.charCodeAt(0))]);
  expect(recordOf(key('r', id, 'h'))).toBe('a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf');
  expect(recordOf(key('n', id, 'h'))).toBeUndefined();
  expect(recordOf(key('r', id.subarray(1), ''))).toBeUndefined();
});

test('items are listed once each, in the order they were made', () => {
  const values = { 'i/photos/b2/hash': 1, 'f/title': 2, 'i/photos/a1/hash': 3, 'i/photos/b2/kind': 4, 'i/people/c3/name': 5 };
  expect(itemsOf(values, 'photos')).toEqual(['b2', 'a1']);
});

test('a fix of a receiver and a pick on a public map of one point are drawn less than 10 m apart', () => {
  const fix = { lon: 114.5654, lat: 38.1467, datum: 'WGS-84' };
  const [x, y] = gcoord.transform([fix.lon, fix.lat], gcoord.WGS84, gcoord.GCJ02) as [number, number];
  const metres = ([a, b]: [number, number], [c, d]: [number, number]): number => Math.hypot((a - c) * Math.cos(0.666) * 111_320, (b - d) * 111_320);
  expect(metres([x, y], [fix.lon, fix.lat])).toBeGreaterThan(100);
  expect(metres(drawn({ lon: x, lat: y, datum: 'GCJ-02' }), drawn(fix))).toBeLessThan(10);
  expect(metres(drawn({ lon: x, lat: y, datum: 'GCJ-02' }, 'GCJ-02'), drawn(fix, 'GCJ-02'))).toBeLessThan(10);
  expect(drawn({ ...fix, datum: 'CGCS2000' })).toEqual([fix.lon, fix.lat]);
});
