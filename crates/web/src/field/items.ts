/** Items of a record's collections: their paths are `i/COLLECTION/ITEM/FIELD`. */

const ITEM_BYTES = 6;

/** 12 hexadecimal digits, as the engine makes them. */
export function freshItem(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ITEM_BYTES));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The ids of a collection's items, in the order they were made. */
export function itemsOf(values: Readonly<Record<string, unknown>>, collection: string): string[] {
  const found = Object.keys(values).map((path) => path.split('/'));
  return [...new Set(found.filter(([sort, of]) => sort === 'i' && of === collection).map(([, , item = '']) => item))];
}
