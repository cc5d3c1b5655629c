// The chapter of the people who may raise an alert: search, adding, correction, merge, phones.

import { Form } from '../../js/admin/frame/form.js';
import { PolledList } from '../../js/admin/frame/polled-list.js';
import { listPage } from '../../js/admin/frame/page.js';
import { FEATURES } from '../../js/features.js';
import { phrase, say } from '../../js/words/words.js';
import * as importing from './import.js';
import * as invite from './invite.js';
import {
  below,
  cells,
  FIELDS,
  formValues,
  HEADS,
  isSilent,
  load,
  nameOf,
  NOBODY,
  read,
  rows,
  seek,
  requestOf,
  show,
  toggleSilent,
} from './list.js';
import * as list from './list.js';
import * as merge from './merge.js';
import * as phones from './phones.js';

/** The person of the open form, as stored by the center. @type {PolledList<PersonAnswer>} */
const corrected = new PolledList('');

export function clear() {
  rows.clear();
  corrected.clear();
  invite.clear();
}

/** Open the chapter. @param {Ui} ui */
export function enter(ui) {
  rows.question = null;
  again(ui);
}

/** Request the people again, and update the open form to the stored person. @param {Ui} ui */
export async function again(ui) {
  await load(ui);
  await invite.again(ui);
  if (rows.editing && (await corrected.load(ui))) {
    rows.form?.follow(formValues(corrected.data));
    ui.draw();
  }
}

/** Open the form that corrects a person. @param {Ui} ui @param {string} id */
async function correct(ui, id) {
  corrected.clear();
  corrected.path = rows.pathOf(id);
  await corrected.load(ui);
  if (corrected.data) rows.open(ui, new Form('person', FIELDS, formValues(corrected.data)), id);
  else await read(ui, id); // shows the refusal
}

/** Save the changed fields with the values seen before. @param {Ui} ui */
function saveChanges(ui) {
  const names = rows.form.changed();
  return rows.save(ui, (fields) => requestOf(Object.fromEntries(names.map((name) => [name, fields[name]]))));
}

/** Add the person of the open form. @param {Ui} ui */
async function add(ui) {
  const data = await rows.send(ui, 'POST', rows.path, requestOf(rows.form.now));
  if (data) await show(ui, data, say`${nameOf(data)} is added.`);
}

/** @type {PersonAction[]} */
const OWN = [
  { place: 10, key: 'Enter', label: phrase`Correct`, act: (ui, row) => correct(ui, row.id) },
  { place: 30, key: 'P', label: phrase`Phones`, act: (ui, row) => phones.open(ui, row.id) },
  { place: 40, key: 'Q', label: phrase`Invite`, act: invite.open },
  { place: 50, key: 'M', label: phrase`Merge with another`, act: merge.pressed },
];
/** Return the actions of other features on a person. */
const featureActions = () => FEATURES.flatMap(({ personActions = [] }) => personActions);
/** Return all actions on a person, in their order. */
const acts = () => [...OWN, ...featureActions()].sort((one, other) => one.place - other.place);

/** Return the chapter's keys for the list of keys. @returns {[string, string][]} */
export function listed() {
  const [keys, labels] = [
    featureActions().map(({ key }) => key),
    featureActions().map(({ label }) => label().toLowerCase()),
  ];
  return [
    ['P Q M F T', say`People: phones, invite, merge; from a file; silent ones`],
    ...(keys.length
      ? [/** @type {[string, string]} */ ([keys.join(' '), say`People: ${labels.join(', ')}`])]
      : []),
  ];
}

/** Act on a key; return true if it belongs to this chapter. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (rows.pressed(ui, key)) return true;
  if (key === 'A') rows.open(ui, new Form('person', FIELDS, NOBODY));
  else if (key === 'F') importing.open(ui);
  else if (key === 'T') toggleSilent(ui);
  else if (key === 'W') return merge.swap(ui);
  else return act(ui, key);
  return true;
}

/**
 * Act on a key with the person under the cursor; return true if there is such an action.
 * @param {Ui} ui @param {string} key
 */
function act(ui, key) {
  const [row, found] = [rows.row(), acts().find((one) => one.key === key)];
  if (row) found?.act(ui, row, list);
  return Boolean(row && found);
}

/** Return title, label and action of the open form. @param {Ui} ui */
function form(ui) {
  const { form: shown, editing } = rows;
  const of = acts().find((one) => one.form && one.opens === shown.id);
  if (of) return of.form(ui);
  return editing
    ? { title: nameOf(corrected.data), label: say`Save`, send: () => saveChanges(ui) }
    : {
        title: say`New person`,
        label: say`Add`,
        send: () => add(ui),
      };
}

/** @type {Record<string, { pane: (ui: Ui) => any }>} */
const SIDE_PANES = { import: importing, invite, merge, phones };

/** Render the chapter. @param {Ui} ui */
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
    rowActs: acts().map(({ key, label }) => [key, label()]),
    heads: HEADS(),
    cells,
    form: () => form(ui),
    side: () => SIDE_PANES[rows.side.kind].pane(ui),
    empty: rows.search.trim() || isSilent() ? say`Nobody found` : say`Nobody yet##people`,
    below: below(ui),
  });
