import { openDB } from 'idb';
import type { Map } from 'maplibre-gl';
import type { RangeResponse, Source } from 'pmtiles';
import type { BaseFile } from '../basemap';

/** The map that a phone takes along when asked: the office's PMTiles file, kept in parts, so that a load that was cut off goes on where it stood. Never fetched without being asked for. */

const PART_BYTES = 1 << 20;
const KEY = 'liandu-phone-map';
type Kept = Pick<BaseFile, 'bytes' | 'version' | 'datum' | 'attribution'>;
interface Schema {
  parts: { key: number; value: Blob };
}

/** `have` of `of` parts are on this phone; the map is shown when all are. */
export const base = $state<{ kept: Kept | undefined; have: number; offered: BaseFile | undefined; loading: boolean }>({ kept: remembered(), have: 0, offered: undefined, loading: false });
export const partsOf = ({ bytes }: { bytes: number }): number => Math.ceil(bytes / PART_BYTES);
export const isWhole = (): boolean => base.kept !== undefined && base.have === partsOf(base.kept);

function remembered(): Kept | undefined {
  const text = localStorage.getItem(KEY);
  return text === null ? undefined : (JSON.parse(text) as Kept);
}

const open = () => openDB<Schema>('liandu-map', 1, { upgrade: (db) => void db.createObjectStore('parts') });

async function countParts(): Promise<void> {
  const db = await open();
  base.have = await db.count('parts');
  db.close();
}

/** Lays the map that is here under another; gives the coordinate system in which all is drawn then. Without one the outlines stay, which are in WGS-84. */
export async function layKept(under: Map): Promise<{ datum: string; laid: boolean }> {
  await countParts();
  if (!base.kept || !isWhole()) return { datum: 'WGS-84', laid: false };
  const { CLEAR, layFile } = await import('../basemap');
  await layFile(under, sourceOf(base.kept.version), base.kept.attribution, CLEAR);
  return { datum: base.kept.datum, laid: true };
}

/** Counts what is here, and asks the office whether it has a map, or a newer one. */
export async function lookForBase(): Promise<void> {
  await countParts();
  try {
    const { readBase } = await import('../basemap');
    const said = await readBase();
    base.offered = said.kind === 'pmtiles' && (said.version !== base.kept?.version || !isWhole()) ? said : undefined;
  } catch {
    base.offered = undefined;
  }
}

/** Loads what is missing of the map that is offered. Parts that came stay, whatever happens. */
export async function takeBase(): Promise<void> {
  const { offered } = base;
  if (!offered || base.loading) return;
  base.loading = true;
  const db = await open();
  try {
    if (base.kept?.version !== offered.version) {
      await db.clear('parts');
      const { bytes, version, datum, attribution } = offered;
      base.kept = { bytes, version, datum, attribution };
      localStorage.setItem(KEY, JSON.stringify(base.kept));
    }
    const here = new Set(await db.getAllKeys('parts'));
    base.have = here.size;
    for (let part = 0; part < partsOf(offered); part += 1) {
      if (here.has(part)) continue;
      await db.put('parts', await fetched(offered, part), part);
      base.have += 1;
    }
    base.offered = undefined;
  } finally {
    db.close();
    base.loading = false;
  }
}

async function fetched({ url, bytes }: BaseFile, part: number): Promise<Blob> {
  const [first, end] = [part * PART_BYTES, Math.min(bytes, (part + 1) * PART_BYTES)];
  const answer = await fetch(url, { headers: { range: `bytes=${first}-${end - 1}` } });
  const blob = await answer.blob();
  // An office may put another file in its place meanwhile.
  if (answer.status !== 206 || answer.headers.get('content-range') !== `bytes ${first}-${end - 1}/${bytes}` || blob.size !== end - first) throw new Error(`HTTP ${answer.status}`);
  return blob;
}

/** Makes room again. */
export async function dropBase(): Promise<void> {
  const db = await open();
  await db.clear('parts');
  db.close();
  localStorage.removeItem(KEY);
  [base.kept, base.have] = [undefined, 0];
  await lookForBase();
}

/** Reads the kept parts as the file they are of. */
export function sourceOf(version: string): Source {
  const opened = open();
  return {
    getKey: () => `phone-${version}`,
    async getBytes(offset: number, length: number): Promise<RangeResponse> {
      const db = await opened;
      const wanted: Blob[] = [];
      const first = Math.floor(offset / PART_BYTES);
      for (let part = first; part * PART_BYTES < offset + length; part += 1) {
        const blob = await db.get('parts', part);
        if (blob) wanted.push(blob);
      }
      const from = offset - first * PART_BYTES;
      return { data: await new Blob(wanted).slice(from, from + length).arrayBuffer() };
    },
  };
}
