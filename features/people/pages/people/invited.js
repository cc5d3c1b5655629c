// How an invitation looks: as it is told once, in the list of the open ones, on paper.

import { html, nothing } from '../../../vendor/lit.js';
import { picture } from '../../../js/access/factors.js';
import { icon, word } from '../../../js/shell/parts.js';
import { phrase, say } from '../../../js/words/words.js';
import * as f from '../../../js/words/format.js';
import { once } from '../../../js/admin/frame/once.js';

/** `until 28 Nov 17:40`. @param {InvitationRow} one */
function until(one) {
  const us = Date.parse(one.until) * 1000;
  return `${say`until##day`} ${f.shortDay(us)} ${f.minute(us)}`;
}

/** @type {Record<string, Phrase>} */
const CARRIED = {
  sent: phrase`text message sent`,
  failed: phrase`text message not sent`,
  waits: phrase`the phone cannot be reached`,
  delivered: phrase`text message has arrived`,
  undelivered: phrase`text message has not arrived`,
};

/** How it goes to the person. @param {InvitationRow} one */
function how(one) {
  if (!one.text) return say`to be handed over`;
  return one.carried ? CARRIED[one.carried]() : say`text message waits for a line`;
}

/** Why a phone would not get there, or ''. @param {string} address */
function unfit(address) {
  const { protocol, hostname } = new URL(address);
  if (['localhost', '127.0.0.1', '[::1]'].includes(hostname))
    return say`This address is of this machine alone: set [http] public_url.`;
  return protocol === 'https:' ? '' : say`Without https a phone cannot keep a key: a certificate is needed.`;
}

/** @param {InvitationRow[]} open @param {(one: InvitationRow) => void} revoke */
export const openOnes = (open, revoke) =>
  html`<section class="panel" aria-labelledby="invitations-h">
    <div class="panel__head">
      <h2 id="invitations-h">${say`Open invitations`}</h2>
      <span class="ink-2">${open.length}</span>
    </div>
    <ul class="panel__body phones" tabindex="0">
      ${open.map(
        (one) =>
          html`<li>
            <span
              ><b>${one.name || f.phone(one.phone)}</b> <span class="phone">${f.phone(one.phone)}</span
              ><br /><small class="ink-2">${how(one)}, ${until(one)}</small
            ></span><button class="btn" @click=${() => revoke(one)}>
              <kbd>X</kbd>${say`Revoke##invitation`}
            </button>
          </li>`,
      )}
    </ul>
  </section>`;

/** What is told once, and of whom. @param {Ui} ui @param {InvitationMade} made @param {string} name */
export const told = (ui, made, name) =>
  html`<section class="panel" aria-labelledby="invited-h">
    <div class="panel__head"><h2 id="invited-h">${say`Invitation for`} ${name}</h2></div>
    <div class="panel__body">
      ${picture(made.picture)}
      <p>
        ${say`Opens once, on the phone with ${f.phone(made.row.phone)}, ${until(made.row)}.`}
      </p>
      ${unfit(made.link) ? html`<p>${word('warn', unfit(made.link), 'ink-wait')}</p>` : nothing}
      ${once(made.link, () => ui.draw())}
      <p class="ink-2">${say`It is not shown again.`}</p>
      <div class="form__keys">
        <button class="btn" @click=${() => print(ui, made)}>
          <kbd>P</kbd>${icon('note')}${say`Print`}</button
        ><button class="btn" @click=${() => ui.press('Escape')}>
          <kbd>Esc</kbd>${say`Done`}
        </button>
      </div>
    </div>
  </section>`;

/** What lies on paper, while it is printed. @type {InvitationMade | null} */
let onPaper = null;

addEventListener('afterprint', () => {
  onPaper = null;
});

/** @param {Ui} ui @param {InvitationMade} made */
export function print(ui, made) {
  onPaper = made;
  ui.draw();
  window.print();
}

/** What the printer gets; nothing on the screen. A paper may be found: it names neither us nor whom. */
export function paper() {
  if (!onPaper) return nothing;
  const { row, picture: dots, link } = onPaper;
  return html`<article class="paper" aria-hidden="true">
    <header><span>…${row.phone.slice(-4)}</span></header>
    <h1>${say`Scan with the phone`}</h1>
    ${picture(dots)}
    <p>${link}</p>
    <footer>${say`Opens once,`} ${until(row)}.</footer>
  </article>`;
}
