// What is told once, to be handed on: a link by which somebody comes in, a new key.

import { html } from '../../../vendor/lit.js';
import { icon } from '../../shell/parts.js';
import { say } from '../../words/words.js';

/** What is told once, to be handed on. @param {string} secret @param {() => void} done */
export const once = (secret, done) => html`<input
    class="once__secret"
    readonly
    aria-label=${say`To be handed on`}
    .value=${secret}
    @focus=${(e) => e.target.select()} />
  <button
    class="btn once__copy"
    @click=${async () => {
      await navigator.clipboard?.writeText(secret).catch(() => null);
      done();
    }}>
    ${icon('copy')}${say`Copy`}
  </button>`;
