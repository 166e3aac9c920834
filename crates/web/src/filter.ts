/** The one filter: what its names are and how it is written in the address. Table, map, figures and exports ask with it. */

const NAMES: ReadonlySet<string> = new Set([
  'region', 'kind', 'domain', 'state', 'group', 'campaign', 'source', 'author', 'handler', 'lead', 'co', 'since', 'until',
  'changed_since', 'changed_until', 'conflict', 'flag', 'light', 'raised', 'closed_since', 'closed_until', 'q', 'bbox',
]);
const PLACES = ['field.', 'answer.', 'item.'];

/** The parts of an address that are the filter, in a fixed order; empty ones are left out. */
export function filterOf(query: URLSearchParams): URLSearchParams {
  const fits = ([name]: [string, string]): boolean =>
    NAMES.has(name) || PLACES.some((start) => name.startsWith(start));
  const parts = [...query].filter(fits).filter(([name, value]) => value !== '' || name.includes('.'));
  parts.sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1));
  return new URLSearchParams(parts);
}

/** The same with one name set to values, or taken out when there are none. */
export function withValue(query: URLSearchParams, name: string, ...values: string[]): URLSearchParams {
  const next = new URLSearchParams(query);
  next.delete(name);
  for (const value of values) if (value !== '') next.append(name, value);
  return next;
}

/** The filter and more to ask: sort, by, limit. */
export function asked(filter: URLSearchParams, more: Readonly<Record<string, string>>): URLSearchParams {
  const query = new URLSearchParams(filter);
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return query;
}
