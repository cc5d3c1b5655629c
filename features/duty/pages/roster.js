// The roster as the center stores it: one document; each part of the chapter shows a section and sends the
// whole. A change contains the version that was seen; Z takes a change back for ten seconds.

import { say } from '../../js/words/words.js';
import { answerOf, why } from '../../js/admin/frame/faults.js';
import { PolledList } from '../../js/admin/frame/polled-list.js';
import { Rows } from '../../js/admin/frame/rows.js';
import { flawText } from './words.js';

export const PATH = '/v1/admin/duty';
const UNDO_MS = 10_000;

/** @type {PolledList<DutyView>} */
const list = new PolledList(PATH);
/** @type {{ roster: DutyRoster, version: number, untilMs: number }} */
let before = null;

/** Return the center's last answer; null before the first. */
export const dutyView = () => list.data;

export function clear() {
  list.clear();
  before = null;
}

/** Return the name of a person; an unknown id is returned as it is. @param {string} id */
export const nameOf = (id) => dutyView()?.roster.people.find((one) => one.id === id)?.name ?? id;

/** Return the names of people. @param {readonly string[]} ids */
export const namesOf = (ids) => ids.map(nameOf).join(', ');

/**
 * Return the rows of a part of the roster; all parts share one answer of the center.
 * @template {'people' | 'shifts' | 'overrides' | 'holidays'} P
 * @param {P} part @param {(one: DutyRoster[P][number]) => string} name
 * @returns {Rows<DutyRoster[P][number]>}
 */
export function rowsOf(part, name) {
  const rows = new Rows('duty', PATH, {
    rows: (/** @type {DutyView} */ view) => /** @type {DutyRoster[P][number][]} */ (view.roster[part]),
    key: (one) => keyOf(part, one),
    name,
  });
  rows.list = list;
  return rows;
}

/**
 * Return the key of a row: a person's id, else the row's own content.
 * @param {string} part @param {any} one
 */
export const keyOf = (part, one) => (part === 'people' ? one.id : JSON.stringify(one));

/**
 * Save the roster with these parts changed, and return true on success. `place` returns the form's field for
 * the path of a fault.
 * @param {Ui} ui @param {Rows<any>} rows @param {Partial<DutyRoster>} parts
 * @param {string} text shown on success @param {(path: string[]) => string} [place]
 */
export async function saveRoster(ui, rows, parts, text, place = () => '') {
  const was = dutyView();
  const roster = { ...was.roster, ...parts };
  const { form } = rows;
  if (form) form.busy = true;
  const answer = await answerOf(ui.feed.request('PUT', PATH, { was: was.version, roster }));
  if (form) form.busy = false;
  await list.load(ui);
  if (!answer.data) {
    refuse(ui, rows, answer, place);
    return false;
  }
  const untilMs = Date.now() + UNDO_MS;
  before = { roster: was.roster, version: answer.data.version, untilMs };
  rows.undo = { key: '', was: {}, now: {}, untilMs };
  if (form) rows.leave(ui);
  rows.showResult(ui, true, text);
  return true;
}

/**
 * Show a refusal, at its field if a form is open.
 * @param {Ui} ui @param {Rows<any>} rows @param {{ code: string, path: string, reason: string }} answer
 * @param {(path: string[]) => string} place
 */
function refuse(ui, rows, { code, path, reason }, place) {
  const { form } = rows;
  const text = flawText(code) || (code === 'changed_meanwhile' ? meanwhile() : why(code, { path, reason }));
  if (!form) {
    rows.showResult(ui, false, text);
    return;
  }
  const name = place(path.split('.').slice(2));
  const known = form.fields.some((field) => field.name === name);
  form.faults = { [known ? name : '']: text };
  if (code === 'changed_meanwhile') markSeen(rows);
  ui.draw();
  form.focus(known ? name : undefined);
}

const meanwhile = () => say`Another admin has changed the roster meanwhile: look, then Enter writes yours.`;

let seen = ''; // the row of the open form, as it was when seen

/**
 * Open a form that changes a row; without a row, the form adds one.
 * @param {Ui} ui @param {Rows<any>} rows @param {import('../../js/admin/frame/form.js').Form} form
 * @param {object} [row]
 */
export function openForm(ui, rows, form, row) {
  seen = JSON.stringify(row);
  rows.open(ui, form, row && rows.options.key(row));
}

/** Return true if another admin has changed the form's row, and show it once. @param {Rows<any>} rows */
export function changedByOther(rows) {
  if (!rows.editing || JSON.stringify(rows.row(rows.editing)) === seen) return false;
  rows.form.faults = { '': meanwhile() };
  rows.form.focus();
  markSeen(rows);
  return true;
}

/** Mark the present row as seen; if the row has been removed, the form adds a row. @param {Rows<any>} rows */
function markSeen(rows) {
  const row = rows.editing ? rows.row(rows.editing) : undefined;
  seen = JSON.stringify(row);
  if (!row) rows.editing = '';
}

/** Return true if Z can take a change back. */
const undoable = () => before !== null && Date.now() < before.untilMs;

/** Take the last change back. @param {Ui} ui @param {Rows<any>} rows */
export async function takeBack(ui, rows) {
  if (!undoable()) return;
  const { roster, version } = before;
  before = null;
  rows.undo = null;
  const answer = await answerOf(ui.feed.request('PUT', PATH, { was: version, roster }));
  await list.load(ui);
  if (answer.data) rows.showResult(ui, true, say`Taken back.`);
  else
    rows.showResult(ui, false, answer.code === 'changed_meanwhile' ? meanwhile() : why(answer.code, answer));
}
