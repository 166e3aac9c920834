import { openDB, type DBSchema } from 'idb';
import { bytesOf } from '../../hex';

/** The phone's key, kept by the browser: it signs, and nobody can read it, not even this app. One seed makes both keys, as the engine makes them of it, and is forgotten. Browsers that cannot do that (before 2025, or without TLS) have no keeper: then the engine keeps the key in the phone's store. */

/** What PKCS #8 writes before 32 bytes of either kind of key (RFC 8410). */
const ED25519 = bytesOf('302e020100300506032b657004220420');
const X25519 = bytesOf('302e020100300506032b656e04220420');
const BYTES = 32;

interface Kept {
  /** The public key. */
  readonly public: Uint8Array<ArrayBuffer>;
  readonly signing: CryptoKey;
  readonly agreement: CryptoKey;
}
interface Schema extends DBSchema {
  keys: { key: string; value: Kept };
}

/** A database of its own: it is there before the phone's store is opened, and its versions are its own. */
const open = () => openDB<Schema>('liandu-key', 1, { upgrade: (db) => void db.createObjectStore('keys') });

function imported(prefix: Uint8Array, secret: Uint8Array, algorithm: string, usages: KeyUsage[]): Promise<CryptoKey> {
  const form = new Uint8Array([...prefix, ...secret]);
  return crypto.subtle.importKey('pkcs8', form, algorithm, false, usages).finally(() => form.fill(0));
}

/** Written through to the disk: the engine forgets its own key only after that. */
async function keep(kept: Kept): Promise<void> {
  const db = await open();
  const write = db.transaction('keys', 'readwrite', { durability: 'strict' });
  await Promise.all([write.store.put(kept, 'phone'), write.done]).finally(() => db.close());
}

export class Keeper {
  private constructor(private readonly kept: Kept) {}

  /** The key that the browser keeps; none when there is none, or when it keeps none. */
  static async find(): Promise<Keeper | undefined> {
    const db = await open();
    const kept = await db.get('keys', 'phone').finally(() => db.close());
    return kept && new Keeper(kept);
  }

  /** Gives the browser the key of this seed; `halves` are what the engine makes of it. The seed is wiped. None when this browser does not keep such keys. */
  static async make(seed: Uint8Array<ArrayBuffer>, halves: Uint8Array<ArrayBuffer>): Promise<Keeper | undefined> {
    try {
      const [signing, agreement] = await Promise.all([
        imported(ED25519, seed, 'Ed25519', ['sign']),
        imported(X25519, halves.subarray(BYTES), 'X25519', ['deriveBits']),
      ]);
      await keep({ public: halves.slice(0, BYTES), signing, agreement });
      // Only what can be read back and signs is a key.
      const found = await Keeper.find();
      return (await found?.signs()) ? found : undefined;
    } catch {
      return undefined;
    } finally {
      seed.fill(0);
      halves.fill(0);
    }
  }

  get public(): Uint8Array<ArrayBuffer> {
    return this.kept.public;
  }

  async sign(words: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await crypto.subtle.sign('Ed25519', this.kept.signing, words));
  }

  /** What this key and those agree on; nothing in the place of one that is no key. */
  agree(others: readonly Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>[]> {
    const one = async (other: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> => {
      const key = await crypto.subtle.importKey('raw', other, 'X25519', false, []);
      return new Uint8Array(await crypto.subtle.deriveBits({ name: 'X25519', public: key }, this.kept.agreement, BYTES * 8));
    };
    return Promise.all(others.map((other) => one(other).catch(() => new Uint8Array())));
  }

  private async signs(): Promise<boolean> {
    const words = crypto.getRandomValues(new Uint8Array(BYTES));
    const theirs = await crypto.subtle.importKey('raw', this.public, 'Ed25519', false, ['verify']);
    return crypto.subtle.verify('Ed25519', theirs, await this.sign(words), words);
  }
}
