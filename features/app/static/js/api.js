// The center's public interface, as far as the app uses it. An answer is a status with a body; this module
// decides nothing.

import { learnNumbers } from './contact.js';

const JSON_TYPE = 'application/json';
const EXTRA_MS = 8000; // in addition to a long poll's own time
const OF_SEVERAL_MS = 3000; // the wait for one of several nodes, before the next is requested
const POLL_OF_SEVERAL_S = 8;
const PROOF_MS = 1000; // the wait for a signature
const PROOF_OF_AN_ALERT_MS = 100;

export class Api {
  /**
   * `keyOf()`: the app key of the settings; `key`: the phone's own key; each answer's `Date` sets the clock.
   */
  constructor(keyOf, key, clock, addresses) {
    this.keyOf = keyOf;
    this.key = key;
    this.clock = clock;
    this.addresses = addresses;
  }

  /** Return true if another node may answer in place of a failed node. */
  get more() {
    return this.addresses.more;
  }

  /** Raise an alert. */
  raise(body, withinMs, isProved) {
    const proofMs = isProved ? PROOF_OF_AN_ALERT_MS : 0;
    return this.#request('POST', '/v1/alerts', withinMs, { body, proofMs });
  }
  /** Send a check, which calls nobody or only this phone; always signed. */
  check(body, withinMs, signal) {
    return this.#requestSigned('POST', '/v1/alerts', withinMs, { body, signal });
  }
  /** Send a position. */
  position(alert, body, withinMs) {
    return this.#requestSigned('POST', `${path(alert)}/position`, withinMs, { body });
  }
  /** Report that the phone rings. */
  ringing(alert, withinMs) {
    return this.#requestSigned('POST', `${path(alert)}/ringing`, withinMs, { body: {} });
  }
  /** Request the cancellation of an alert. */
  cancel(alert, pin, withinMs) {
    return this.#requestSigned('POST', `${path(alert)}/cancel`, withinMs, { body: { pin } });
  }

  /** Send a message. */
  write(alert, { id, text, answers }, withinMs) {
    return this.#requestSigned('POST', `${path(alert)}/messages`, withinMs, { body: { id, text, answers } });
  }
  /** Report received messages. */
  seen(alert, { upto, read }, withinMs) {
    return this.#requestSigned('POST', `${path(alert)}/messages/seen`, withinMs, { body: { upto, read } });
  }
  /**
   * Request the messages that are new or changed since a version; the answer arrives at the first change or
   * after `waitS`.
   */
  messages(alert, since, waitS, signal) {
    return this.#poll(`${path(alert)}/messages`, since, waitS, signal);
  }

  /** Enrol a key: by a code sent to a number, or by an invitation. */
  enrol(body, withinMs) {
    return this.#request('POST', '/v1/devices', withinMs, { body });
  }
  /** Confirm a key by its code. `pin`: the person's, or ''. */
  confirm(device, code, pin, withinMs) {
    const body = { code, ...(pin && { pin }) };
    return this.#request('POST', `${ofDevice(device)}/confirm`, withinMs, { body });
  }
  /** Request the person's phones. `by`: sign with this key rather than the enrolled key. */
  devices(withinMs, by) {
    return this.#requestSigned('GET', '/v1/devices', withinMs, { by });
  }
  /** Revoke a phone. `pin`: the person's, or ''; a phone revokes itself without a PIN. */
  endDevice(device, pin, withinMs) {
    return this.#requestSigned('DELETE', ofDevice(device), withinMs, { more: pinned(pin || null) });
  }
  /** Set the PINs, without a repetition: each attempt counts. */
  setPins(body, withinMs) {
    return this.#request('PUT', '/v1/pins', withinMs, { body, proofMs: PROOF_MS });
  }

  /** Request the person's own record. `pin`: required if one is set. */
  record(pin, withinMs) {
    return this.#requestSigned('GET', '/v1/me/record', withinMs, { more: pinned(pin) });
  }
  /** Save the record. `version`: the version that was read. */
  keepRecord(body, version, pin, withinMs) {
    const more = { ...pinned(pin), 'if-match': `"${version}"` };
    return this.#request('PUT', '/v1/me/record', withinMs, { body, more, proofMs: PROOF_MS });
  }
  /** Send a picture. @param {Blob} picture @param {number} withinMs */
  async sendPicture(picture, withinMs) {
    const bytes = await picture.arrayBuffer();
    return this.#request('POST', '/v1/me/record/pictures', withinMs, { bytes, proofMs: PROOF_MS });
  }

  /**
   * Request the state of an alert; with the last seen version, the answer arrives at the next change or after
   * `waitS`.
   */
  state(alert, since, waitS, signal) {
    return this.#poll(path(alert), since, waitS, signal);
  }

  /** Send a long poll; the wait is shorter if there are several nodes. */
  #poll(url, since, waitS, signal) {
    const { several } = this.addresses;
    const s = several ? Math.min(waitS, POLL_OF_SEVERAL_S) : waitS;
    const query = since === null ? '' : `?wait=${s}&since=${since}`;
    return this.#requestSigned('GET', url + query, s * 1000 + EXTRA_MS, { signal, waitMs: s * 1000 });
  }

  /** Return true if the center answers; the answer sets the clock. */
  async answers(withinMs) {
    const { status } = await this.#request('GET', '/healthz', withinMs, {});
    return status === 200 || (this.more && this.answers(withinMs));
  }

  /** Request the center's nodes and the numbers from which it calls. */
  async learn(withinMs) {
    const { status, data } = await this.#request('GET', '/v1/nodes', withinMs, {});
    const nodes = status === 200 ? (data?.nodes ?? []) : [];
    const best = (one) => (one.alive ? 0 : 2) + (one.draining ? 1 : 0);
    learnNumbers(data?.calls_from);
    this.addresses.learn([...nodes].sort((a, b) => best(a) - best(b)).map((one) => one.web));
  }

  /**
   * Return whether the center knows the app key, by a request for an impossible alert; null without an
   * answer.
   */
  async knowsKey(key, withinMs) {
    const { status } = await this.#request('GET', '/v1/alerts/key-check', withinMs, { key });
    if (status === 0 || status >= 500) return this.more ? this.knowsKey(key, withinMs) : null;
    return status !== 401;
  }

  /** Send a request that only this phone may send, signed if possible. */
  async #requestSigned(method, url, withinMs, more) {
    const send = () => this.#request(method, url, withinMs, { ...more, proofMs: PROOF_MS });
    const answer = await send();
    // A browser repeats a request when a connection breaks, and a signature counts once; after the first
    // answer the center's clock is known.
    return answer.status === 403 && answer.signed ? send() : answer;
  }

  /**
   * Send a request to the present address.
   * @param {string} method @param {string} url @param {number} withinMs
   * @param {{ body?: object, bytes?: ArrayBuffer, more?: Record<string, string>, signal?: AbortSignal,
   *   waitMs?: number, key?: string, proofMs?: number, by?: import('./key.js').Proved }} options
   */
  async #request(method, url, withinMs, options) {
    const { body, bytes, more = {}, signal, waitMs = 0, key = this.keyOf(), proofMs = 0, by } = options;
    const text = bytes ?? (body === undefined ? '' : JSON.stringify(body));
    const proof = proofMs > 0 ? await this.key.headers(method, url, text, proofMs, by) : null;
    const signed = proof !== null;
    const { addresses } = this;
    const address = addresses.now;
    const headers = { accept: JSON_TYPE, authorization: `Bearer ${key}`, ...more, ...proof };
    if (body !== undefined) headers['content-type'] = JSON_TYPE;
    const sentMs = Date.now();
    const stop = new AbortController();
    const timer = setTimeout(
      () => stop.abort(),
      addresses.several ? Math.min(withinMs, waitMs + OF_SEVERAL_MS) : withinMs,
    );
    const given = () => stop.abort();
    signal?.addEventListener('abort', given);
    if (signal?.aborted) given();
    try {
      const answer = await fetch(address + url, {
        method,
        headers,
        signal: stop.signal,
        body: text || undefined,
        credentials: 'omit',
        cache: 'no-store',
      });
      const data = parsed(await answer.text()); // a broken answer counts as none
      this.clock.learn(answer.headers.get('date'), sentMs, Date.now());
      // A node that has accepted the alert works, even without a disk.
      if (answer.status < 500 || data?.alert) addresses.answered();
      else addresses.failed(address);
      return { status: answer.status, data, signed };
    } catch {
      if (!signal?.aborted) addresses.failed(address);
      return { status: 0, data: null, signed };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', given);
    }
  }
}

/** Return the JSON of a text; null for other text, such as a proxy's answer. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const pinned = (pin) => (pin === null ? {} : { 'sw-pin': pin });
const path = (alert) => `/v1/alerts/${encodeURIComponent(alert)}`;
const ofDevice = (device) => `/v1/devices/${encodeURIComponent(device)}`;
