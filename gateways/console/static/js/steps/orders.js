// What the operator orders from this page, and what is said where it is refused, or was not taken.

import * as waiting from '../alerts/waiting.js';
import { either, reason, t } from '../words/words.js';

const ARMED_MS = 3000;
const REFUSED_MS = 8000;

export class Orders {
  /** The key that waits for Enter; null where none does. */
  armed = null;
  #armedFor = null;
  #refusal = null;

  /** @param {Feed} feed @param {() => void} draw */
  constructor(feed, screen, known, draw) {
    this.feed = feed;
    this.screen = screen;
    this.known = known;
    this.draw = draw;
  }

  /**
   * Say under the key why it was not carried out.
   * @param {string} key @param {string} alert @param {string} why
   */
  refuse(key, alert, why) {
    if (this.feed.link === 'signed-off') return; // that is said where one signs on again
    const text = why ? reason(why) : t('noConnection');
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
    const name = key === 'Space' ? t('space') : key;
    const it = `${name} non è stato preso: lo schermo era appena cambiato. Premi di nuovo.`;
    const en = `${name} was not taken: the screen had just changed. Press again.`;
    this.refuse(key, alert, either(it, en));
  }

  /**
   * Order `command` for the alert that is shown.
   * @param {string} key @param {OperatorCommand} command @param {string} [to] @param {string} [party]
   */
  async order(key, command, to = null, party = null) {
    const alert = this.screen.chosen;
    const view = this.feed.cases.get(alert);
    const asks = command === 'take' && view && !this.known.has(view, this.feed.me);
    if (asks) this.known.add(view); // the phone will ring because it was asked for: no alarm
    if (command === 'take') waiting.asked(alert);
    const answer = await this.feed.command(alert, command, {
      ...(to === null ? {} : { to }),
      ...(party === null ? {} : { party }),
    });
    if (answer.ok) return;
    if (asks) this.known.delete(view);
    this.refuse(key, alert, answer.reason);
  }

  /** @param {string} key @param {ShiftState} state @param {string} [why] */
  async shift(key, state, why = '') {
    const answer = await this.feed.shift(state, why);
    if (!answer.ok) this.refuse(key, null, answer.reason);
  }

  /** Wait some seconds for Enter. @param {string} key */
  arm(key) {
    const alert = this.screen.chosen;
    this.armed = key;
    this.#armedFor = alert;
    this.#refusal = null; // that it was refused before is over
    setTimeout(() => {
      if (this.armed !== key || this.#armedFor !== alert) return;
      this.armed = null;
      this.draw();
    }, ARMED_MS);
    this.draw();
  }

  disarm() {
    this.armed = null;
  }

  /** The key that Enter confirms in this case, which is armed no longer. @param {CaseView} view */
  confirmed(view) {
    const key = this.#armedFor === view.alert ? this.armed : null;
    this.armed = null;
    return key;
  }

  /** The screen has changed: nothing waits any more, and no refusal is of what is seen. */
  forget() {
    this.armed = null;
    this.#refusal = null;
  }
}
