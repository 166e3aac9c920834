import type { Value } from '../api/client';
import { fix } from './fix';
import { freshItem } from './items';
import { take } from './photos.svelte';
import { w } from './words';

/** Photos of a record as they are taken: time and place of now beside each, because what a file says of itself is not trusted. A photo is put down at once, and its place follows when the receiver has it. */

type Values = Readonly<Record<string, Value>>;

/** `put` keeps values, `say` tells what went wrong; a photo that is not there `still` gets no place. */
export async function shoot(files: FileList | null, put: (values: Values) => Promise<void>, say: (trouble: string) => void, still: (prefix: string) => boolean = () => true): Promise<void> {
  const where = fix().catch(() => undefined);
  const taken: string[] = [];
  const tried = async (what: () => Promise<void>): Promise<void> => {
    try {
      await what();
    } catch (error) {
      say(error instanceof DOMException && error.name === 'InvalidStateError' ? w('photoGone') : error instanceof Error ? error.message : String(error));
    }
  };
  say('');
  for (const file of files ?? []) {
    await tried(async () => {
      const prefix = `i/photos/${freshItem()}/`;
      const { hash, original } = await take(file);
      await put({
        [`${prefix}hash`]: hash,
        [`${prefix}original`]: original,
        [`${prefix}kind`]: 'site',
        [`${prefix}taken_at`]: { time: new Date().toISOString() },
      });
      taken.push(prefix);
    });
  }
  void where.then((position) => {
    const placed = taken.filter(still);
    if (position && placed.length > 0) void tried(() => put(Object.fromEntries(placed.map((prefix) => [`${prefix}position`, { position }]))));
  });
}
