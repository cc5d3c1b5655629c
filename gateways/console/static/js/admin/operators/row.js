// A row of the operators' chapter.

import { html, nothing } from '../../../vendor/lit.js';
import { word } from '../../shell/parts.js';
import { either, languageName, t } from '../../words/words.js';
import * as f from '../../words/format.js';
import { rolesName } from './fields.js';

/** @returns {import('../frame/page.js').Head[]} */
export const HEADS = () => [
  [either('Nome', 'Name')],
  [either('Telefono', 'Telephone')],
  [either('Ruolo', 'Role')],
  [either('Lingua', 'Language'), 'spare'],
  [either('Reperibilità', 'On call')],
  [either('Entra con', 'Signs on by'), 'spare'],
  [either('Sessioni', 'Sessions'), 'num'],
  [either('Turno', 'Shift'), 'spare'],
];

/** @param {OperatorRow} one */
function ways(one) {
  const there = [
    one.has_password && (one.has_totp ? either('password e codice', 'password and code') : 'password'),
    one.passkeys && 'passkey',
    one.has_token && 'token',
  ].filter(Boolean);
  return there.length
    ? there.join(', ')
    : html`<span class="ink-wait">${either('niente ancora', 'nothing yet')}</span>`;
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
    <td>${one.on_call ? word('bell', either('reperibile', 'on call')) : nothing}</td>
    <td class="spare">${ways(one)}</td>
    <td class="num">${one.sessions || nothing}</td>
    <td class="spare ink-2">${live?.alert ? t('onCase') : live ? t(live.state) : nothing}</td>`;
}
