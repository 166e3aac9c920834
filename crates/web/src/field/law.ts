import { openDB } from 'idb';
import type { Schemas } from '../api/client';
import type { Library } from '../law';
import { shelf } from '../state/library.svelte';
import { token } from './photos.svelte';

/** The library of laws on this phone: fetched by itself when the office has published another version, kept for use without network. It is no part of the sync, which every phone pays for with every connection. */

const NEWEST = 'newest';
/** How often the office is asked, at most. */
const LOOK_MS = 3_600_000;
interface Schema {
  libraries: { key: string; value: Library };
}
const open = () => openDB<Schema>('liandu-law', 1, { upgrade: (db) => void db.createObjectStore('libraries') });
let looked = -LOOK_MS;

export async function kept(): Promise<Library | undefined> {
  const db = await open();
  const library = await db.get('libraries', NEWEST);
  db.close();
  return library;
}

/** Called whenever the phone is connected. What breaks off is asked for again the next time; until then the version that is here stays. */
export async function keepNewest(): Promise<void> {
  if (performance.now() - looked < LOOK_MS) return;
  looked = performance.now();
  try {
    const headers = { authorization: `Liandu-Device ${await token()}` };
    const ask = async <T>(path: string): Promise<T> => {
      const answer = await fetch(path, { headers });
      if (!answer.ok) throw new Error(String(answer.status));
      return (await answer.json()) as T;
    };
    const [newest] = await ask<Schemas['LibraryVersionJson'][]>('/api/library');
    if (!newest || newest.version === (await kept())?.version) return;
    const library = await ask<Library>(`/api/library/${encodeURIComponent(newest.version)}`);
    const db = await open();
    await db.put('libraries', library, NEWEST);
    db.close();
    shelf.library = library;
  } catch {
    looked = -LOOK_MS;
  }
}
