import { Refused } from './api/client';
import { named, t } from './state/language.svelte';

/** What to tell the person about something that did not work. */
export function explained(error: unknown): string {
  if (error instanceof Refused) return t('failed', { reason: named(error.problem) });
  if (error instanceof TypeError) return t('offline');
  return t('failed', { reason: String(error) });
}
