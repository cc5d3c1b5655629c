// Modems that are plugged in at this node and that no line uses. An unused modem is no fault.

import { html, nothing } from '../../vendor/lit.js';
import { icon } from '../shell/parts.js';
import { say } from '../words/words.js';

/** Return a sentence on a modem and how to use it. @param {ModemView} one */
function sentence(one) {
  const what = say`${one.name}, USB socket ${one.position}`;
  const lines = one.perhaps.join(', ');
  if (!one.ports) return say`${what}: without ports; “securwoman doctor” says why`;
  if (lines) return say`${what}: no line’s, or that of ${lines}, which looks for its modem`;
  return say`${what}: no line uses it; an admin adds it by 5, L, A`;
}

/** Render the unused modems. @param {ModemView[]} modems */
export const unusedModems = (modems) =>
  modems.length
    ? html`<ul class="plant__modems ink-2">
        ${modems.map((one) => html`<li>${icon('voice')}<span>${sentence(one)}</span></li>`)}
      </ul>`
    : nothing;
