import gcoord from 'gcoord';
import type { Schemas } from '../api/client';

/** Longitude and latitude in WGS-84, in which the map draws. CGCS2000 differs from it by centimetres. */
export function drawn({ lon, lat, datum }: Schemas['PositionJson']): [number, number] {
  if (datum !== 'GCJ-02') return [lon, lat];
  const [x = lon, y = lat] = gcoord.transform([lon, lat], gcoord.GCJ02, gcoord.WGS84) as [number, number];
  return [x, y];
}
