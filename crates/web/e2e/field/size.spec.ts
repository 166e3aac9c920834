import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

/** What a phone loads once, compressed as servers do it. A larger number here is a decision, not an accident. */
const ENGINE_KB_MAX = 760;
const FIRST_SCREEN_KB_MAX = 97;

const assets = fileURLToPath(new URL('../../dist/m/assets/', import.meta.url));
const kb = (names: string[]): number => names.reduce((sum, name) => sum + brotliCompressSync(readFileSync(assets + name)).length, 0) / 1000;

test('engine and first screen are small', () => {
  const names = readdirSync(assets);
  const engine = kb(names.filter((name) => name.endsWith('.wasm')));
  // What the page names, whatever it was divided into, and the engine's own thread.
  const page = readFileSync(`${assets}../index.html`, 'utf8');
  const named = [...page.matchAll(/\/m\/assets\/([^"]+\.(?:js|css))/g)].map(([, name]) => name ?? '');
  expect(named.length).toBeGreaterThan(1);
  const first = kb([...named, ...names.filter((name) => /^worker-.*\.js$/.test(name))]);
  console.log(`brotli: engine ${Math.round(engine)} kB, first screen ${Math.round(first)} kB`);
  expect(engine).toBeLessThanOrEqual(ENGINE_KB_MAX);
  expect(first).toBeLessThanOrEqual(FIRST_SCREEN_KB_MAX);
});
