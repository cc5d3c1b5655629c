// The calculator in front of the app: at the opening, in the background, after inactivity, and at once on
// request. The app behind it continues.

import { render } from '../../vendor/lit.js';
import { choices } from '../storage.js';
import { Calculator } from './calculator.js';
import { disguise, isDisguised } from './identity.js';

const TWICE_MS = 1000;
const TOUCHES = ['pointerdown', 'keydown', 'input', 'scroll'];

export class Cover {
  /**
   * `raise()`: called when the key for a silent alert was held; `sign()`: the sign beside the figure;
   * `changed()`: called when the calculator appears or disappears.
   */
  constructor({ raise, sign, changed }) {
    this.page = document.getElementById('page');
    this.place = document.getElementById('cover');
    this.raise = raise;
    this.sign = sign;
    this.changed = changed;
    this.isUp = false;
    this.pause = null;
    this.escapedMs = -Infinity;
    this.calculator = new Calculator({
      held: (key) => this.#held(key),
      typed: (figure) => {
        if (choices().number === figure) this.#open();
      },
      changed: () => this.draw(),
    });
  }

  /** Start to watch for the conditions; at its own address the calculator appears at once. */
  start() {
    if (choices().on) disguise(true);
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.#cover();
    });
    addEventListener('pagehide', () => this.#cover());
    addEventListener('keydown', (event) => this.#keydown(event));
    addEventListener('keyup', (event) => {
      if (this.isUp) this.calculator.keyup(event);
    });
    for (const end of ['pointerup', 'pointercancel', 'blur']) addEventListener(end, this.calculator.letGo);
    const always = { capture: true, passive: true };
    for (const touch of TOUCHES) addEventListener(touch, () => this.#touched(), always);
    this.#cover();
  }

  /** Show the calculator now, and use its address from now on. */
  exit = () => {
    disguise(true);
    this.#cover();
  };

  /** Render the calculator, if shown. */
  draw() {
    render(this.isUp ? this.calculator.draw(this.sign()) : '', this.place);
  }

  /** Show the calculator. */
  #cover() {
    if (!isDisguised() || this.isUp) return;
    clearTimeout(this.pause);
    this.calculator.clear();
    this.#turn(true);
  }

  /** Show the app. */
  #open() {
    this.#turn(false);
    this.#touched();
  }

  /** Switch between calculator and app. */
  #turn(isUp) {
    this.isUp = isUp;
    this.page.hidden = isUp;
    this.place.hidden = !isUp;
    this.changed();
  }

  /** Act on a held key: open the app, or raise a silent alert. */
  #held(key) {
    const { open, alarm } = choices();
    if (key === open) this.#open();
    else if (key === alarm) this.raise();
  }

  /** Restart the time of inactivity. */
  #touched() {
    clearTimeout(this.pause);
    if (isDisguised() && !this.isUp) this.pause = setTimeout(() => this.#cover(), choices().afterS * 1000);
  }

  /** Exit at the second Escape within a second, wherever the focus is. */
  #keydown(event) {
    if (this.isUp) {
      this.calculator.keydown(event);
      return;
    }
    if (event.key !== 'Escape' || event.repeat) return;
    if (event.timeStamp - this.escapedMs < TWICE_MS) this.exit();
    this.escapedMs = event.timeStamp;
  }
}
