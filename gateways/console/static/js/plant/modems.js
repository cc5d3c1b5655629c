// The modems that are plugged in here and that no line names: nothing is wrong with that, and none is used.

import { html, nothing } from '../../vendor/lit.js';
import { icon } from '../shell/parts.js';
import { either } from '../words/words.js';

/** @param {ModemView} one */
function sentence(one) {
  const what = either(`${one.name}, presa USB ${one.position}`, `${one.name}, USB socket ${one.position}`);
  const lines = one.perhaps.join(', ');
  if (!one.ports)
    return either(
      `${what}: senza porte; «securwoman doctor» dice perché`,
      `${what}: without ports; “securwoman doctor” says why`,
    );
  if (lines)
    return either(
      `${what}: di nessuna linea, o di ${lines}, che cerca il suo modem`,
      `${what}: no line’s, or that of ${lines}, which looks for its modem`,
    );
  return either(
    `${what}: nessuna linea lo usa; un admin lo aggiunge con 5, L, A`,
    `${what}: no line uses it; an admin adds it by 5, L, A`,
  );
}

/** @param {ModemView[]} modems */
export const unnamed = (modems) =>
  modems.length
    ? html`<ul class="plant__modems ink-2">
        ${modems.map((one) => html`<li>${icon('voice')}<span>${sentence(one)}</span></li>`)}
      </ul>`
    : nothing;
