import type { Value } from '../api/client';
import { fix } from './fix';
import { freshItem } from './items';
import { take } from './photos.svelte';
import { w } from './words';

/** Photos of a record as they are taken: time and place of now beside each, because what a file says of itself is not trusted. A photo is put down at once, and its place follows when the receiver has it. */

export type Values = Readonly<Record<string, Value>>;

/** `put` keeps a photo's values, `late` what came after them; gives what went wrong, in words. */
export async function shoot(files: FileList | null, put: (values: Values) => Promise<void>, late: (values: (prefix: string) => Values, prefixes: readonly string[]) => Promise<void>): Promise<string> {
  const where = fix().catch(() => undefined);
  const taken: string[] = [];
  let trouble = '';
  for (const file of files ?? []) {
    try {
      const prefix = `i/photos/${freshItem()}/`;
      const { hash, original } = await take(file);
      await put({
        [`${prefix}hash`]: hash,
        [`${prefix}original`]: original,
        [`${prefix}kind`]: 'site',
        [`${prefix}taken_at`]: { time: new Date().toISOString() },
      });
      taken.push(prefix);
    } catch (error) {
      trouble = error instanceof DOMException && error.name === 'InvalidStateError' ? w('photoGone') : error instanceof Error ? error.message : String(error);
    }
  }
  void where.then(async (position) => {
    if (position && taken.length > 0) await late((prefix) => ({ [`${prefix}position`]: { position } }), taken);
  });
  return trouble;
}
