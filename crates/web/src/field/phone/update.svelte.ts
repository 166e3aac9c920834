import { Workbox } from 'workbox-window';

/** The service worker that keeps the app's files, and what happens when there are newer ones. Unsent work is in the phone's store: an update never touches it. */

export const update = $state({ waits: false });
let workbox: Workbox | undefined;

export function keepFiles(): void {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  workbox = new Workbox('/m/sw.js', { scope: '/m/' });
  workbox.addEventListener('waiting', () => (update.waits = true));
  workbox.addEventListener('controlling', (event) => {
    if (event.isUpdate) location.reload();
  });
  // Without one the app works while there is a network, and everything is stored all the same.
  workbox.register().catch(() => undefined);
}

export function updateNow(): void {
  workbox?.messageSkipWaiting();
}
