// The key that signs this phone's requests: created here, not extractable, stored in IndexedDB with the
// center's name for it. In a browser without these functions, the app works without signatures.

import { signatureHeaders } from './sign.js';

const DATABASE = 'securwoman-app';
const KEYS = 'keys';
const P_256 = { name: 'ECDSA', namedCurve: 'P-256' };

/** @typedef {{ pair: CryptoKeyPair, device: string, phone?: string }} Proved the number as it was given */

/** Return the result of an IndexedDB request. */
const requestResult = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Return a new key pair, and its public key for the center (RFC 7517). */
export async function newPair() {
  const pair = await crypto.subtle.generateKey(P_256, false, ['sign']);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  return { pair, public_key: { kty, crv, x, y } };
}

export class Key {
  constructor(clock) {
    this.clock = clock;
    /** @type {Proved?} what the center knows, or once knew */
    this.proved = null;
    /** @type {Partial<Proved & { invitation: string }>?} what waits for its code, or to be used */
    this.asked = null;
    /** @type {object?} how this phone's checks stand; see checks/schedule.js */
    this.checks = null;
    this.isPossible = isSecureContext && Boolean(globalThis.crypto?.subtle && globalThis.indexedDB);
    this.ready = this.#open().catch(() => {
      this.isPossible = false;
    });
  }

  /** Store these values permanently; null deletes. Rejects if the phone cannot store them. */
  async keep(changes) {
    await this.ready;
    const writing = this.database.transaction(KEYS, 'readwrite', { durability: 'strict' });
    const kept = new Promise((resolve, reject) => {
      writing.oncomplete = resolve;
      writing.onabort = () => reject(writing.error);
    });
    const store = writing.objectStore(KEYS);
    for (const [name, value] of Object.entries(changes))
      if (value === null) store.delete(name);
      else store.put(value, name);
    await kept;
    Object.assign(this, changes);
  }

  /**
   * Return the headers that sign a request; null without a key, or if signing takes longer than `withinMs`:
   * no request waits for its signature.
   * @param {string} method @param {string} url @param {string | ArrayBuffer} body @param {number} withinMs
   * @param {Proved} [by] another one than the proved
   */
  headers(method, url, body, withinMs, by) {
    const [path] = url.split('?');
    const signing = this.ready.then(() => {
      const key = by ?? this.proved;
      if (!this.isPossible || key === null) return null;
      return signatureHeaders(
        key.pair.privateKey,
        key.device,
        method,
        path,
        body,
        this.clock.center(Date.now()),
      );
    });
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, withinMs, null);
    });
    return Promise.race([signing.catch(() => null), late]).finally(() => clearTimeout(timer));
  }

  /** Open the database, and read the stored keys. */
  async #open() {
    if (!this.isPossible) return;
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(KEYS);
    this.database = await requestResult(opening);
    const store = this.database.transaction(KEYS).objectStore(KEYS);
    const names = ['proved', 'asked', 'checks'];
    const [proved, asked, checks] = await Promise.all(names.map((name) => requestResult(store.get(name))));
    this.proved = proved ?? null;
    this.asked = asked ?? null;
    this.checks = checks ?? null;
  }
}
