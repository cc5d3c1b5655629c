// Pieces of the operators' chapter: a row, what is asked or came of it, the keys.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../shell/parts.js';
import { either, languageName, t } from '../words/words.js';
import * as f from '../words/format.js';
import { why } from './faults.js';
import { list, rowOf, state } from './operator-acts.js';
import { rolesName } from './operator-fields.js';

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

/** @param {Ui} ui @param {OperatorRow} one @param {Set<string>} shared */
export function rowPane(ui, one, shared) {
  const live = ui.feed.operators.find((other) => other.operator === one.id);
  return html`<tr
    tabindex="0"
    data-key=${one.id}
    aria-current=${state.cursor === one.id ? 'true' : nothing}
    @focus=${() => {
      state.cursor = one.id;
    }}>
    <td>
      <b>${one.name}</b>
      ${shared.has(one.name.toLowerCase()) ? html`<small class="ink-2">${one.id}</small>` : nothing}
    </td>
    <td class="phone">${f.phone(one.phone)}</td>
    <td>${rolesName(one.role)}</td>
    <td class="spare">${languageName(one.language)}</td>
    <td>${one.on_call ? word('bell', either('reperibile', 'on call')) : nothing}</td>
    <td class="spare">${ways(one)}</td>
    <td class="num">${one.sessions || nothing}</td>
    <td class="spare ink-2">${live?.alert ? t('onCase') : live ? t(live.state) : nothing}</td>
  </tr>`;
}

/** @param {Ui} ui */
export function status(ui) {
  const [good, text] = state.said;
  const leftS = state.undo ? Math.ceil((state.undo.untilMs - Date.now()) / 1000) : 0;
  const { asked } = state;
  const question =
    asked &&
    {
      end: () => either('Chiudo sessioni, token e link?', 'End sessions, token and link?'),
      remove: () => either('Tolgo per sempre?', 'Remove for good?'),
    }[asked.what]();
  return html`<p role=${good ? 'status' : 'alert'}>
    ${
      list.fault
        ? word('warn', why(list.fault), 'ink-bad')
        : asked
          ? word('warn', `${rowOf(asked.who)?.name}: ${question} ${t('enter')} / Esc`, 'ink-wait')
          : text
            ? word(good ? 'check' : 'warn', text, good ? 'ink-ok' : 'ink-bad')
            : nothing
    }${
      leftS > 0
        ? html`<button class="btn" @click=${() => ui.press('Z')}>
            <kbd>Z</kbd>${either('Annulla', 'Take back')} (${leftS})
          </button>`
        : nothing
    }
  </p>`;
}

/** @param {Ui} ui */
export const keysOf = (ui) => {
  const keys = [
    ['Enter', either('Cambia', 'Change')],
    ['P', either('Link per entrare', 'Sign-on link')],
    ['D', either('Reperibile sì/no', 'On call or not')],
    ['E', either('Chiudi sessioni', 'End sessions')],
    ['X', either('Togli', 'Remove')],
  ];
  return html`<div class="operators__keys">
    ${keys.map(
      ([key, text]) =>
        html`<button class="btn" aria-keyshortcuts=${key} @click=${() => ui.press(key)}>
          <kbd>${key === 'Enter' ? t('enter') : key}</kbd>${text}
        </button>`,
    )}
  </div>`;
};
