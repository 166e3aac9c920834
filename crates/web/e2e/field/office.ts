import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A real server with two representatives of one group and an office clerk, in a folder of its own. */

const top = fileURLToPath(new URL('../../../../', import.meta.url));
const bin = process.env['LIANDU_BIN_DIR'] ?? `${top}target/debug`;
export const PASSWORD = 'a-long-office-password';
const GROUPS = 'code,name,region,domain,kind\ng-1,正定县土地利用代表小组,130123,land,deputy\n';
const PEOPLE = `code,name,level,region,group,member_kind,role,leader
rep-1,王芳,county,130123,g-1,deputy,representative,yes
rep-2,李强,county,130123,g-1,deputy,representative,no
`;

export class Office {
  private server: ChildProcess | undefined;
  private token = '';
  port = 0;

  /** The built pages that are shown, so that a test may put newer ones there. */
  readonly pages: string;

  private constructor(private readonly dir: string) {
    this.pages = join(dir, 'pages');
    cpSync(`${top}crates/web/dist`, this.pages, { recursive: true });
    writeFileSync(join(dir, 'liandu.toml'), `data = "${join(dir, 'data')}"\nweb = "${this.pages}"\n`);
  }

  static async open(): Promise<Office> {
    const office = new Office(mkdtempSync(join(tmpdir(), 'liandu-field-')));
    await office.start();
    writeFileSync(join(office.dir, 'groups.csv'), GROUPS);
    writeFileSync(join(office.dir, 'people.csv'), PEOPLE);
    office.admin(['import', '--groups', join(office.dir, 'groups.csv'), '--people', join(office.dir, 'people.csv')]);
    office.admin(['users', 'add', '--user', 'clerk', '--name', '办事员', '--role', 'congress-office', '--region', '130123'], `${PASSWORD}\n`);
    return office;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it, at the same address as before. */
  async start(): Promise<void> {
    const args = ['serve', '--config', join(this.dir, 'liandu.toml'), '--listen', `127.0.0.1:${this.port}`];
    const server = spawn(join(bin, 'liandu-server'), args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, RUST_LOG: 'error' } });
    this.server = server;
    // Sessions do not outlive a power cut.
    this.token = '';
    this.port = await new Promise<number>((ready, failed) => {
      let said = '';
      server.on('exit', () => failed(new Error(`the server did not start: ${said}`)));
      server.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        const found = /listening on \S+:(\d+)/.exec(said);
        if (found) ready(Number(found[1]));
      });
    });
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    const server = this.server;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((done) => server.once('exit', done));
    server.kill('SIGKILL');
    await ended;
  }

  /** Starts it again with a map for everybody: a file, or a tile server's address. */
  async withMap(map: Buffer | string, datum = 'WGS-84'): Promise<void> {
    const isFile = typeof map !== 'string';
    if (isFile) writeFileSync(join(this.dir, 'county.pmtiles'), map);
    const where = isFile ? 'pmtiles = "county.pmtiles"' : `tiles = "${map}"`;
    appendFileSync(join(this.dir, 'liandu.toml'), `[map]\n${where}\ndatum = "${datum}"\nattribution = "县自然资源局"\n`);
    await this.kill();
    await this.start();
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }

  admin(args: string[], input = ''): string {
    const [command = '', ...rest] = args;
    const done = spawnSync(join(bin, 'liandu-server'), ['admin', command, ...rest, '--data', join(this.dir, 'data')], { input, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`admin ${args.join(' ')}: ${done.stderr}`);
    return done.stdout;
  }

  /** Publishes the next version of the campaign, changed. */
  publish(change: (definition: object) => void): void {
    const file = join(this.dir, 'campaign.json');
    const definition = JSON.parse(readFileSync(`${top}core/data/hebei-6plus1-v2.json`, 'utf8')) as { version: number };
    definition.version += 1;
    change(definition);
    writeFileSync(file, JSON.stringify(definition));
    this.admin(['publish', file]);
  }

  /** A code for one phone, as it is typed. */
  invite(person: string): string {
    return this.invitation(person).typed;
  }

  /** A code for one phone, whole as in its QR, and as it is typed. */
  invitation(person: string): { readonly code: string; readonly typed: string } {
    const said = JSON.parse(this.admin(['invite', '--json', '--person', person])) as { invitations: { code: string; typed: string }[] };
    const [one] = said.invitations;
    if (!one) throw new Error('no invitation');
    return one;
  }

  /** The office API, signed in as the clerk; with a body it posts. */
  async api<T>(path: string, body?: unknown): Promise<T> {
    if (this.token === '') {
      const account = JSON.stringify({ user: 'clerk', password: PASSWORD });
      const session = await fetch(`${this.url}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: account });
      this.token = ((await session.json()) as { token: string }).token;
    }
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${this.url}${path}`, body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Problems in the group's ledger, as the office enters them. */
  async problems(count: number): Promise<void> {
    const AT_ONCE = 25;
    const scope = { region: '130123', group: 'g-1', audience: 'group' };
    const one = (number: number): Promise<unknown> => {
      const values = { title: `第${number}号问题：村边空地堆放建筑垃圾`, domain: 'land', problem_type: 'land.idle_farmland', source: 'public', found_on: '2020-05-06', region: '130123', village: `第${number % 40}村` };
      const writes = Object.entries(values).map(([field, value]) => ({ path: `f/${field}`, value }));
      return this.api('/api/records', { kind: 'problem', scope, campaign: 'hebei-6plus1', writes });
    };
    await one(0);
    for (let first = 1; first < count; first += AT_ONCE) {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, at) => one(first + at)));
    }
  }
}
