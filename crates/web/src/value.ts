import type { Value } from './api/client';
import type { Code } from './definition';

/** How values, moments and numbers are written for people. */

const pad = (number: number): string => String(number).padStart(2, '0');

/** A moment as Beijing time, `2020-06-19 14:32`. */
export function moment(iso: string | null | undefined): string {
  if (!iso) return '';
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const there = new Date(time.getTime() + 8 * 3_600_000);
  const day = `${there.getUTCFullYear()}-${pad(there.getUTCMonth() + 1)}-${pad(there.getUTCDate())}`;
  return `${day} ${pad(there.getUTCHours())}:${pad(there.getUTCMinutes())}`;
}

export function grouped(number: number): string {
  return number.toLocaleString('zh-CN').replace(/,/g, ' ');
}

/** A size for people, `12.3 MB`. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, count < 1 ? 0 : Math.floor(Math.log10(count) / 3));
  return `${(count / 1000 ** step).toLocaleString('zh-CN', { maximumFractionDigits: step === 0 ? 0 : 1 })} ${units[step]}`;
}

type Words = { yes: string; no: string; empty: string };
type NameOf = (code: string) => string;

/** A value in words; codes and units by `nameOf`. */
export function written(value: Value | undefined, words: Words, nameOf: NameOf = (code) => code): string {
  if (value === null || value === undefined || value === '') return words.empty;
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (typeof value === 'number') return grouped(value);
  if (typeof value === 'string') return nameOf(value);
  if ('time' in value) return moment(value.time);
  if ('codes' in value) return value.codes.map(nameOf).join('、') || words.empty;
  if ('quantity' in value) return `${value.quantity.amount} ${nameOf(value.quantity.unit)}`;
  if ('position' in value) {
    const { lat, lon, datum } = value.position;
    return `${lat.toFixed(5)}, ${lon.toFixed(5)} (${datum})`;
  }
  return `0x${value.unknown}`;
}

/** Names of codes by a list, in the language of `pick`. */
export function namesOf(codes: readonly Code[], pick: (code: Code) => string): NameOf {
  const names = new Map(codes.map((code) => [code.code, pick(code)]));
  return (code) => names.get(code) ?? code;
}

export function same(a: Value | undefined, b: Value | undefined): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
