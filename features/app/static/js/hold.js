// The button that must be held: by finger, mouse, or the keys Space and Enter. A tap shows the advice to
// hold. Screen readers and switches press without holding (a click without a pointer or key before): two
// clicks within five seconds are then the same as holding.

export const HOLD_MS = 1000;
const TWICE_MS = 5000;
const KEYS = new Set([' ', 'Enter']);

export class Hold {
  /**
   * `raise()`: called after the button was held; `advise(word)`: called with advice for the user;
   * `drawn(held)`: called when the appearance changes.
   */
  constructor({ raise, advise, drawn }) {
    this.raise = raise;
    this.advise = advise;
    this.drawn = drawn;
    this.timer = null;
    this.begun = false; // by pointer or key: the click that follows is no separate press
    this.onceMs = -Infinity;
  }

  get held() {
    return this.timer !== null;
  }

  pointerdown = (event) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture?.(event.pointerId);
    this.#begin();
  };

  keydown = (event) => {
    if (!KEYS.has(event.key)) return;
    event.preventDefault();
    if (!event.repeat) this.#begin();
  };

  keyup = (event) => {
    if (KEYS.has(event.key)) {
      event.preventDefault();
      this.letGo();
    }
  };

  letGo = () => {
    if (!this.held) return;
    this.#end();
    this.advise('holdLonger');
  };

  click = (event) => {
    event.preventDefault();
    if (this.begun) {
      this.begun = false;
      return;
    }
    if (event.timeStamp - this.onceMs < TWICE_MS) {
      this.onceMs = -Infinity;
      this.raise();
      return;
    }
    this.onceMs = event.timeStamp;
    this.advise('onceMore');
  };

  /** Start the time of holding. */
  #begin() {
    if (this.held) return;
    this.begun = true;
    this.timer = setTimeout(() => {
      this.#end();
      this.begun = false;
      this.raise();
    }, HOLD_MS);
    this.advise('holdOn');
    this.drawn();
  }

  /** Stop the time of holding. */
  #end() {
    clearTimeout(this.timer);
    this.timer = null;
    this.drawn();
  }
}
