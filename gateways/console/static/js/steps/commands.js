// What the operator orders from this page, and what is said where it is refused, or was not taken.

import { newId } from '../link/feed.js';
import * as waiting from '../alerts/unassigned.js';
import { reason, say } from '../words/words.js';

const ARMED_MS = 3000;
const REFUSED_MS = 8000;
const GIVEN_AGAIN_MS = 10_000; // what was ordered before is looked at anew

/**
 * @typedef {{ key: string, alert: string, command: OperatorCommand, more: { id: string, seen?: number },
 *   atMs: number }} Order
 */

/** @typedef {{ key: string, command: OperatorCommand, alert: string }} Armed */

export class Orders {
  /** What waits for Enter; null where nothing does. @type {Armed | null} */
  #armed = null;
  #refusal = null;
  /** Those that no answer has come to, by id. @type {Map<string, Order>} */
  #unanswered = new Map();
  /** Those of another node that are to be given here. @type {Order[]} */
  #again = [];

  /** @param {Feed} feed @param {() => void} draw */
  constructor(feed, screen, acknowledged, draw) {
    this.feed = feed;
    this.screen = screen;
    this.acknowledged = acknowledged;
    this.draw = draw;
  }

  /**
   * Say under the key why it was not carried out.
   * @param {string} key @param {string} alert @param {string} why
   */
  refuse(key, alert, why) {
    if (this.feed.link === 'signed-off') return; // that is said where one signs on again
    const text = why ? reason(why) : say`No connection`;
    this.#refusal = { key, alert, text, untilMs: Date.now() + REFUSED_MS };
    this.draw();
  }

  /** What was refused last: {key, alert, text}; null once it has been there long enough. */
  get refused() {
    if (this.#refusal && Date.now() > this.#refusal.untilMs) this.#refusal = null;
    return this.#refusal;
  }

  /** Why this key was refused outside a case; else ''. @param {string} key */
  whyNot(key) {
    return this.refused?.key === key ? this.refused.text : '';
  }

  /** Why this key was refused in this case; else ''. @param {{ alert: string }} view @param {string} key */
  whyNotIn(view, key) {
    return this.refused?.alert === view.alert ? this.whyNot(key) : '';
  }

  /** A key that was meant for the screen before. @param {string} key @param {string} alert */
  notTaken(key, alert) {
    const name = key === 'Space' ? say`Space` : key;
    this.refuse(key, alert, say`${name} was not taken: the screen had just changed. Press again.`);
  }

  /**
   * A key pressed while the center is out of reach orders nothing, then or later.
   * @param {string} key @param {string} alert
   */
  notSent(key, alert) {
    this.refuse(
      key,
      alert,
      say`${key} was not sent: the centre did not answer. Press again once it answers.`,
    );
  }

  /** A letter alone in a field was a key, and is not kept. @param {string} key @param {string} alert */
  notWritten(key, alert) {
    const text = say`${key} went into a field, and was not kept. If it was a command: Esc, then ${key}.`;
    this.refuse(key, alert, text);
  }

  /**
   * Order `command` for the alert that is shown.
   * @param {string} key @param {OperatorCommand} command @param {string} [to] @param {string} [party]
   */
  async order(key, command, to = null, party = null) {
    const alert = this.screen.chosen;
    const view = this.feed.cases.get(alert);
    const asks = command === 'take' && view && !this.acknowledged.has(view, this.feed.me);
    if (asks) this.acknowledged.add(view); // the phone will ring because it was asked for: no alarm
    if (command === 'take') waiting.asked(alert);
    const more = {
      id: newId(),
      seen: view?.version,
      ...(to === null ? {} : { to }),
      ...(party === null ? {} : { party }),
    };
    const ok = await this.#give({ key, alert, command, more, atMs: Date.now() });
    if (asks && !ok) this.acknowledged.delete(view);
  }

  /** @param {Order} order */
  async #give(order) {
    const { key, alert, command, more } = order;
    this.#unanswered.set(more.id, order);
    const answer = await this.feed.command(alert, command, more);
    this.#unanswered.delete(more.id);
    if (!answer.ok) this.refuse(key, alert, answer.reason);
    return answer.ok;
  }

  /** The orders that go along to another node: this one may be frozen, or gone. */
  kept() {
    return [...this.#unanswered.values()];
  }

  /** Orders that another node has not answered, to be given here. @param {unknown} kept */
  restore(kept) {
    if (Array.isArray(kept)) this.#again = kept.filter((one) => typeof one?.more?.id === 'string');
  }

  /**
   * Give them as soon as the alerts are here: the same orders, with what was seen then. Whichever node takes
   * one first, it is one order.
   */
  goOn() {
    if (!this.#again.length || this.feed.link !== 'live') return;
    const given = this.#again.filter((one) => Date.now() - one.atMs < GIVEN_AGAIN_MS);
    this.#again = [];
    for (const one of given) this.#give(one);
  }

  /** @param {string} key @param {ShiftState} state @param {string} [why] */
  async shift(key, state, why = '') {
    const answer = await this.feed.shift(state, why);
    if (!answer.ok) this.refuse(key, null, answer.reason);
  }

  /** The key that waits for Enter; null where none does. */
  get armed() {
    return this.#armed?.key ?? null;
  }

  /** The command that waits for Enter in this case; null where none does. @param {CaseView} view */
  armedIn(view) {
    return this.#armed?.alert === view.alert ? this.#armed.command : null;
  }

  /** Wait some seconds for Enter. @param {string} key @param {OperatorCommand} command */
  arm(key, command) {
    const armed = { key, command, alert: this.screen.chosen };
    this.#armed = armed;
    this.#refusal = null; // that it was refused before is over
    setTimeout(() => {
      if (this.#armed !== armed) return;
      this.disarm();
      this.draw();
    }, ARMED_MS);
    this.draw();
  }

  disarm() {
    this.#armed = null;
  }

  /** What Enter confirms in this case, which waits no longer. @param {CaseView} view */
  confirmed(view) {
    const armed = this.#armed?.alert === view.alert ? this.#armed : null;
    this.disarm();
    return armed;
  }

  /** The screen has changed: nothing waits any more, and no refusal is of what is seen. */
  forget() {
    this.disarm();
    this.#refusal = null;
  }
}
