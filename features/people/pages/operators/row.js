// A row of the operators' chapter.

import { html, nothing } from '../../../vendor/lit.js';
import { word } from '../../../js/shell/parts.js';
import { languageName, phrase, rolesName, say } from '../../../js/words/words.js';
import * as f from '../../../js/words/format.js';

/** @type {Record<ShiftState, Phrase>} */
const STATES = { ready: phrase`Ready`, paused: phrase`Paused`, off: phrase`Off shift` };

/** @returns {import('../../../js/admin/frame/page.js').Head[]} */
export const HEADS = () => [
  [say`Name`],
  [say`Telephone`],
  [say`Role`],
  [say`Language`, 'spare'],
  [say`On call`],
  [say`Signs on by`, 'spare'],
  [say`Sessions`, 'num'],
  [say`Shift`, 'spare'],
];

/** @param {OperatorRow} one */
function ways(one) {
  const there = [
    one.has_password && (one.has_totp ? say`password and code` : 'password'),
    one.passkeys && 'passkey',
    one.has_token && 'token',
  ].filter(Boolean);
  return there.length ? there.join(', ') : html`<span class="ink-wait">${say`nothing yet`}</span>`;
}

/**
 * `shared`: the names, in small letters, that several have.
 * @param {Ui} ui @param {OperatorRow} one @param {Set<string>} shared
 */
export function cells(ui, one, shared) {
  const live = ui.feed.operators.find((other) => other.operator === one.id);
  return html`<td>
      <b>${one.name}</b>
      ${shared.has(one.name.toLowerCase()) ? html`<small class="ink-2">${one.id}</small>` : nothing}
    </td>
    <td class="phone">${f.phone(one.phone)}</td>
    <td>${rolesName(one.role)}</td>
    <td class="spare">${languageName(one.language)}</td>
    <td>${one.on_call ? word('bell', say`on call`) : nothing}</td>
    <td class="spare">${ways(one)}</td>
    <td class="num">${one.sessions || nothing}</td>
    <td class="spare ink-2">${live?.alert ? say`On a case` : live ? STATES[live.state]() : nothing}</td>`;
}
