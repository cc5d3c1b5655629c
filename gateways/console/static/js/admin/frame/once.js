// What is told once: a link by which an operator comes in, a new key.

import { html } from '../../../vendor/lit.js';
import { icon } from '../../shell/parts.js';
import { say } from '../../words/words.js';
import * as f from '../../words/format.js';

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

/**
 * @param {Ui} ui @param {SignOnLink} link @param {string} name @param {() => void} close
 */
export function linkPane(ui, link, name, close) {
  const address = `${location.origin}/console/#token=${link.code}`;
  const until = Date.parse(link.until) * 1000;
  const end = `${f.shortDay(until)} ${f.minute(until)}`;
  return html`<section class="panel once" aria-labelledby="link-h">
    <div class="panel__head"><h2 id="link-h">${say`Link for ${name}`}</h2></div>
    <div class="panel__body">
      <p>
        ${say`Good once, until ${end}: whoever opens it chooses a password or passkey.`}
        ${say`Hand it to ${name} alone: it is not shown again.`}
      </p>
      ${once(address, () => ui.draw())}
      <button class="btn" @click=${close}><kbd>Esc</kbd>${say`Done`}</button>
    </div>
  </section>`;
}
