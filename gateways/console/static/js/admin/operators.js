// The operators: who may what, who is called at night, by what each comes in; added, changed, removed.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { icon, word } from '../shell/parts.js';
import { searchField } from '../shell/searching.js';
import { either, languageName, t } from '../words/words.js';
import * as f from '../words/format.js';
import { answered, why } from './faults.js';
import { Form, formPane } from './form.js';
import { Listed } from './listed.js';
import { linkPane, rolesName } from './operator-parts.js';

const PATH = '/v1/admin/operators';
const UNDO_MS = 10_000;
const SEARCH_MS = 60;
const LANGUAGES = ['it', 'en', 'fr', 'de', 'es', 'pt', 'ro', 'sq', 'ar', 'uk', 'ru', 'zh'];

/** @type {FormField[]} */
const FIELDS = [
  {
    name: 'name',
    label: () => either('Nome e cognome', 'First and last name'),
    kind: 'text',
    max: 100,
    needed: true,
  },
  { name: 'phone', label: () => either('Telefono', 'Telephone'), kind: 'tel', max: 40, needed: true },
  {
    name: 'role',
    label: () => either('Ruolo', 'Role'),
    kind: 'select',
    choices: () => ['operator', 'supervisor', 'admin'].map((one) => [one, rolesName(one)]),
  },
  {
    name: 'language',
    label: () => either('Lingua', 'Language'),
    kind: 'select',
    choices: () => LANGUAGES.map((one) => [one, languageName(one)]),
  },
  { name: 'on_call', label: () => either('Reperibile fuori turno', 'On call off shift'), kind: 'check' },
];

/** @type {Listed<OperatorsView>} */
const list = new Listed(PATH);
const state = {
  search: '',
  typing: 0,
  cursor: '',
  /** @type {Form} */
  form: null,
  editing: '', // whom the form changes; empty: it adds
  /** @type {SignOnLink} */
  link: null,
  /** @type {{ what: 'end' | 'remove', who: string }} */
  asked: null,
  /** @type {{ who: string, was: object, now: object, untilMs: number }} */
  undo: null,
  /** @type {[boolean, string]} */
  said: [true, ''],
};

export function clear() {
  list.clear();
  Object.assign(state, { search: '', cursor: '', form: null, editing: '', link: null });
  Object.assign(state, { asked: null, undo: null, said: [true, ''] });
}

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

/** @param {string} who */
const rowOf = (who) => list.said?.operators.find((one) => one.id === who);

function found() {
  const plain = state.search.trim().toLowerCase();
  const all = list.said?.operators ?? [];
  return plain
    ? all.filter((one) => `${one.name} ${one.phone} ${one.id}`.toLowerCase().includes(plain))
    : all;
}

/** @param {Ui} ui @param {string} who */
function point(ui, who) {
  state.cursor = who;
  ui.draw();
  document.querySelector(`.operators tr[data-key="${CSS.escape(who)}"]`)?.focus();
}

/** @param {Ui} ui @param {number} by */
function move(ui, by) {
  const rows = found();
  if (!rows.length) return;
  const at = rows.findIndex((one) => one.id === state.cursor);
  point(ui, rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))].id);
}

/** @param {Ui} ui @param {OperatorRow} [row] */
function edit(ui, row) {
  state.editing = row?.id ?? '';
  state.link = null;
  state.form = new Form(
    'operator',
    FIELDS,
    row ?? { name: '', phone: '', role: 'operator', language: 'it', on_call: false },
  );
  ui.draw();
  state.form.focus();
}

/** @param {Ui} ui */
function leave(ui) {
  state.form = null;
  state.editing = '';
  point(ui, state.cursor);
}

/** @param {Ui} ui @param {boolean} good @param {string} text */
function say(ui, good, text) {
  state.said = [good, text];
  ui.draw();
}

/** Add who is written into the form, or change it. @param {Ui} ui */
async function send(ui) {
  const { form, editing } = state;
  const fields = form.changed();
  if (editing && !fields.length) return leave(ui);
  form.busy = true;
  const part = (/** @type {Record<string, any>} */ all) =>
    Object.fromEntries(fields.map((name) => [name, all[name]]));
  const body = editing ? { was: part(form.was), now: part(form.now) } : form.now;
  const order = editing
    ? ui.feed.ask('PATCH', `${PATH}/${encodeURIComponent(editing)}`, body)
    : ui.feed.ask('POST', PATH, body);
  const answer = await answered(order);
  form.busy = false;
  if (!answer.said) {
    form.refuse(answer);
    return ui.draw();
  }
  await list.load(ui);
  if (editing) {
    changed(ui, answer.said, body);
    return leave(ui);
  }
  Object.assign(state, { form: null, cursor: answer.said.operator.id, link: answer.said.link });
  state.said = [true, either(`${answer.said.operator.name} c’è.`, `${answer.said.operator.name} is added.`)];
  ui.draw();
  document.querySelector('.once__copy')?.focus();
}

/** @param {Ui} ui @param {OperatorRow} row @param {any} body */
function changed(ui, row, { was, now }) {
  const back = Object.fromEntries(Object.keys(now).map((name) => [name, row[name]])); // as it is written
  state.undo = { who: row.id, was: back, now: was, untilMs: Date.now() + UNDO_MS };
  state.said = [true, either(`${row.name}: salvato.`, `${row.name}: saved.`)];
}

/**
 * Change one thing, or take a change back.
 * @param {Ui} ui @param {string} who @param {object} was @param {object} now
 */
async function change(ui, who, was, now) {
  const answer = await answered(ui.feed.ask('PATCH', `${PATH}/${encodeURIComponent(who)}`, { was, now }));
  await list.load(ui);
  if (!answer.said) return say(ui, false, why(answer.code));
  changed(ui, answer.said, { was, now });
  return ui.draw();
}

/** @param {Ui} ui */
async function takeBack(ui) {
  const { undo } = state;
  if (!undo || Date.now() > undo.untilMs) return;
  state.undo = null;
  await change(ui, undo.who, undo.was, undo.now);
  state.undo = null;
  if (state.said[0]) say(ui, true, either('Annullato.', 'Taken back.'));
}

/** @param {Ui} ui @param {string} who */
async function link(ui, who) {
  const answer = await answered(ui.feed.ask('POST', `${PATH}/${encodeURIComponent(who)}/link`));
  if (!answer.said) return say(ui, false, why(answer.code));
  Object.assign(state, { link: answer.said, form: null, editing: '', said: [true, ''] });
  ui.draw();
  return document.querySelector('.once__copy')?.focus();
}

/** What was asked and is meant. @param {Ui} ui */
async function confirmed(ui) {
  const { what, who } = state.asked;
  const { name } = rowOf(who);
  state.asked = null;
  const path = `${PATH}/${encodeURIComponent(who)}${what === 'end' ? '/sessions' : ''}`;
  const answer = await answered(ui.feed.ask('DELETE', path));
  await list.load(ui);
  if (!answer.said) return say(ui, false, why(answer.code));
  if (what === 'remove') move(ui, 0);
  return say(
    ui,
    true,
    what === 'remove'
      ? either(`${name} non c’è più.`, `${name} is removed.`)
      : either(`${name}: sessioni, token e link finiti.`, `${name}: sessions, token and link have ended.`),
  );
}

/** @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  const row = rowOf(state.cursor);
  const { asked } = state;
  state.asked = null;
  if (asked && key === 'Enter') {
    state.asked = asked;
    confirmed(ui);
  } else if (asked && key === 'Escape') say(ui, true, '');
  else if (key === 'Escape' && state.link) {
    state.link = null;
    point(ui, state.cursor);
  } else if (key === 'ArrowDown' || key === 'ArrowUp') move(ui, key === 'ArrowDown' ? 1 : -1);
  else if (key === '/') document.getElementById('operator-search')?.focus();
  else if (key === 'A') edit(ui);
  else if (key === 'Z') takeBack(ui);
  else if (!row) return false;
  else if (key === 'Enter') edit(ui, row);
  else if (key === 'P') link(ui, row.id);
  else if (key === 'D') change(ui, row.id, { on_call: row.on_call }, { on_call: !row.on_call });
  else if (key === 'E' || key === 'X') {
    state.asked = { what: key === 'E' ? 'end' : 'remove', who: row.id };
    ui.draw();
  } else return false;
  return true;
}

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
function rowPane(ui, one, shared) {
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
function status(ui) {
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
const keysOf = (ui) => {
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

/** @param {Ui} ui */
export function pane(ui) {
  const rows = found();
  const all = list.said?.operators ?? [];
  const names = all.map((one) => one.name.toLowerCase());
  const shared = new Set(names.filter((name, n) => names.indexOf(name) !== n));
  const beside = state.form
    ? formPane(ui, state.form, {
        title: state.editing ? (rowOf(state.editing)?.name ?? '') : either('Nuovo operatore', 'New operator'),
        label: state.editing ? either('Salva', 'Save') : either('Aggiungi', 'Add'),
        send: () => send(ui),
        leave: () => leave(ui),
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
        down: () => move(ui, 1),
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
              <th>${either('Di notte', 'At night')}</th>
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
