import { addProtocol, type LayerSpecification, type Map } from 'maplibre-gl';
import { PMTiles, Protocol, TileType, type Source } from 'pmtiles';

/** What a map is drawn on beside the outlines of regions, as the office's server says. Without one, or when it cannot be read, the outlines stay. Never converts tiles: points are moved to fit them. */

export type Base =
  | { readonly kind: 'none' }
  | { readonly kind: 'pmtiles'; readonly url: string; readonly bytes: number; readonly version: string; readonly datum: string; readonly attribution: string }
  | { readonly kind: 'tiles'; readonly url: string; readonly datum: string; readonly attribution: string };
export type BaseFile = Extract<Base, { kind: 'pmtiles' }>;

const SOURCE = 'base';
/** Regions lie above the tiles. An office reads figures off their colours; on a phone they say nothing. */
const ABOVE = 'fill';
export const FIGURES = 0.25;
export const CLEAR = 0;
const TILE_PIXELS = 256;
const FONT = ['Noto Sans CJK SC', 'Microsoft YaHei', 'sans-serif'];
const protocol = new Protocol();
addProtocol('pmtiles', protocol.tile);

export async function readBase(): Promise<Base> {
  const answer = await fetch('/map/base.json');
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return (await answer.json()) as Base;
}

/** Lays what the office has under a map; says what it is, and in which coordinate system all is drawn. */
export async function underlay(map: Map, regions: number): Promise<{ kind: string; datum: string; attribution: string }> {
  const read = await readBase();
  if (read.kind === 'none') return { kind: 'none', datum: 'WGS-84', attribution: '' };
  if (read.kind === 'tiles') layTiles(map, read.url, read.attribution, regions);
  else await layFile(map, read.url, read.attribution, regions);
  return read;
}

/** Lays a tile server's pictures under everything. */
function layTiles(map: Map, url: string, attribution: string, regions: number): void {
  map.addSource(SOURCE, { type: 'raster', tiles: [url], tileSize: TILE_PIXELS, attribution });
  lay(map, [{ id: 'base', type: 'raster', source: SOURCE }], regions);
}

/** Lays a PMTiles file under everything, of pictures or of vectors. */
export async function layFile(map: Map, from: string | Source, attribution: string, regions: number): Promise<void> {
  const file = new PMTiles(from);
  const { tileType, minZoom, maxZoom } = await file.getHeader();
  protocol.add(file);
  const url = `pmtiles://${file.source.getKey()}`;
  const zooms = { minzoom: minZoom, maxzoom: maxZoom };
  if (tileType === TileType.Mvt) {
    map.addSource(SOURCE, { type: 'vector', url, attribution, ...zooms });
    lay(map, vectors(), regions);
  } else {
    map.addSource(SOURCE, { type: 'raster', url, tileSize: TILE_PIXELS, attribution, ...zooms });
    lay(map, [{ id: 'base', type: 'raster', source: SOURCE }], regions);
  }
}

function lay(map: Map, layers: LayerSpecification[], regions: number): void {
  for (const layer of layers) map.addLayer(layer, ABOVE);
  map.setPaintProperty(ABOVE, 'fill-opacity', regions);
}

/** Water, green, roads, borders and names, by the names of layers that the two common schemas (Protomaps, OpenMapTiles) use. A layer that a file does not have is not drawn. */
function vectors(): LayerSpecification[] {
  const area = (name: string, colour: string): LayerSpecification => ({ id: `base-${name}`, type: 'fill', source: SOURCE, 'source-layer': name, paint: { 'fill-color': colour } });
  const line = (name: string, colour: string, wide: number): LayerSpecification => ({
    id: `base-${name}`, type: 'line', source: SOURCE, 'source-layer': name,
    paint: { 'line-color': colour, 'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 8, wide / 4, 16, wide * 3] },
  });
  const names = (name: string): LayerSpecification => ({
    id: `base-${name}`, type: 'symbol', source: SOURCE, 'source-layer': name,
    layout: { 'text-field': ['coalesce', ['get', 'name:zh-Hans'], ['get', 'name:zh'], ['get', 'name']], 'text-size': 12, 'text-font': FONT },
    paint: { 'text-color': '#3B4744', 'text-halo-color': '#FFFFFF', 'text-halo-width': 1.5 },
  });
  return [
    area('landcover', '#EEF3EA'), area('landuse', '#EEF3EA'), area('park', '#E3EEDC'), area('water', '#C9DFEA'),
    line('waterway', '#A9CBDC', 2), line('boundary', '#B3A9BF', 2), line('boundaries', '#B3A9BF', 2),
    line('transportation', '#C9C2B4', 3), line('roads', '#C9C2B4', 3), names('place'), names('places'),
  ];
}
