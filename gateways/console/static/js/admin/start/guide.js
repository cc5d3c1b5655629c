// The guide to the need under the cursor: the steps, and the center's findings.

import { html, nothing } from '../../../vendor/lit.js';
import { FEATURES } from '../../features.js';
import { qr, word } from '../../shell/parts.js';
import { localText, phrase, say } from '../../words/words.js';

/** Render the guide to a need. @param {Ui} ui @param {StartView} data @param {NeedRow} row */
export const guide = (ui, data, row) =>
  html`<section class="panel once start__guide" aria-labelledby="guide-h">
    <div class="panel__head"><h2 id="guide-h">${localText(row.name)}</h2></div>
    <div class="panel__body" tabindex="0">
      <p>${localText(row.text)}</p>
      ${MORE[row.need]?.(ui, data) ?? nothing}
      ${FEATURES.map(({ needAction }) =>
        needAction?.need === row.need ? needAction.pane(ui, data) : nothing,
      )}
    </div>
  </section>`;

/** @type {Partial<Record<Need, (ui: Ui, said: StartView) => Drawn>>} */
const MORE = {
  certificate: (_, data) => trust(data.trust),
  lines: (ui, data) => lines(ui, data),
  emergency_trunk: (ui, data) => lines(ui, data),
  second_emergency_line: (ui, data) => lines(ui, data),
  second_operator: (_, data) => html`<p>${say`Operators: ${data.operators}`}</p>`,
};

/** @type {Record<CertificateTrust, Phrase>} */
const TRUST = {
  none: phrase`It is plain now, without a certificate: scripts/install makes one.`,
  own: phrase`The authority is the centre’s own: each phone and browser has to be given it once.`,
  public: phrase`A public authority: every phone knows it.`,
  other: phrase`A proxy’s, or unknown to this machine: try it with a phone, then confirm.`,
};

/**
 * Render the state of the certificate, and the steps that install the center's own authority.
 * @param {TrustView} trust
 */
const trust = ({ kind, names, until, fingerprint, address, picture: dots }) =>
  html`<p>${TRUST[kind]()}</p>
    ${names.length ? html`<p class="ink-2">${names.join(', ')} · ${say`until##day`} ${until}</p>` : nothing}
    ${
      address
        ? html`${qr([...dots])}
            <p><a href="/authority.crt" download>${address}</a></p>
            <p>
              ${say`Scan it, accept the warning, install it as an authority (CA). Its fingerprint is:`}
            </p>
            <code class="start__print">${fingerprint}</code>
            <p>${say`Done on all of them? Confirm.`}</p>`
        : nothing
    }`;

/** Render the lines and the modems without a line. @param {Ui} ui @param {StartView} data */
function lines(ui, data) {
  const { modems } = ui.feed;
  return html`<p>
      ${say`Public lines: ${data.public_lines} · reserved for 112: ${data.emergency_lines}`}
    </p>
    ${
      data.simulated
        ? html`<p>
            ${word('flask', say`They are simulated now.`, 'ink-wait')}
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
        : html`<p class="ink-2">${say`No other modem is here.`}</p>`
    }`;
}
