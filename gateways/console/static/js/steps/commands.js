// The commands that the operator sends from this page, and the refusals shown for them.

import { newId } from '../link/feed.js';
import * as waiting from '../alerts/unassigned.js';
import { reason, say } from '../words/words.js';

const ARMED_MS = 3000;
const REFUSED_MS = 8000;
const RESEND_WITHIN_MS = 10_000; // age at which an unanswered command expires

/**
 * @typedef {{ key: string, alert: string, command: OperatorCommand, more: { id: string, seen?: number },
 *   atMs: number }} SentCommand
 */

/** @typedef {{ key: string, command: OperatorCommand, alert: string }} Armed */

/** The commands of this page: sent, armed, refused, and unanswered. */
export class Commands {
  /** The command that waits for Enter; null if none. @type {Armed | null} */
  #armed = null;
  #refusal = null;
  /** The commands without an answer yet, by id. @type {Map<string, SentCommand>} */
  #pending = new Map();
  /** The commands of another node's page that must be sent again here. @type {SentCommand[]} */
  #toResend = [];

  /** `known` holds the acknowledged alerts. @param {Feed} feed @param {() => void} draw */
  constructor(feed, screen, acknowledged, draw) {
    this.feed = feed;
    this.screen = screen;
    this.acknowledged = acknowledged;
    this.draw = draw;
  }

  /**
   * Show under the key why its command was not executed.
   * @param {string} key @param {string} alert @param {string} why
   */
  refuse(key, alert, why) {
    if (this.feed.link === 'signed-off') return; // the sign-on page shows this
    const text = why ? reason(why) : say`No connection`;
    this.#refusal = { key, alert, text, untilMs: Date.now() + REFUSED_MS };
    this.draw();
  }

  /** Return the last refusal: {key, alert, text}; null after some seconds. */
  get refusal() {
    if (this.#refusal && Date.now() > this.#refusal.untilMs) this.#refusal = null;
    return this.#refusal;
  }

  /** Return the refusal of this key outside a case, else ''. @param {string} key */
  refusalOf(key) {
    return this.refusal?.key === key ? this.refusal.text : '';
  }

  /**
   * Return the refusal of this key in this case, else ''.
   * @param {{ alert: string }} view @param {string} key
   */
  refusalIn(view, key) {
    return this.refusal?.alert === view.alert ? this.refusalOf(key) : '';
  }

  /** Refuse a key that was meant for the screen before. @param {string} key @param {string} alert */
  refuseEarly(key, alert) {
    const name = key === 'Space' ? say`Space` : key;
    this.refuse(key, alert, say`${name} was not taken: the screen had just changed. Press again.`);
  }

  /**
   * Refuse a key pressed while the center cannot be reached: no command is sent, now or later.
   * @param {string} key @param {string} alert
   */
  refuseOffline(key, alert) {
    this.refuse(
      key,
      alert,
      say`${key} was not sent: the centre did not answer. Press again once it answers.`,
    );
  }

  /**
   * Refuse a single letter in a field: it was meant as a key, and is removed from the field.
   * @param {string} key @param {string} alert
   */
  refuseTyped(key, alert) {
    const text = say`${key} went into a field, and was not kept. If it was a command: Esc, then ${key}.`;
    this.refuse(key, alert, text);
  }

  /**
   * Send `command` for the alert that is shown.
   * @param {string} key @param {OperatorCommand} command @param {string} [to] @param {string} [party]
   */
  async send(key, command, to = null, party = null) {
    const alert = this.screen.chosen;
    const view = this.feed.cases.get(alert);
    const expectsCall = command === 'take' && view && !this.acknowledged.has(view, this.feed.me);
    if (expectsCall) this.acknowledged.add(view); // the operator expects the call: no alarm sounds
    if (command === 'take') waiting.noteRequested(alert);
    const more = {
      id: newId(),
      seen: view?.version,
      ...(to === null ? {} : { to }),
      ...(party === null ? {} : { party }),
    };
    const ok = await this.#deliver({ key, alert, command, more, atMs: Date.now() });
    if (expectsCall && !ok) this.acknowledged.delete(view);
  }

  /**
   * Send a command, and show its refusal. Return true if the center accepted it.
   * @param {SentCommand} sent
   */
  async #deliver(sent) {
    const { key, alert, command, more } = sent;
    this.#pending.set(more.id, sent);
    const answer = await this.feed.command(alert, command, more);
    this.#pending.delete(more.id);
    if (!answer.ok) this.refuse(key, alert, answer.reason);
    return answer.ok;
  }

  /** Return the unanswered commands, for the page of another node: this node may be frozen or gone. */
  unanswered() {
    return [...this.#pending.values()];
  }

  /** Take over the commands that another node has not answered. @param {unknown} sent */
  restore(sent) {
    if (Array.isArray(sent)) this.#toResend = sent.filter((one) => typeof one?.more?.id === 'string');
  }

  /**
   * Send these commands once the alerts are here, with the same ids and versions: two nodes execute such a
   * command once.
   */
  resend() {
    if (!this.#toResend.length || this.feed.link !== 'live') return;
    const recent = this.#toResend.filter((one) => Date.now() - one.atMs < RESEND_WITHIN_MS);
    this.#toResend = [];
    for (const one of recent) this.#deliver(one);
  }

  /**
   * Change the operator's own shift, and show a refusal under the key.
   * @param {string} key @param {ShiftState} state @param {string} [why]
   */
  async changeShift(key, state, why = '') {
    const answer = await this.feed.shift(state, why);
    if (!answer.ok) this.refuse(key, null, answer.reason);
  }

  /** Return the key that waits for Enter, or null. */
  get armed() {
    return this.#armed?.key ?? null;
  }

  /** Return the command that waits for Enter in this case, or null. @param {CaseView} view */
  armedIn(view) {
    return this.#armed?.alert === view.alert ? this.#armed.command : null;
  }

  /**
   * Arm a key: for some seconds Enter confirms its command.
   * @param {string} key @param {OperatorCommand} command
   */
  arm(key, command) {
    const armed = { key, command, alert: this.screen.chosen };
    this.#armed = armed;
    this.#refusal = null; // an earlier refusal does not apply any longer
    setTimeout(() => {
      if (this.#armed !== armed) return;
      this.disarm();
      this.draw();
    }, ARMED_MS);
    this.draw();
  }

  /** Disarm the key that waits for Enter. */
  disarm() {
    this.#armed = null;
  }

  /** Disarm the key; return the command that Enter confirms in this case, or null. @param {CaseView} view */
  takeArmed(view) {
    const armed = this.#armed?.alert === view.alert ? this.#armed : null;
    this.disarm();
    return armed;
  }

  /** Disarm and drop the refusal, because the screen has changed. */
  reset() {
    this.disarm();
    this.#refusal = null;
  }
}
