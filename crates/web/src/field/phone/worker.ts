import init, { parts_of, Phone } from 'liandu-engine';
import wasm from 'liandu-engine/wasm?url';
import { CLOCK_MS_MAX } from '../../clock';
import { Driver, wordsOf } from './driver';
import { Keeper } from './keeper';
import { Store } from './store';
import type { Asked, Halt, Said } from './types';

/** The worker that holds the engine. One tab's at a time: a lock of the browser says whose. */

const LOCK = 'liandu-phone';
/** A page that is being closed or loaded again still holds the lock for a moment. */
const LOCK_MS_MAX = 3_000;
const APP = `liandu-field ${__APP_VERSION__}`;

let driver: Driver | undefined;
/** Known before there is a driver. */
let held = false;
let over = false;
const say = (said: Said): void => postMessage(said);
const halted = (halt: Halt, why: string): void => say({ what: 'halted', halt, why });

async function start(steal: boolean): Promise<void> {
  let mine = false;
  const options: LockOptions = steal ? { steal: true } : { signal: AbortSignal.timeout(LOCK_MS_MAX) };
  try {
    await navigator.locks.request(LOCK, options, async () => {
      mine = true;
      await run();
    });
  } catch (error) {
    over = true;
    driver?.stop();
    if (!mine) halted('elsewhere', '');
    else if (error instanceof DOMException && error.name === 'AbortError') halted('taken-over', '');
    else halted('broken', String(error));
  }
}

/** Holds the engine, and the lock, until the worker ends. */
async function run(): Promise<void> {
  await init({ module_or_path: wasm });
  const store = await Store.open().catch((error: unknown) => halted('store-failed', String(error)));
  if (!store) return;
  const { keys, values, rows } = await store.load();
  let phone: Phone;
  try {
    phone = new Phone(keys, values, APP);
  } catch (error) {
    return halted('unreadable', wordsOf(error));
  }
  const keeper = over ? undefined : await keeperOf(phone);
  // Another tab may have taken the phone over meanwhile.
  if (over) return;
  driver = new Driver(phone, store, keeper, say, halted);
  driver.hold(held);
  driver.begin(rows);
  void lookAtClock();
  await new Promise<never>(() => undefined);
}

/** Who signs for this phone; nobody outside when the engine has the key itself. A key that the engine still has goes to the browser; a phone that is not enrolled begins with one that is only there. */
async function keeperOf(phone: Phone): Promise<Keeper | undefined> {
  const [known, seed] = [phone.public_key(), phone.seed()];
  if (known && !seed) {
    const found = await Keeper.find(known).catch(() => undefined);
    if (phone.is_enrolled()) void found?.alone().catch(() => undefined);
    if (found || phone.is_enrolled()) return found;
  }
  const fresh = seed ?? crypto.getRandomValues(new Uint8Array(32));
  const [key, secret, point] = parts_of(fresh);
  const made = key && secret && point && (await Keeper.make(fresh, { key, secret, point }));
  if (made && seed) phone.key_handed_over();
  else if (made) phone.keep_key_outside(made.key);
  return made;
}

/** How far the phone's clock is ahead of the server's. */
async function lookAtClock(): Promise<void> {
  const answer = await fetch('/healthz', { cache: 'no-store' }).catch(() => undefined);
  const theirs = Date.parse(answer?.headers.get('date') ?? '');
  const aheadMs = Date.now() - theirs;
  if (Math.abs(aheadMs) > CLOCK_MS_MAX) say({ what: 'clock', aheadMs });
}

addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  if (data.what === 'start') void start(data.steal);
  else if (data.what === 'sync') {
    driver?.sync();
    void lookAtClock();
  } else if (data.what === 'hold') {
    held = data.held;
    driver?.hold(held);
  } else if (driver) driver.answer(data);
  else say({ what: 'refused', id: data.id, why: '' });
});
