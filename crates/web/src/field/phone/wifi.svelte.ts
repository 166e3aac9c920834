import { hold, syncNow } from './port';

/** Sending on Wi-Fi only: what the browser says of the line, and what the person wants. Held back is only the network: everything is saved as always. */

const ONLY = 'liandu-wifi-only';
/** How long "send now" stands against it. */
const NOW_MS = 10 * 60_000;
interface Line extends EventTarget {
  readonly type?: string;
}
const line = (navigator as Navigator & { connection?: Line }).connection;

export const wifi = $state({ only: localStorage.getItem(ONLY) === 'true', mobile: line?.type === 'cellular', held: false });
/** Whether this browser tells Wi-Fi from a mobile line at all. */
export const isLineKnown = (): boolean => line?.type !== undefined;
let nowUntil = 0;

/** Tells the engine's worker, which may be a new one. */
export function tellLine(): void {
  wifi.held = wifi.only && wifi.mobile && Date.now() >= nowUntil;
  hold(wifi.held);
}

line?.addEventListener('change', () => {
  wifi.mobile = line.type === 'cellular';
  tellLine();
});

export function setWifiOnly(only: boolean): void {
  wifi.only = only;
  localStorage.setItem(ONLY, String(only));
  tellLine();
}

/** Sends whatever the line costs. */
export function sendNow(): void {
  nowUntil = Date.now() + NOW_MS;
  setTimeout(tellLine, NOW_MS);
  tellLine();
  syncNow();
}
