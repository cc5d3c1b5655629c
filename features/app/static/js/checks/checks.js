// The checks: a check takes the path of an alert up to the center's case, which ends itself. A check never
// delays an alert: a new alert ends the check immediately.

import { checksOf, done, failed, isDue, whyNot } from './schedule.js';

const ANSWER_MS = 8000;
const OVER_WITHIN_MS = 20_000;
const RINGS_WITHIN_MS = 150_000;
const WAIT_S = 5;
const AFTER_OPENING_MS = 30_000; // nothing may delay a user who opens the app to raise an alert
const EVERY_MS = 60_000;

export class Checks {
  /** `isFree()`: no alert is open and no button is held; `changed()`: called after every change. */
  constructor(api, key, isFree, changed) {
    this.api = api;
    this.key = key;
    this.isFree = isFree;
    this.changed = changed;
    this.running = ''; // '' | 'arrival' | 'call'
    this.stopper = null;
    this.callResult = ''; // the result of the last call, as a word
    /** @param {number} _everyDays */
    this.chosen = (_everyDays) => {}; // called when the user chooses another interval
  }

  /** Return the state of this phone's checks; null if the phone has proved no number. */
  get now() {
    const { proved, checks } = this.key;
    return proved ? checksOf(checks, proved.device) : null;
  }

  /** Run due checks from now on, but not before the page has been open for a while. */
  start() {
    const runIfDue = () => {
      const { now } = this;
      if (now && !this.running && this.isFree() && isDue(now, Date.now())) this.check();
    };
    this.key.ready.then(this.changed);
    setTimeout(() => {
      runIfDue();
      setInterval(runIfDue, EVERY_MS);
    }, AFTER_OPENING_MS);
  }

  /** Stop the check: an alert has been raised. */
  stop() {
    this.stopper?.abort();
  }

  /** Set the interval, and report it to the center with a check. */
  choose = async (everyDays) => {
    const { now } = this;
    if (!now) return;
    await this.#keep({ ...now, everyDays, tries: 0 });
    this.chosen(everyDays);
    await this.check();
  };

  /** Run a check up to the case. */
  check = () => this.#run('arrival', OVER_WITHIN_MS);

  /** Run a check with a call to this phone. */
  call = () => this.#run('call', RINGS_WITHIN_MS);

  /** Run a check, and store its result. */
  async #run(kind, withinMs) {
    const { now } = this;
    if (!now || this.running) return;
    const stopper = new AbortController();
    Object.assign(this, { running: kind, stopper, callResult: '' });
    this.changed();
    const beganMs = performance.now();
    const why = await this.#seen(kind, now, withinMs, stopper.signal);
    const tookMs = performance.now() - beganMs;
    this.running = '';
    if (!stopper.signal.aborted) {
      if (kind === 'call') this.callResult = why || 'checkRang';
      const atMs = Date.now();
      // The time until the phone rings is not the time of an alert.
      const wayMs = kind === 'call' ? this.now.tookMs : tookMs;
      await this.#keep(why ? failed(this.now, atMs, why) : done(this.now, atMs, wayMs, now.everyDays));
    }
    this.changed();
  }

  /** Run a check; return a word for the failure, or ''. */
  async #seen(kind, { device, everyDays }, withinMs, signal) {
    const body = { id: newId(), device, test: true, check: kind, checks_every_days: everyDays };
    let answer = await this.api.check(body, ANSWER_MS, signal);
    if (answer.status === 0 && this.api.more && !signal.aborted)
      answer = await this.api.check(body, ANSWER_MS, signal);
    const why = whyNot(answer, navigator.onLine);
    if (why) return why;
    const untilMs = Date.now() + withinMs;
    let state = await this.api.state(answer.data.alert, null, 0, signal);
    while (state.data?.phase !== 'closed' && Date.now() < untilMs && !signal.aborted) {
      await pause(state.status === 200 ? 0 : 1000);
      state = await this.api.state(answer.data.alert, state.data?.version ?? null, WAIT_S, signal);
    }
    if (state.data?.phase !== 'closed') return 'checkUnwell';
    const rang = state.data.legs.some((leg) => leg.party === 'user');
    return kind === 'call' && !rang ? 'checkNotCalled' : '';
  }

  /** Store the state of the checks. */
  async #keep(checks) {
    await this.key.keep({ checks }).catch(() => {
      this.key.checks = checks; // for as long as the page is open
    });
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const newId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
