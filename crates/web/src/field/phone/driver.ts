import { fresh_record_id, type Output, type Phone } from 'liandu-engine';
import { bytesOf, hexOf } from '../../hex';
import type { Keeper } from './keeper';
import type { Proof } from './port';
import type { Commit, Store } from './store';
import type { Asked, Halt, Overview, PhoneEvent, Row, Said } from './types';

/** The loop around the engine: store, socket, clock. It performs what the engine says in the order it is said, and never calls anything saved before the store has it. */

/** Lines made in one turn, so that typing is not held up. */
const ROWS_A_TURN = 40;
const DEVICE_BYTES = 8;
const now = (): number => Date.now();
export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Once-keys of a file, and what the phone's key agrees on with each. */
type Agreed = readonly [once: readonly Uint8Array[], shared: readonly Uint8Array[]];

interface Waiter {
  readonly commit: number;
  readonly done: (why?: string) => void;
}

export class Driver {
  private todo: Output[] = [];
  private waiting: Waiter[] = [];
  private socket: WebSocket | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private performing = false;
  private stopped = false;
  /** The person wants no network now. */
  private held = false;
  /** Records whose lines are not known or have changed. */
  private readonly stale = new Set<string>();
  private making = false;
  private told = '';

  constructor(
    private readonly phone: Phone,
    private readonly store: Store,
    private readonly keeper: Keeper | undefined,
    private readonly say: (said: Said) => void,
    private readonly halted: (halt: Halt, why: string) => void,
  ) {}

  begin(rows: readonly Row[]): void {
    const known = new Set(rows.map(({ id }) => id));
    for (const id of this.ask<string[]>({ ask: 'ids' })) if (!known.has(id)) this.stale.add(id);
    this.say({ what: 'rows', rows: this.lit(rows), all: true });
    this.sync();
  }

  sync(): void {
    // Even then seals are asked for, and the screens are told how the phone stands.
    if (this.held) this.guarded(() => this.phone.tick(now()));
    else this.guarded(() => this.phone.sync_now(now()));
  }

  /** Leaves the network alone, or goes back to it. */
  hold(held: boolean): void {
    const before = this.held;
    this.held = held;
    if (held && this.socket) {
      this.hangUp();
      this.guarded(() => this.phone.disconnected(now()));
    } else if (before && !held) this.sync();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.hangUp();
  }

  /** Answers one question or does one act, at once and in order; only a proof and a file wait for the key. */
  answer(asked: Asked & { id: number }): void {
    if (asked.what === 'prove' || (asked.what === 'import' && this.keeper)) void this.answerByKey(asked);
    else this.do(asked);
  }

  private async answerByKey(asked: Extract<Asked, { what: 'prove' | 'import' }>): Promise<void> {
    const { id } = asked;
    try {
      if (this.stopped) throw new Error('');
      if (asked.what === 'prove') return this.say({ what: 'answer', id, value: await this.prove(asked.nonce) });
      const once = this.phone.once_keys(asked.file);
      this.do(asked, [once, (await this.keeper?.agree(once)) ?? []]);
    } catch (error) {
      this.say({ what: 'refused', id, why: wordsOf(error) });
      if (error instanceof WebAssembly.RuntimeError) this.halt('broken', String(error));
    }
  }

  private async prove(nonce: string): Promise<Proof> {
    const words = this.phone.door_words(bytesOf(nonce));
    const signature = this.keeper ? await this.keeper.sign(words.slice(DEVICE_BYTES)) : this.phone.prove(bytesOf(nonce));
    if (!signature) throw new Error('key');
    return { device: hexOf(words.subarray(0, DEVICE_BYTES)), nonce, signature: hexOf(signature) };
  }

  private do(asked: Asked & { id: number }, agreed: Agreed = [[], []]): void {
    const { id } = asked;
    const refused = (why: string): void => this.say({ what: 'refused', id, why });
    if (this.stopped) return refused('');
    try {
      const value = this.performed(asked, agreed);
      const done = (why?: string): void => (why === undefined ? this.say({ what: 'answer', id, value }) : refused(why));
      const commit = asked.what === 'ask' ? undefined : this.lastCommit();
      if (commit === undefined) done();
      else this.waiting.push({ commit, done });
    } catch (error) {
      refused(wordsOf(error));
      if (error instanceof WebAssembly.RuntimeError) return this.halt('broken', String(error));
    }
    // A question seldom makes the engine do something: most need no more than their answer.
    this.hear();
    if (asked.what !== 'ask' || this.todo.length > 0) this.goOn();
  }

  private performed(asked: Asked & { id: number }, agreed: Agreed): unknown {
    switch (asked.what) {
      case 'ask':
        return JSON.parse(this.phone.ask(asked.json));
      case 'act':
        return JSON.parse(this.phone.act(now(), asked.json));
      case 'export':
        return this.phone.bundle_export(now(), asked.person);
      case 'import':
        return JSON.parse(this.phone.bundle_import(now(), asked.file, ...agreed));
      case 'fresh':
        return fresh_record_id(now());
    }
  }

  /** Lines with their lights as they shine now. */
  private lit(rows: readonly Row[]): Row[] {
    const of = rows.map(({ clock, due }) => [clock ?? '', due ?? null]);
    const lights = this.ask<(Row['light'] & string)[]>({ ask: 'lights', now_ms: now(), of });
    return rows.map((row, at) => ({ ...row, light: lights[at] ?? null }));
  }

  private ask<T>(question: object): T {
    return JSON.parse(this.phone.ask(JSON.stringify(question))) as T;
  }

  /** Something for the engine; a dead engine stops everything, what is stored stays. */
  private guarded(tell: () => void): void {
    if (this.stopped) return;
    try {
      tell();
    } catch (error) {
      return this.halt('broken', String(error));
    }
    this.goOn();
  }

  private halt(halt: Halt, why: string): void {
    this.stop();
    for (const { done } of this.waiting.splice(0)) done(why);
    this.halted(halt, why);
  }

  private goOn(): void {
    if (this.performing || this.stopped) return;
    this.performing = true;
    void this.perform().finally(() => {
      this.performing = false;
    });
  }

  private async perform(): Promise<void> {
    try {
      for (let next = this.next(); next && !this.stopped; next = this.next()) {
        if (next[0] === 'commit') await this.commit({ id: next[1], puts: next[2] });
        else if (next[0] === 'sign') void this.sign(next[1], next[2]);
        else this.one(next);
      }
    } catch (error) {
      return this.halt('broken', String(error));
    }
    if (this.stopped) return;
    this.tellStatus();
    this.makeRows();
    clearTimeout(this.timer);
    const due = this.phone.deadline();
    if (due !== undefined) this.timer = setTimeout(() => this.guarded(() => this.phone.tick(now())), Math.max(0, due - now()));
  }

  /** How the phone stands, when that is news. */
  private tellStatus(): void {
    const status = this.phone.ask(JSON.stringify({ ask: 'status' }));
    if (status === this.told) return;
    this.told = status;
    this.say({ what: 'overview', overview: JSON.parse(status) as Overview });
  }

  private hear(): void {
    for (let said = this.phone.poll(); said; said = this.phone.poll()) this.todo.push(said);
  }

  private next(): Output | undefined {
    this.hear();
    return this.todo.shift();
  }

  /** The last batch that is not durable yet. */
  private lastCommit(): number | undefined {
    this.hear();
    return this.todo.findLast(([word]) => word === 'commit')?.[1] as number | undefined;
  }

  /** This batch and those that follow it at once, in one transaction. */
  private async commit(first: Commit): Promise<void> {
    const commits = [first];
    for (let head = this.todo[0]; head?.[0] === 'commit'; head = this.todo[0]) {
      commits.push({ id: head[1], puts: head[2] });
      this.todo.shift();
    }
    const last = commits.at(-1)?.id ?? first.id;
    try {
      await this.store.write(commits);
    } catch (error) {
      const full = error instanceof DOMException && error.name === 'QuotaExceededError';
      this.phone.commit_failed(now(), first.id);
      return this.halt(full ? 'store-full' : 'store-failed', String(error));
    }
    if (this.stopped) return;
    this.phone.committed(now(), last);
    const done = this.waiting.filter(({ commit }) => commit <= last);
    this.waiting = this.waiting.filter(({ commit }) => commit > last);
    for (const waiter of done) waiter.done();
  }

  /** Has the browser sign, and goes on meanwhile: saving never waits for a key. An engine that asks has none itself. */
  private async sign(id: number, words: Uint8Array<ArrayBuffer>): Promise<void> {
    const signature = await this.keeper?.sign(words).catch(() => undefined);
    this.guarded(() => (signature ? this.phone.signed(now(), id, signature) : this.phone.not_signed(now(), id)));
  }

  private one(output: Exclude<Output, readonly ['commit' | 'sign', ...unknown[]]>): void {
    switch (output[0]) {
      case 'connect':
        return this.connect();
      case 'disconnect':
        return this.hangUp();
      case 'send':
        if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(output[1]);
        return;
      case 'event': {
        const event = JSON.parse(output[1]) as PhoneEvent;
        if ('record' in event) this.stale.add(event.record);
        this.say({ what: 'event', event });
        // The connection that enrolled is not one that syncs.
        if (event.event === 'enrolled') {
          this.hangUp();
          this.phone.sync_now(now());
        }
      }
    }
  }

  private connect(): void {
    this.hangUp();
    if (this.held) return this.phone.disconnected(now());
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/sync`);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.guarded(() => this.phone.connected(now()));
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) this.guarded(() => this.phone.frame(now(), new Uint8Array(data)));
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.guarded(() => this.phone.disconnected(now()));
    };
    this.socket = socket;
  }

  private hangUp(): void {
    const socket = this.socket;
    this.socket = undefined;
    this.todo = this.todo.filter(([word]) => word !== 'send');
    socket?.close();
  }

  private makeRows(): void {
    if (this.making || this.stale.size === 0 || this.stopped) return;
    this.making = true;
    const records = [...this.stale].slice(0, ROWS_A_TURN);
    for (const id of records) this.stale.delete(id);
    const rows = this.ask<Row[]>({ ask: 'rows', records });
    this.store.keep(rows.filter(({ trouble }) => trouble === undefined));
    this.say({ what: 'rows', rows: this.lit(rows), all: false });
    setTimeout(() => {
      this.making = false;
      this.guarded(() => this.makeRows());
    });
  }
}
