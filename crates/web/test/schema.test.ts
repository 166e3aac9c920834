import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generate, made } from '../api.mjs';

test('the types of the API are those the server describes (npm run api)', async () => {
  expect(readFileSync(made, 'utf8')).toBe(await generate());
});
