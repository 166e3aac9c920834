import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Starts the real server with the demo's data in a folder of the tests, and ends it afterwards. */

const top = fileURLToPath(new URL('../../../', import.meta.url));
const folder = fileURLToPath(new URL('../node_modules/.cache/demo', import.meta.url));

export default async function start(): Promise<() => Promise<void>> {
  const bin = process.env['LIANDU_BIN_DIR'] ?? `${top}target/debug`;
  const demo = spawn(`${bin}/liandu-bench`, ['--bin-dir', bin, 'demo', '--dir', folder, '--fresh'], { stdio: ['ignore', 'pipe', 'inherit'], cwd: top });
  const ended = new Promise<void>((done) => demo.on('exit', () => done()));
  let said = '';
  await new Promise<void>((ready, failed) => {
    demo.on('exit', () => failed(new Error(`the demo did not start:\n${said}`)));
    demo.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Ctrl-C stops it')) ready();
    });
  });
  const access = readFileSync(`${folder}/ACCESS.txt`, 'utf8');
  const [stage, office] = [...said.matchAll(/http:\S+\/demo#\S+/g)].map(([address]) => address);
  Object.assign(process.env, { LIANDU_ACCESS: access, LIANDU_BIN: bin, LIANDU_DEMO: office ?? '', LIANDU_FOLDER: folder, LIANDU_STAGE: stage ?? '', LIANDU_URL: /http:\/\/[\d.:]+/.exec(access)?.[0] ?? '' });
  return async () => {
    demo.kill('SIGINT');
    await ended;
  };
}
