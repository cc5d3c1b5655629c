// The center's public interface, as far as an app needs it. It decides nothing: an answer is a status and what was said.

const JSON_TYPE = 'application/json';

export class Api {
  /** `keyOf()` is the app key of the settings; every answer's `Date` goes to the clock. */
  constructor(keyOf, clock) {
    this.keyOf = keyOf;
    this.clock = clock;
  }

  raise(body, withinMs) { return this.#ask('POST', '/v1/alerts', withinMs, { body }); }
  position(alert, body, withinMs) { return this.#ask('POST', `${path(alert)}/position`, withinMs, { body }); }
  cancel(alert, pin, withinMs) { return this.#ask('POST', `${path(alert)}/cancel`, withinMs, { body: { pin } }); }

  /** How the alert stands; with the version last seen, at the next change or after `waitS`. */
  state(alert, since, waitS, signal) {
    const query = since === null ? '' : `?wait=${waitS}&since=${since}`;
    return this.#ask('GET', path(alert) + query, (waitS + 8) * 1000, { signal });
  }

  /** Whether the center answers at all; its clock is known from then on. */
  async answers(withinMs) {
    const { status } = await this.#ask('GET', '/healthz', withinMs, {});
    return status === 200;
  }

  /** Whether the center knows the key: it asks for an alert that cannot be. True, false, or null where nobody answers. */
  async knowsKey(key, withinMs) {
    const { status } = await this.#ask('GET', '/v1/alerts/key-check', withinMs, { key });
    return status === 0 || status >= 500 ? null : status !== 401;
  }

  async #ask(method, url, withinMs, { body, signal, key = this.keyOf() }) {
    const headers = { accept: JSON_TYPE, authorization: `Bearer ${key}` };
    if (body !== undefined) headers['content-type'] = JSON_TYPE;
    const sentMs = Date.now();
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), withinMs);
    const given = () => stop.abort();
    signal?.addEventListener('abort', given);
    if (signal?.aborted) given();
    try {
      const answer = await fetch(url, {
        method, headers, signal: stop.signal, body: body === undefined ? undefined : JSON.stringify(body),
        credentials: 'omit', cache: 'no-store',
      });
      const said = await answer.json().catch(() => null);
      this.clock.heard(answer.headers.get('date'), sentMs, Date.now());
      return { status: answer.status, said };
    } catch {
      return { status: 0, said: null };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', given);
    }
  }
}

const path = (alert) => `/v1/alerts/${encodeURIComponent(alert)}`;
