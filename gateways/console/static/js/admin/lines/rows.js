// The lines as they are set up, and what supervisors and admins order of the one that is pointed at: the same
// in the administration and in the plant view. How each is at this moment the feed says.

import { FEATURES } from '../../features.js';
import { say } from '../../words/words.js';
import { Form, formPane } from '../frame/form.js';
import { Rows } from '../frame/rows.js';

/** @typedef {LineRow & LineSet} Line */
/** @type {Rows<Line>} */
export const rows = new Rows('lines', '/v1/admin/lines', {
  // What the file says counts next, and is what is changed.
  rows: (/** @type {LinesView} */ said) => said.lines.map((one) => ({ ...one, ...one.set })),
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

/** What features order of a line. */
const others = () => FEATURES.flatMap((one) => one.ofLine ?? []);

/** Who may order anything of a line. @param {Ui} ui */
export const mayOrder = (ui) => ui.feed.me.role !== 'operator';

let of = ''; // the operator who sits here

/** Of both places: what stands beside the lines in one stands there in the other. @param {Ui} ui */
export function enter(ui) {
  if (of !== ui.feed.me.operator) rows.clear();
  of = ui.feed.me.operator;
  if (mayOrder(ui)) rows.enter(ui);
}

/** As the feed has it. @param {Ui} ui @param {string} line */
export const now = (ui, line) => ui.feed.lines.find((one) => one.line === line);

/** @param {Ui} ui @param {Line} row */
async function putBack(ui, { line }) {
  if (await rows.order(ui, 'DELETE', `${rows.pathOf(line)}/out`))
    rows.say(ui, true, say`${line} is in service again.`);
}

/** @param {Ui} ui @param {Line} row */
function askOut(ui, { emergency }) {
  const fields = emergency ? [REASON, TYPED] : [REASON];
  rows.open(ui, new Form(OUT, fields, { reason: '', typed: '' }));
}

/** @param {Ui} ui */
async function takeOut(ui) {
  const line = rows.cursor;
  if (!(await rows.send(ui, 'PUT', `${rows.pathOf(line)}/out`, rows.form.now))) return;
  rows.leave(ui);
  rows.say(ui, true, say`${line} is out of service.`);
}

/** What can be ordered of the line that is pointed at. @param {Ui} ui */
export function acts(ui) {
  const out = now(ui, rows.cursor)?.out;
  return /** @type {[string, string][]} */ ([
    ...others().map((one) => one.act()),
    ['F', out ? say`Put back` : say`Take out`],
  ]);
}

/** Whether the key was for the list or for the line that is pointed at. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (rows.pressed(ui, key)) return true;
  const row = rows.row();
  if (others().some((one) => one.pressed(ui, key, row))) return true;
  if (!row || key !== 'F') return false;
  if (now(ui, row.line)?.out) putBack(ui, row);
  else askOut(ui, row);
  return true;
}

/** Title, label and way of the form that is open, where it is one of these. @param {Ui} ui */
export const form = (ui) =>
  rows.form.id === OUT
    ? {
        title: say`${rows.cursor}: out of service`,
        label: say`Take out`,
        send: () => takeOut(ui),
      }
    : others().reduce((found, one) => found ?? one.form(ui), null);

/** What a feature tells of a line beside them; null: nothing. @param {Ui} ui */
export const once = (ui) => others().reduce((found, one) => found ?? one.pane(ui), null);

/** What stands beside the lines: the form that is open, what was told; null: nothing. @param {Ui} ui */
export function beside(ui) {
  const open = rows.form && form(ui);
  return open ? formPane(ui, rows.form, { ...open, leave: () => rows.leave(ui) }) : once(ui);
}
