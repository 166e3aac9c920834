import type { Schemas } from '../api/client';
import { phone } from './phone/port';

/** Where the phone is, by its own receiver. Never by what a picture's file says of itself. */

export type Position = Schemas['PositionJson'];
/** How long a person who asked is made to wait, and how long a photo may be followed by its position. */
export const FIX_MS_MAX = 20_000;
/** Where this phone was last, for places without a fix: by its receiver or by a finger on the map. */
const LAST = 'last-place';
export interface LastPlace {
  readonly position: Position;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export type WhyNoFix = 'denied' | 'unavailable' | 'timeout';
/** What the receiver's errors mean, by their numbers; their words are in the browser's language and for programmers. */
const WHY: Readonly<Record<number, WhyNoFix>> = { 1: 'denied', 2: 'unavailable', 3: 'timeout' };
export class NoFix extends Error {
  constructor(readonly why: WhyNoFix) {
    super(why);
  }
}

/** Rejects with [`NoFix`] when there is no position in time, whatever it waits for: the receiver or the person's permission. */
export function fix(): Promise<Position> {
  return new Promise((done, failed) => {
    setTimeout(() => failed(new NoFix('timeout')), FIX_MS_MAX);
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude: lat, longitude: lon, accuracy: accuracy_m } }) => {
        const position = { lat, lon, datum: 'WGS-84', accuracy_m };
        keepLastPlace(position);
        done(position);
      },
      ({ code }) => failed(new NoFix(WHY[code] ?? 'unavailable')),
      { enableHighAccuracy: true, timeout: FIX_MS_MAX, maximumAge: 0 },
    );
  });
}

export const whyOf = (error: unknown): WhyNoFix => (error instanceof NoFix ? error.why : 'unavailable');

export function keepLastPlace(position: Position): void {
  void phone.keepNote(LAST, { position, at: Date.now() } satisfies LastPlace);
}
export async function lastPlace(): Promise<LastPlace | null> {
  return (await phone.note(LAST)) as LastPlace | null;
}
