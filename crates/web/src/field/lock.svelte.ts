import { hexOf } from '../hex';

/** A PIN before the screens: against eyes, not against somebody with tools. Saving and sending go on behind it. */

const KEPT = 'liandu-pin';
const ROUNDS = 300_000;
/** Wrong tries before the first wait, and how long waits are. */
const TRIES = 5;
const WAIT_MS_MIN = 30_000;
const WAIT_MS_MAX = 30 * 60_000;
/** How often is looked whether nobody touches the phone. */
const LOOK_MS = 5_000;
export const PIN = /^\d{4,8}$/;
export const MINUTES = [1, 5, 15, 60] as const;

interface Kept {
  readonly salt: string;
  readonly hash: string;
  readonly minutes: number;
  readonly wrong: number;
  readonly until: number;
}

function read(): Kept | undefined {
  const text = localStorage.getItem(KEPT);
  return text === null ? undefined : (JSON.parse(text) as Kept);
}
let kept = read();
export const lock = $state({ set: kept !== undefined, locked: kept !== undefined, minutes: kept?.minutes ?? MINUTES[1], until: kept?.until ?? 0 });

function keep(next: Kept | undefined): void {
  kept = next;
  if (next) localStorage.setItem(KEPT, JSON.stringify(next));
  else localStorage.removeItem(KEPT);
  lock.set = next !== undefined;
  lock.minutes = next?.minutes ?? lock.minutes;
  lock.until = next?.until ?? 0;
}

async function hashOf(pin: string, salt: string): Promise<string> {
  const words = new TextEncoder();
  const key = await crypto.subtle.importKey('raw', words.encode(pin), 'PBKDF2', false, ['deriveBits']);
  const bits = await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: words.encode(salt), iterations: ROUNDS }, key, 256);
  return hexOf(new Uint8Array(bits));
}

export async function setPin(pin: string, minutes: number): Promise<void> {
  const salt = hexOf(crypto.getRandomValues(new Uint8Array(16)));
  keep({ salt, hash: await hashOf(pin, salt), minutes, wrong: 0, until: 0 });
}

export function setMinutes(minutes: number): void {
  if (kept) keep({ ...kept, minutes });
}

export function dropPin(): void {
  keep(undefined);
}

/** Whether it was right; after too many wrong ones nothing is looked at until `lock.until`. */
export async function unlock(pin: string, now = Date.now()): Promise<boolean> {
  if (!kept || now < kept.until) return !kept;
  if ((await hashOf(pin, kept.salt)) === kept.hash) {
    keep({ ...kept, wrong: 0, until: 0 });
    touched = now;
    lock.locked = false;
    return true;
  }
  const wrong = kept.wrong + 1;
  const wait = wrong < TRIES ? 0 : Math.min(WAIT_MS_MAX, WAIT_MS_MIN * 2 ** (wrong - TRIES));
  keep({ ...kept, wrong, until: wait === 0 ? 0 : now + wait });
  return false;
}

let touched = Date.now();
function look(): void {
  if (kept && Date.now() - touched >= kept.minutes * 60_000) lock.locked = true;
}
const touch = (): void => {
  look();
  touched = Date.now();
};
addEventListener('pointerdown', touch, { capture: true });
addEventListener('keydown', touch, { capture: true });
document.addEventListener('visibilitychange', look);
setInterval(look, LOOK_MS);
