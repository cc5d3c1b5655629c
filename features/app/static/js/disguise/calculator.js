// The calculator as it is drawn, and its keys as they are pressed and held: by finger, mouse or keyboard. A
// key that is held does what it does, too; nothing shows that it is held.

import { html, nothing } from '../../vendor/lit.js';
import { isEnglish, t } from '../words.js';
import { CLEARED, press, written } from './sums.js';

export const HELD_MS = 1500;

/** What stands on the keys, in rows of four, with the words for it where it is no figure. */
const KEYS = [
  ['C', 'C', 'keyClear'],
  ['N', '±', 'keySign'],
  ['%', '%', 'keyPercent'],
  ['/', '÷', 'keyDivide'],
  ['7', '7'],
  ['8', '8'],
  ['9', '9'],
  ['*', '×', 'keyTimes'],
  ['4', '4'],
  ['5', '5'],
  ['6', '6'],
  ['-', '−', 'keyMinus'],
  ['1', '1'],
  ['2', '2'],
  ['3', '3'],
  ['+', '+', 'keyPlus'],
  ['0', '0'],
  ['.', ',', 'keyPoint'],
  ['B', '⌫', 'keyBack'],
  ['=', '=', 'keyEquals'],
];
/** Keys of a keyboard that are called otherwise. */
const TYPED = { ',': '.', Enter: '=', Backspace: 'B', Delete: 'C', Escape: 'C', x: '*' };
const KNOWN = new Set(KEYS.map(([key]) => key));

/** A key as the settings name it. */
export const face = (key) => {
  const [, on] = KEYS.find(([one]) => one === key);
  return key === '.' && isEnglish() ? '.' : on;
};

export class Calculator {
  /** `held(key)` after 1.5 s, `typed(figure)` at each =, `changed()` when it is to be drawn again. */
  constructor({ held, typed, changed }) {
    this.held = held;
    this.typed = typed;
    this.changed = changed;
    this.sum = CLEARED;
    this.timer = null;
    this.wasHeld = false; // so that the click that follows is no press
  }

  /** It stands there as somebody has left it who has done with it. */
  clear() {
    this.letGo();
    this.sum = CLEARED;
  }

  /** Wherever the finger is by then. */
  letGo = () => clearTimeout(this.timer);

  keydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const focused = event.key === 'Enter' || event.key === ' ' ? keyOf(event) : undefined;
    const key = focused ?? TYPED[event.key] ?? event.key;
    if (!KNOWN.has(key)) return;
    event.preventDefault();
    if (event.repeat) return;
    this.#begin(key);
    this.#press(key);
  };

  /** The space bar would click now. */
  keyup = (event) => {
    if (event.key === ' ' && keyOf(event)) event.preventDefault();
    this.letGo();
  };

  pointerdown = (event) => {
    const key = keyOf(event);
    if (event.button === 0 && key) this.#begin(key);
  };

  click = (event) => {
    const key = keyOf(event);
    this.letGo();
    if (key && !this.wasHeld) this.#press(key);
    this.wasHeld = false;
  };

  #begin(key) {
    this.letGo();
    this.wasHeld = false;
    this.timer = setTimeout(() => {
      this.wasHeld = true;
      this.held(key);
    }, HELD_MS);
  }

  #press(key) {
    const { shown, operator } = this.sum;
    this.sum = press(this.sum, key);
    if (key === '=' && !operator) this.typed(shown);
    this.changed();
  }

  /** `sign` stands beside the figure. */
  draw = (sign) =>
    html`<main class="calc">
      <h1 class="sr">${t('calculator')}</h1>
      <p class="calc__out">
        <small>${sign}</small><output>${written(this.sum, isEnglish()).replace('-', '−')}</output>
      </p>
      <div
        class="calc__keys"
        @pointerdown=${this.pointerdown}
        @click=${this.click}
        @contextmenu=${(event) => event.preventDefault()}>
        ${KEYS.map(
          ([key, , word]) =>
            html`<button type="button" data-key=${key} aria-label=${word ? t(word) : nothing}>
              ${face(key)}
            </button>`,
        )}
      </div>
    </main>`;
}

/** The key on the page that this happens to, if any. */
const keyOf = (event) => event.target.closest?.('[data-key]')?.dataset.key;
