/** What the demo's stage answers at each of its doors. The product has no stage: there is nothing at these addresses then. */

export interface About {
  /** Another demo's data has another one. */
  readonly id: string;
  /** The origin of the page with the console. */
  readonly console: string;
  /** The record both phones write into. */
  readonly record: string;
  readonly phones: readonly { readonly name: string; readonly origin: string; readonly cut: boolean }[];
}

/** Said by the stage to the page around a phone's app. */
export type Told = { readonly line: 'cut' | 'mended' } | { readonly open: string };

async function asked<T>(path: string, method: 'GET' | 'POST'): Promise<T | undefined> {
  const answer = await fetch(`/stage/${path}`, { method }).catch(() => undefined);
  if (!answer?.ok || !answer.headers.get('content-type')?.startsWith('application/json')) return undefined;
  return (await answer.json()) as T;
}

export const stage = {
  /** Nothing where there is no stage. */
  about: () => asked<About>('about', 'GET'),
  cut: (phone: number, cut: boolean) => asked<About>(`${cut ? 'cut' : 'mend'}/${phone}`, 'POST'),
  /** Kills the server and starts it again. */
  powerCut: () => asked<{ away_ms: number }>('power-cut', 'POST'),
  /** For the phone behind this door. */
  invitation: () => asked<{ code: string }>('invitation', 'POST'),
};
