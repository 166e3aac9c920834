import type { Library } from '../law';
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
  /** A file as it is, instead of JSON. */
  file?: Blob;
  /** A status that carries an answer, too. */
  also?: number;
  seen?: string;
  signal?: AbortSignal | undefined;
}

/** The one place that talks to the server. What it answers has the type its description says. */
async function ask<T>(path: string, sent: Sent = {}): Promise<T> {
  const headers: Record<string, string> = { 'liandu-csrf': '1' };
  if (sent.body !== undefined) headers['content-type'] = 'application/json';
  if (sent.file) headers['content-type'] = 'application/octet-stream';
  if (sent.seen !== undefined) headers['if-match'] = `"${sent.seen}"`;
  const init: RequestInit = { method: sent.method ?? 'GET', headers, credentials: 'same-origin' };
  if (sent.body !== undefined) init.body = JSON.stringify(sent.body);
  if (sent.file) init.body = sent.file;
  if (sent.signal) init.signal = sent.signal;
  const response = await fetch(path, init);
  if (response.ok || response.status === sent.also) return (response.status === 204 ? undefined : await response.json()) as T;
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
  duplicates: (query: URLSearchParams) => ask<Schemas['DuplicatesJson']>(with_('/api/duplicates', query)),
  doubles: (id: string) => ask<Schemas['DoublesJson']>(`${one(id)}/duplicates`),
  record: (id: string) => ask<RecordJson>(one(id)),
  history: (id: string, path: string) =>
    ask<Schemas['HistoriesJson']>(with_(`${one(id)}/history`, new URLSearchParams({ path }))),
  attachments: (id: string) => ask<Schemas['AttachmentsJson']>(`${one(id)}/attachments`),
  inbox: (limit: number, atLeast: number) =>
    ask<Schemas['InboxJson']>(`/api/inbox?limit=${limit}&at_least=${atLeast}`),
  notices: (limit: number) => ask<Schemas['NoticesJson']>(`/api/notices?limit=${limit}`),
  dispatches: (limit: number) => ask<Schemas['DispatchesJson']>(`/api/dispatches?limit=${limit}`),
  dispatch: (id: string, atLeast = 0) => ask<Schemas['DispatchJson']>(`/api/dispatches/${encodeURIComponent(id)}?at_least=${atLeast}`),
  freeze: (body: Schemas['FreezeBody']) => ask<Schemas['DispatchJson']>('/api/dispatches', { method: 'POST', body }),
  decide: (dispatch: number, body: Schemas['DecideBody']) =>
    ask<Schemas['DecidedJson']>(`/api/dispatches/${dispatch}/decisions`, { method: 'POST', body }),
  workflow: () => ask<Schemas['WorkflowsJson']>('/api/workflow'),
  policy: () => ask<Schemas['RuleJson'][]>('/api/policy'),
  groups: () => ask<Schemas['TeamJson'][]>('/api/groups'),
  plans: (query: URLSearchParams) => ask<Schemas['PlansJson']>(with_('/api/plans', query)),
  units: () => ask<Schemas['UnitJson'][]>('/api/units'),
  changes: (after: number, signal: AbortSignal) => ask<Schemas['ChangesJson']>(`/api/changes?after=${after}`, { signal }),
  importTable: (file: Blob, query: URLSearchParams) =>
    ask<Schemas['ImportJson']>(with_('/api/imports/problems', query), { method: 'POST', file, also: 422 }),
  takeBundle: (file: Blob, apply: boolean) => ask<Schemas['BundleJson']>(`/api/bundles?apply=${apply}`, { method: 'POST', file }),
  undoImport: (batch: string) =>
    ask<Schemas['UndoneJson']>(`/api/imports/${encodeURIComponent(batch)}/undo`, { method: 'POST' }),
  create: (body: Schemas['CreateBody']) => ask<Edited>('/api/records', { method: 'POST', body }),
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
  setUp: () => ask<Schemas['SetUpJson']>('/api/admin/set-up'),
  people: (query: URLSearchParams) => ask<Schemas['PeopleJson']>(with_('/api/admin/people', query)),
  invite: (people: string[], hours: number) =>
    ask<Schemas['InvitedJson']>('/api/admin/invitations', { method: 'POST', body: { people, hours } }),
  bringRoster: (file: Blob, what: string, apply: boolean) =>
    ask<Schemas['RosterJson']>(`/api/admin/roster?what=${what}&apply=${apply}`, { method: 'POST', file, also: 422 }),
  devices: (query: URLSearchParams) => ask<Schemas['DeviceJson'][]>(with_('/api/admin/devices', query)),
  revokeDevice: (device: string, reason: string) =>
    ask<Schemas['DoneJson']>(`/api/admin/devices/${encodeURIComponent(device)}/revoke`, { method: 'POST', body: { reason } }),
  newPhones: () => ask<Schemas['WaitingPhoneJson'][]>('/api/admin/new-phones'),
  approveNewPhone: (request: string) => ask<Schemas['DoneJson']>(`/api/admin/new-phones/${encodeURIComponent(request)}/approve`, { method: 'POST', body: {} }),
  denyNewPhone: (request: string) => ask<unknown>(`/api/admin/new-phones/${encodeURIComponent(request)}/deny`, { method: 'POST', body: {} }),
  accounts: () => ask<Schemas['AccountJson'][]>('/api/admin/accounts'),
  addAccount: (body: Schemas['AccountBody']) => ask<Schemas['DoneJson']>('/api/admin/accounts', { method: 'POST', body }),
  changeAccount: (user: string, body: Schemas['AccountChange']) =>
    ask<Schemas['DoneJson']>(`/api/admin/accounts/${encodeURIComponent(user)}`, { method: 'POST', body }),
  audit: (query: URLSearchParams, before: number | null) =>
    ask<Schemas['AuditJson']>(with_('/api/admin/audit', new URLSearchParams([...query, ...(before === null ? [] : [['before', String(before)]])]))),
  upkeep: () => ask<Schemas['UpkeepJson']>('/api/admin/upkeep'),
  beginCheck: () => ask<Schemas['UpkeepJson']>('/api/admin/check', { method: 'POST' }),
  libraries: () => ask<Schemas['LibraryVersionJson'][]>('/api/library'),
  library: (version: string) => ask<Library>(`/api/library/${encodeURIComponent(version)}`),
  bringLibrary: (file: Blob, version: string, apply: boolean) =>
    ask<Schemas['LibraryLookedJson']>(with_('/api/admin/library', new URLSearchParams({ version, apply: String(apply) })), { method: 'POST', file, also: 422 }),
  publish: (definition: unknown) =>
    ask<Schemas['PublishedJson']>('/api/admin/definitions', { method: 'POST', body: definition, also: 422 }),
};
