// Text messages between user and center without a voice: sent until they have arrived, shown as they arrive.
// Unsent messages stay on the phone, through a lost network and a closed page.

import { keepUnsent, unsent } from './storage.js';

const ANSWER_MS = 5000;
const WAIT_S = 25;
const PAUSES_MS = [300, 600, 1200, 2400, 5000];
const SHOWN = 6; // messages on the screen: the newest

export class Dialogue {
  /** `changed()`: called after every change; `isLit()`: true while messages are visible on a screen. */
  constructor(api, changed, isLit) {
    this.api = api;
    this.isLit = isLit;
    this.changed = changed;
    this.alert = null;
    this.run = 0; // counts alerts: a task for an earlier alert stops
    this.received = new Map(); // the center's messages, by number
    this.version = 0;
    this.pressedMs = null; // of the open alert
    this.goesOn = true; // messages still reach the center
    this.waiting = [];
    this.refused = []; // messages that the center has refused for good
    this.answered = new Set(); // numbers of questions
    this.sending = false;
    this.receipt = { upto: 0, read: false }; // the receipts sent to the center
    this.wake = () => {};
    addEventListener('online', () => this.wake());
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) return;
      this.wake();
      this.reportSeen();
    });
  }

  /**
   * Follow the messages of an alert, by its press and its id at the center (null before). A repeated call
   * changes nothing. Unsent messages belong to the alert for which they were written. If `goesOn` is false,
   * received messages stay, and nothing is requested or sent any more.
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
        received: new Map(),
        refused: [],
        answered: new Set(),
        version: 0,
        receipt: { upto: 0, read: false },
      });
    this.goesOn = goesOn;
    if (alert === null) return;
    this.#listen(this.run);
    if (goesOn) this.#send();
  }

  /** Write a message. `answers`: the number of the question that a yes or no answers. */
  write(text, answers = 0) {
    const words = text.trim();
    if (!words) return;
    this.answered.add(answers);
    this.#keep([...this.waiting, { id: newId(), text: words, answers }]);
    this.changed();
    this.#send();
  }

  /**
   * Return the newest messages, oldest first: `{text, mine, asks, is}`. `is`: `waiting`, `unsent`, `sent` or
   * `read`; `asks`: the message still waits for a yes or no.
   */
  get shown() {
    const has = new Set([...this.received.values()].filter((one) => one.mine).map((one) => one.id));
    const kept = [...this.received.values()].sort((a, b) => a.number - b.number);
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

  /** Return true if a received message has not been visible yet. */
  get isUnread() {
    return this.#upto > 0 && !(this.receipt.read && this.#upto <= this.receipt.upto);
  }

  /** Report received messages as visible, if they are. */
  reportSeen() {
    this.#sendReceipt(this.run);
  }

  /** Return the number of the newest received message; 0 without one. */
  get #upto() {
    return Math.max(0, ...[...this.received.values()].filter((one) => !one.mine).map((one) => one.number));
  }

  /** Send the waiting messages in order. */
  async #send() {
    if (this.sending) return;
    this.sending = true;
    for (let tries = 0; this.waiting.length && this.alert !== null && this.goesOn;) {
      const [first] = this.waiting;
      const { status } = await this.api.write(this.alert, first, ANSWER_MS);
      // Refused for good: the alert is closed, or belongs to another phone.
      const refused = status >= 400 && status < 500 && status !== 429;
      const over = status === 202 || refused;
      if (refused) this.refused = [...this.refused, first];
      if (over) this.#keep(this.waiting.filter((one) => one !== first));
      tries = over ? 0 : tries + 1;
      if (!over && !this.api.more) await this.#pause(tries);
    }
    this.sending = false;
  }

  /** Request new messages until the alert changes. */
  async #listen(run) {
    for (let tries = 0; this.run === run;) {
      this.poll = new AbortController();
      const { status, data } = await this.api.messages(this.alert, this.version, WAIT_S, this.poll.signal);
      if (this.run !== run) return;
      tries = status === 200 ? 0 : tries + 1;
      if (status === 200) {
        const news = data.messages.length > 0;
        for (const one of data.messages) this.received.set(one.number, one);
        this.version = data.version;
        if (news) this.changed();
        this.#sendReceipt(run);
        if (!news && this.goesOn) await this.#pause(0); // a stopping center answers immediately
      } else if (!this.api.more) await this.#pause(tries);
      if (status > 0 && !this.goesOn) return; // all messages have been received
    }
  }

  /** Report received messages once, and once more when they were visible on a lit screen. */
  async #sendReceipt(run) {
    const upto = this.#upto;
    const read = this.isLit();
    if (this.alert === null || (upto <= this.receipt.upto && (this.receipt.read || !read)) || upto === 0)
      return;
    const before = this.receipt;
    this.receipt = { upto, read };
    const { status } = await this.api.seen(this.alert, this.receipt, ANSWER_MS);
    if (status !== 202 && this.run === run) this.receipt = before; // sent again with the next message
  }

  /** Set and store the waiting messages. */
  #keep(waiting) {
    this.waiting = waiting;
    keepUnsent(this.pressedMs, waiting);
  }

  /** Wait before the next attempt; a new connection ends the pause. */
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
