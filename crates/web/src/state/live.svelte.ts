import { api, type Line } from '../api/client';
import { noted, session } from './session.svelte';

/** What changed while somebody looks: one question at a time, asked again from the position it was answered for. A page that nobody sees asks nothing. */

type Listener = (changed: ReadonlyMap<string, Line>, more: boolean) => void;

const FIRST_WAIT_MS = 1_000;
const WAIT_MS_MAX = 30_000;
const listeners = new Set<Listener>();

/** Calls back with records that changed, until the returned function is called. */
export function onChanges(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const pause = (ms: number, stop: AbortSignal): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(done, ms);
    stop.addEventListener('abort', () => (clearTimeout(timer), done()), { once: true });
  });

const seen = (stop: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (document.visibilityState === 'visible') return done();
    document.addEventListener('visibilitychange', () => done(), { once: true, signal: stop });
    stop.addEventListener('abort', () => done(), { once: true });
  });

async function follow(stop: AbortSignal): Promise<void> {
  let after: number | undefined;
  let wait = FIRST_WAIT_MS;
  while (!stop.aborted) {
    await seen(stop);
    if (stop.aborted) return;
    try {
      after ??= (await api.records(new URLSearchParams({ limit: '1' }), stop)).as_of.position;
      const answer = noted(await api.changes(after, stop));
      after = answer.as_of.position;
      wait = FIRST_WAIT_MS;
      const changed = new Map(answer.records.map((line) => [line.id, line]));
      if (changed.size > 0) for (const listener of [...listeners]) listener(changed, answer.more);
    } catch {
      if (stop.aborted) return;
      // The server is away or busy: everybody comes back at another moment.
      await pause(wait * (0.5 + Math.random()), stop);
      wait = Math.min(wait * 2, WAIT_MS_MAX);
    }
  }
}

/** Follows while somebody is signed in; the returned function ends it. */
export function followChanges(): () => void {
  const stop = new AbortController();
  if (session.who) void follow(stop.signal);
  return () => stop.abort();
}
