import type { components } from './generated/schema';

export type Schemas = components['schemas'];
export type Line = Schemas['LineJson'];
export type RecordJson = Schemas['RecordJson'];
export type Value = Schemas['ValueJson'];
export type Problem = Schemas['Problem'];
export type Edited = Schemas['EditedJson'];

/** The server refused, and says why. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.en);
  }
}

interface Sent {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: unknown;
  seen?: string;
  signal?: AbortSignal | undefined;
}

/** The one place that talks to the server. What it answers has the type its description says. */
async function ask<T>(path: string, sent: Sent = {}): Promise<T> {
  const headers: Record<string, string> = { 'liandu-csrf': '1' };
  if (sent.body !== undefined) headers['content-type'] = 'application/json';
  if (sent.seen !== undefined) headers['if-match'] = `"${sent.seen}"`;
  const init: RequestInit = { method: sent.method ?? 'GET', headers, credentials: 'same-origin' };
  if (sent.body !== undefined) init.body = JSON.stringify(sent.body);
  if (sent.signal) init.signal = sent.signal;
  const response = await fetch(path, init);
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const said = (await response.json().catch(() => null)) as Problem | null;
  const unknown = { code: 'unknown', zh: `服务器答复 ${response.status}`, en: `status ${response.status}` };
  throw new Refused(response.status, said ?? unknown);
}

const with_ = (path: string, query: URLSearchParams): string =>
  query.size > 0 ? `${path}?${query.toString()}` : path;
const one = (id: string): string => `/api/records/${encodeURIComponent(id)}`;

export const api = {
  session: () => ask<Schemas['SessionJson']>('/api/session'),
  signIn: (user: string, password: string) =>
    ask<Schemas['SessionJson']>('/api/session', { method: 'POST', body: { user, password } }),
  signOut: () => ask<void>('/api/session', { method: 'DELETE' }),
  records: (query: URLSearchParams, signal?: AbortSignal) =>
    ask<Schemas['RecordsJson']>(with_('/api/records', query), { signal }),
  count: (query: URLSearchParams, signal?: AbortSignal) =>
    ask<Schemas['CountJson']>(with_('/api/records/count', query), { signal }),
  map: (query: URLSearchParams, signal?: AbortSignal) =>
    ask<Schemas['MapJson']>(with_('/api/map', query), { signal }),
  conflicts: (query: URLSearchParams) => ask<Schemas['ConflictsJson']>(with_('/api/conflicts', query)),
  record: (id: string) => ask<RecordJson>(one(id)),
  history: (id: string, path: string) =>
    ask<Schemas['HistoriesJson']>(with_(`${one(id)}/history`, new URLSearchParams({ path }))),
  edit: (id: string, seen: string, body: Schemas['EditJson']) =>
    ask<Edited>(`${one(id)}/edits`, { method: 'POST', body, seen }),
  resolve: (id: string, seen: string, body: Schemas['ResolveBody']) =>
    ask<Edited>(`${one(id)}/resolve`, { method: 'POST', body, seen }),
  quarantine: (query: URLSearchParams) => ask<Schemas['QuarantineJson']>(with_('/api/quarantine', query)),
  release: (position: number, index: number) =>
    ask<Schemas['SettledJson']>(`/api/quarantine/${position}/${index}/release`, { method: 'POST' }),
  answer: (position: number, index: number, text: string) =>
    ask<Schemas['SettledJson']>(`/api/quarantine/${position}/${index}/answer`, { method: 'POST', body: { text } }),
  definitions: () => ask<Schemas['DefinitionJson'][]>('/api/definitions'),
  definition: (name: string) => ask<unknown>(`/api/definitions/${encodeURIComponent(name)}`),
};
