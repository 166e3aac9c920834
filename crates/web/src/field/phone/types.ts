import type { RecordJson, Schemas, Value } from '../../api/client';
import type { Label } from '../../definition';

/** What passes between the worker that holds the engine and the screens. */

/** How the device stands. Counts are of own edits. */
export interface Overview {
  readonly device: string | null;
  readonly person: string | null;
  readonly name: string;
  readonly connection: string;
  readonly position: number | null;
  readonly records: number;
  readonly on_device: number;
  /** Of those, without this phone’s signature. */
  readonly unsealed: number;
  readonly sent: number;
  readonly at_office: number;
  readonly held: number;
  readonly refused: number;
  readonly left_out: number;
  readonly carried: number;
  /** Parts of colleagues’ files that wait here for the office. */
  readonly envelopes: number;
  readonly scopes: readonly string[];
  readonly receipt: Schemas['ServerJson'] | null;
}

/** A record as one line; `trouble` instead of the rest when it cannot be read. */
export interface Row {
  readonly id: string;
  readonly trouble?: string;
  readonly kind: string;
  readonly title: string;
  readonly state: { readonly state: string; readonly label: Label | null };
  readonly domain: string;
  readonly region: string;
  readonly village: string;
  readonly code: string;
  /** What people say on the phone, once the office has told it. */
  readonly number?: string | null;
  readonly due: string | null;
  readonly clock: string;
  /** Of today; made anew at every start. */
  readonly light?: 'red' | 'yellow' | 'green' | 'grey' | null;
  readonly inspection: string;
  readonly scope: string | null;
  readonly conflicts: number;
  readonly waiting: number;
  readonly refused: number;
  readonly not_at_office: number;
  readonly mine: boolean;
  readonly last: string | null;
  readonly position: { readonly position: Schemas['PositionJson'] } | null;
  /** The day on which a closed problem is to be looked at again. */
  readonly look_back: string | null;
  /** What others did last with it. */
  readonly news: (Partial<Label> & { readonly at: string }) | null;
  /** Where a task sends its group. */
  readonly points: readonly Point[];
  readonly words: string;
}

/** A place of a task, what the office filled in by field, and the inspection that a visit to it is. */
export interface Point {
  readonly id: string;
  readonly visit: string;
  readonly values: Readonly<Record<string, Value>>;
}

/** The visit of a colleague's code, or what is wrong with the code. */
export type Joined = { readonly id: string; readonly scope: string; readonly domain: string | null } | { readonly wrong: 'form' | 'mistyped' | 'not-ours' };

/** An own edit and what became of it. */
export interface OwnEdit {
  readonly record: string;
  readonly number: number;
  readonly edit: { readonly act: string; readonly event?: string; readonly writes: Readonly<Record<string, Value>> };
  readonly device_time: string;
  readonly status: 'saving' | 'on-device' | 'sent' | 'at-office' | 'held' | 'refused' | 'unapplied';
  readonly dismissed: boolean;
  readonly answer: { readonly text: string; readonly time: string } | null;
  readonly position?: number;
  readonly server_time?: string;
  readonly reason?: number;
  readonly zh?: string;
  readonly en?: string;
}

/** A record as the engine shows it. */
export interface RecordView extends Omit<RecordJson, 'as_of' | 'people'> {
  readonly own_edits: readonly OwnEdit[];
  readonly not_at_office: readonly { readonly device: string; readonly edits: number }[];
  readonly with_those: RecordView | null;
}

export type HistoryAct = Schemas['HistoriesJson']['acts'][number];

export interface BundleReport {
  readonly maker: string | null;
  readonly maker_person: string | null;
  readonly made: string;
  readonly records: number;
  readonly new: Readonly<Record<string, number>>;
  /** Whose devices the keys of `new` are. */
  readonly people: Readonly<Record<string, string>>;
  readonly known: number;
  /** Of those known. */
  readonly at_office: number;
  /** Edits in a file that only the office opens. */
  readonly for_the_office: number | null;
  readonly unreadable: number;
  readonly receipts: number;
  readonly bad_receipts: number;
}

export interface Kept {
  readonly record: string;
  readonly number: number;
  readonly seen: string;
}

/** Why the engine does not run. Nothing stored is lost in any of them. */
export type Halt = 'elsewhere' | 'taken-over' | 'store-full' | 'store-failed' | 'unreadable' | 'broken';

/** Said to the worker. Those with an `id` are answered. */
export type Asked =
  | { readonly id: number; readonly what: 'ask' | 'act'; readonly json: string }
  | { readonly id: number; readonly what: 'fresh' }
  | { readonly id: number; readonly what: 'prove'; readonly nonce: string }
  | { readonly id: number; readonly what: 'export'; readonly person: string | undefined }
  | { readonly id: number; readonly what: 'import'; readonly file: Uint8Array }
  | { readonly what: 'start'; readonly steal: boolean }
  | { readonly what: 'sync' }
  | { readonly what: 'hold'; readonly held: boolean };

/** Said by the worker. */
export type Said =
  | { readonly what: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly what: 'refused'; readonly id: number; readonly why: string }
  | { readonly what: 'overview'; readonly overview: Overview }
  | { readonly what: 'rows'; readonly rows: readonly Row[]; readonly all: boolean }
  | { readonly what: 'event'; readonly event: PhoneEvent }
  | { readonly what: 'clock'; readonly aheadMs: number }
  | { readonly what: 'halted'; readonly halt: Halt; readonly why: string };

export type PhoneEvent =
  | { readonly event: 'saved' | 'changed' | 'answered'; readonly record: string }
  | { readonly event: 'connection'; readonly connection: string }
  | { readonly event: 'enrolled' }
  | { readonly event: 'enrol-failed'; readonly zh: string; readonly en: string; readonly again: boolean }
  | { readonly event: 'definition'; readonly name: string }
  | { readonly event: 'store-failed' }
  | { readonly event: 'key-failed' }
  | { readonly event: 'odd'; readonly what: string };

export type Write = { readonly path: string; readonly value: Value };
