// The connection to the center: signs on, keeps the read model up to date, sends commands. The connection
// does not depend on the page.

import * as meters from '../sound/meters.js';
import { takeRefusal } from '../alerts/unassigned.js';
import { OtherNodes, moveTo } from './failover.js';

const RETRY_MS = 2000;
const RETRY_FIRST_MS = 250; // the replacement of a gateway that has ended is ready
const RETRY_SOON_MS = 500; // while the page may still continue at another node
const SILENCE_MS = 2000; // the center sends a message every half second
const CHECK_MS = 250;
const PAUSED_MS = 1000;
const SIGN_ON_CODE = 4401;
const ENDED_CODE = 4410; // signed off in another window, removed, another password or role
const SESSION = '/v1/console/session';
const TOKEN = 'securwoman-token';
const CONTINUE_WITHIN_MS = 20_000; // a node that takes over may be busy first
const CONTINUE_RETRY_MS = 500;
const ALERTS_TRACKED_MAX = 500;
const INPUT_MS = 30_000; // interval at which the operator's presence is reported
const RECOVERY = 'swr_'; // prefix of a code that is valid for one sign-on

/** Return a new id of a command or message. The center ignores a second one with the same id. */
export const newId = () => crypto.getRandomValues(new Uint32Array(3)).join('-');

/** Return the code of the center's refusal. @param {Response} answer */
async function refusalCode(answer) {
  const body = await answer.json().catch(() => ({}));
  return body.code ?? body.reason ?? String(answer.status);
}

/**
 * Return the alarms with the new and changed ones, without the removed ones.
 * @template {{ alarm: string, subject: string }} T
 * @param {T[]} all @param {T[]} [changed] @param {[string, string][]} [removed] @returns {T[]}
 */
function merged(all, changed = [], removed = []) {
  if (!changed.length && !removed.length) return all;
  const byKey = new Map(all.map((one) => [`${one.alarm}/${one.subject}`, one]));
  for (const one of changed) byKey.set(`${one.alarm}/${one.subject}`, one);
  for (const [alarm, subject] of removed) byKey.delete(`${alarm}/${subject}`);
  return [...byKey.values()];
}

/** The connection to one node of the center, and the read model that the node publishes. */
export class Feed {
  /** `onChange` is called after each change; `pageState` returns the state for the page of another node. */
  constructor(onChange, pageState = () => ({})) {
    this.onChange = onChange;
    this.pageState = pageState;
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
    this.shownAlert = null; // the alert that is shown here in full
    /** @type {Map<string, number>} */
    this.lastEventSeq = new Map(); // by alert, the sequence number of its last event
    this.erasedSeq = 0; // answers read before this sequence number may contain data erased since
    this.open = 0; // number of open alerts; in a storm larger than `cases`
    /** @type {NodeView[]} */
    this.nodes = []; // of several, the node that this page is connected to comes first
    this.ticket = ''; // continues the session at another node
    this.otherNodes = new OtherNodes();
    this.silentSinceMs = 0;
    this.failoverAddress = ''; // address of the node where the page continues now
    this.lostAtMs = 0;
    this.receivedAtMs = 0;
    this.retryAtMs = 0;
    this.attempt = 0;
    this.checkedAtMs = 0;
    this.wasPaused = false;
  }

  /** Return the center's time, microseconds. The time stands still while the center cannot be reached. */
  nowUs() {
    const ms = this.link === 'lost' ? this.receivedAtMs : Date.now();
    return (ms + this.offsetMs) * 1000;
  }

  /** Return an operator's name. */
  names = (operator) => this.operators.find((one) => one.operator === operator)?.name ?? operator;

  /** Return the operator of this page as the other operators see it. */
  ownView() {
    return this.operators.find((one) => one.operator === this.me.operator);
  }

  /** Return the state of the operator's own shift. */
  myShift() {
    return this.ownView()?.state ?? 'off';
  }

  /**
   * Return the refusal of each command in this case; null if the command is allowed.
   * @param {CaseView} view
   */
  allowedIn(view) {
    const allowed = this.allowed.get(view.alert) ?? {};
    const refusal = allowed.take === null ? takeRefusal(this, view) : null;
    return refusal === null ? allowed : { ...allowed, take: refusal };
  }

  /**
   * Sign on with the code or ticket that arrived in the address. Return true if a session of another node
   * continues.
   * @param {FromAddress} fromAddress
   */
  async start({ token, ticket }) {
    setInterval(() => this.#checkLink(), CHECK_MS);
    if (ticket && (await this.#continueSession(ticket))) return true;
    await (token ? this.signOn({ token }) : this.#identify());
    if (ticket && this.link === 'signed-off' && !this.signOnFault) {
      this.signOnFault = 'sessionEnded';
      this.onChange();
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
  clearSignOnFault() {
    this.setSignOnFault('');
  }

  /** Set the fault of a sign-on that fails before any request. @param {string} fault */
  setSignOnFault(fault) {
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
    const answer = await this.#fetch('DELETE', SESSION).catch(() => null);
    if (answer?.status === 409) {
      if (token) sessionStorage.setItem(TOKEN, token);
      this.#connect();
      return refusalCode(answer);
    }
    this.me = null;
    this.ticket = '';
    this.link = 'signed-off';
    this.onChange();
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
    const body = { command, id: newId(), seen: this.cases.get(alert)?.version, ...more };
    return this.change(`/v1/alerts/${encodeURIComponent(alert)}/commands`, body);
  }

  /** Change the operator's own shift. @param {ShiftState} state @param {string} [reason] */
  async shift(state, reason = '') {
    const seen = Math.max(this.seq, this.ownSeq);
    const body = { state, seen, ...(reason ? { reason } : {}) };
    const done = await this.change('/v1/operators/me/shift', body);
    if (done.data) this.ownSeq = done.data.seq;
    return done;
  }

  /** Leave a note to the next shift. @param {string} text */
  leaveNote(text) {
    return this.change('/v1/shift/notes', { text });
  }

  /** Mark a note as done, or as not done. @param {string} note @param {boolean} done */
  finishNote(note, done) {
    return this.change(`/v1/shift/notes/${encodeURIComponent(note)}/done`, { done });
  }

  /**
   * Acknowledge alarms, for all consoles.
   * @param {{ alarm: string, subject: string, since_us: number }[]} alarms
   */
  acknowledgeAlarms(alarms) {
    return this.change('/v1/alarms/seen', { alarms });
  }

  /**
   * Request a resource of the interface; return a `Response`. Throws if the center cannot be reached.
   * @param {string} path @param {Record<string, string>} [more] headers
   */
  read(path, more = {}) {
    return this.#fetch('GET', path, undefined, more);
  }

  /**
   * Send a file; return a `Response`. Throws if the center cannot be reached.
   * @param {string} path @param {Blob} file @param {Record<string, string>} [more] headers
   */
  send(path, file, more = {}) {
    return this.#fetch('POST', path, file, more);
  }

  /** Report the alert that is shown in full; null: none. @param {string} alert */
  reportShown(alert) {
    this.shownAlert = alert;
    if (this.socket?.readyState === WebSocket.OPEN)
      this.socket.send(JSON.stringify({ type: 'opened', alert }));
  }

  /** Report that the operator used a key or button, at most every 30 seconds. */
  reportInput() {
    if (Date.now() - this.inputAtMs < INPUT_MS || this.socket?.readyState !== WebSocket.OPEN) return;
    this.inputAtMs = Date.now();
    this.socket.send(JSON.stringify({ type: 'input' }));
  }

  /**
   * Send a request that changes something; return the center's answer: {ok, reason}.
   * @param {string} path @param {object} body
   */
  async change(path, body) {
    if (this.link !== 'live') return { ok: false, reason: '' };
    try {
      let answer = await this.#fetch('POST', path, body);
      if (answer.status === 401) {
        // The session has expired. A kept token signs the operator on again.
        await this.#identify();
        if (/** @type {Link} */ (this.link) === 'signed-off') return { ok: false, reason: '' };
        answer = await this.#fetch('POST', path, body);
      }
      if (answer.ok) return { ok: true, reason: '', data: await answer.json().catch(() => null) };
      return { ok: false, reason: await refusalCode(answer) };
    } catch {
      return { ok: false, reason: '' };
    }
  }

  /**
   * Send a request; return a `Response`. Throws if the center cannot be reached.
   * @param {string} method @param {string} path @param {object} [body]
   * @param {Record<string, string>} [more] headers
   */
  async request(method, path, body = undefined, more = {}) {
    const answer = await this.#fetch(method, path, body, more);
    // The request may have supplied what the session was missing.
    if (answer.ok && method !== 'GET') {
      const session = await this.#fetch('GET', SESSION).catch(() => null);
      if (session?.ok) this.signedOn = await session.json();
    }
    return answer;
  }

  /**
   * Send a request with the session's cookie and CSRF token.
   * @param {string} method @param {string} path @param {object} [body]
   * @param {Record<string, string>} [more] headers
   */
  #fetch(method, path, body = undefined, more = {}) {
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
  async #identify(credential = null) {
    const token = sessionStorage.getItem(TOKEN);
    const given = credential ?? (token ? { token } : null);
    let answer = null;
    try {
      // A credential identifies the operator, even if an earlier session exists.
      if (given) answer = await this.#fetch('POST', SESSION, given);
      else answer = await this.#fetch('GET', SESSION);
    } catch {
      this.signOnFault = 'noCentre';
    }
    if (answer?.ok) {
      await this.#onSignedOn(answer);
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
    this.onChange();
  }

  /** Read the answer to a sign-on, and connect. */
  async #onSignedOn(answer) {
    this.signedOn = await answer.json();
    const { operator, csrf } = this.signedOn;
    this.csrf = csrf;
    if (operator !== this.me?.operator) this.seq = 0; // another operator needs a whole snapshot
    this.signOnFault = '';
    this.#connect();
  }

  /** Continue the session of another node by its ticket. A refusal is final: a ticket is valid once. */
  async #continueSession(ticket) {
    const untilMs = Date.now() + CONTINUE_WITHIN_MS;
    for (;;) {
      const answer = await this.#fetch('POST', SESSION, { ticket }).catch(() => null);
      if (answer?.ok) {
        await this.#onSignedOn(answer);
        return true;
      }
      if ((answer && answer.status < 500) || Date.now() > untilMs) return false;
      await new Promise((done) => {
        setTimeout(done, CONTINUE_RETRY_MS);
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
    socket.onmessage = (message) => this.#receive(JSON.parse(message.data));
    socket.onopen = () => {
      if (this.shownAlert) this.reportShown(this.shownAlert);
    };
    socket.onclose = (closed) => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (closed.code === ENDED_CODE) sessionStorage.removeItem(TOKEN); // else it restores the session
      if (closed.code === SIGN_ON_CODE || closed.code === ENDED_CODE) this.#identify();
      else this.#onLost();
    };
    this.onChange();
  }

  /** Close the socket without reporting its end. */
  #close() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  /** Enter the state in which the center cannot be reached. */
  #onLost() {
    if (this.link !== 'lost') {
      this.link = 'lost';
      this.silentSinceMs = Date.now();
      this.lostAtMs = this.receivedAtMs || Date.now();
      this.attempt = 0;
      this.retryAtMs = Date.now() + RETRY_FIRST_MS;
    }
    this.onChange();
  }

  /** Detect a silent center, and retry or continue at another node. */
  #checkLink() {
    const now = Date.now();
    // After a pause of the page itself, its received messages are read first. This is done once in a row:
    // a hidden tab is always slow.
    this.wasPaused = !this.wasPaused && now - this.checkedAtMs > PAUSED_MS;
    this.checkedAtMs = now;
    if (this.link === 'live' && !this.wasPaused && now - this.receivedAtMs > SILENCE_MS) {
      this.#close();
      this.#onLost();
    }
    if (this.link !== 'lost' || this.failoverAddress) return;
    this.failoverAddress = this.otherNodes.poll(now - this.silentSinceMs, this.nodes);
    if (this.failoverAddress) {
      moveTo(this.failoverAddress, this.ticket, this.pageState());
      this.onChange();
    } else if (now >= this.retryAtMs) this.#connect();
  }

  /**
   * Apply a message of the center to the read model.
   * @param {Snapshot | Events | Levels | NodesMessage} message
   */
  #receive(message) {
    this.receivedAtMs = Date.now();
    if (message.type === 'levels') {
      if (meters.receiveLevels(message)) this.onChange();
      return;
    }
    if (message.type === 'nodes') {
      this.nodes = message.nodes;
      this.ticket = message.ticket || this.ticket; // while the database is away there is no newer one
      this.onChange();
      return;
    }
    const offset = message.now_us / 1000 - this.receivedAtMs;
    // The smallest delay is the most exact; a small drift must not make clocks jump.
    this.offsetMs =
      this.link === 'live' && Math.abs(offset - this.offsetMs) < 2000
        ? Math.max(offset, this.offsetMs - 1)
        : offset;
    this.link = 'live';
    this.attempt = 0;
    this.otherNodes.reset();
    if (message.type === 'snapshot') {
      this.ownSeq = 0;
      this.cases.clear();
      this.allowed.clear();
      this.me = message.me;
      this.center = message.center;
    }
    for (const view of message.cases ?? []) this.cases.set(view.alert, view);
    /** @type {any[]} */
    const events = (message.type === 'events' && message.events) || [];
    if (this.lastEventSeq.size > ALERTS_TRACKED_MAX) this.lastEventSeq.clear();
    for (const one of events) if (one.alert) this.lastEventSeq.set(one.alert, one.seq);
    if (message.type === 'snapshot' || events.some((one) => one.type === 'alert.erased'))
      this.erasedSeq = message.seq;
    for (const [alert, reasons] of Object.entries(message.allowed ?? {})) this.allowed.set(alert, reasons);
    for (const alert of (message.type === 'events' && message.gone) || []) {
      this.cases.delete(alert);
      this.allowed.delete(alert);
    }
    if (message.operators) this.operators = message.operators;
    if (message.lines) this.lines = message.lines;
    if (message.alarms) this.alarms = message.alarms;
    if (message.alarms_over) this.alarmsOver = message.alarms_over;
    if (message.quiet) this.quiet = message.quiet;
    if (message.type === 'events') {
      this.alarms = merged(this.alarms, message.alarms_changed, message.alarms_gone);
      this.alarmsOver = merged(this.alarmsOver, message.over_changed, message.over_gone);
    }
    if (message.callouts) this.callouts = message.callouts;
    if (message.modems) this.modems = message.modems;
    if (message.watching) this.watching = message.watching;
    this.open = message.open;
    this.seq = message.seq;
    this.onChange(message);
  }
}
