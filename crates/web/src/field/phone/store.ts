import { openDB, type IDBPDatabase } from 'idb';
import { hexOf } from '../../hex';
import type { Row } from './types';

/** The phone's store: the engine's pairs of bytes, and lines of records made from them. A batch is durable when its promise is fulfilled: one transaction, written through to the disk. */

/** Lines made by an older version are made anew. */
const ROW_FORM = 4;
const RECORD_ID_BYTES = 16;
const OF_RECORD = 'r'.charCodeAt(0);

/** Keys are read back as `ArrayBuffer`s. */
interface Schema {
  pairs: { key: IDBValidKey; value: Uint8Array };
  rows: { key: string; value: { form: number; row: Row } };
}

export interface Commit {
  readonly id: number;
  readonly puts: readonly (readonly [Uint8Array<ArrayBuffer>, Uint8Array | null])[];
}

export interface Loaded {
  readonly keys: Uint8Array[];
  readonly values: Uint8Array[];
  readonly rows: Row[];
}

/** The record a stored pair belongs to, as its id is written; none for others. */
export function recordOf(key: Uint8Array): string | undefined {
  if (key[0] !== OF_RECORD || key.length < RECORD_ID_BYTES + 1) return undefined;
  return hexOf(key.subarray(1, RECORD_ID_BYTES + 1)).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export class Store {
  private constructor(private readonly db: IDBPDatabase<Schema>) {}

  static async open(): Promise<Store> {
    return new Store(
      await openDB<Schema>('liandu-phone', 1, {
        upgrade(db) {
          db.createObjectStore('pairs');
          db.createObjectStore('rows');
        },
      }),
    );
  }

  async load(): Promise<Loaded> {
    const read = this.db.transaction(['pairs', 'rows'], 'readonly');
    const pairs = read.objectStore('pairs');
    const [keys, values, rows] = await Promise.all([pairs.getAllKeys(), pairs.getAll(), read.objectStore('rows').getAll()]);
    return {
      keys: keys.map((key) => new Uint8Array(key as ArrayBuffer)),
      values,
      rows: rows.filter(({ form }) => form === ROW_FORM).map(({ row }) => row),
    };
  }

  /** Stores batches in their order, all of them or none. Lines of the records they touch are dropped with them. */
  async write(commits: readonly Commit[]): Promise<void> {
    const write = this.db.transaction(['pairs', 'rows'], 'readwrite', { durability: 'strict' });
    const [pairs, rows] = [write.objectStore('pairs'), write.objectStore('rows')];
    const asked: Promise<unknown>[] = [];
    for (const { puts } of commits) {
      for (const [key, value] of puts) {
        asked.push(value ? pairs.put(value, key) : pairs.delete(key));
        const record = recordOf(key);
        if (record) asked.push(rows.delete(record));
      }
    }
    // All are listened to: a refused one must not end as an error that nobody hears.
    const [done] = await Promise.allSettled([write.done, ...asked]);
    if (done.status === 'rejected') throw done.reason;
  }

  /** Keeps lines for the next start. Called in the turn they were made in: a later edit's batch drops them again. */
  keep(rows: readonly Row[]): void {
    const write = this.db.transaction('rows', 'readwrite');
    const asked = rows.map((row) => write.store.put({ form: ROW_FORM, row }, row.id));
    void Promise.allSettled([write.done, ...asked]);
  }
}
