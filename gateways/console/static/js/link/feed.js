// The connection to the center: signs on, keeps the picture up to date, sends commands. Knows nothing of the
// page.

import * as meters from '../sound/meters.js';
import { whyNotTake } from '../alerts/unassigned.js';
import { Elsewhere, leave } from './failover.js';

const RETRY_MS = 2000;
const RETRY_FIRST_MS = 250; // A web that has ended has its successor waiting.
const RETRY_SOON_MS = 500; // before the page goes on at another node
const SILENCE_MS = 2000; // The center says something every half second.
const WATCH_MS = 250;
const HELD_UP_MS = 1000;
const SIGN_ON_CODE = 4401;
const ENDED_CODE = 4410; // signed off in another window, removed, another password or role
const SESSION = '/v1/console/session';
const TOKEN = 'securwoman-token';
const CARRIED_WITHIN_MS = 20_000; // a node that takes over may have other things to do first
const CARRIED_AGAIN_MS = 500;
const HEARD_OF_MAX = 500;
const INPUT_MS = 30_000; // so often is said that somebody sits here
const RECOVERY = 'swr_'; // what a code begins with that signs on once

/** The id of an order or a message: the same again is no other one. */
export const newId = () => crypto.getRandomValues(new Uint32Array(3)).join('-');

/** Why the center says no. @param {Response} answer */
async function whyNot(answer) {
  const said = await answer.json().catch(() => ({}));
  return said.code ?? said.reason ?? String(answer.status);
}

/**
 * The alarms with what has come or is another, and without those that have gone.
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

export class Feed {
  /** `kept()` is what goes along to another node. */
  constructor(changed, kept = () => ({})) {
    this.changed = changed;
    this.kept = kept;
    this.link = /** @type {Link} */ ('starting');
    this.signOnFault = '';
    this.signOnAgainMs = 0; // when the next try is let through
    /** @type {MeView} */
    this.me = null;
    /** @type {CenterView} */
    this.center = null;
    this.csrf = '';
    /** @type {SignedOn} */
    this.signedOn = null;
    this.inputAtMs = 0;
    this.seq = 0;
    this.ownSeq = 0; // of the own last change of the shift, which this page may be told of only later
    this.offsetMs = 0; // the center's clock minus ours
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
    this.callouts = []; // who of the people on duty is called, and was lately
    /** @type {ModemView[]} */
    this.modems = []; // at this node, and no line's
    /** @type {Record<string, string[]>} */
    this.watching = {}; // by alert, the operators that have it on their screens
    /** @type {string} */
    this.shown = null; // the alert that is shown here in full
    /** @type {Map<string, number>} */
    this.heardOf = new Map(); // by alert, the place of the last event that was told of it
    this.erased = 0; // what was asked of the journal before this place may say what is erased by now
    this.open = 0; // alerts; in a storm more than there are cases here
    /** @type {NodeView[]} */
    this.nodes = []; // where there are several, the one that this page is connected to first
    this.ticket = ''; // by which the session goes on at another one
    this.elsewhere = new Elsewhere();
    this.silentSinceMs = 0;
    this.goesTo = ''; // the address of the node where the page goes on now
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

  /** An operator's name. */
  names = (operator) => this.operators.find((one) => one.operator === operator)?.name ?? operator;

  /** The operator of this page, as the others see it. */
  myself() {
    return this.operators.find((one) => one.operator === this.me.operator);
  }

  myShift() {
    return this.myself()?.state ?? 'off';
  }

  /** What may be ordered in this case: by command, why not, or null where it may. @param {CaseView} view */
  allowedIn(view) {
    const told = this.allowed.get(view.alert) ?? {};
    const why = told.take === null ? whyNotTake(this, view) : null;
    return why === null ? told : { ...told, take: why };
  }

  /**
   * Signed on by what came along; whether a session goes on from another node by its ticket.
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
   * What is known of a node: {node, web, alive, draining, left}; null where there is one, or it is not known.
   * @param {string} name
   */
  node(name) {
    return this.nodes.find((one) => one.node === name) ?? null;
  }

  /** Whether this is another node than the one that this page is connected to. @param {string} name */
  isElsewhere(name) {
    return this.nodes.length > 1 && Boolean(name) && name !== this.nodes[0].node;
  }

  /** Another way to sign on is tried. */
  forgetFault() {
    this.fail('');
  }

  /** Why the sign-on fails, before the center was asked. @param {string} fault */
  fail(fault) {
    this.signOnFault = fault;
  }

  /** By `{token}`, which is kept while the tab lives where it is good again, or by what is not kept. */
  async signOn(given) {
    if (given.token && !given.token.startsWith(RECOVERY)) sessionStorage.setItem(TOKEN, given.token);
    else sessionStorage.removeItem(TOKEN);
    this.#close(); // before the center ends the session that was, which would be news
    await this.#identify(given);
  }

  /** Why the center refuses it now, and everything stays as it was; empty where it is done. */
  async signOff() {
    const token = sessionStorage.getItem(TOKEN);
    sessionStorage.removeItem(TOKEN);
    this.#close(); // before the center ends it, which would be news
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

  retryNow() {
    if (this.link === 'lost') this.#connect();
  }

  /**
   * Order something; what the center says: {ok, reason}. An order has an id, and says what this page has
   * shown of the alert: a node that wakes late carries out nothing twice, and nothing that is out of date.
   * @param {string} alert @param {OperatorCommand} command @param {object} [more] What goes along with it.
   */
  command(alert, command, more = {}) {
    const order = { command, id: newId(), seen: this.cases.get(alert)?.version, ...more };
    return this.order(`/v1/alerts/${encodeURIComponent(alert)}/commands`, order);
  }

  /** @param {ShiftState} state @param {string} [reason] */
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

  /** @param {string} note @param {boolean} done */
  finishNote(note, done) {
    return this.order(`/v1/shift/notes/${encodeURIComponent(note)}/done`, { done });
  }

  /**
   * Acknowledge these, for all consoles.
   * @param {{ alarm: string, subject: string, since_us: number }[]} alarms
   */
  seen(alarms) {
    return this.order('/v1/alarms/seen', { alarms });
  }

  /**
   * Ask for something of the interface; a `Response`. Throws where the center cannot be reached.
   * @param {string} path @param {Record<string, string>} [more] Headers.
   */
  read(path, more = {}) {
    return this.#ask('GET', path, undefined, more);
  }

  /**
   * Send a file; a `Response`. Throws where the center cannot be reached.
   * @param {string} path @param {Blob} file @param {Record<string, string>} [more] Headers.
   */
  send(path, file, more = {}) {
    return this.#ask('POST', path, file, more);
  }

  /** Say that this alert is shown in full, or none. @param {string} alert */
  opened(alert) {
    this.shown = alert;
    if (this.socket?.readyState === WebSocket.OPEN)
      this.socket.send(JSON.stringify({ type: 'opened', alert }));
  }

  /** Somebody has pressed a key, or a button. */
  input() {
    if (Date.now() - this.inputAtMs < INPUT_MS || this.socket?.readyState !== WebSocket.OPEN) return;
    this.inputAtMs = Date.now();
    this.socket.send(JSON.stringify({ type: 'input' }));
  }

  /** Order something; what the center says: {ok, reason}. @param {string} path @param {object} body */
  async order(path, body) {
    if (this.link !== 'live') return { ok: false, reason: '' };
    try {
      let answer = await this.#ask('POST', path, body);
      if (answer.status === 401) {
        // The session is over. Who has given a token is signed on again by it.
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
   * What the center answers.
   * @param {string} method @param {string} path @param {object} [body]
   * @param {Record<string, string>} [more] Headers.
   */
  async ask(method, path, body = undefined, more = {}) {
    const answer = await this.#ask(method, path, body, more);
    // It may be that nothing is lacking any more.
    if (answer.ok && method !== 'GET') {
      const said = await this.#ask('GET', SESSION).catch(() => null);
      if (said?.ok) this.signedOn = await said.json();
    }
    return answer;
  }

  /** @param {string} method @param {string} path @param {Record<string, string>} [more] Headers. */
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

  async #identify(typed = null) {
    const token = sessionStorage.getItem(TOKEN);
    const given = typed ?? (token ? { token } : null);
    let answer = null;
    try {
      // A token that was given says who it is now, not the session of before.
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

  async #signedOn(answer) {
    this.signedOn = await answer.json();
    const { operator, csrf } = this.signedOn;
    this.csrf = csrf;
    if (operator !== this.me?.operator) this.seq = 0; // an operator's own comes with the whole picture
    this.signOnFault = '';
    this.#connect();
  }

  /** By the ticket of the session at another node. A refusal is final: each works once. */
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
      if (closed.code === ENDED_CODE) sessionStorage.removeItem(TOKEN); // not to be undone by it
      if (closed.code === SIGN_ON_CODE || closed.code === ENDED_CODE) this.#identify();
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
      this.silentSinceMs = Date.now();
      this.lostAtMs = this.heardAtMs || Date.now();
      this.attempt = 0;
      this.retryAtMs = Date.now() + RETRY_FIRST_MS;
    }
    this.changed();
  }

  #watch() {
    const now = Date.now();
    // A page that was itself held up has still to read what came meanwhile; once, for a hidden tab is always
    // slow.
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

  /** @param {Snapshot | Events | Levels | NodesTold} said */
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
    // The smallest delay seen is the truest; a small drift must not make clocks jump.
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
