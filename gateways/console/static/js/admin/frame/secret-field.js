// A secret that is shown once, for handing on: a sign-on link, a new key.

import { html } from '../../../vendor/lit.js';
import { icon } from '../../shell/parts.js';
import { say } from '../../words/words.js';

/** Render a secret with a button that copies it. @param {string} secret @param {() => void} done */
export const secretField = (secret, done) => html`<input
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
