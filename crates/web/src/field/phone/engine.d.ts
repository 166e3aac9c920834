/** The engine as `cargo xtask web` builds it: checks and tests of the pages need no wasm. */
declare module 'liandu-engine' {
  /** What the engine wants done; its first element says what. */
  export type Output =
    | readonly ['commit', number, readonly (readonly [Uint8Array<ArrayBuffer>, Uint8Array | null])[]]
    | readonly ['sign', number, Uint8Array<ArrayBuffer>]
    | readonly ['connect']
    | readonly ['disconnect']
    | readonly ['send', Uint8Array<ArrayBuffer>]
    | readonly ['event', string];

  /** One device. Every method may throw: an `Error` with words for the person, or a `RuntimeError` after which the engine is dead. */
  export class Phone {
    constructor(keys: readonly Uint8Array[], values: readonly Uint8Array[], app: string);
    poll(): Output | undefined;
    deadline(): number | undefined;
    sync_now(now: number): void;
    connected(now: number): void;
    frame(now: number, bytes: Uint8Array): void;
    disconnected(now: number): void;
    tick(now: number): void;
    committed(now: number, id: number): void;
    commit_failed(now: number, id: number): void;
    ask(question: string): string;
    act(now: number, asked: string): string;
    bundle_export(now: number, person?: string): Uint8Array;
    bundle_import(now: number, file: Uint8Array, once: readonly Uint8Array[], shared: readonly Uint8Array[]): string;
    is_enrolled(): boolean;
    public_key(): Uint8Array<ArrayBuffer> | undefined;
    seed(): Uint8Array<ArrayBuffer> | undefined;
    key_handed_over(): void;
    keep_key_outside(key: Uint8Array): void;
    signed(now: number, id: number, signature: Uint8Array): void;
    not_signed(now: number, id: number): void;
    door_words(nonce: Uint8Array): Uint8Array<ArrayBuffer>;
    prove(nonce: Uint8Array): Uint8Array | undefined;
    once_keys(file: Uint8Array): Uint8Array<ArrayBuffer>[];
  }
  /** The public key, the secret that X25519 takes and the public key of that. */
  export function parts_of(seed: Uint8Array): Uint8Array<ArrayBuffer>[];
  export function fresh_record_id(now: number): string;
  export default function init(options: { module_or_path: string | URL }): Promise<unknown>;
}

declare module 'liandu-engine/wasm?url' {
  const url: string;
  export default url;
}
