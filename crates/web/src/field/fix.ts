import type { Schemas } from '../api/client';

/** Where the phone is, by its own receiver. Never by what a picture's file says of itself. */

/** How long a person who asked is made to wait, and how long a photo may be followed by its position. */
export const FIX_MS_MAX = 20_000;

/** Rejects with words when there is no position in time, whatever it waits for: the receiver or the person's permission. */
export function fix(): Promise<Schemas['PositionJson']> {
  return new Promise((done, failed) => {
    setTimeout(() => failed(new Error('timeout')), FIX_MS_MAX);
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude: lat, longitude: lon, accuracy: accuracy_m } }) => done({ lat, lon, datum: 'WGS-84', accuracy_m }),
      ({ message, code }) => failed(new Error(message || String(code))),
      { enableHighAccuracy: true, timeout: FIX_MS_MAX, maximumAge: 0 },
    );
  });
}
