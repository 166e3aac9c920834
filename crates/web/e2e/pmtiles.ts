import { png, type Colour } from './png';

/** Small map files (PMTiles, third version) for stories: one tile, a picture or water in vectors, for every place and zoom, and as many bytes behind it as a real county has. */

const ZOOM_MAX = 12;
const TILES = (4 ** (ZOOM_MAX + 1) - 1) / 3;
const HEADER_BYTES = 127;
const SIDE = 256;
/** The picture's colour, which nothing else of the pages has. */
export const COLOUR: Colour = [232, 176, 120];

function varint(number: number): number[] {
  const bytes = [];
  for (let left = number; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}

export const picture = (): Buffer => png(SIDE, (x, y) => (x === 0 || y === 0 ? [150, 110, 70] : COLOUR));

const field = (number: number, content: readonly number[]): number[] => [...varint(number * 8 + 2), ...varint(content.length), ...content];
const plain = (number: number, value: number): number[] => [...varint(number * 8), ...varint(value)];

/** A vector tile: water all over, as OpenMapTiles and Protomaps name it. */
function water(): Buffer {
  const EXTENT = 4096;
  const step = (by: number): number[] => varint(by < 0 ? -2 * by - 1 : 2 * by);
  const geometry = [9, 0, 0, 26, ...step(EXTENT), ...step(0), ...step(0), ...step(EXTENT), ...step(-EXTENT), ...step(0), 15];
  const feature = [...plain(3, 3), ...field(4, geometry)];
  const layer = [...plain(15, 2), ...field(1, [...Buffer.from('water')]), ...field(2, feature), ...plain(5, EXTENT)];
  return Buffer.from(field(3, layer));
}
/** What water looks like on the office's map. */
export const WATER: Colour = [201, 223, 234];
const SORTS = { vectors: 1, pictures: 2 } as const;

export function mapFile(bytes: number, sort: keyof typeof SORTS = 'pictures'): Buffer {
  const tile = sort === 'pictures' ? picture() : water();
  // One entry: first tile, run, length, offset plus one.
  const root = Buffer.from([1, 0, ...varint(TILES), ...varint(tile.length), 1]);
  const meta = Buffer.from('{}');
  const data = HEADER_BYTES + root.length + meta.length;
  const padding = Buffer.alloc(Math.max(0, bytes - data - tile.length));
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('PMTiles');
  header[7] = 3;
  const places = [HEADER_BYTES, root.length, HEADER_BYTES + root.length, meta.length, 0, 0, data, tile.length + padding.length, TILES, 1, 1];
  places.forEach((number, at) => header.writeBigUInt64LE(BigInt(number), 8 + at * 8));
  // Clustered; neither directory nor tiles are packed; sort of tiles; zooms.
  header.set([1, 1, 1, SORTS[sort], 0, ZOOM_MAX], 96);
  [-1800000000, -850000000, 1800000000, 850000000].forEach((side, at) => header.writeInt32LE(side, 102 + at * 4));
  header[118] = 7;
  return Buffer.concat([header, root, meta, tile, padding]);
}
