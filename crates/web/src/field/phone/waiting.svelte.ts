import { phone } from './port';
import { stand } from './state.svelte';

/** For how long the oldest edit has waited to be sent. */

const DAY_MS = 86_400_000;
const oldest = $state({ ms: 0, turn: -1 });

/** Whole days; 0 when nothing waits. */
export function unsentDays(): number {
  return oldest.ms === 0 ? 0 : Math.floor(Math.max(0, Date.now() - oldest.ms) / DAY_MS);
}

/** Reads it again when something happened. */
export async function readOldest(): Promise<void> {
  if (oldest.turn === stand.turn) return;
  oldest.turn = stand.turn;
  const waiting = (await phone.outbox()).filter(({ status }) => status === 'on-device' || status === 'sent');
  oldest.ms = waiting.length === 0 ? 0 : Math.min(...waiting.map((edit) => Date.parse(edit.device_time)));
}
