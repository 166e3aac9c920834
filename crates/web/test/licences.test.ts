import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  license?: string;
  integrity?: string;
}
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');

/** Tools of the build and of the tests, of which nothing reaches a browser; the last says MIT in its readme only. */
const apart: Record<string, string> = {
  'axe-core': 'MPL-2.0', lightningcss: 'MPL-2.0', argparse: 'Python-2.0', 'caniuse-lite': 'CC-BY-4.0', 'combine-errors': '',
};
const name = (path: string): string => path.split('node_modules/').at(-1) ?? '';

test('every package of the pages is under a licence that the whole project allows', () => {
  const rules = readFileSync('../../.cargo/deny.toml', 'utf8');
  const allowed = new Set([...(/allow = \[([^\]]*)\]/.exec(rules)?.[1] ?? '').matchAll(/"([^"]+)"/g)].map(([, one]) => one));
  expect(allowed).toContain('MIT');
  const isAllowed = (licence: string): boolean => licence.replace(/[()]/g, '').split(' OR ').some((one) => allowed.has(one));
  const others = locked.filter(([path, { license = '' }]) => {
    const known = apart[name(path).replace(/^(lightningcss)-.*/, '$1')];
    return known === undefined ? !isAllowed(license) : license !== known;
  });
  expect(others.map(([path, { license }]) => `${path}: ${license ?? 'none'}`)).toEqual([]);
});

test('every package of the pages is known byte for byte', () => {
  expect(locked.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
});
