import { openDB, type IDBPDatabase } from 'idb';
import { hashOf, send } from '../upload';
import { phone } from './phone/port';
import { rules, stand } from './phone/state.svelte';
import { wifi } from './phone/wifi.svelte';

/** Photos on this phone: made smaller, named by their hash, kept until the office has them and after. Sent one after the other once the edit that names them can be. */

/** What is sent where the campaign does not say: its longer side, pixels, and how little is lost. */
const USUAL = { side_px_max: 2048, quality_percent: 85 };

/** How long to wait after a try that failed: longer each time, until one works. */
const AGAIN_MS_MIN = 2_000;
const AGAIN_MS_MAX = 60_000;

interface Kept {
  readonly hash: string;
  readonly file: Blob;
  /** SHA-256 of the picture as the camera made it. */
  readonly original: string;
  sent: boolean;
}

let opened: Promise<IDBPDatabase> | undefined;
const open = (): Promise<IDBPDatabase> => (opened ??= openDB('liandu-photos', 1, { upgrade: (db) => db.createObjectStore('photos', { keyPath: 'hash' }) }));

/** What is known of photos here: whether the office has them. Those that are not in it are not on this phone. */
const known = $state<{ sent: Record<string, boolean>; part: number }>({ sent: {}, part: 0 });
let sending = false;
let againMs = AGAIN_MS_MIN;

export function whereIs(hash: string): 'office' | 'here' | 'missing' {
  const sent = known.sent[hash];
  return sent === undefined ? 'missing' : sent ? 'office' : 'here';
}

export async function readPhotos(): Promise<void> {
  for (const { hash, sent } of (await (await open()).getAll('photos')) as Kept[]) known.sent[hash] = sent;
}

/** A picture as it is sent; none when it is not here. */
export async function fileOf(hash: string): Promise<Blob | undefined> {
  const kept = (await (await open()).get('photos', hash)) as Kept | undefined;
  return kept?.file;
}

/** A picture's address for an `img`; none when it is not here. */
export async function pictureOf(hash: string): Promise<string | undefined> {
  const file = await fileOf(hash);
  return file && URL.createObjectURL(file);
}

/** Keeps a picture and gives the hashes of what will be sent and of what the camera made. Durable when fulfilled. */
export async function take(picture: Blob): Promise<{ hash: string; original: string }> {
  const { side_px_max, quality_percent } = { ...USUAL, ...rules()?.photos };
  const bitmap = await createImageBitmap(picture, { imageOrientation: 'from-image' });
  const scale = Math.min(1, side_px_max / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('canvas');
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const file = await canvas.convertToBlob({ type: 'image/jpeg', quality: quality_percent / 100 });
  const [hash, original] = await Promise.all([hashOf(file), hashOf(picture)]);
  const write = (await open()).transaction('photos', 'readwrite', { durability: 'strict' });
  await Promise.all([write.store.put({ hash, file, original, sent: false } satisfies Kept), write.done]);
  known.sent[hash] = false;
  return { hash, original };
}

interface Token {
  readonly token: string;
}
/** How this phone is known over HTTP, for an hour. */
export async function token(): Promise<string> {
  const challenge = (await (await fetch('/api/device/challenge')).json()) as { nonce: string };
  const body = JSON.stringify(await phone.prove(challenge.nonce));
  const answer = await fetch('/api/device/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (!answer.ok) throw new Error(String(answer.status));
  return ((await answer.json()) as Token).token;
}

/** Sends what the office lacks. What breaks off goes on where it was, now or at the next start. */
export async function sendPhotos(): Promise<void> {
  const waiting = Object.keys(known.sent).filter((hash) => known.sent[hash] === false);
  // On a bad line photos may get through while the connection waits for its next try.
  if (sending || waiting.length === 0 || wifi.held || !navigator.onLine || !stand.overview?.device) return;
  sending = true;
  try {
    const headers = { authorization: `Liandu-Device ${await token()}` };
    const db = await open();
    for (const hash of waiting) {
      const kept = (await db.get('photos', hash)) as Kept;
      await send(kept.file, hash, (part) => (known.part = part), headers);
      await db.put('photos', { ...kept, sent: true });
      known.sent[hash] = true;
      againMs = AGAIN_MS_MIN;
    }
  } catch {
    // No network, or not this time: they stay and are tried again.
    setTimeout(() => void sendPhotos(), againMs);
    againMs = Math.min(AGAIN_MS_MAX, againMs * 2);
  } finally {
    sending = false;
  }
}
