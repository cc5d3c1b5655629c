// The connection to the center: signs on, keeps the read model up to date, sends commands. The connection
// does not depend on the page.

import * as meters from '../sound/meters.js';
import { whyNotTake } from '../alerts/unassigned.js';
import { Elsewhere, leave } from './failover.js';

const RETRY_MS = 2000;
const RETRY_FIRST_MS = 250; // the replacement of a gateway that has ended is ready
const RETRY_SOON_MS = 500; // while the page may still continue at another node
const SILENCE_MS = 2000; // the center sends a message every half second
const WATCH_MS = 250;
const HELD_UP_MS = 1000;
const SIGN_ON_CODE = 4401;
const ENDED_CODE = 4410; // signed off in another window, removed, another password or role
const SESSION = '/v1/console/session';
const TOKEN = 'securwoman-token';
const CARRIED_WITHIN_MS = 20_000; // a node that takes over may be busy first
const CARRIED_AGAIN_MS = 500;
const HEARD_OF_MAX = 500;
const INPUT_MS = 30_000; // interval at which the operator's presence is reported
const RECOVERY = 'swr_'; // prefix of a code that is valid for one sign-on

/** Return a new id of a command or message. The center ignores a second one with the same id. */
export const newId = () => crypto.getRandomValues(new Uint32Array(3)).join('-');

/** Return the code of the center's refusal. @param {Response} answer */
async function whyNot(answer) {
  const said = await answer.json().catch(() => ({}));
  return said.code ?? said.reason ?? String(answer.status);
}

/**
 * Return the alarms with the new and changed ones, without the removed ones.
 * @template {{ alarm: string, subject: string }} T
 * @param {T[]} all @param {T[]} [come] @param {[string, string][]} [gone] @returns {T[]}
 */
function altered(all, come = [], gone = []) {
  if (!come.length && !gone.length) return all;
  const found = new Map(all.map((one) => [`${one.alarm}/${one.subject}`, one]));
  for (const one of come) found.set(`${one.alarm}/${one.subject}`, one);
  for (const [alarm, subject] of gone) found.delete(`${alarm}/${subject}`);
  return [...found.values()];
}

/** The connection to one node of the center, and the read model that the node publishes. */
export class Feed {
  /** `changed` is called after each change; `kept` returns the state that another node's page receives. */
  constructor(changed, kept = () => ({})) {
    this.changed = changed;
    this.kept = kept;
    this.link = /** @type {Link} */ ('starting');
    this.signOnFault = '';
    this.signOnAgainMs = 0; // time from which the center accepts the next attempt
    /** @type {MeView} */
    this.me = null;
    /** @type {CenterView} */
    this.center = null;
    this.csrf = '';
    /** @type {SignedOn} */
    this.signedOn = null;
    this.inputAtMs = 0;
    this.seq = 0;
    this.ownSeq = 0; // of the operator's own last shift change, which may reach this page later
    this.offsetMs = 0; // the center's clock minus the browser's
    /** @type {Map<string, CaseView>} */
    this.cases = new Map();
    /** @type {Map<string, Allowed>} */
    this.allowed = new Map();
    /** @type {OperatorView[]} */
    this.operators = [];
    /** @type {LineView[]} */
    this.lines = [];
    /** @type {AlarmView[]} */
    this.alarms = [];
    /** @type {AlarmOverView[]} */
    this.alarmsOver = [];
    /** @type {QuietView[]} */
    this.quiet = [];
    /** @type {CalloutView[]} */
    this.callouts = []; // running and recent callouts of people on duty
    /** @type {ModemView[]} */
    this.modems = []; // modems of this node that no line uses
    /** @type {Record<string, string[]>} */
    this.watching = {}; // by alert, the operators who have the alert on their screens
    /** @type {string} */
    this.shown = null; // the alert that is shown here in full
    /** @type {Map<string, number>} */
    this.heardOf = new Map(); // by alert, the sequence number of its last event
    this.erased = 0; // answers read before this sequence number may contain data erased since
    this.open = 0; // number of open alerts; in a storm larger than `cases`
    /** @type {NodeView[]} */
    this.nodes = []; // of several, the node that this page is connected to comes first
    this.ticket = ''; // continues the session at another node
    this.elsewhere = new Elsewhere();
    this.silentSinceMs = 0;
    this.goesTo = ''; // address of the node where the page continues now
    this.lostAtMs = 0;
    this.heardAtMs = 0;
    this.retryAtMs = 0;
    this.attempt = 0;
    this.watchedAtMs = 0;
    this.heldUp = false;
    this.listeners = new Set();
  }

  /** Return the center's time, microseconds. The time stands still while the center cannot be reached. */
  nowUs() {
    const ms = this.link === 'lost' ? this.heardAtMs : Date.now();
    return (ms + this.offsetMs) * 1000;
  }

  /** Return an operator's name. */
  names = (operator) => this.operators.find((one) => one.operator === operator)?.name ?? operator;

  /** Return the operator of this page as the other operators see it. */
  myself() {
    return this.operators.find((one) => one.operator === this.me.operator);
  }

  /** Return the state of the operator's own shift. */
  myShift() {
    return this.myself()?.state ?? 'off';
  }

  /**
   * Return the refusal of each command in this case; null if the command is allowed.
   * @param {CaseView} view
   */
  allowedIn(view) {
    const told = this.allowed.get(view.alert) ?? {};
    const why = told.take === null ? whyNotTake(this, view) : null;
    return why === null ? told : { ...told, take: why };
  }

  /**
   * Sign on with the code or ticket that arrived in the address. Return true if a session of another node
   * continues.
   * @param {Came} came
   */
  async start({ token, ticket }) {
    setInterval(() => this.#watch(), WATCH_MS);
    if (ticket && (await this.#carriedOver(ticket))) return true;
    await (token ? this.signOn({ token }) : this.#identify());
    if (ticket && this.link === 'signed-off' && !this.signOnFault) {
      this.signOnFault = 'sessionEnded';
      this.changed();
    }
    return false;
  }

  /**
   * Return a node: {node, web, alive, draining, left}; null if the node is unknown or the only one.
   * @param {string} name
   */
  node(name) {
    return this.nodes.find((one) => one.node === name) ?? null;
  }

  /** Return true if this is not the node that this page is connected to. @param {string} name */
  isElsewhere(name) {
    return this.nodes.length > 1 && Boolean(name) && name !== this.nodes[0].node;
  }

  /** Clear the fault, because another method of sign-on is tried. */
  forgetFault() {
    this.fail('');
  }

  /** Set the fault of a sign-on that fails before any request. @param {string} fault */
  fail(fault) {
    this.signOnFault = fault;
  }

  /** Sign on with a credential. A `{token}` is kept as long as the tab, unless it is a recovery code. */
  async signOn(given) {
    if (given.token && !given.token.startsWith(RECOVERY)) sessionStorage.setItem(TOKEN, given.token);
    else sessionStorage.removeItem(TOKEN);
    this.#close(); // first, so that the end of the old session is not reported
    await this.#identify(given);
  }

  /** Sign off. Return the center's refusal, which leaves everything unchanged, or ''. */
  async signOff() {
    const token = sessionStorage.getItem(TOKEN);
    sessionStorage.removeItem(TOKEN);
    this.#close(); // first, so that the end of the session is not reported
    const answer = await this.#ask('DELETE', SESSION).catch(() => null);
    if (answer?.status === 409) {
      if (token) sessionStorage.setItem(TOKEN, token);
      this.#connect();
      return whyNot(answer);
    }
    this.me = null;
    this.ticket = '';
    this.link = 'signed-off';
    this.changed();
    return '';
  }

  /** Connect at once instead of waiting for the next attempt. */
  retryNow() {
    if (this.link === 'lost') this.#connect();
  }

  /**
   * Send a command; return the center's answer: {ok, reason}. A command contains an id and the version of the
   * alert on this page: a node that wakes late executes no command twice, and none that is out of date.
   * @param {string} alert @param {OperatorCommand} command @param {object} [more] further fields of the
   * command
   */
  command(alert, command, more = {}) {
    const order = { command, id: newId(), seen: this.cases.get(alert)?.version, ...more };
    return this.order(`/v1/alerts/${encodeURIComponent(alert)}/commands`, order);
  }

  /** Change the operator's own shift. @param {ShiftState} state @param {string} [reason] */
  async shift(state, reason = '') {
    const seen = Math.max(this.seq, this.ownSeq);
    const order = { state, seen, ...(reason ? { reason } : {}) };
    const done = await this.order('/v1/operators/me/shift', order);
    if (done.said) this.ownSeq = done.said.seq;
    return done;
  }

  /** Leave a note to the next shift. @param {string} text */
  leaveNote(text) {
    return this.order('/v1/shift/notes', { text });
  }

  /** Mark a note as done, or as not done. @param {string} note @param {boolean} done */
  finishNote(note, done) {
    return this.order(`/v1/shift/notes/${encodeURIComponent(note)}/done`, { done });
  }

  /**
   * Acknowledge alarms, for all consoles.
   * @param {{ alarm: string, subject: string, since_us: number }[]} alarms
   */
  seen(alarms) {
    return this.order('/v1/alarms/seen', { alarms });
  }

  /**
   * Request a resource of the interface; return a `Response`. Throws if the center cannot be reached.
   * @param {string} path @param {Record<string, string>} [more] headers
   */
  read(path, more = {}) {
    return this.#ask('GET', path, undefined, more);
  }

  /**
   * Send a file; return a `Response`. Throws if the center cannot be reached.
   * @param {string} path @param {Blob} file @param {Record<string, string>} [more] headers
   */
  send(path, file, more = {}) {
    return this.#ask('POST', path, file, more);
  }

  /** Report the alert that is shown in full; null: none. @param {string} alert */
  opened(alert) {
    this.shown = alert;
    if (this.socket?.readyState === WebSocket.OPEN)
      this.socket.send(JSON.stringify({ type: 'opened', alert }));
  }

  /** Report that the operator used a key or button, at most every 30 seconds. */
  input() {
    if (Date.now() - this.inputAtMs < INPUT_MS || this.socket?.readyState !== WebSocket.OPEN) return;
    this.inputAtMs = Date.now();
    this.socket.send(JSON.stringify({ type: 'input' }));
  }

  /**
   * Send a request that changes something; return the center's answer: {ok, reason}.
   * @param {string} path @param {object} body
   */
  async order(path, body) {
    if (this.link !== 'live') return { ok: false, reason: '' };
    try {
      let answer = await this.#ask('POST', path, body);
      if (answer.status === 401) {
        // The session has expired. A kept token signs the operator on again.
        await this.#identify();
        if (/** @type {Link} */ (this.link) === 'signed-off') return { ok: false, reason: '' };
        answer = await this.#ask('POST', path, body);
      }
      if (answer.ok) return { ok: true, reason: '', said: await answer.json().catch(() => null) };
      return { ok: false, reason: await whyNot(answer) };
    } catch {
      return { ok: false, reason: '' };
    }
  }

  /**
   * Send a request; return a `Response`. Throws if the center cannot be reached.
   * @param {string} method @param {string} path @param {object} [body]
   * @param {Record<string, string>} [more] headers
   */
  async ask(method, path, body = undefined, more = {}) {
    const answer = await this.#ask(method, path, body, more);
    // The request may have supplied what the session was missing.
    if (answer.ok && method !== 'GET') {
      const said = await this.#ask('GET', SESSION).catch(() => null);
      if (said?.ok) this.signedOn = await said.json();
    }
    return answer;
  }

  /**
   * Send a request with the session's cookie and CSRF token.
   * @param {string} method @param {string} path @param {object} [body]
   * @param {Record<string, string>} [more] headers
   */
  #ask(method, path, body = undefined, more = {}) {
    const headers = { accept: 'application/json', ...more };
    const isFile = body instanceof Blob;
    if (body !== undefined) headers['content-type'] = isFile ? 'text/csv' : 'application/json';
    if (this.csrf) headers['x-csrf-token'] = this.csrf;
    return fetch(path, {
      method,
      headers,
      body: isFile || body === undefined ? body : JSON.stringify(body),
      credentials: 'same-origin',
    });
  }

  /** Sign on with a credential, else with the kept token, else with the session's cookie; then connect. */
  async #identify(typed = null) {
    const token = sessionStorage.getItem(TOKEN);
    const given = typed ?? (token ? { token } : null);
    let answer = null;
    try {
      // A credential identifies the operator, even if an earlier session exists.
      if (given) answer = await this.#ask('POST', SESSION, given);
      else answer = await this.#ask('GET', SESSION);
    } catch {
      this.signOnFault = 'noCentre';
    }
    if (answer?.ok) {
      await this.#signedOn(answer);
      return;
    }
    if (answer) {
      const { code } = await answer.json().catch(() => ({}));
      this.signOnFault = !given
        ? this.me
          ? 'sessionEnded'
          : ''
        : answer.status === 429
          ? code || 'tooOften'
          : answer.status >= 500
            ? 'noCentre'
            : code || (given.token ? 'tokenWrong' : 'passwordWrong');
      this.signOnAgainMs =
        answer.status === 429 ? Date.now() + 1000 * Number(answer.headers.get('retry-after') ?? 30) : 0;
      sessionStorage.removeItem(TOKEN);
    }
    if (answer) this.#close();
    if (answer || this.link === 'starting') this.link = 'signed-off';
    this.changed();
  }

  /** Read the answer to a sign-on, and connect. */
  async #signedOn(answer) {
    this.signedOn = await answer.json();
    const { operator, csrf } = this.signedOn;
    this.csrf = csrf;
    if (operator !== this.me?.operator) this.seq = 0; // another operator needs a whole snapshot
    this.signOnFault = '';
    this.#connect();
  }

  /** Continue the session of another node by its ticket. A refusal is final: a ticket is valid once. */
  async #carriedOver(ticket) {
    const untilMs = Date.now() + CARRIED_WITHIN_MS;
    for (;;) {
      const answer = await this.#ask('POST', SESSION, { ticket }).catch(() => null);
      if (answer?.ok) {
        await this.#signedOn(answer);
        return true;
      }
      if ((answer && answer.status < 500) || Date.now() > untilMs) return false;
      await new Promise((done) => {
        setTimeout(done, CARRIED_AGAIN_MS);
      });
    }
  }

  /** Open the socket. Later messages continue from the last sequence number. */
  #connect() {
    this.#close();
    this.attempt += 1;
    const soon = this.nodes.length > 1 && Date.now() - this.silentSinceMs < RETRY_MS;
    this.retryAtMs = Date.now() + (soon ? RETRY_SOON_MS : RETRY_MS);
    const since = this.seq ? `&since=${this.seq}` : '';
    const socket = new WebSocket(
      `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/console?changes=alarms${since}`,
    );
    this.socket = socket;
    socket.onmessage = (message) => this.#heard(JSON.parse(message.data));
    socket.onopen = () => {
      if (this.shown) this.opened(this.shown);
    };
    socket.onclose = (closed) => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (closed.code === ENDED_CODE) sessionStorage.removeItem(TOKEN); // else it restores the session
      if (closed.code === SIGN_ON_CODE || closed.code === ENDED_CODE) this.#identify();
      else this.#lost();
    };
    this.changed();
  }

  /** Close the socket without reporting its end. */
  #close() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  /** Enter the state in which the center cannot be reached. */
  #lost() {
    if (this.link !== 'lost') {
      this.link = 'lost';
      this.silentSinceMs = Date.now();
      this.lostAtMs = this.heardAtMs || Date.now();
      this.attempt = 0;
      this.retryAtMs = Date.now() + RETRY_FIRST_MS;
    }
    this.changed();
  }

  /** Detect a silent center, and retry or continue at another node. */
  #watch() {
    const now = Date.now();
    // After a pause of the page itself, its received messages are read first. This is done once in a row:
    // a hidden tab is always slow.
    this.heldUp = !this.heldUp && now - this.watchedAtMs > HELD_UP_MS;
    this.watchedAtMs = now;
    if (this.link === 'live' && !this.heldUp && now - this.heardAtMs > SILENCE_MS) {
      this.#close();
      this.#lost();
    }
    if (this.link !== 'lost' || this.goesTo) return;
    this.goesTo = this.elsewhere.look(now - this.silentSinceMs, this.nodes);
    if (this.goesTo) {
      leave(this.goesTo, this.ticket, this.kept());
      this.changed();
    } else if (now >= this.retryAtMs) this.#connect();
  }

  /** Apply a message of the center to the read model. @param {Snapshot | Events | Levels | NodesTold} said */
  #heard(said) {
    this.heardAtMs = Date.now();
    if (said.type === 'levels') {
      if (meters.heard(said)) this.changed();
      return;
    }
    if (said.type === 'nodes') {
      this.nodes = said.nodes;
      this.ticket = said.ticket || this.ticket; // while the database is away there is no newer one
      this.changed();
      return;
    }
    const offset = said.now_us / 1000 - this.heardAtMs;
    // The smallest delay is the most exact; a small drift must not make clocks jump.
    this.offsetMs =
      this.link === 'live' && Math.abs(offset - this.offsetMs) < 2000
        ? Math.max(offset, this.offsetMs - 1)
        : offset;
    this.link = 'live';
    this.attempt = 0;
    this.elsewhere.forget();
    if (said.type === 'snapshot') {
      this.ownSeq = 0;
      this.cases.clear();
      this.allowed.clear();
      this.me = said.me;
      this.center = said.center;
    }
    for (const view of said.cases ?? []) this.cases.set(view.alert, view);
    /** @type {any[]} */
    const events = (said.type === 'events' && said.events) || [];
    if (this.heardOf.size > HEARD_OF_MAX) this.heardOf.clear();
    for (const one of events) if (one.alert) this.heardOf.set(one.alert, one.seq);
    if (said.type === 'snapshot' || events.some((one) => one.type === 'alert.erased')) this.erased = said.seq;
    for (const [alert, reasons] of Object.entries(said.allowed ?? {})) this.allowed.set(alert, reasons);
    for (const alert of (said.type === 'events' && said.gone) || []) {
      this.cases.delete(alert);
      this.allowed.delete(alert);
    }
    if (said.operators) this.operators = said.operators;
    if (said.lines) this.lines = said.lines;
    if (said.alarms) this.alarms = said.alarms;
    if (said.alarms_over) this.alarmsOver = said.alarms_over;
    if (said.quiet) this.quiet = said.quiet;
    if (said.type === 'events') {
      this.alarms = altered(this.alarms, said.alarms_changed, said.alarms_gone);
      this.alarmsOver = altered(this.alarmsOver, said.over_changed, said.over_gone);
    }
    if (said.callouts) this.callouts = said.callouts;
    if (said.modems) this.modems = said.modems;
    if (said.watching) this.watching = said.watching;
    this.open = said.open;
    this.seq = said.seq;
    this.changed(said);
  }
}
