import type { Line } from './api/client';
import { codeName, domainName } from './state/definitions.svelte';
import { named } from './state/language.svelte';
import { regionName } from './state/regions.svelte';
import type { TextKey } from './texts/zh';
import { moment } from './value';

/** The ledger's columns beside title and state: what each shows, how wide it is, and which of them this browser shows. */

export interface Column {
  readonly name: TextKey & string;
  readonly width: string;
  /** The API's word for the order, where it has one. */
  readonly sort?: string;
  readonly text: (line: Line) => string;
}

export const COLUMNS: readonly Column[] = [
  { name: 'dueDay', width: '96px', sort: 'due', text: (line) => line.due ?? '' },
  { name: 'domain', width: '96px', text: (line) => named(domainName(line.domain), line.domain) },
  { name: 'region', width: '160px', text: (line) => regionName(line.scope.region) },
  { name: 'source', width: '96px', text: (line) => named(codeName('sources', line.source), line.source) },
  { name: 'first', width: '136px', sort: 'first', text: (line) => moment(line.first.time) },
  { name: 'last', width: '136px', sort: 'last', text: (line) => moment(line.last.time) },
  { name: 'editCount', width: '64px', text: (line) => String(line.edits) },
];

const KEY = 'liandu-columns';
const DEFAULT = ['dueDay', 'domain', 'region', 'source', 'last'];
const kept = localStorage.getItem(KEY)?.split(',').filter((name) => COLUMNS.some((column) => column.name === name));
const chosen = $state<{ names: string[] }>({ names: kept ?? DEFAULT });

export const columns = {
  get shown(): readonly Column[] {
    return COLUMNS.filter(({ name }) => chosen.names.includes(name));
  },
  has: (name: string): boolean => chosen.names.includes(name),
  toggle(name: string): void {
    chosen.names = chosen.names.includes(name) ? chosen.names.filter((each) => each !== name) : [...chosen.names, name];
    localStorage.setItem(KEY, chosen.names.join(','));
  },
};
