// Which alerts are listed: the open ones, or all there have been.

import { html } from '../../vendor/lit.js';
import { say } from '../words/words.js';

/** @param {Ui} ui */
export const choice = (ui) =>
  html`<div class="seg" role="group" aria-label=${say`Which alerts`}>
    <button aria-pressed=${ui.screen.section === 'queue'} aria-keyshortcuts="2" @click=${() => ui.press('2')}>
      <kbd>2</kbd><span>${say`Open##alerts`}</span>
    </button>
    <button
      aria-pressed=${ui.screen.section === 'history'}
      aria-keyshortcuts="H"
      @click=${() => ui.screen.go('history')}>
      <kbd>H</kbd><span>${say`History`}</span>
    </button>
  </div>`;
