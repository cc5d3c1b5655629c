// The operators: who may what, who is called at night, by what each comes in; added, changed, removed.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { icon } from '../shell/parts.js';
import { searchField } from '../shell/searching.js';
import { either } from '../words/words.js';
import { formPane } from './form.js';
import { linkPane } from './once.js';
import * as acts from './operator-acts.js';
import { keysOf, rowPane, status } from './operator-parts.js';

const SEARCH_MS = 60;

export const { clear } = acts;
const { list, rowOf, state } = acts;

/** @param {Ui} ui */
export function enter(ui) {
  state.asked = null;
  again(ui);
}

/** @param {Ui} ui */
export async function again(ui) {
  if (!(await list.load(ui)) || !state.editing) return;
  const row = rowOf(state.editing);
  if (row) state.form.follow(row);
  ui.draw();
}

/** @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  const row = rowOf(state.cursor);
  const { asked } = state;
  state.asked = null;
  if (asked && key === 'Enter') {
    state.asked = asked;
    acts.confirmed(ui);
  } else if (asked && key === 'Escape') acts.say(ui, true, '');
  else if (key === 'Escape' && state.link) {
    state.link = null;
    acts.point(ui, state.cursor);
  } else if (key === 'ArrowDown' || key === 'ArrowUp') acts.move(ui, key === 'ArrowDown' ? 1 : -1);
  else if (key === '/') document.getElementById('operator-search')?.focus();
  else if (key === 'A') acts.edit(ui);
  else if (key === 'Z') acts.takeBack(ui);
  else if (!row) return false;
  else if (key === 'Enter') acts.edit(ui, row);
  else if (key === 'P') acts.link(ui, row.id);
  else if (key === 'D') acts.change(ui, row.id, { on_call: row.on_call }, { on_call: !row.on_call });
  else if (key === 'E' || key === 'X') {
    state.asked = { what: key === 'E' ? 'end' : 'remove', who: row.id };
    ui.draw();
  } else return false;
  return true;
}

/** @param {Ui} ui */
export function pane(ui) {
  const rows = acts.found();
  const all = list.said?.operators ?? [];
  const names = all.map((one) => one.name.toLowerCase());
  const shared = new Set(names.filter((name, n) => names.indexOf(name) !== n));
  const beside = state.form
    ? formPane(ui, state.form, {
        title: state.editing ? (rowOf(state.editing)?.name ?? '') : either('Nuovo operatore', 'New operator'),
        label: state.editing ? either('Salva', 'Save') : either('Aggiungi', 'Add'),
        send: () => acts.send(ui),
        leave: () => acts.leave(ui),
      })
    : state.link
      ? linkPane(ui, state.link, rowOf(state.link.operator)?.name ?? '', () => ui.press('Escape'))
      : null;
  return html`<section
    class="view operators"
    aria-labelledby="operators-h"
    data-beside=${beside ? 'on' : 'off'}>
    <header class="page-head">
      <h1 id="operators-h" tabindex="-1">${either('Operatori', 'Operators')}</h1>
      ${searchField({
        id: 'operator-search',
        hint: either('Nome o numero', 'Name or number'),
        searched: state,
        pauseMs: SEARCH_MS,
        ask: () => ui.draw(),
        down: () => acts.move(ui, 1),
      })}${status(ui)}
      <div class="page-head__end">
        <button class="btn" aria-keyshortcuts="A" @click=${() => ui.press('A')}>
          <kbd>A</kbd>${icon('user')}${either('Aggiungi', 'Add')}
        </button>
      </div>
    </header>
    <section class="panel" aria-label=${either('Elenco', 'List')}>
      <div class="panel__body operators__list">
        <table class="table">
          <thead>
            <tr>
              <th>${either('Nome', 'Name')}</th>
              <th>${either('Telefono', 'Telephone')}</th>
              <th>${either('Ruolo', 'Role')}</th>
              <th class="spare">${either('Lingua', 'Language')}</th>
              <th>${either('Reperibilità', 'On call')}</th>
              <th class="spare">${either('Entra con', 'Signs on by')}</th>
              <th class="num">${either('Sessioni', 'Sessions')}</th>
              <th class="spare">${either('Turno', 'Shift')}</th>
            </tr>
          </thead>
          <tbody>
            ${repeat(
              rows,
              (one) => one.id,
              (one) => rowPane(ui, one, shared),
            )}
          </tbody>
        </table>
        ${rows.length || !list.said ? nothing : html`<p class="empty">${either('Nessuno', 'Nobody')}</p>`}
      </div>
      ${state.cursor ? keysOf(ui) : nothing}
    </section>
    ${beside ?? nothing}
  </section>`;
}
