// One alert from the press to its end: raise it until it is taken, follow it, cancel it. What is shown is
// state.js's matter.

import { learnNumbers } from './contact.js';
import { keepAlert, keepProof } from './keeping.js';
import { goesOn, heard, isAsked, isClosed, pressed, raised } from './state.js';

const ANSWER_MS = 5000; // a question without an answer for so long is asked again
const WAIT_S = 25;
const PAUSES_MS = [300, 600, 1200, 2400, 5000];
const TAIL_MS = 600_000; // how long after a cancellation positions are still sent
const ARRIVED = new Set([202, 400, 404]); // what is said of an alert has arrived, whatever came of it

export class Alert {
  /** `phoneOf()` is her number; `changed()` is called after everything new. */
  constructor(api, clock, positions, phoneOf, changed) {
    this.api = api;
    this.clock = clock;
    this.positions = positions;
    this.phoneOf = phoneOf;
    this.changed = changed;
    this.battery = null;
    this.known = null;
    this.asked = null; // the alert that she has left after asking to cancel it
    this.run = 0; // grows with every alert and every end: what was begun before it gives up
    this.wakers = new Set();
    this.poll = null;
    addEventListener('online', () => this.#wake());
    addEventListener('offline', () => this.#wake());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#wake();
    });
  }

  /**
   * Held. `kind` is `{test, silent}`. The id is made once: sending again makes no second alert. An alert that
   * was asked to be cancelled may be open still: by its own name that one is raised again.
   */
  raise(kind) {
    const nowMs = Date.now();
    // Without the time it may be taken for an old copy.
    const id = (this.clock.isKnown && this.asked) || newId();
    this.#begin(pressed(id, nowMs, this.#centerTime(nowMs), kind));
    this.asked = null;
    if (!navigator.onLine) this.#now({ ...this.known, trouble: 'offline' });
  }

  /**
   * The open alert goes on without a sound: it is raised once more, as a silent one, and by its own name,
   * which is all that shows the center that this phone raised it.
   */
  silence() {
    const raisedAt = this.#centerTime(Date.now());
    const id = this.known.alert ?? this.known.id;
    this.#begin({ ...this.known, id, raisedAt, silent: true, due: true });
  }

  /** The phone rings with the center's call, says who has it in hand: a page cannot see calls. */
  async tellRinging() {
    const {
      run,
      known: { alert },
    } = this;
    this.#now({ ...this.known, rings: 'sending', reached: true });
    for (let tries = 0; this.run === run; tries += 1) {
      const { status } = await this.api.ringing(alert, ANSWER_MS);
      if (this.run !== run) return;
      if (ARRIVED.has(status)) {
        this.#now({ ...this.known, rings: 'sent' });
        return;
      }
      if (!this.api.more) await this.#pause(tries);
    }
  }

  /** Go on with the alert that was open when the page was left. */
  resume(known) {
    this.#begin({ ...known, lost: false });
  }

  /** She asks to cancel; the PIN is kept nowhere. It is sent after the alert, never instead of it. */
  async cancel(pin) {
    const { run } = this;
    const mine = Symbol('cancellation');
    this.cancelling = mine;
    const still = () => this.run === run && this.cancelling === mine;
    this.#now({ ...this.known, asked: 'sending', askedMs: Date.now() });
    for (let tries = 0; still(); tries += 1) {
      const { alert } = this.known;
      const { status } = alert === null ? { status: 0 } : await this.api.cancel(alert, pin, ANSWER_MS);
      if (!still()) return;
      const arrived = ARRIVED.has(status);
      this.#now({ ...this.known, asked: arrived ? 'sent' : 'unsent' });
      if (arrived) {
        this.#tail();
        return;
      }
      if (!this.api.more) await this.#pause(tries);
    }
  }

  /** The last word was on a screen. */
  sawEnd() {
    if (!this.known.sawEnd) this.#now({ ...this.known, sawEnd: true });
  }

  /** Leave an alert that is over, as far as this phone is concerned. */
  forget() {
    const tail = isAsked(this.known) && this.known.alert !== null;
    this.run += 1;
    this.poll?.abort();
    this.asked = tail ? this.known.alert : null;
    this.known = null;
    keepAlert(null);
    if (!tail) this.positions.stop();
    this.changed();
  }

  #begin(known) {
    this.run += 1;
    this.poll?.abort();
    this.#now(known);
    this.positions.watch();
    if (!known.durable || known.due) this.#deliver(this.run);
    if (known.alert !== null) this.#taken(this.run);
  }

  #now(known) {
    this.known = known;
    keepAlert(known);
    this.changed();
  }

  /** Send the alert until the center has it, durably. */
  async #deliver(run) {
    for (let tries = 0; this.run === run; tries += 1) {
      const fix = this.positions.recent(Date.now());
      const answer = await this.api.raise(this.#body(fix), ANSWER_MS, !this.known.unsigned);
      if (this.run !== run) return;
      this.api.addresses.learn(answer.said?.nodes);
      learnNumbers(answer.said?.calls_from);
      learnProof(answer.said ?? {});
      // Signed, what may have arrived unsigned would be another alert.
      if (!answer.signed) this.known = { ...this.known, unsigned: true };
      const before = this.known.alert;
      const had = before !== null;
      // At once, and nothing is said of it: another node may take it.
      if (!answer.said?.alert && this.api.more) continue;
      // Of an alert that it has already, a lost answer says nothing new.
      if (!had || answer.said?.alert) this.#now(raised(this.known, answer, navigator.onLine));
      if (!had && this.known.alert !== null) this.#taken(run, fix);
      else if (this.known.alert !== before) this.positions.follow(this.known.alert, fix);
      if (this.known.durable && !this.known.due) return;
      await this.#pause(tries);
    }
  }

  /**
   * A phone's clock that is behind could put a new alert before the end of a closed one: the corrected time
   * or none.
   */
  #centerTime(nowMs) {
    return this.clock.isKnown ? new Date(this.clock.center(nowMs)).toISOString() : null;
  }

  #body(fix) {
    const { id, test, silent, raisedAt } = this.known;
    const body = { id, phone: this.phoneOf(), test, silent: Boolean(silent) };
    if (raisedAt !== null) body.raised_at = raisedAt;
    if (fix !== null) body.position = this.positions.body(fix);
    if (this.battery) body.battery_pct = Math.round(this.battery.level * 100);
    return body;
  }

  #taken(run, sent = null) {
    if (isAsked(this.known)) {
      this.#tail();
      return;
    }
    if (!isClosed(this.known)) this.positions.follow(this.known.alert, sent);
    if (this.known.rings === 'sending') this.tellRinging();
    this.#follow(run);
  }

  async #follow(run) {
    let tries = 0;
    while (this.run === run && !isAsked(this.known)) {
      const before = this.known.state?.version ?? null;
      // Known nothing yet, or lost it: an answer at once, and not at the next change.
      const atOnce = before === null || this.known.lost;
      this.poll = new AbortController();
      const beganMs = Date.now();
      const answer = await this.api.state(
        this.known.alert,
        atOnce ? null : before,
        atOnce ? 0 : WAIT_S,
        this.poll.signal,
      );
      if (this.run !== run || isAsked(this.known)) return;
      if (answer.status !== 200 && this.api.more) continue; // another node may know
      const wasClosed = isClosed(this.known);
      this.#now(heard(this.known, answer));
      if (isClosed(this.known)) {
        this.positions.stop();
        if (!goesOn(this.known, this.clock.center(Date.now()))) return;
      } else if (wasClosed) this.positions.follow(this.known.alert, null); // an operator has reopened it
      tries = answer.status === 200 ? 0 : tries + 1;
      // A center that is being stopped answers at once and says nothing new.
      const idle =
        !atOnce && answer.status === 200 && answer.said.version === before && Date.now() - beganMs < 1000;
      if (tries > 0 || idle) await this.#pause(Math.max(tries - 1, idle ? 2 : 0));
    }
  }

  /** After a cancellation the alert is no longer asked for: it stands still. Positions go on a while. */
  #tail() {
    this.poll?.abort();
    if (this.known.alert !== null)
      this.positions.follow(this.known.alert, null, this.known.askedMs + TAIL_MS);
  }

  /** Wait before the next try: longer each time, and no longer than until the connection changes. */
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

  #wake() {
    for (const wake of [...this.wakers]) wake();
    // A poll over a connection that is gone would wait for its full time.
    if (!navigator.onLine) this.poll?.abort();
  }
}

/** By what the center takes an alert for this phone's own. */
function learnProof({ proof, doubt }) {
  if (proof === 'device') keepProof({ provedMs: Date.now(), doubt: '' });
  else if (proof) keepProof({ doubt: doubt ?? 'unsigned' });
}

/** 128 random bits; `crypto.randomUUID` is missing in older web views. */
const newId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
