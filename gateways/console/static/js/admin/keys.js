// The keys by which apps raise alerts. A new one is issued before an old one ends: several of a name open.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { icon, word } from '../shell/parts.js';
import { stepped } from '../shell/stepped.js';
import { either, t } from '../words/words.js';
import * as f from '../words/format.js';
import { answered, why } from './faults.js';
import { Form, formPane, unsaved } from './form.js';
import { Listed } from './listed.js';
import { once } from './once.js';

const PATH = '/v1/admin/keys';
/** @type {FormField[]} */
const FIELDS = [
  {
    name: 'name',
    label: () => either('Per quale app', 'For which app'),
    kind: 'text',
    max: 64,
    needed: true,
  },
];

/** @type {Listed<KeysView>} */
const list = new Listed(PATH);
const state = {
  cursor: '',
  asked: '', // the sign of the key that is to be revoked
  /** @type {Form} */
  form: null,
  /** @type {KeyIssued} */
  issued: null,
  /** @type {[boolean, string]} */
  said: [true, ''],
};

export function clear() {
  list.clear();
  Object.assign(state, { cursor: '', asked: '', form: null, issued: null, said: [true, ''] });
}

/** @param {Ui} ui */
export function enter(ui) {
  state.asked = '';
  again(ui);
}

/** @param {Ui} ui */
export const again = (ui) => list.load(ui);

/** @param {Ui} ui @param {string} sign */
function point(ui, sign) {
  state.cursor = sign;
  ui.draw();
  document.querySelector(`.keys tr[data-key="${CSS.escape(sign)}"]`)?.focus();
}

/** @param {Ui} ui @param {number} by */
function move(ui, by) {
  const rows = (list.said?.keys ?? []).map((one) => one.sign);
  if (rows.length) point(ui, stepped(rows, state.cursor, by));
}

/** @param {Ui} ui */
async function issue(ui) {
  const { form } = state;
  form.busy = true;
  const answer = await answered(ui.feed.ask('POST', PATH, { name: form.now.name.trim() }));
  form.busy = false;
  if (!answer.said) {
    form.refuse(answer);
    return ui.draw();
  }
  Object.assign(state, { form: null, issued: answer.said, cursor: answer.said.row.sign, said: [true, ''] });
  await list.load(ui);
  ui.draw();
  return document.querySelector('.once__copy')?.focus();
}

/** @param {Ui} ui @param {string} sign */
async function revoke(ui, sign) {
  const answer = await answered(ui.feed.ask('DELETE', `${PATH}/${encodeURIComponent(sign)}`));
  await list.load(ui);
  state.said = answer.said
    ? [true, either(`Revocata: ${sign}.`, `Revoked: ${sign}.`)]
    : [false, why(answer.code)];
  ui.draw();
}

/** @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  const { asked } = state;
  state.asked = '';
  if (asked && key === 'Enter') revoke(ui, asked);
  else if (asked && key === 'Escape') ui.draw();
  else if (key === 'Escape' && state.issued) {
    state.issued = null;
    point(ui, state.cursor);
  } else if (key === 'ArrowDown' || key === 'ArrowUp') move(ui, key === 'ArrowDown' ? 1 : -1);
  else if (key === 'A') {
    if (unsaved(ui, state.form)) return true;
    state.issued = null;
    state.form = new Form('key', FIELDS, { name: '' });
    ui.draw();
    state.form.focus();
  } else if (key === 'X' && state.cursor) {
    state.asked = state.cursor;
    ui.draw();
  } else return false;
  return true;
}

/** @param {KeyRow} one */
const row = (one) =>
  html`<tr
    tabindex="0"
    data-key=${one.sign}
    aria-current=${state.cursor === one.sign ? 'true' : nothing}
    @focus=${() => {
      state.cursor = one.sign;
    }}>
    <td><b>${one.name}</b></td>
    <td><code>${one.sign}</code></td>
    <td class="ink-2">${f.day(Date.parse(one.issued_at) * 1000)}</td>
  </tr>`;

/** @param {Ui} ui */
const issuedPane = (ui) =>
  html`<section class="panel once" aria-labelledby="issued-h">
    <div class="panel__head">
      <h2 id="issued-h">${either('Chiave per', 'Key for')} ${state.issued.row.name}</h2>
    </div>
    <div class="panel__body">
      <p>
        ${either(
          'Mettila nell’app ora: qui non si rivede. Le altre restano valide finché non le revochi.',
          'Put it into the app now: it is not shown again. The others go on opening until you revoke them.',
        )}
      </p>
      ${once(state.issued.key, () => ui.draw())}
      <button class="btn" @click=${() => ui.press('Escape')}><kbd>Esc</kbd>${either('Fatto', 'Done')}</button>
    </div>
  </section>`;

/** @param {Ui} ui */
export function pane(ui) {
  const rows = list.said?.keys ?? [];
  const [good, text] = state.said;
  const beside = state.form
    ? formPane(ui, state.form, {
        title: either('Nuova chiave', 'New key'),
        label: either('Crea', 'Issue'),
        send: () => issue(ui),
        leave: () => {
          state.form = null;
          point(ui, state.cursor);
        },
      })
    : state.issued
      ? issuedPane(ui)
      : null;
  return html`<section
    class="view operators keys"
    aria-labelledby="keys-h"
    data-beside=${beside ? 'on' : 'off'}>
    <header class="page-head">
      <h1 id="keys-h" tabindex="-1">${either('Chiavi delle app', 'App keys')}</h1>
      <p role=${good ? 'status' : 'alert'}>
        ${
          list.fault
            ? word('warn', why(list.fault), 'ink-bad')
            : state.asked
              ? word(
                  'warn',
                  either(
                    `Revoco ${state.asked}? Le app che la usano non avvisano più. ${t('enter')} / Esc`,
                    `Revoke ${state.asked}? Apps that use it raise no alert any more. ${t('enter')} / Esc`,
                  ),
                  'ink-wait',
                )
              : text
                ? word(good ? 'check' : 'warn', text, good ? 'ink-ok' : 'ink-bad')
                : nothing
        }
      </p>
      <div class="page-head__end">
        <button class="btn" aria-keyshortcuts="A" @click=${() => ui.press('A')}>
          <kbd>A</kbd>${icon('shield')}${either('Nuova', 'New')}
        </button>
      </div>
    </header>
    <section class="panel" aria-label=${either('Elenco', 'List')}>
      <div class="panel__body operators__list">
        <table class="table">
          <thead>
            <tr>
              <th>${either('App', 'App')}</th>
              <th>${either('Segno', 'Sign')}</th>
              <th>${either('Dal', 'Since')}</th>
            </tr>
          </thead>
          <tbody>
            ${repeat(rows, (one) => one.sign, row)}
          </tbody>
        </table>
      </div>
      ${
        state.cursor
          ? html`<div class="operators__keys">
              <button class="btn" aria-keyshortcuts="X" @click=${() => ui.press('X')}>
                <kbd>X</kbd>${either('Revoca', 'Revoke')}
              </button>
            </div>`
          : nothing
      }
    </section>
    ${beside ?? nothing}
  </section>`;
}
