// The chapter of the operators: roles, on-call duty and sign-on methods; adding, changing, removing.

import { html, nothing } from '../../vendor/lit.js';
import { Form } from '../../js/admin/frame/form.js';
import { secretField } from '../../js/admin/frame/secret-field.js';
import { listPage } from '../../js/admin/frame/page.js';
import { Rows } from '../../js/admin/frame/rows.js';
import { word } from '../../js/shell/parts.js';
import * as f from '../../js/words/format.js';
import { languageName, phrase, roleName, say } from '../../js/words/words.js';
import { LANGUAGES } from './list.js';

/** @type {FormField[]} */
const FIELDS = [
  {
    name: 'name',
    label: () => say`First and last name`,
    kind: 'text',
    max: 100,
    needed: true,
  },
  { name: 'phone', label: () => say`Telephone`, kind: 'tel', max: 40, needed: true },
  {
    name: 'role',
    label: () => say`Role`,
    kind: 'select',
    choices: () => ['operator', 'supervisor', 'admin'].map((one) => [one, roleName(one)]),
  },
  {
    name: 'language',
    label: () => say`Language`,
    kind: 'select',
    choices: () => LANGUAGES.map((one) => [one, languageName(one)]),
  },
  { name: 'on_call', label: () => say`On call off shift`, kind: 'check' },
];

/** @type {Record<ShiftState, Phrase>} */
const STATES = { ready: phrase`Ready`, paused: phrase`Paused`, off: phrase`Off shift` };

/** Return the columns. @returns {import('../../js/admin/frame/page.js').Head[]} */
const HEADS = () => [
  [say`Name`],
  [say`Telephone`],
  [say`Role`],
  [say`Language`, 'spare'],
  [say`On call`],
  [say`Signs on by`, 'spare'],
  [say`Sessions`, 'num'],
  [say`Shift`, 'spare'],
];

/** Return an operator's sign-on methods in words. @param {OperatorRow} one */
function ways(one) {
  const there = [
    one.has_password && (one.has_totp ? say`password and code` : 'password'),
    one.passkeys && 'passkey',
    one.has_token && 'token',
  ].filter(Boolean);
  return there.length ? there.join(', ') : html`<span class="ink-wait">${say`nothing yet`}</span>`;
}

/**
 * Render the cells of an operator. `shared`: names, in small letters, of several operators.
 * @param {Ui} ui @param {OperatorRow} one @param {Set<string>} shared
 */
function cells(ui, one, shared) {
  const live = ui.feed.operators.find((other) => other.operator === one.id);
  return html`<td>
      <b>${one.name}</b>
      ${shared.has(one.name.toLowerCase()) ? html`<small class="ink-2">${one.id}</small>` : nothing}
    </td>
    <td class="phone">${f.phone(one.phone)}</td>
    <td>${roleName(one.role)}</td>
    <td class="spare">${languageName(one.language)}</td>
    <td>${one.on_call ? word('bell', say`on call`) : nothing}</td>
    <td class="spare">${ways(one)}</td>
    <td class="num">${one.sessions || nothing}</td>
    <td class="spare ink-2">${live?.alert ? say`On a case` : live ? STATES[live.state]() : nothing}</td>`;
}

/** @type {Rows<OperatorRow>} */
const rows = new Rows('operators', '/v1/admin/operators', {
  rows: (/** @type {OperatorsView} */ data) => data.operators,
  key: (one) => one.id,
  name: (one) => one.name,
  text: (one) => `${one.name} ${one.phone} ${one.id}`,
});

export const clear = () => rows.clear();
/** Request the operators. @param {Ui} ui */
export const enter = (ui) => rows.enter(ui);
/** Request the operators again. @param {Ui} ui */
export const again = (ui) => rows.again(ui);

/** Open the form of an operator, or of a new operator. @param {Ui} ui @param {OperatorRow} [row] */
function edit(ui, row) {
  const initial = { name: '', phone: '', role: 'operator', language: 'it', on_call: false };
  rows.open(ui, new Form('operator', FIELDS, row ?? initial), row?.id);
}

/** Add the operator of the open form, and show the sign-on link. @param {Ui} ui */
async function add(ui) {
  const data = await rows.send(ui, 'POST', rows.list.path, rows.form.now);
  if (!data) return;
  rows.form = null;
  rows.cursor = data.operator.id;
  rows.showSide(ui, data.link);
  rows.showResult(ui, true, say`${data.operator.name} is added.`);
}

/** Make a sign-on link, and show it. @param {Ui} ui @param {string} operator */
async function makeLink(ui, operator) {
  const data = await rows.request(ui, 'POST', `${rows.pathOf(operator)}/link`);
  if (data) rows.showSide(ui, data);
}

/** End an operator's sessions, token and link. @param {Ui} ui @param {OperatorRow} row */
async function endSessions(ui, { id, name }) {
  if (await rows.request(ui, 'DELETE', `${rows.pathOf(id)}/sessions`))
    rows.showResult(ui, true, say`${name}: sessions, token and link have ended.`);
}

/** Remove an operator. @param {Ui} ui @param {OperatorRow} row */
async function remove(ui, { id, name }) {
  if (!(await rows.request(ui, 'DELETE', rows.pathOf(id)))) return;
  rows.move(ui, 0);
  rows.showResult(ui, true, say`${name} is removed.`);
}

/** Act on a key; return true if it belongs to this chapter. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (rows.pressed(ui, key)) return true;
  const row = rows.row();
  if (key === 'A') edit(ui);
  else if (!row) return false;
  else if (key === 'Enter') edit(ui, row);
  else if (key === 'P') makeLink(ui, row.id);
  else if (key === 'D') rows.change(ui, row.id, { on_call: row.on_call }, { on_call: !row.on_call });
  else if (key === 'E') {
    const question = say`End sessions, token and link?`;
    rows.ask(ui, `${row.name}: ${question}`, () => endSessions(ui, row));
  } else if (key === 'X') rows.ask(ui, `${row.name}: ${say`Remove for good?`}`, () => remove(ui, row));
  else return false;
  return true;
}

/**
 * Render a sign-on link, which is shown once.
 * @param {Ui} ui @param {SignOnLink} link @param {string} name
 */
function linkPane(ui, link, name) {
  const address = `${location.origin}/console/#token=${link.code}`;
  const until = Date.parse(link.until) * 1000;
  const end = `${f.shortDay(until)} ${f.minute(until)}`;
  return html`<section class="panel once" aria-labelledby="link-h">
    <div class="panel__head"><h2 id="link-h">${say`Link for ${name}`}</h2></div>
    <div class="panel__body">
      <p>
        ${say`Good once, until ${end}: whoever opens it chooses a password or passkey.`}
        ${say`Hand it to ${name} alone: it is not shown again.`}
      </p>
      ${secretField(address, () => ui.draw())}
      <button class="btn" @click=${() => ui.press('Escape')}><kbd>Esc</kbd>${say`Done`}</button>
    </div>
  </section>`;
}

/** Render the chapter. @param {Ui} ui */
export function pane(ui) {
  const names = rows.all().map((one) => one.name.toLowerCase());
  const shared = new Set(names.filter((name, n) => names.indexOf(name) !== n));
  return listPage(ui, rows, {
    title: say`Operators`,
    hint: say`Name or number`,
    acts: [['A', say`Add`, 'user']],
    rowActs: [
      ['Enter', say`Change`],
      ['P', say`Sign-on link`],
      ['D', say`On call or not`],
      ['E', say`End sessions`],
      ['X', say`Remove`],
    ],
    heads: HEADS(),
    cells: (one) => cells(ui, one, shared),
    form: () =>
      rows.editing
        ? { title: rows.nameOf(rows.editing), label: say`Save`, send: () => rows.save(ui) }
        : {
            title: say`New operator`,
            label: say`Add`,
            send: () => add(ui),
          },
    side: () => linkPane(ui, rows.side, rows.nameOf(rows.side.operator)),
    empty: say`Nobody`,
  });
}
