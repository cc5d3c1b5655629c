// The calculator's display and keys: pressed and held by finger, mouse or keyboard. A held key also has its
// normal effect; holding is invisible.

import { html, nothing } from '../../vendor/lit.js';
import { isEnglish, t } from '../words.js';
import { CLEARED, press, displayed } from './sums.js';

export const HELD_MS = 1500;

/** The keys in rows of four: value, label, and the word for a label that is no figure. */
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
/** Keys of a keyboard with other names. */
const TYPED = { ',': '.', Enter: '=', Backspace: 'B', Delete: 'C', Escape: 'C', x: '*' };
const KEY_VALUES = new Set(KEYS.map(([key]) => key));

/** Return the label of a key. */
export const face = (key) => {
  const [, on] = KEYS.find(([one]) => one === key);
  return key === '.' && isEnglish() ? '.' : on;
};

export class Calculator {
  /** `held(key)`: called after 1.5 s; `typed(figure)`: at each =; `changed()`: before a drawing. */
  constructor({ held, typed, changed }) {
    this.held = held;
    this.typed = typed;
    this.changed = changed;
    this.sum = CLEARED;
    this.timer = null;
    this.wasHeld = false; // the click that follows is no press
  }

  /** Clear the figure, as if the user had finished. */
  clear() {
    this.letGo();
    this.sum = CLEARED;
  }

  /** Stop waiting for a held key, wherever the finger is. */
  letGo = () => clearTimeout(this.timer);

  keydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const focused = event.key === 'Enter' || event.key === ' ' ? keyOf(event) : undefined;
    const key = focused ?? TYPED[event.key] ?? event.key;
    if (!KEY_VALUES.has(key)) return;
    event.preventDefault();
    if (event.repeat) return;
    this.#begin(key);
    this.#press(key);
  };

  /** Prevent the space bar's click. */
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

  /** Start the time of holding a key. */
  #begin(key) {
    this.letGo();
    this.wasHeld = false;
    this.timer = setTimeout(() => {
      this.wasHeld = true;
      this.held(key);
    }, HELD_MS);
  }

  /** Apply a key to the sum. */
  #press(key) {
    const { shown, operator } = this.sum;
    this.sum = press(this.sum, key);
    if (key === '=' && !operator) this.typed(shown);
    this.changed();
  }

  /** Render the calculator. `sign`: shown beside the figure. */
  draw = (sign) =>
    html`<main class="calc">
      <h1 class="sr">${t('calculator')}</h1>
      <p class="calc__out">
        <small>${sign}</small><output>${displayed(this.sum, isEnglish()).replace('-', '−')}</output>
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

/** Return the key of an event, if any. */
const keyOf = (event) => event.target.closest?.('[data-key]')?.dataset.key;
