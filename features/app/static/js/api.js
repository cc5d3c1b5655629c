// The center's public interface, as far as an app needs it. It decides nothing: an answer is a status and
// what was said.

import { learnNumbers } from './contact.js';

const JSON_TYPE = 'application/json';
const ALONE_MS = 8000; // on top of a long poll's own time
const OF_SEVERAL_MS = 3000; // to wait for one of several nodes, before the next is asked
const POLL_OF_SEVERAL_S = 8;
const PROOF_MS = 1000; // to wait for a signature
const PROOF_OF_AN_ALERT_MS = 100;

export class Api {
  /** `keyOf()`: the settings' app key; `key`: the phone's own; each answer's `Date` is for the clock. */
  constructor(keyOf, key, clock, addresses) {
    this.keyOf = keyOf;
    this.key = key;
    this.clock = clock;
    this.addresses = addresses;
  }

  /** Whether another node may answer what this one has not. */
  get more() {
    return this.addresses.more;
  }

  raise(body, withinMs, isProved) {
    const proofMs = isProved ? PROOF_OF_AN_ALERT_MS : 0;
    return this.#ask('POST', '/v1/alerts', withinMs, { body, proofMs });
  }
  /** A test that calls nobody, or this phone alone; never without a signature. */
  check(body, withinMs, signal) {
    return this.#askOfOwn('POST', '/v1/alerts', withinMs, { body, signal });
  }
  position(alert, body, withinMs) {
    return this.#askOfOwn('POST', `${path(alert)}/position`, withinMs, { body });
  }
  ringing(alert, withinMs) {
    return this.#askOfOwn('POST', `${path(alert)}/ringing`, withinMs, { body: {} });
  }
  cancel(alert, pin, withinMs) {
    return this.#askOfOwn('POST', `${path(alert)}/cancel`, withinMs, { body: { pin } });
  }

  write(alert, { id, text, answers }, withinMs) {
    return this.#askOfOwn('POST', `${path(alert)}/messages`, withinMs, { body: { id, text, answers } });
  }
  seen(alert, { upto, read }, withinMs) {
    return this.#askOfOwn('POST', `${path(alert)}/messages/seen`, withinMs, { body: { upto, read } });
  }
  /** The messages that have come or changed since that version, at the first of them or after `waitS`. */
  messages(alert, since, waitS, signal) {
    return this.#poll(`${path(alert)}/messages`, since, waitS, signal);
  }

  /** Begin to prove a key: by a code that is sent to a number, or by an invitation. */
  enrol(body, withinMs) {
    return this.#ask('POST', '/v1/devices', withinMs, { body });
  }
  /** `pin`: the person's, or ''. */
  confirm(device, code, pin, withinMs) {
    const body = { code, ...(pin && { pin }) };
    return this.#ask('POST', `${ofDevice(device)}/confirm`, withinMs, { body });
  }
  /** The person's phones; `by`: asked with this key and not with the proved one. */
  devices(withinMs, by) {
    return this.#askOfOwn('GET', '/v1/devices', withinMs, { by });
  }
  /** `pin`: the person's, or '': this phone ends itself without. */
  endDevice(device, pin, withinMs) {
    return this.#askOfOwn('DELETE', ofDevice(device), withinMs, { more: pinned(pin || null) });
  }
  /** Asked once: each try counts. */
  setPins(body, withinMs) {
    return this.#ask('PUT', '/v1/pins', withinMs, { body, proofMs: PROOF_MS });
  }

  /** The person's own record. `pin`: where one is set. */
  record(pin, withinMs) {
    return this.#askOfOwn('GET', '/v1/me/record', withinMs, { more: pinned(pin) });
  }
  /** `version`: the one that was read. */
  keepRecord(body, version, pin, withinMs) {
    const more = { ...pinned(pin), 'if-match': `"${version}"` };
    return this.#ask('PUT', '/v1/me/record', withinMs, { body, more, proofMs: PROOF_MS });
  }
  /** @param {Blob} picture @param {number} withinMs */
  async sendPicture(picture, withinMs) {
    const bytes = await picture.arrayBuffer();
    return this.#ask('POST', '/v1/me/record/pictures', withinMs, { bytes, proofMs: PROOF_MS });
  }

  /** How the alert stands; with the version last seen, at the next change or after `waitS`. */
  state(alert, since, waitS, signal) {
    return this.#poll(path(alert), since, waitS, signal);
  }

  #poll(url, since, waitS, signal) {
    const { several } = this.addresses;
    const s = several ? Math.min(waitS, POLL_OF_SEVERAL_S) : waitS;
    const query = since === null ? '' : `?wait=${s}&since=${since}`;
    return this.#askOfOwn('GET', url + query, s * 1000 + ALONE_MS, { signal, waitMs: s * 1000 });
  }

  /** Whether the center answers at all; its clock is known from then on. */
  async answers(withinMs) {
    const { status } = await this.#ask('GET', '/healthz', withinMs, {});
    return status === 200 || (this.more && this.answers(withinMs));
  }

  /** Learn where else it can be asked, and from which numbers it calls. */
  async learn(withinMs) {
    const { status, said } = await this.#ask('GET', '/v1/nodes', withinMs, {});
    const nodes = status === 200 ? (said?.nodes ?? []) : [];
    const best = (one) => (one.alive ? 0 : 2) + (one.draining ? 1 : 0);
    learnNumbers(said?.calls_from);
    this.addresses.learn([...nodes].sort((a, b) => best(a) - best(b)).map((one) => one.web));
  }

  /**
   * Whether the center knows the key: it asks for an alert that cannot be. True, false, or null where nobody
   * answers.
   */
  async knowsKey(key, withinMs) {
    const { status } = await this.#ask('GET', '/v1/alerts/key-check', withinMs, { key });
    if (status === 0 || status >= 500) return this.more ? this.knowsKey(key, withinMs) : null;
    return status !== 401;
  }

  /** What this phone alone may ask, as far as it can prove to be it. */
  async #askOfOwn(method, url, withinMs, more) {
    const asked = () => this.#ask(method, url, withinMs, { ...more, proofMs: PROOF_MS });
    const answer = await asked();
    // A browser sends a question twice where a connection breaks, and a signature counts once; and by the
    // first answer the center's clock is known.
    return answer.status === 403 && answer.signed ? asked() : answer;
  }

  /**
   * @param {string} method @param {string} url @param {number} withinMs
   * @param {{ body?: object, bytes?: ArrayBuffer, more?: Record<string, string>, signal?: AbortSignal,
   *   waitMs?: number, key?: string, proofMs?: number, by?: import('./key.js').Proved }} asked
   */
  async #ask(method, url, withinMs, asked) {
    const { body, bytes, more = {}, signal, waitMs = 0, key = this.keyOf(), proofMs = 0, by } = asked;
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
      const said = parsed(await answer.text()); // an answer that breaks off is none
      this.clock.heard(answer.headers.get('date'), sentMs, Date.now());
      // One that has taken the alert is there, be it without a disk.
      if (answer.status < 500 || said?.alert) addresses.answered();
      else addresses.failed(address);
      return { status: answer.status, said, signed };
    } catch {
      if (!signal?.aborted) addresses.failed(address);
      return { status: 0, said: null, signed };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', given);
    }
  }
}

/** Null where it is no JSON: a proxy has answered. */
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
