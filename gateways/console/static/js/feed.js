// The connection to the center: signs on, keeps the picture up to date, sends commands. Knows nothing of the page.

import * as meters from './meters.js';

const RETRY_MS = 2000;
const RETRY_FIRST_MS = 250; // A web that has ended has its successor waiting.
const SILENCE_MS = 2000; // The center says something every half second.
const WATCH_MS = 250;
const HELD_UP_MS = 1000;
const SIGN_ON_CODE = 4401;
const SESSION = '/v1/console/session';
const TOKEN = 'securwoman-token';

export class Feed {
  constructor(changed) {
    this.changed = changed;
    this.link = 'starting'; // starting | signed-off | live | lost
    this.signOnFault = '';
    this.signOnAgainMs = 0; // when the next try is let through
    this.me = null;
    this.center = null;
    this.csrf = '';
    this.seq = 0;
    this.offsetMs = 0; // the center's clock minus ours
    this.cases = new Map();
    this.allowed = new Map();
    this.operators = [];
    this.lines = [];
    this.alarms = [];
    this.watching = {}; // by alert, the operators that have it on their screens
    this.shown = null; // the alert that is shown here in full
    this.open = 0; // alerts; in a storm more than there are cases here
    this.lostAtMs = 0;
    this.heardAtMs = 0;
    this.retryAtMs = 0;
    this.attempt = 0;
    this.watchedAtMs = 0;
    this.heldUp = false;
    this.listeners = new Set();
  }

  /** The center's time, microseconds; stands still while it is out of reach. */
  nowUs() {
    const ms = this.link === 'lost' ? this.heardAtMs : Date.now();
    return (ms + this.offsetMs) * 1000;
  }

  async start() {
    const given = new URLSearchParams(location.hash.slice(1)).get('token');
    if (given) {
      // Out of the address at once: it would be seen on the screen, and kept in the history.
      history.replaceState(null, '', location.pathname + location.search);
      sessionStorage.setItem(TOKEN, given);
    }
    setInterval(() => this.#watch(), WATCH_MS);
    await this.#identify();
  }

  /** By `{token}`, which is kept while the tab lives, or by `{operator, password}`, which is not. */
  async signOn(given) {
    if (given.token) sessionStorage.setItem(TOKEN, given.token);
    else sessionStorage.removeItem(TOKEN);
    await this.#identify(given);
  }

  async signOff() {
    sessionStorage.removeItem(TOKEN);
    this.#close();
    await this.#ask('DELETE', SESSION).catch(() => null);
    this.link = 'signed-off';
    this.changed();
  }

  retryNow() {
    if (this.link === 'lost') this.#connect();
  }

  /** Order something; what the center says: {ok, reason}. */
  command(alert, command, text = '', to = null, party = null) {
    return this.#order(`/v1/alerts/${encodeURIComponent(alert)}/commands`, { command, text, ...(to === null ? {} : { to }), ...(party === null ? {} : { party }) });
  }

  shift(state, reason = '') {
    return this.#order('/v1/operators/me/shift', reason ? { state, reason } : { state });
  }

  /** Begin a drill. */
  drill() {
    return this.#order('/v1/drill', {});
  }

  /** Ask for something of the interface; a `Response`. Throws where the center cannot be reached. */
  read(path) {
    return this.#ask('GET', path);
  }

  /** Say that this alert is shown in full, or none. */
  opened(alert) {
    this.shown = alert;
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type: 'opened', alert }));
  }

  async #order(path, body) {
    if (this.link !== 'live') return { ok: false, reason: '' };
    try {
      let answer = await this.#ask('POST', path, body);
      if (answer.status === 401) {
        // The session is over. Who has given a token is signed on again by it.
        await this.#identify();
        if (this.link === 'signed-off') return { ok: false, reason: '' };
        answer = await this.#ask('POST', path, body);
      }
      if (answer.ok) return { ok: true, reason: '' };
      const said = await answer.json().catch(() => ({}));
      return { ok: false, reason: said.reason ?? String(answer.status) };
    } catch {
      return { ok: false, reason: '' };
    }
  }

  #ask(method, path, body) {
    const headers = { accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (this.csrf) headers['x-csrf-token'] = this.csrf;
    return fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: 'same-origin' });
  }

  async #identify(typed = null) {
    const token = sessionStorage.getItem(TOKEN);
    const given = typed ?? (token ? { token } : null);
    let answer = null;
    try {
      // A token that was given is who it is now, whoever was signed on before.
      if (given) answer = await this.#ask('POST', SESSION, given);
      else answer = await this.#ask('GET', SESSION);
    } catch {
      this.signOnFault = 'noCentre';
    }
    if (answer?.ok) {
      const { operator, csrf } = await answer.json();
      this.csrf = csrf;
      if (operator !== this.me?.operator) this.seq = 0; // what is hers is told with the whole picture
      this.signOnFault = '';
      this.#connect();
      return;
    }
    if (answer) {
      this.signOnFault = !given ? (this.me ? 'sessionEnded' : '') : answer.status === 429 ? 'tooOften' : answer.status >= 500 ? 'noCentre' : given.token ? 'tokenWrong' : 'passwordWrong';
      this.signOnAgainMs = answer.status === 429 ? Date.now() + 1000 * Number(answer.headers.get('retry-after') ?? 30) : 0;
      sessionStorage.removeItem(TOKEN);
    }
    if (answer) this.#close();
    if (answer || this.link === 'starting') this.link = 'signed-off';
    this.changed();
  }

  #connect() {
    this.#close();
    this.attempt += 1;
    this.retryAtMs = Date.now() + RETRY_MS;
    const since = this.seq ? `?since=${this.seq}` : '';
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/console${since}`);
    this.socket = socket;
    socket.onmessage = (message) => this.#heard(JSON.parse(message.data));
    socket.onopen = () => { if (this.shown) this.opened(this.shown); };
    socket.onclose = (closed) => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (closed.code === SIGN_ON_CODE) this.#identify();
      else this.#lost();
    };
    this.changed();
  }

  #close() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  #lost() {
    if (this.link !== 'lost') {
      this.link = 'lost';
      this.lostAtMs = this.heardAtMs || Date.now();
      this.attempt = 0;
      this.retryAtMs = Date.now() + RETRY_FIRST_MS;
    }
    this.changed();
  }

  #watch() {
    const now = Date.now();
    // A page that was itself held up has still to read what came meanwhile; once, for a hidden tab is always slow.
    this.heldUp = !this.heldUp && now - this.watchedAtMs > HELD_UP_MS;
    this.watchedAtMs = now;
    if (this.link === 'live' && !this.heldUp && now - this.heardAtMs > SILENCE_MS) {
      this.#close();
      this.#lost();
    }
    if (this.link === 'lost' && now >= this.retryAtMs) this.#connect();
  }

  #heard(said) {
    this.heardAtMs = Date.now();
    if (said.type === 'levels') {
      if (meters.heard(said)) this.changed();
      return;
    }
    const offset = said.now_us / 1000 - this.heardAtMs;
    // The smallest delay seen is the truest; a small drift must not make clocks jump.
    this.offsetMs = this.link === 'live' && Math.abs(offset - this.offsetMs) < 2000 ? Math.max(offset, this.offsetMs - 1) : offset;
    this.link = 'live';
    this.attempt = 0;
    if (said.type === 'snapshot') {
      this.cases.clear();
      this.allowed.clear();
      this.me = said.me;
      this.center = said.center;
    }
    for (const view of said.cases ?? []) this.cases.set(view.alert, view);
    for (const [alert, reasons] of Object.entries(said.allowed ?? {})) this.allowed.set(alert, reasons);
    for (const alert of said.gone ?? []) {
      this.cases.delete(alert);
      this.allowed.delete(alert);
    }
    if (said.operators) this.operators = said.operators;
    if (said.lines) this.lines = said.lines;
    if (said.alarms) this.alarms = said.alarms;
    if (said.watching) this.watching = said.watching;
    this.open = said.open;
    this.seq = said.seq;
    this.changed(said);
  }
}
