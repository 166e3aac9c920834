import gcoord from 'gcoord';

/** Where a position is drawn: in the coordinate system of what the map is drawn on. CGCS2000 differs from WGS-84 by centimetres. */

type Datum = 'WGS-84' | 'GCJ-02';
const system = (datum: string): Datum => (datum === 'GCJ-02' ? 'GCJ-02' : 'WGS-84');
const names = { 'WGS-84': gcoord.WGS84, 'GCJ-02': gcoord.GCJ02 } as const;

export interface Placed {
  readonly lon: number;
  readonly lat: number;
  readonly datum: string;
}

/** Longitude and latitude in the coordinate system `on`. */
export function drawn({ lon, lat, datum }: Placed, on = 'WGS-84'): [number, number] {
  const [from, to] = [system(datum), system(on)];
  if (from === to) return [lon, lat];
  const [x = lon, y = lat] = gcoord.transform([lon, lat], names[from], names[to]) as [number, number];
  return [x, y];
}
