import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('../src/styles/tokens.css', import.meta.url), 'utf8');

function tokens(selector: string): Map<string, string> {
  const from = css.indexOf(`${selector} {`);
  const block = css.slice(from, css.indexOf('}', from));
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', colour = '']) => [name, colour]));
}

function light(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [x, y] = [light(a), light(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** Every pair of a text and what it stands on. */
const PAIRS: readonly [string, string][] = [
  ...['ink', 'ink-2', 'ink-3', 'accent', 'red', 'violet', 'amber'].flatMap((text) =>
    ['ground', 'surface'].map((under): [string, string] => [text, under]),
  ),
  ['on-accent', 'accent'],
  ['accent', 'accent-soft'],
  ['ink', 'accent-soft'],
  ['ink-2', 'accent-soft'],
  ['ink', 'grey-soft'],
  ['ink', 'violet-soft'],
  ['accent', 'violet-soft'],
  ...['green', 'amber', 'red', 'grey', 'violet'].map((name): [string, string] => [name, `${name}-soft`]),
];

const looks = [':root', ":root[data-look='dark']", ":root:not([data-look='light'])"];

test.each(looks)('every text can be read on what it stands on: %s', (selector) => {
  const found = tokens(selector);
  for (const [text, under] of PAIRS) {
    const [a, b] = [found.get(text), found.get(under)];
    expect(a && b, `${text} on ${under} is defined`).toBeTruthy();
    expect(contrast(a ?? '', b ?? ''), `${text} on ${under}`).toBeGreaterThanOrEqual(4.5);
  }
});

test('both ways to the dark look have the same colours', () => {
  expect(tokens(looks[1] ?? '')).toEqual(tokens(looks[2] ?? ''));
});
