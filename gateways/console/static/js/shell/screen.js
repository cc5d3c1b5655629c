// The screen's state: the place and the alert shown, the position of the arrow keys. Only the methods of
// `Screen` change this state; facts come from the feed.

import { byUrgency } from '../alerts/urgency.js';
import { isCalledFor, isOwnCase } from '../case/situation.js';
import { nextStep } from '../steps/next-step.js';
import { isFor } from './sections.js';

const LISTED = 100;

/**
 * Return when the operator of this page answered the call for this case, or 0.
 * @param {CaseView} view @param {MeView} me
 */
const answeredUs = ({ operator_leg: leg }, me) => (leg.operator === me.operator && leg.answered_us) || 0;

export class Screen {
  /** @type {Section} */
  section = 'case'; // one of the places of sections.js
  /** @type {string} */
  chosen = null; // the alert that is shown
  /** @type {string} */
  cursor = null; // the alert under the arrow keys
  help = false; // the list of keys covers the page
  changedAtMs = 0; // when the meaning of a key changed last
  leftAtMs = 0; // when a place was left with Esc last
  #meanings = '';
  #operator = ''; // the operator of this page
  #answered = { alert: '', atUs: 0 }; // the case of the last answered call, and the time of the answer

  /**
   * `on`: `draw()`, `opened()` after another alert is shown, `entered(section)` after another place is shown.
   * @param {Feed} feed
   */
  constructor(feed, acknowledged, on) {
    this.feed = feed;
    this.acknowledged = acknowledged;
    this.on = on;
  }

  /**
   * Return the operator's own case, or the case that the operator is being called for; of several, the case
   * with the latest answer.
   */
  ownCase() {
    const { cases, me } = this.feed;
    const open = [...cases.values()].filter((view) => view.closed_us === null);
    const [last] = open
      .filter((view) => isOwnCase(view, me))
      .sort((a, b) => answeredUs(b, me) - answeredUs(a, me));
    return last ?? open.find((view) => isCalledFor(view, me)) ?? null;
  }

  /** Return the operator's own case while the screen shows something else; else null. */
  hiddenOwnCase() {
    const my = this.ownCase();
    const here = this.section === 'case' && this.chosen === my?.alert;
    return my && isOwnCase(my, this.feed.me) && !here ? my : null;
  }

  /** Leave the case that is shown, for the operator's own case, else for the shift. */
  back() {
    this.open(this.ownCase()?.alert ?? null);
  }

  /** Leave the place that is shown, for the operator's own case, else for what was shown before. */
  leave() {
    this.leftAtMs = this.changedAtMs = Date.now();
    if (this.hiddenOwnCase()) this.back();
    else this.go('case');
  }

  /** Return the alert that the operator is being called for and has not acknowledged. */
  incoming() {
    const { feed } = this;
    const view = this.ownCase();
    if (!view || !isCalledFor(view, feed.me) || feed.link === 'lost') return null;
    return this.acknowledged.has(view, feed.me) ? null : view;
  }

  /** Return the case that is shown; null without one. */
  selected() {
    return this.chosen === null ? null : (this.feed.cases.get(this.chosen) ?? null);
  }

  /** Return the open alerts: the operator's own first, then by urgency. */
  listed() {
    const { cases, me } = this.feed;
    /** @param {CaseView} view */
    const own = (view) => (isOwnCase(view, me) || isCalledFor(view, me) ? 0 : 1);
    return [...cases.values()]
      .filter((view) => view.closed_us === null || view.alert === this.chosen)
      .sort((a, b) => own(a) - own(b) || byUrgency(a, b))
      .slice(0, LISTED);
  }

  /** Show this alert in full, or none. @param {string} alert */
  open(alert) {
    this.section = 'case';
    this.#show(alert);
    this.on.opened();
    this.on.draw();
  }

  /** Move the cursor of the list. @param {string} alert */
  point(alert) {
    this.cursor = alert;
  }

  /** Cover the page with the list of keys, or uncover the page. @param {boolean} help */
  cover(help) {
    this.help = help;
  }

  /** Return true if the operator's role may open this place. @param {Section} section */
  may(section) {
    return isFor(section, this.feed.me.role);
  }

  /** Show this place, and put the focus on its heading. @param {Section} section */
  go(section) {
    if (!this.may(section)) return;
    const from = this.section;
    this.section = section;
    if (section !== from) this.on.entered(section);
    this.on.draw();
    document.querySelector('main h1')?.focus({ preventScroll: true });
  }

  /** Show the alert that was shown at another node. @param {string} alert */
  restore(alert) {
    this.chosen = alert;
    this.cursor = alert;
  }

  /** Show nothing any more: the operator has signed off. */
  clear() {
    this.chosen = null;
    this.section = 'case';
  }

  /**
   * Update what is shown after news from the center. Return true if a key may mean something other than
   * before.
   */
  follow() {
    const { feed, acknowledged } = this;
    const my = this.ownCase();
    // Another operator uses this page now.
    if (this.#operator && this.#operator !== feed.me.operator) this.clear();
    this.#operator = feed.me.operator;
    if (!this.may(this.section)) this.section = 'case'; // the role has changed
    if (my && !acknowledged.has(my, feed.me)) {
      this.section = 'case'; // a new alert takes the screen
      this.help = false;
    }
    // An alert that another operator has may be handed to this operator again, and then sounds again.
    for (const view of feed.cases.values())
      if (view.operator && !isOwnCase(view, feed.me) && !isCalledFor(view, feed.me))
        acknowledged.delete(view);
    if (my && isOwnCase(my, feed.me)) acknowledged.add(my); // the phone was answered
    this.#followCall(my);
    const nothingOpen = this.chosen === null || feed.cases.get(this.chosen)?.closed_us !== null;
    if (my && acknowledged.has(my, feed.me) && nothingOpen) this.#show(my.alert);
    if (this.chosen !== null && !feed.cases.has(this.chosen)) this.chosen = my?.alert ?? null;
    const view = this.section === 'case' ? this.selected() : null;
    if ((view?.alert ?? null) !== feed.shownAlert) feed.reportShown(view?.alert ?? null);
    const means = view ? this.#meaningsOf(view) : '';
    const now = `${this.incoming()?.alert ?? ''}/${this.chosen}/${means}`;
    if (now === this.#meanings) return false;
    this.#meanings = now;
    this.changedAtMs = Date.now();
    return true;
  }

  /**
   * Return the meanings of keys that change: the key of the step, and keys that undo themselves.
   * @param {CaseView} view
   */
  #meaningsOf(view) {
    const { key, command } = this.step(view);
    return `${key}/${command === 'withdraw_psap'}/${view.user_hears_nobody}`;
  }

  /** Return the next step in this case. @param {CaseView} view */
  step(view) {
    const { feed } = this;
    return nextStep(view, feed.allowedIn(view), feed.me, feed.nowUs(), feed.names, feed.center).step;
  }

  /**
   * Show the case of the call that the operator has just answered. Typed text belongs to the case before, and
   * stays there.
   * @param {CaseView | null} my
   */
  #followCall(my) {
    const { feed } = this;
    const before = this.#answered;
    const on = my && isOwnCase(my, feed.me) ? { alert: my.alert, atUs: answeredUs(my, feed.me) } : null;
    this.#answered = on ?? { alert: '', atUs: 0 };
    if (!on || (on.alert === before.alert && on.atUs <= before.atUs)) return;
    if (!this.hiddenOwnCase()) return;
    this.section = 'case';
    this.help = false;
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    this.#show(on.alert);
    this.on.opened();
  }

  /** Show an alert, and report it to the center as opened. @param {string} alert */
  #show(alert) {
    this.chosen = alert;
    this.cursor = alert;
    this.feed.reportShown(alert);
  }
}
