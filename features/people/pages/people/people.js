// The people who may raise an alert: found, added, corrected, merged, erased; their phones and their data.

import { save } from '../../../js/shell/saving.js';
import { say } from '../../../js/words/words.js';
import { Form } from '../../../js/admin/frame/form.js';
import { Listed } from '../../../js/admin/frame/listed.js';
import { listPage } from '../../../js/admin/frame/page.js';
import * as erase from './erase.js';
import { FIELDS, NOBODY, flat, nameOf, sent } from './fields.js';
import { HEADS, below, cells, isSilent, load, read, rows, seek, show, whoIsSilent } from './list.js';
import * as importing from './import.js';
import * as invite from './invite.js';
import * as merge from './merge.js';
import * as phones from './phones.js';
import * as record from './record.js';

/** Whom the form corrects, as the center has it now. @type {Listed<PersonAnswer>} */
const corrected = new Listed('');

export function clear() {
  rows.clear();
  corrected.clear();
  invite.clear();
}

/** @param {Ui} ui */
export function enter(ui) {
  rows.asked = null;
  again(ui);
}

/** The form follows what others write. @param {Ui} ui */
export async function again(ui) {
  await load(ui);
  await invite.again(ui);
  if (rows.editing && (await corrected.load(ui))) {
    rows.form?.follow(flat(corrected.said));
    ui.draw();
  }
}

/** @param {Ui} ui @param {string} id */
async function correct(ui, id) {
  corrected.clear();
  corrected.path = rows.pathOf(id);
  await corrected.load(ui);
  if (corrected.said) rows.open(ui, new Form('person', FIELDS, flat(corrected.said)), id);
  else await read(ui, id); // which says why
}

/** What was written, with what was seen there. @param {Ui} ui */
function keep(ui) {
  const names = rows.form.changed();
  return rows.save(ui, (fields) => sent(Object.fromEntries(names.map((name) => [name, fields[name]]))));
}

/** @param {Ui} ui */
async function add(ui) {
  const said = await rows.send(ui, 'POST', rows.path, sent(rows.form.now));
  if (said) await show(ui, said, say`${nameOf(said)} is added.`);
}

/** Everything about a person, for that person. @param {Ui} ui @param {PersonRow} row */
async function give(ui, row) {
  const name = nameOf(row);
  rows.say(ui, true, say`${name}: making the data…`);
  const done = await save(ui, `/v1/users/${encodeURIComponent(row.id)}/data`, `person-${row.id}.zip`);
  rows.say(ui, done, done ? say`${name}: data downloaded.` : say`${name}: not made.`);
}

/** @type {Record<string, (ui: Ui, row: PersonRow) => unknown>} */
const OF_ROW = {
  Enter: (ui, row) => correct(ui, row.id),
  G: record.open,
  P: (ui, row) => phones.open(ui, row.id),
  Q: invite.open,
  M: merge.pressed,
  D: give,
  X: (ui, row) => erase.open(ui, row.id),
};

/** @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (rows.pressed(ui, key)) return true;
  if (key === 'A') rows.open(ui, new Form('person', FIELDS, NOBODY));
  else if (key === 'F') importing.open(ui);
  else if (key === 'T') whoIsSilent(ui);
  else if (key === 'W') return merge.swap(ui);
  else if (!rows.row() || !OF_ROW[key]) return false;
  else OF_ROW[key](ui, rows.row());
  return true;
}

/** @type {Record<string, { form: (ui: Ui) => any }>} */
const FORMS = { erase, record };

/** @param {Ui} ui */
function form(ui) {
  const { form: shown, editing } = rows;
  if (FORMS[shown.id]) return FORMS[shown.id].form(ui);
  return editing
    ? { title: nameOf(corrected.said), label: say`Save`, send: () => keep(ui) }
    : {
        title: say`New person`,
        label: say`Add`,
        send: () => add(ui),
      };
}

/** @type {Record<string, { pane: (ui: Ui) => any }>} */
const BESIDE = { import: importing, invite, merge, phones };

/** @param {Ui} ui */
export const pane = (ui) =>
  listPage(ui, rows, {
    title: say`People`,
    hint: say`Name or number`,
    seek: () => seek(ui),
    acts: [
      ['A', say`Add`, 'user'],
      ['F', say`From a file`, 'note'],
      ['T', isSilent() ? say`All` : say`Silent phones`, 'phone'],
    ],
    rowActs: [
      ['Enter', say`Correct`],
      ['G', say`Record`],
      ['P', say`Phones`],
      ['Q', say`Invite`],
      ['M', say`Merge with another`],
      ['D', say`Data to give`],
      ['X', say`Erase`],
    ],
    heads: HEADS(),
    cells,
    form: () => form(ui),
    once: () => BESIDE[rows.once.kind].pane(ui),
    empty: rows.search.trim() || isSilent() ? say`Nobody found` : say`Nobody yet##people`,
    below: below(ui),
  });
