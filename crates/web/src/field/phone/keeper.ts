import { openDB, type DBSchema } from 'idb';
import { bytesOf, hexOf } from '../../hex';

/** The phone's key, kept by the browser: it signs, and nobody can read it, not even this app. One seed makes a key that signs and one that opens files, as the engine makes them of it; nothing keeps the seed. A browser that cannot do that has no keeper: then the engine keeps the key in the phone's store. */

/** What PKCS #8 writes before 32 bytes of either kind of key (RFC 8410). */
const ED25519 = bytesOf('302e020100300506032b657004220420');
const X25519 = bytesOf('302e020100300506032b656e04220420');
const BYTES = 32;
/** The point that X25519 makes public keys of. */
const BASE = bytesOf('09'.padEnd(2 * BYTES, '0'));

/** A key that a browser uses and cannot store: it is stored closed under one that it can. */
interface Closed {
  readonly by: CryptoKey;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly bytes: ArrayBuffer;
}
interface Kept {
  readonly signing: CryptoKey;
  readonly opening: CryptoKey | Closed;
}
/** By the public key, in hexadecimal digits: two tabs never write one over the other's. */
interface Schema extends DBSchema {
  keys: { key: string; value: Kept };
}

/** What the engine makes of a seed, one after the other: the public key, the secret that X25519 takes, and the public key of that. */
export interface Parts {
  readonly key: Uint8Array<ArrayBuffer>;
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly point: Uint8Array<ArrayBuffer>;
}

/** A database of its own, so that its versions are its own. */
const open = () => openDB<Schema>('liandu-key', 1, { upgrade: (db) => void db.createObjectStore('keys') });

function written(prefix: Uint8Array, secret: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array([...prefix, ...secret]);
}

function imported(prefix: Uint8Array, secret: Uint8Array, algorithm: string, usages: KeyUsage[]): Promise<CryptoKey> {
  const form = written(prefix, secret);
  return crypto.subtle.importKey('pkcs8', form, algorithm, false, usages).finally(() => form.fill(0));
}

async function closed(secret: Uint8Array): Promise<Closed> {
  const by = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'unwrapKey']);
  const [iv, form] = [crypto.getRandomValues(new Uint8Array(12)), written(X25519, secret)];
  const bytes = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, by, form).finally(() => form.fill(0));
  return { by, iv, bytes };
}

function opened(kept: CryptoKey | Closed): Promise<CryptoKey> {
  if (kept instanceof CryptoKey) return Promise.resolve(kept);
  const how = { name: 'AES-GCM', iv: kept.iv };
  return crypto.subtle.unwrapKey('pkcs8', kept.bytes, kept.by, how, 'X25519', false, ['deriveBits']);
}

/** Written through to the disk: the engine forgets its own key only after that. */
async function keep(name: string, kept: Kept): Promise<void> {
  const db = await open();
  const write = db.transaction('keys', 'readwrite', { durability: 'strict' });
  await Promise.all([write.store.put(kept, name), write.done]).finally(() => db.close());
}

const same = (a: Uint8Array, b: Uint8Array): boolean => hexOf(a) === hexOf(b);

export class Keeper {
  private constructor(
    /** The public key. */
    readonly key: Uint8Array<ArrayBuffer>,
    private readonly signing: CryptoKey,
    private readonly opening: CryptoKey,
  ) {}

  /** The keeper of this key; none when the browser has no such key. */
  static async find(key: Uint8Array<ArrayBuffer>): Promise<Keeper | undefined> {
    const db = await open();
    const kept = await db.get('keys', hexOf(key)).finally(() => db.close());
    return kept && new Keeper(key, kept.signing, await opened(kept.opening));
  }

  /** Gives the browser the key of this seed; both are wiped. None when this browser does not keep such keys. */
  static async make(seed: Uint8Array<ArrayBuffer>, parts: Parts): Promise<Keeper | undefined> {
    const name = hexOf(parts.key);
    const attempt = async (opening: CryptoKey | Closed): Promise<Keeper | undefined> => {
      await keep(name, { signing: await imported(ED25519, seed, 'Ed25519', ['sign']), opening });
      // Only what can be read back and does what a key does is a key.
      const found = await Keeper.find(parts.key).catch(() => undefined);
      return (await found?.works(parts.point)) ? found : undefined;
    };
    try {
      const direct = await attempt(await imported(X25519, parts.secret, 'X25519', ['deriveBits'])).catch(() => undefined);
      return direct ?? (await attempt(await closed(parts.secret)));
    } catch {
      return undefined;
    } finally {
      for (const bytes of [seed, parts.secret]) bytes.fill(0);
    }
  }

  /** Forgets keys that no phone was enrolled with. */
  async alone(): Promise<void> {
    const db = await open();
    const mine = hexOf(this.key);
    const others = (await db.getAllKeys('keys')).filter((name) => name !== mine);
    await Promise.all(others.map((name) => db.delete('keys', name))).finally(() => db.close());
  }

  async sign(words: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await crypto.subtle.sign('Ed25519', this.signing, words));
  }

  /** What this key and those agree on; nothing in the place of one that is no key. */
  agree(others: readonly Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>[]> {
    return Promise.all(others.map((other) => this.agreed(other).catch(() => new Uint8Array())));
  }

  private async agreed(other: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const key = await crypto.subtle.importKey('raw', other, 'X25519', false, []);
    return new Uint8Array(await crypto.subtle.deriveBits({ name: 'X25519', public: key }, this.opening, BYTES * 8));
  }

  private async works(point: Uint8Array): Promise<boolean> {
    const words = crypto.getRandomValues(new Uint8Array(BYTES));
    const theirs = await crypto.subtle.importKey('raw', this.key, 'Ed25519', false, ['verify']);
    const signs = await crypto.subtle.verify('Ed25519', theirs, await this.sign(words), words);
    return signs && same(await this.agreed(BASE), point);
  }
}
