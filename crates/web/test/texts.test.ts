import { expect, test } from 'vitest';
import { en } from '../src/texts/en';
import { zh } from '../src/texts/zh';

test('both languages say the same things, with the same places for values', () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const [key, text] of Object.entries(zh)) {
    expect(text, key).not.toBe('');
    expect(en[key as keyof typeof zh], key).not.toBe('');
    expect(places(en[key as keyof typeof zh]), key).toEqual(places(text));
  }
});
