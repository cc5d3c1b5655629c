// The roster as the center keeps it: one document, which each pane shows a part of and changes whole. Whoever
// changes it says which version was seen; what was there before is taken back by Z for ten seconds.

import { say } from '../../js/words/words.js';
import { answered, why } from '../../js/admin/frame/faults.js';
import { Listed } from '../../js/admin/frame/listed.js';
import { Rows } from '../../js/admin/frame/rows.js';
import { flawSaid } from './words.js';

export const PATH = '/v1/admin/duty';
const UNDO_MS = 10_000;

/** @type {Listed<DutyView>} */
const list = new Listed(PATH);
/** @type {{ roster: DutyRoster, version: number, untilMs: number }} */
let before = null;

/** What the center has said; null before. */
export const said = () => list.said;

export function clear() {
  list.clear();
  before = null;
}

/** Names by ids. @param {string} id */
export const nameOf = (id) => said()?.roster.people.find((one) => one.id === id)?.name ?? id;

/** @param {readonly string[]} ids */
export const namesOf = (ids) => ids.map(nameOf).join(', ');

/**
 * The rows of a part of it; all have what the center has said in common.
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

/** People have ids; the others are known by what they are. @param {string} part @param {any} one */
export const keyOf = (part, one) => (part === 'people' ? one.id : JSON.stringify(one));

/**
 * Keep it with these parts changed. What the form is to say by the path of a fault: `place` is its field.
 * True once it is kept.
 * @param {Ui} ui @param {Rows<any>} rows @param {Partial<DutyRoster>} parts @param {string} text said then
 * @param {(path: string[]) => string} [place]
 */
export async function keep(ui, rows, parts, text, place = () => '') {
  const was = said();
  const roster = { ...was.roster, ...parts };
  const { form } = rows;
  if (form) form.busy = true;
  const answer = await answered(ui.feed.ask('PUT', PATH, { was: was.version, roster }));
  if (form) form.busy = false;
  await list.load(ui);
  if (!answer.said) {
    refuse(ui, rows, answer, place);
    return false;
  }
  const untilMs = Date.now() + UNDO_MS;
  before = { roster: was.roster, version: answer.said.version, untilMs };
  rows.undo = { key: '', was: {}, now: {}, untilMs };
  if (form) rows.leave(ui);
  rows.say(ui, true, text);
  return true;
}

/**
 * @param {Ui} ui @param {Rows<any>} rows @param {{ code: string, path: string, reason: string }} answer
 * @param {(path: string[]) => string} place
 */
function refuse(ui, rows, { code, path, reason }, place) {
  const { form } = rows;
  const text = flawSaid(code) || (code === 'changed_meanwhile' ? meanwhile() : why(code, { path, reason }));
  if (!form) {
    rows.say(ui, false, text);
    return;
  }
  const name = place(path.split('.').slice(2));
  const known = form.fields.some((field) => field.name === name);
  form.faults = { [known ? name : '']: text };
  if (code === 'changed_meanwhile') look(rows);
  ui.draw();
  form.focus(known ? name : undefined);
}

const meanwhile = () => say`Another admin has changed the roster meanwhile: look, then Enter writes yours.`;

let seen = ''; // what the form that is open changes, as it was then

/**
 * A form, of what is to be changed, or added where there is no row.
 * @param {Ui} ui @param {Rows<any>} rows @param {import('../../js/admin/frame/form.js').Form} form
 * @param {object} [row]
 */
export function open(ui, rows, form, row) {
  seen = JSON.stringify(row);
  rows.open(ui, form, row && rows.of.key(row));
}

/** Whether another admin has changed meanwhile what the form changes: said once. @param {Rows<any>} rows */
export function overtaken(rows) {
  if (!rows.editing || JSON.stringify(rows.row(rows.editing)) === seen) return false;
  rows.form.faults = { '': meanwhile() };
  rows.form.focus();
  look(rows);
  return true;
}

/** What is there now has been seen; of what is there no more the form adds one. @param {Rows<any>} rows */
function look(rows) {
  const row = rows.editing ? rows.row(rows.editing) : undefined;
  seen = JSON.stringify(row);
  if (!row) rows.editing = '';
}

/** Whether Z takes something back. */
const undoable = () => before !== null && Date.now() < before.untilMs;

/** @param {Ui} ui @param {Rows<any>} rows */
export async function takeBack(ui, rows) {
  if (!undoable()) return;
  const { roster, version } = before;
  before = null;
  rows.undo = null;
  const answer = await answered(ui.feed.ask('PUT', PATH, { was: version, roster }));
  await list.load(ui);
  if (answer.said) rows.say(ui, true, say`Taken back.`);
  else rows.say(ui, false, answer.code === 'changed_meanwhile' ? meanwhile() : why(answer.code, answer));
}
