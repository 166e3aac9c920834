/** What the stage does with a phone's app in a person's place: it enrols it, and tells it of the line as a browser would. It touches nothing but what a person sees. */

const LOOK_MS = 200;
const LOOKS_MAX = 600;
/** An invitation is good for one phone: a button that did not help is not pressed for ever. */
const PRESSES_MAX = 3;

/** Forgets everything this browser keeps at this door. */
export async function forget(): Promise<void> {
  const workers = await navigator.serviceWorker.getRegistrations();
  await Promise.all(workers.map((worker) => worker.unregister()));
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  for (const { name } of await indexedDB.databases()) {
    if (name === undefined) continue;
    await new Promise<void>((done) => {
      const gone = indexedDB.deleteDatabase(name);
      gone.onsuccess = gone.onerror = gone.onblocked = () => done();
    });
  }
  localStorage.clear();
}

/** Presses the button under the code that came with the address; whether the phone is enrolled then. */
export async function enrolled(app: () => Document | null | undefined): Promise<boolean> {
  let presses = 0;
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const page = app();
    if (page?.querySelector('[data-testid="sync"]')) return true;
    const button = page?.querySelector<HTMLButtonElement>('form button.main:not(:disabled)');
    if (button && presses < PRESSES_MAX) {
      presses += 1;
      button.click();
    }
    await new Promise((next) => setTimeout(next, LOOK_MS));
  }
  return false;
}

/** Goes to a screen of the app without loading it again. */
export function open(app: Window, path: string): void {
  app.history.pushState(null, '', path);
  app.dispatchEvent(new PopStateEvent('popstate'));
}
