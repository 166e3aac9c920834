import { definitionOf, type Definition } from '../../definition';
import { begin, phone, syncNow } from './port';
import { tellLine } from './wifi.svelte';
import type { Halt, Overview, Row, Said } from './types';

/** How the phone stands, for every screen: kept up to date by what the worker says. */

const SYNCED = 'liandu-synced';
interface Stand {
  overview: Overview | undefined;
  halt: { halt: Halt; why: string } | undefined;
  /** When everything was last exchanged, milliseconds since 1970; 0 for never. */
  synced: number;
  clockAheadMs: number;
  /** The browser did not sign with this phone’s key. */
  keyFailed: boolean;
  /** Why the last enrolment did not work. */
  enrolment: { zh: string; en: string; again: boolean } | undefined;
  /** Counts up with everything that happens, so that screens read again. */
  turn: number;
}

export const stand = $state<Stand>({
  overview: undefined,
  halt: undefined,
  synced: Number(localStorage.getItem(SYNCED) ?? 0),
  clockAheadMs: 0,
  keyFailed: false,
  enrolment: undefined,
  turn: 0,
});
let lines = $state.raw<ReadonlyMap<string, Row>>(new Map());
let forms = $state.raw<Definition | undefined>();
const sorted = $derived([...lines.values()].sort((a, b) => (b.last ?? '').localeCompare(a.last ?? '')));

/** Every record here that can be read, as a line; the last edited first. */
export function rows(): Row[] {
  return sorted;
}

export function row(id: string): Row | undefined {
  return lines.get(id);
}

/** The newest forms here. */
export function rules(): Definition | undefined {
  return forms;
}

async function readForms(): Promise<void> {
  forms = definitionOf(await phone.definition());
}

function hear(said: Said): void {
  switch (said.what) {
    case 'overview':
      if (!stand.overview) void readForms();
      stand.overview = said.overview;
      if (said.overview.connection === 'in-sync' && said.overview.unsealed === 0) stand.keyFailed = false;
      stand.turn += 1;
      return;
    case 'rows': {
      const next = new Map(said.all ? [] : lines);
      for (const each of said.rows) {
        if (each.trouble === undefined) next.set(each.id, each);
        else next.delete(each.id);
      }
      lines = next;
      return;
    }
    case 'clock':
      stand.clockAheadMs = said.aheadMs;
      return;
    case 'halted':
      stand.halt = { halt: said.halt, why: said.why };
      return;
    case 'event':
      return happened(said.event);
  }
}

function happened(event: Extract<Said, { what: 'event' }>['event']): void {
  if ('record' in event) stand.turn += 1;
  if (event.event === 'connection' && event.connection === 'in-sync') {
    stand.synced = Date.now();
    localStorage.setItem(SYNCED, String(stand.synced));
  } else if (event.event === 'key-failed') stand.keyFailed = true;
  else if (event.event === 'enrol-failed') stand.enrolment = event;
  else if (event.event === 'definition') void readForms();
}

// A phone that wakes or finds the network again does not wait for its next try.
addEventListener('online', syncNow);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') syncNow();
});

export function start(steal = false): void {
  stand.halt = undefined;
  begin(hear, steal);
  tellLine();
}
