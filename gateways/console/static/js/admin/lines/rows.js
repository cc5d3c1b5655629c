// The lines as set up, and the actions of supervisors and admins on the line under the cursor: the same in
// the administration and in the infrastructure view. The present state of each line comes from the feed.

import { FEATURES } from '../../features.js';
import { say } from '../../words/words.js';
import { Form, formPane } from '../frame/form.js';
import { Rows } from '../frame/rows.js';

/** @typedef {LineRow & LineSet} Line */
/** @type {Rows<Line>} */
export const rows = new Rows('lines', '/v1/admin/lines', {
  // The values in the file count from the next restart, and are the values that a change edits.
  rows: (/** @type {LinesView} */ data) => data.lines.map((one) => ({ ...one, ...one.set })),
  key: (one) => one.line,
  name: (one) => one.line,
  text: (one) => `${one.line} ${one.trunk} ${one.number} ${one.imei} ${one.port}`,
});

/** @type {FormField} */
const REASON = {
  name: 'reason',
  label: () => say`Why (everybody sees it)`,
  kind: 'text',
  max: 200,
  needed: true,
};
/** @type {FormField} */
const TYPED = {
  name: 'typed',
  label: () => say`Its name, where it is the last one for 112`,
  kind: 'text',
};
const OUT = 'line-out'; // the id of the form

/** Return the actions of features on a line. */
const featureActions = () => FEATURES.flatMap((one) => one.lineAction ?? []);

/** Return true if the role may act on lines. @param {Ui} ui */
export const mayOrder = (ui) => ui.feed.me.role !== 'operator';

let of = ''; // the operator of this page

/** Open the lines in either place: the form or secret beside the lines is the same in both. @param {Ui} ui */
export function enter(ui) {
  if (of !== ui.feed.me.operator) rows.clear();
  of = ui.feed.me.operator;
  if (mayOrder(ui)) rows.enter(ui);
}

/** Return the line's state in the feed. @param {Ui} ui @param {string} line */
export const now = (ui, line) => ui.feed.lines.find((one) => one.line === line);

/** Put a line back in service. @param {Ui} ui @param {Line} row */
async function putBack(ui, { line }) {
  if (await rows.request(ui, 'DELETE', `${rows.pathOf(line)}/out`))
    rows.showResult(ui, true, say`${line} is in service again.`);
}

/** Open the form that takes a line out of service. @param {Ui} ui @param {Line} row */
function openOutForm(ui, { emergency }) {
  const fields = emergency ? [REASON, TYPED] : [REASON];
  rows.open(ui, new Form(OUT, fields, { reason: '', typed: '' }));
}

/** Take the line under the cursor out of service by the open form. @param {Ui} ui */
async function takeOut(ui) {
  const line = rows.cursor;
  if (!(await rows.send(ui, 'PUT', `${rows.pathOf(line)}/out`, rows.form.now))) return;
  rows.leave(ui);
  rows.showResult(ui, true, say`${line} is out of service.`);
}

/** Return the keys of the line under the cursor, with their labels. @param {Ui} ui */
export function acts(ui) {
  const out = now(ui, rows.cursor)?.out;
  return /** @type {[string, string][]} */ ([
    ...featureActions().map((one) => one.act()),
    ['F', out ? say`Put back` : say`Take out`],
  ]);
}

/**
 * Act on a key of the list or of the line under the cursor; return true if there is one.
 * @param {Ui} ui @param {string} key
 */
export function pressed(ui, key) {
  if (rows.pressed(ui, key)) return true;
  const row = rows.row();
  if (featureActions().some((one) => one.pressed(ui, key, row))) return true;
  if (!row || key !== 'F') return false;
  if (now(ui, row.line)?.out) putBack(ui, row);
  else openOutForm(ui, row);
  return true;
}

/** Return title, label and action of the open form; null for a form of another module. @param {Ui} ui */
export const form = (ui) =>
  rows.form.id === OUT
    ? {
        title: say`${rows.cursor}: out of service`,
        label: say`Take out`,
        send: () => takeOut(ui),
      }
    : featureActions().reduce((found, one) => found ?? one.form(ui), null);

/** Render a feature's report on a line, beside the lines; null without one. @param {Ui} ui */
export const sidePane = (ui) => featureActions().reduce((found, one) => found ?? one.pane(ui), null);

/** Render the open form or a feature's report, beside the lines; null without one. @param {Ui} ui */
export function beside(ui) {
  const open = rows.form && form(ui);
  return open ? formPane(ui, rows.form, { ...open, leave: () => rows.leave(ui) }) : sidePane(ui);
}
