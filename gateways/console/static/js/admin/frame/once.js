// What is told once: a link by which an operator comes in, a new key.

import { html } from '../../../vendor/lit.js';
import { icon } from '../../shell/parts.js';
import { either } from '../../words/words.js';
import * as f from '../../words/format.js';

/** What is told once, to be handed on. @param {string} secret @param {() => void} done */
export const once = (secret, done) => html`<input
    class="once__secret"
    readonly
    aria-label=${either('Da consegnare', 'To be handed on')}
    .value=${secret}
    @focus=${(e) => e.target.select()} />
  <button
    class="btn once__copy"
    @click=${async () => {
      await navigator.clipboard?.writeText(secret).catch(() => null);
      done();
    }}>
    ${icon('copy')}${either('Copia', 'Copy')}
  </button>`;

/**
 * @param {Ui} ui @param {SignOnLink} link @param {string} name @param {() => void} close
 */
export function linkPane(ui, link, name, close) {
  const address = `${location.origin}/console/#token=${link.code}`;
  const until = Date.parse(link.until) * 1000;
  const end = `${f.shortDay(until)} ${f.minute(until)}`;
  return html`<section class="panel once" aria-labelledby="link-h">
    <div class="panel__head"><h2 id="link-h">${either(`Link per ${name}`, `Link for ${name}`)}</h2></div>
    <div class="panel__body">
      <p>
        ${either(
          `Vale una volta, fino al ${end}: chi lo apre sceglie password o passkey.`,
          `Good once, until ${end}: whoever opens it chooses a password or passkey.`,
        )}
        ${either(
          `Consegnalo solo a ${name}: qui non si rivede.`,
          `Hand it to ${name} alone: it is not shown again.`,
        )}
      </p>
      ${once(address, () => ui.draw())}
      <button class="btn" @click=${close}><kbd>Esc</kbd>${either('Fatto', 'Done')}</button>
    </div>
  </section>`;
}
