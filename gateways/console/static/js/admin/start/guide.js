// What is to be done for the need that is pointed at, with what was found of it.

import { html, nothing } from '../../../vendor/lit.js';
import { picture } from '../../access/factors.js';
import { word } from '../../shell/parts.js';
import { either } from '../../words/words.js';
import { testPane } from './test-alert.js';

/** @param {Ui} ui @param {StartView} said @param {NeedRow} row */
export const guide = (ui, said, row) =>
  html`<section class="panel once start__guide" aria-labelledby="guide-h">
    <div class="panel__head"><h2 id="guide-h">${either(row.name.it, row.name.en)}</h2></div>
    <div class="panel__body" tabindex="0">
      <p>${either(row.text.it, row.text.en)}</p>
      ${MORE[row.need]?.(ui, said) ?? nothing}
    </div>
  </section>`;

/** @type {Partial<Record<Need, (ui: Ui, said: StartView) => Drawn>>} */
const MORE = {
  certificate: (_, said) => trust(said.trust),
  lines: (ui, said) => lines(ui, said),
  emergency_trunk: (ui, said) => lines(ui, said),
  second_emergency_line: (ui, said) => lines(ui, said),
  test_alert: testPane,
  second_operator: (_, said) =>
    html`<p>${either(`Operatori: ${said.operators}`, `Operators: ${said.operators}`)}</p>`,
};

/** @type {Record<Trust, Pair>} */
const TRUST = {
  none: [
    'Ora è in chiaro, senza certificato: scripts/install ne fa uno.',
    'It is plain now, without a certificate: scripts/install makes one.',
  ],
  own: [
    'L’autorità è del centro: ogni telefono e browser deve riceverla una volta.',
    'The authority is the centre’s own: each phone and browser has to be given it once.',
  ],
  public: ['Un’autorità pubblica: ogni telefono la conosce.', 'A public authority: every phone knows it.'],
  other: [
    'Di un proxy, o che questa macchina non conosce: prova da un telefono, poi conferma.',
    'A proxy’s, or unknown to this machine: try it with a phone, then confirm.',
  ],
};

/** @param {TrustView} trust */
const trust = ({ kind, names, until, fingerprint, address, picture: dots }) =>
  html`<p>${either(...TRUST[kind])}</p>
    ${
      names.length
        ? html`<p class="ink-2">${names.join(', ')} · ${either('fino al', 'until')} ${until}</p>`
        : nothing
    }
    ${
      address
        ? html`${picture([...dots])}
            <p><a href="/authority.crt" download>${address}</a></p>
            <p>
              ${either(
                'Inquadralo, accetta l’avviso, installalo come autorità (CA). L’impronta è:',
                'Scan it, accept the warning, install it as an authority (CA). Its fingerprint is:',
              )}
            </p>
            <code class="start__print">${fingerprint}</code>
            <p>${either('Fatto su tutti? Conferma.', 'Done on all of them? Confirm.')}</p>`
        : nothing
    }`;

/** @param {Ui} ui @param {StartView} said */
function lines(ui, said) {
  const { modems } = ui.feed;
  return html`<p>
      ${either(
        `Linee pubbliche: ${said.public_lines} · riservate al 112: ${said.emergency_lines}`,
        `Public lines: ${said.public_lines} · reserved for 112: ${said.emergency_lines}`,
      )}
    </p>
    ${
      said.simulated
        ? html`<p>
            ${word('flask', either('Ora sono simulate.', 'They are simulated now.'), 'ink-wait')}
          </p>`
        : nothing
    }
    ${
      modems.length
        ? html`<ul class="start__steps">
            ${modems.map(
              (one) =>
                html`<li>
                  ${word('phone', one.name)} <small class="ink-2">usb:${one.position}</small>
                </li>`,
            )}
          </ul>`
        : html`<p class="ink-2">${either('Nessun altro modem qui.', 'No other modem is here.')}</p>`
    }`;
}
