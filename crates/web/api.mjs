// Makes src/api/generated/schema.ts from the server's description of its API. `npm run api` writes it; a test compares it.
import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const described = new URL('../../server/openapi.json', import.meta.url);
export const made = new URL('./src/api/generated/schema.ts', import.meta.url);

/** Without names of operations (they are the server's functions, not unique), and with null as a type of its own. */
function plain(node) {
  if (Array.isArray(node)) return node.map(plain);
  if (node === null || typeof node !== 'object') return node;
  const keys = Object.keys(node);
  if (keys.length === 1 && keys[0] === 'default' && node.default === null) return { type: 'null' };
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, value]) => (key === 'operationId' ? [] : [[key, plain(value)]])),
  );
}

export async function generate() {
  const nodes = await openapiTS(plain(JSON.parse(readFileSync(described, 'utf8'))));
  return `// Made from server/openapi.json by \`npm run api\`: never edited by hand.\n\n${astToString(nodes)}`;
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(made, await generate());
