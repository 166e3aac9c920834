import type { Asked, BundleReport, HistoryAct, Joined, Kept, OwnEdit, RecordView, Said, Write } from './types';
import type { Schemas, Value } from '../../api/client';

/** The screens' side of the worker: questions and acts as promises. An act's promise is fulfilled when it is durable on this phone. */

/** The engine said no, in words for the person. Nothing was changed. */
export class NotDone extends Error {}

type Question = Extract<Asked, { id: number }> extends infer Each ? (Each extends { id: number } ? Omit<Each, 'id'> : never) : never;
interface Promised {
  readonly done: (value: unknown) => void;
  readonly failed: (error: NotDone) => void;
}

let worker: Worker | undefined;
let count = 0;
const promised = new Map<number, Promised>();

/** Starts the engine; `steal` takes it from another tab. */
export function begin(hear: (said: Said) => void, steal = false): void {
  worker?.terminate();
  for (const { failed } of promised.values()) failed(new NotDone(''));
  promised.clear();
  worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<Said>) => {
    if (data.what !== 'answer' && data.what !== 'refused') return hear(data);
    const waiting = promised.get(data.id);
    promised.delete(data.id);
    if (data.what === 'answer') waiting?.done(data.value);
    else waiting?.failed(new NotDone(data.why));
  });
  worker.addEventListener('error', ({ message }) => hear({ what: 'halted', halt: 'broken', why: message }));
  worker.postMessage({ what: 'start', steal } satisfies Asked);
}

export function syncNow(): void {
  worker?.postMessage({ what: 'sync' } satisfies Asked);
}

/** Whether the network is to be left alone. */
export function hold(held: boolean): void {
  worker?.postMessage({ what: 'hold', held } satisfies Asked);
}

function say<T>(question: Question): Promise<T> {
  count += 1;
  const id = count;
  return new Promise((done, failed) => {
    promised.set(id, { done: done as (value: unknown) => void, failed });
    worker?.postMessage({ id, ...question });
  });
}

const ask = <T>(question: object): Promise<T> => say<T>({ what: 'ask', json: JSON.stringify(question) });
const act = <T>(asked: object): Promise<T> => say<T>({ what: 'act', json: JSON.stringify(asked) });

/** A value as the engine takes it: moments as milliseconds, without zone as Beijing time. */
function wire(value: Value): unknown {
  if (typeof value !== 'object' || value === null || !('time' in value)) return value;
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(value.time) ? value.time : `${value.time}+08:00`;
  return { time_ms: Date.parse(zoned) };
}
const wired = (writes: readonly Write[]): object[] => writes.map(({ path, value }) => ({ path, value: wire(value) }));

/** How this phone is known over HTTP: a challenge of the server, signed. */
export interface Proof {
  readonly device: string;
  readonly nonce: string;
  readonly signature: string;
}

export interface NewRecord {
  readonly id: string;
  readonly kind: string;
  readonly scope: string;
  readonly writes: readonly Write[];
  readonly texts: Readonly<Record<string, string>>;
  /** Colleagues may have begun it, too; what is saved twice is saved once. */
  readonly beside: boolean;
}

export const phone = {
  record: (record: string) => ask<RecordView>({ ask: 'record', record }),
  history: (record: string, path: string) => ask<HistoryAct[]>({ ask: 'history', record, path }),
  outbox: () => ask<OwnEdit[]>({ ask: 'outbox' }),
  receipts: () => ask<OwnEdit[]>({ ask: 'receipts' }),
  definition: (record?: string) => ask<unknown>({ ask: 'definition', record: record ?? null }),
  note: (name: string) => ask<unknown>({ ask: 'note', name }),
  keepNote: (name: string, value: unknown) => act<unknown>({ act: 'note', name, value }),
  enrol: (address: string, code: string, label: string) => act<unknown>({ act: 'enrol', address, code, label }),
  create: ({ writes, ...record }: NewRecord) => act<Kept>({ act: 'create', ...record, writes: wired(writes) }),
  set: (record: string, seen: string, writes: readonly Write[]) =>
    act<Kept>({ act: 'edit', record, seen, change: { edit: 'set', writes: wired(writes) } }),
  editText: (record: string, seen: string, field: string, splice: Schemas['SpliceJson']) =>
    act<Kept>({ act: 'edit', record, seen, change: { edit: 'edit-text', field, splices: [splice] } }),
  resolve: (record: string, seen: string, path: string, value: Value | undefined, among: readonly string[]) =>
    act<Kept>({ act: 'edit', record, seen, change: { edit: 'resolve', path, among, value: value === undefined ? null : wire(value) } }),
  happened: (record: string, seen: string, event: string, args: Readonly<Record<string, Value>>) =>
    act<Kept>({ act: 'edit', record, seen, change: { edit: 'event', event, args } }),
  dismiss: (record: string, number: number) => act<unknown>({ act: 'dismiss', record, number }),
  prove: (nonce: string) => say<Proof>({ what: 'prove', nonce }),
  freshId: () => say<string>({ what: 'fresh' }),
  freshVisit: (scope: string) => ask<string>({ ask: 'fresh-visit', scope }),
  /** What others join an inspection by; null when its id comes from elsewhere. */
  visitCode: (record: string, scope: string, domain: string) => ask<string | null>({ ask: 'visit-code', record, scope, domain }),
  join: (code: string) => ask<Joined>({ ask: 'join', code }),
  /** Opened by a colleague’s devices, or, without one, by the office. */
  exportBundle: (person: string | undefined) => say<Uint8Array<ArrayBuffer>>({ what: 'export', person }),
  colleagues: () => ask<string[]>({ ask: 'colleagues' }),
  importBundle: (file: Uint8Array) => say<BundleReport>({ what: 'import', file }),
};
