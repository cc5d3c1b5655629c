// An alert from the press to its end: sent until the center has received it, followed, cancelled. state.js
// decides what the screen shows.

import { learnNumbers } from './contact.js';
import { keepAlert, keepProof } from './storage.js';
import { messagesReachCenter, afterState, cancelRequested, isClosed, newAlert, afterRaise } from './state.js';

const ANSWER_MS = 5000; // a request without an answer is repeated after this time
const WAIT_S = 25;
const PAUSES_MS = [300, 600, 1200, 2400, 5000];
const AFTER_CANCEL_MS = 600_000; // for this long after a cancellation positions are still sent
const RECEIVED_STATUSES = new Set([202, 400, 404]); // the message has arrived, accepted or not

export class Alert {
  /** `phoneOf()`: the user's number; `changed()`: called after every change. */
  constructor(api, clock, positions, phoneOf, changed) {
    this.api = api;
    this.clock = clock;
    this.positions = positions;
    this.phoneOf = phoneOf;
    this.changed = changed;
    this.battery = null;
    this.known = null;
    this.asked = null; // the alert that the user has left after requesting its cancellation
    this.run = 0; // counts alerts and ends: a task of an earlier run stops
    this.wakers = new Set();
    this.poll = null;
    addEventListener('online', () => this.#wake());
    addEventListener('offline', () => this.#wake());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#wake();
    });
  }

  /**
   * Raise an alert after the button was held. `kind`: `{test, silent}`. The id is created once, so that a
   * repeated request raises no second alert. If an alert with a requested cancellation may still be open,
   * that alert is raised again under its own id.
   */
  raise(kind) {
    const nowMs = Date.now();
    // Without the time, the center may take the request for an old copy.
    const id = (this.clock.isKnown && this.asked) || newId();
    this.#begin(newAlert(id, nowMs, this.#centerTime(nowMs), kind));
    this.asked = null;
    if (!navigator.onLine) this.#setState({ ...this.known, trouble: 'offline' });
  }

  /**
   * Continue the open alert silently. The alert is raised again as a silent alert under its own id: only the
   * id proves to the center that this phone raised the alert.
   */
  silence() {
    const raisedAt = this.#centerTime(Date.now());
    const id = this.known.alert ?? this.known.id;
    this.#begin({ ...this.known, id, raisedAt, silent: true, due: true });
  }

  /**
   * Report to the center that the phone rings with its call, as the user confirms: a page cannot detect
   * calls.
   */
  async reportRinging() {
    const {
      run,
      known: { alert },
    } = this;
    this.#setState({ ...this.known, rings: 'sending', reached: true });
    for (let tries = 0; this.run === run; tries += 1) {
      const { status } = await this.api.ringing(alert, ANSWER_MS);
      if (this.run !== run) return;
      if (RECEIVED_STATUSES.has(status)) {
        this.#setState({ ...this.known, rings: 'sent' });
        return;
      }
      if (!this.api.more) await this.#pause(tries);
    }
  }

  /** Continue the alert that was open when the page was closed. */
  resume(known) {
    this.#begin({ ...known, lost: false });
  }

  /**
   * Request the cancellation of the alert; the PIN is not stored. The cancellation is sent after the alert,
   * never in place of it.
   */
  async cancel(pin) {
    const { run } = this;
    const mine = Symbol('cancellation');
    this.cancelling = mine;
    const still = () => this.run === run && this.cancelling === mine;
    this.#setState({ ...this.known, asked: 'sending', askedMs: Date.now() });
    for (let tries = 0; still(); tries += 1) {
      const { alert } = this.known;
      const { status } = alert === null ? { status: 0 } : await this.api.cancel(alert, pin, ANSWER_MS);
      if (!still()) return;
      const arrived = RECEIVED_STATUSES.has(status);
      this.#setState({ ...this.known, asked: arrived ? 'sent' : 'unsent' });
      if (arrived) {
        this.#followTail();
        return;
      }
      if (!this.api.more) await this.#pause(tries);
    }
  }

  /** Note that the last screen was shown. */
  sawEnd() {
    if (!this.known.sawEnd) this.#setState({ ...this.known, sawEnd: true });
  }

  /** Leave an alert that has ended for this phone. */
  forget() {
    const tail = cancelRequested(this.known) && this.known.alert !== null;
    this.run += 1;
    this.poll?.abort();
    this.asked = tail ? this.known.alert : null;
    this.known = null;
    keepAlert(null);
    if (!tail) this.positions.stop();
    this.changed();
  }

  /** Start the tasks of an alert, and stop those of the alert before. */
  #begin(known) {
    this.run += 1;
    this.poll?.abort();
    this.#setState(known);
    this.positions.watch();
    if (!known.durable || known.due) this.#deliver(this.run);
    if (known.alert !== null) this.#followAccepted(this.run);
  }

  /** Set and store the alert's state. */
  #setState(known) {
    this.known = known;
    keepAlert(known);
    this.changed();
  }

  /** Send the alert until the center has stored it durably. */
  async #deliver(run) {
    for (let tries = 0; this.run === run; tries += 1) {
      const fix = this.positions.recent(Date.now());
      const answer = await this.api.raise(this.#body(fix), ANSWER_MS, !this.known.unsigned);
      if (this.run !== run) return;
      this.api.addresses.learn(answer.data?.nodes);
      learnNumbers(answer.data?.calls_from);
      learnProof(answer.data ?? {});
      // A request that may have arrived unsigned must not be signed later: it would be another alert.
      if (!answer.signed) this.known = { ...this.known, unsigned: true };
      const before = this.known.alert;
      const had = before !== null;
      // Immediately, without showing a failure: another node may accept the alert.
      if (!answer.data?.alert && this.api.more) continue;
      // For an alert that the center has already, a lost answer is no news.
      if (!had || answer.data?.alert) this.#setState(afterRaise(this.known, answer, navigator.onLine));
      if (!had && this.known.alert !== null) this.#followAccepted(run, fix);
      else if (this.known.alert !== before) this.positions.follow(this.known.alert, fix);
      if (this.known.durable && !this.known.due) return;
      await this.#pause(tries);
    }
  }

  /**
   * Return the time of the press by the center's clock; null while that clock is unknown. A slow phone clock
   * could put a new alert before the end of a closed alert.
   */
  #centerTime(nowMs) {
    return this.clock.isKnown ? new Date(this.clock.center(nowMs)).toISOString() : null;
  }

  /** Return the request that raises the alert. */
  #body(fix) {
    const { id, test, silent, raisedAt } = this.known;
    const body = { id, phone: this.phoneOf(), test, silent: Boolean(silent) };
    if (raisedAt !== null) body.raised_at = raisedAt;
    if (fix !== null) body.position = this.positions.body(fix);
    if (this.battery) body.battery_pct = Math.round(this.battery.level * 100);
    return body;
  }

  /** Send positions and request the state, once the center has accepted the alert. */
  #followAccepted(run, sent = null) {
    if (cancelRequested(this.known)) {
      this.#followTail();
      return;
    }
    if (!isClosed(this.known)) this.positions.follow(this.known.alert, sent);
    if (this.known.rings === 'sending') this.reportRinging();
    this.#follow(run);
  }

  /** Request the alert's state until its end. */
  async #follow(run) {
    let tries = 0;
    while (this.run === run && !cancelRequested(this.known)) {
      const before = this.known.state?.version ?? null;
      // Without a known state, the center answers immediately rather than at the next change.
      const atOnce = before === null || this.known.lost;
      this.poll = new AbortController();
      const beganMs = Date.now();
      const answer = await this.api.state(
        this.known.alert,
        atOnce ? null : before,
        atOnce ? 0 : WAIT_S,
        this.poll.signal,
      );
      if (this.run !== run || cancelRequested(this.known)) return;
      if (answer.status !== 200 && this.api.more) continue; // another node may have the alert
      const wasClosed = isClosed(this.known);
      this.#setState(afterState(this.known, answer));
      if (isClosed(this.known)) {
        this.positions.stop();
        if (!messagesReachCenter(this.known, this.clock.center(Date.now()))) return;
        // An operator has reopened the alert.
      } else if (wasClosed) this.positions.follow(this.known.alert, null);
      tries = answer.status === 200 ? 0 : tries + 1;
      // A center that is stopping answers immediately without a change.
      const idle =
        !atOnce && answer.status === 200 && answer.data.version === before && Date.now() - beganMs < 1000;
      if (tries > 0 || idle) await this.#pause(Math.max(tries - 1, idle ? 2 : 0));
    }
  }

  /** Stop requesting the state after a cancellation: the screen stays. Positions are sent for some time. */
  #followTail() {
    this.poll?.abort();
    if (this.known.alert !== null)
      this.positions.follow(this.known.alert, null, this.known.askedMs + AFTER_CANCEL_MS);
  }

  /** Wait before the next attempt: longer each time, at most until the connection changes. */
  #pause(tries) {
    const ms = PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)];
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.wakers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.wakers.add(done);
    });
  }

  /** End all pauses; without a connection, abort the open request. */
  #wake() {
    for (const wake of [...this.wakers]) wake();
    // A request over a lost connection would wait for its full time.
    if (!navigator.onLine) this.poll?.abort();
  }
}

/** Store whether the center accepts alerts as this phone's own. */
function learnProof({ proof, doubt }) {
  if (proof === 'device') keepProof({ provedMs: Date.now(), doubt: '' });
  else if (proof) keepProof({ doubt: doubt ?? 'unsigned' });
}

/** Return 128 random bits in hexadecimal; older web views lack `crypto.randomUUID`. */
const newId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
