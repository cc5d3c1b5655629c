// What is written between phone and center without a voice: sent until it has arrived, told as it comes. What
// has not arrived yet stays on the phone, through a lost network and a closed page.

import { keepUnsent, unsent } from './keeping.js';

const ANSWER_MS = 5000;
const WAIT_S = 25;
const PAUSES_MS = [300, 600, 1200, 2400, 5000];
const SHOWN = 6; // messages on the screen: the newest

export class Dialogue {
  /** `changed()` is called after everything new; `isLit()`: what comes is on a screen. */
  constructor(api, changed, isLit) {
    this.api = api;
    this.isLit = isLit;
    this.changed = changed;
    this.alert = null;
    this.run = 0; // grows with each alert: what was begun for another gives up
    this.said = new Map(); // what the center has, by number
    this.version = 0;
    this.pressedMs = null; // of the alert that is open
    this.goesOn = true; // what is written reaches somebody
    this.waiting = [];
    this.refused = []; // what the center has not taken, and never will
    this.answered = new Set(); // numbers of questions
    this.sending = false;
    this.told = { upto: 0, read: false }; // what the center knows to have arrived here
    this.wake = () => {};
    addEventListener('online', () => this.wake());
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) return;
      this.wake();
      this.look();
    });
  }

  /**
   * Of the alert that was pressed then, once the center has it by this id (null before): said again it
   * changes nothing. What was written goes with the alert for which it was. Where it does not go on, what was
   * said stays, and nothing is asked or sent any more.
   */
  follow(pressedMs, alert, goesOn = true) {
    if (pressedMs !== this.pressedMs) {
      this.pressedMs = pressedMs;
      this.#keep(pressedMs === null ? [] : unsent(pressedMs));
    }
    if (alert === this.alert && goesOn === this.goesOn) return;
    this.run += 1;
    this.poll?.abort();
    if (alert !== this.alert)
      Object.assign(this, {
        alert,
        said: new Map(),
        refused: [],
        answered: new Set(),
        version: 0,
        told: { upto: 0, read: false },
      });
    this.goesOn = goesOn;
    if (alert === null) return;
    this.#listen(this.run);
    if (goesOn) this.#send();
  }

  /** `answers`: the number of the question, of a yes or no. */
  write(text, answers = 0) {
    const words = text.trim();
    if (!words) return;
    this.answered.add(answers);
    this.#keep([...this.waiting, { id: newId(), text: words, answers }]);
    this.changed();
    this.#send();
  }

  /**
   * The newest messages, oldest first: `{text, mine, asks, is}`, `is` one of `waiting`, `unsent`, `sent`,
   * `read`; `asks`: it still waits for a yes or a no.
   */
  get shown() {
    const has = new Set([...this.said.values()].filter((one) => one.mine).map((one) => one.id));
    const kept = [...this.said.values()].sort((a, b) => a.number - b.number);
    const of = (one) => ({
      ...one,
      asks: one.asks && !one.mine && !one.answer && !this.answered.has(one.number),
      is: one.read ? 'read' : 'sent',
    });
    const mine = this.waiting.filter((one) => !has.has(one.id));
    const own = (list, is) => list.map((one) => ({ ...one, mine: true, is }));
    const waits = own(mine, this.goesOn ? 'waiting' : 'unsent');
    return [...kept.map(of), ...own(this.refused, 'unsent'), ...waits].slice(-SHOWN);
  }

  /** Whether something has come that was on no screen yet. */
  get isUnread() {
    return this.#upto > 0 && !(this.told.read && this.#upto <= this.told.upto);
  }

  /** What has come may be on the screen now. */
  look() {
    this.#tellSeen(this.run);
  }

  get #upto() {
    return Math.max(0, ...[...this.said.values()].filter((one) => !one.mine).map((one) => one.number));
  }

  async #send() {
    if (this.sending) return;
    this.sending = true;
    for (let tries = 0; this.waiting.length && this.alert !== null && this.goesOn;) {
      const [first] = this.waiting;
      const { status } = await this.api.write(this.alert, first, ANSWER_MS);
      // Refused for good: the alert is closed, or is another phone's.
      const refused = status >= 400 && status < 500 && status !== 429;
      const over = status === 202 || refused;
      if (refused) this.refused = [...this.refused, first];
      if (over) this.#keep(this.waiting.filter((one) => one !== first));
      tries = over ? 0 : tries + 1;
      if (!over && !this.api.more) await this.#pause(tries);
    }
    this.sending = false;
  }

  async #listen(run) {
    for (let tries = 0; this.run === run;) {
      this.poll = new AbortController();
      const { status, said } = await this.api.messages(this.alert, this.version, WAIT_S, this.poll.signal);
      if (this.run !== run) return;
      tries = status === 200 ? 0 : tries + 1;
      if (status === 200) {
        const news = said.messages.length > 0;
        for (const one of said.messages) this.said.set(one.number, one);
        this.version = said.version;
        if (news) this.changed();
        this.#tellSeen(run);
        if (!news && this.goesOn) await this.#pause(0); // a center that is being stopped answers at once
      } else if (!this.api.more) await this.#pause(tries);
      if (status > 0 && !this.goesOn) return; // all that was said is here
    }
  }

  /** Say once what has arrived, and once that it was on a screen that is lit. */
  async #tellSeen(run) {
    const upto = this.#upto;
    const read = this.isLit();
    if (this.alert === null || (upto <= this.told.upto && (this.told.read || !read)) || upto === 0) return;
    const before = this.told;
    this.told = { upto, read };
    const { status } = await this.api.seen(this.alert, this.told, ANSWER_MS);
    if (status !== 202 && this.run === run) this.told = before; // said again with the next message
  }

  #keep(waiting) {
    this.waiting = waiting;
    keepUnsent(this.pressedMs, waiting);
  }

  #pause(tries) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)]);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const newId = () => [...crypto.getRandomValues(new Uint32Array(3))].map((n) => n.toString(36)).join('');
