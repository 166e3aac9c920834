import { Workbox } from 'workbox-window';

/** The service worker that keeps the app's files, and what happens when there are newer ones. Unsent work is in the phone's store: an update never touches it. */

/** Where the app's own files are: a phone that leaves the network before they are `kept` cannot open the app again until it is back. */
type Files = 'coming' | 'kept' | 'not';
export const update = $state<{ waits: boolean; files: Files }>({ waits: false, files: 'not' });
let workbox: Workbox | undefined;

export function keepFiles(): void {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  workbox = new Workbox('/m/sw.js', { scope: '/m/' });
  workbox.addEventListener('waiting', () => (update.waits = true));
  workbox.addEventListener('controlling', (event) => {
    if (event.isUpdate) location.reload();
  });
  update.files = 'coming';
  // Without one the app works while there is a network, and everything is stored all the same.
  workbox.register().catch(() => (update.files = 'not'));
  void navigator.serviceWorker.ready.then(() => (update.files = 'kept'));
}

export function updateNow(): void {
  workbox?.messageSkipWaiting();
}
