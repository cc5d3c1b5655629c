// The lines as they are set up, and what supervisors and admins order of the one that is pointed at: the same
// in the administration and in the plant view. How each is at this moment the feed says.

import { say } from '../../words/words.js';
import { answered } from '../frame/faults.js';
import { Form, formPane } from '../frame/form.js';
import { Rows } from '../frame/rows.js';
import { FIELDS, Shown, trialPane } from './trial.js';

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
const OUT = 'line-out'; // the ids of the forms
const TRIAL = 'line-trial';

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

/** @param {Ui} ui @param {LineTrial} trial */
function show(ui, trial) {
  const shown = new Shown(trial, `${rows.pathOf(trial.line)}/trial`);
  rows.tell(ui, shown);
  shown.follow(ui, () => rows.once === shown && ['plant', 'admin'].includes(ui.screen.section));
}

/** @param {Ui} ui */
async function tryLine(ui) {
  const said = await rows.send(ui, 'POST', `${rows.pathOf(rows.cursor)}/trial`, rows.form.now);
  if (!said) return;
  rows.form = null;
  show(ui, said.trial);
}

/** Whom to call; or, where one is on, how it goes. @param {Ui} ui @param {Line} row */
async function askTrial(ui, { line }) {
  const { said } = await answered(ui.feed.read(`${rows.pathOf(line)}/trial`));
  if (said?.trial && !said.trial.ended_at) show(ui, said.trial);
  else rows.open(ui, new Form(TRIAL, FIELDS, { to: '' }));
}

/** @param {Ui} ui @param {Shown} shown */
const hangUp = (ui, shown) => rows.order(ui, 'DELETE', shown.path);

/** What can be ordered of the line that is pointed at. @param {Ui} ui */
export function acts(ui) {
  const out = now(ui, rows.cursor)?.out;
  return /** @type {[string, string][]} */ ([
    ['T', say`Test call`],
    ['F', out ? say`Put back` : say`Take out`],
  ]);
}

/** Whether the key was for the list or for the line that is pointed at. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (rows.pressed(ui, key)) return true;
  const row = rows.row();
  if (key === 'E' && rows.once instanceof Shown) hangUp(ui, rows.once);
  else if (!row) return false;
  else if (key === 'T') askTrial(ui, row);
  else if (key !== 'F') return false;
  else if (now(ui, row.line)?.out) putBack(ui, row);
  else askOut(ui, row);
  return true;
}

/** Title, label and way of the form that is open. @param {Ui} ui */
export const form = (ui) =>
  rows.form.id === TRIAL
    ? {
        title: say`Test call from ${rows.cursor}`,
        label: say`Call`,
        send: () => tryLine(ui),
      }
    : {
        title: say`${rows.cursor}: out of service`,
        label: say`Take out`,
        send: () => takeOut(ui),
      };

/** @param {Ui} ui */
export const once = (ui) => trialPane(ui, rows.once);

/** What stands beside the lines: the form that is open, a test call; null: nothing. @param {Ui} ui */
export const beside = (ui) =>
  [OUT, TRIAL].includes(rows.form?.id)
    ? formPane(ui, rows.form, { ...form(ui), leave: () => rows.leave(ui) })
    : rows.once instanceof Shown
      ? once(ui)
      : null;
