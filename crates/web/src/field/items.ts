import { hexOf } from '../hex';

/** Items of a record's collections: their paths are `i/COLLECTION/ITEM/FIELD`. */

const ITEM_BYTES = 6;
/** Sorts of values that nobody types: they come from the roster, a camera, another record or the group's region. */
export const NOT_TYPED: readonly string[] = ['record', 'hash', 'person', 'unit', 'region'];

/** 12 hexadecimal digits, as the engine makes them. */
export function freshItem(): string {
  return hexOf(crypto.getRandomValues(new Uint8Array(ITEM_BYTES)));
}

/** The ids of a collection's items, in the order they were made. */
export function itemsOf(values: Readonly<Record<string, unknown>>, collection: string): string[] {
  const found = Object.keys(values).map((path) => path.split('/'));
  return [...new Set(found.filter(([sort, of]) => sort === 'i' && of === collection).map(([, , item = '']) => item))];
}
