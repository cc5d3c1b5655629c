// The set-up of a line in center.toml, the PIN of its SIM, and the switch for the real 112. For admins.

import { html, nothing } from '../../../vendor/lit.js';
import { word } from '../../shell/parts.js';
import { say } from '../../words/words.js';
import { Form } from '../frame/form.js';
import { rows } from './rows.js';

export const SET_UP = 'line-set-up'; // the ids of the forms
export const PIN = 'line-pin';
export const LIVE = 'psap-live';
const GAINS = ['gain_in_db', 'gain_out_db'];
export const SENTENCE = () => say`CALL THE REAL 112`;

/** Return the switches of the lines' answer. @returns {Switches} */
const switches = () => rows.list.data.switches;

/** Return the fields of a line. @returns {FormField[]} */
const fields = () => [
  {
    name: 'trunk',
    label: () => say`Trunk`,
    kind: 'select',
    choices: () => switches().trunks.map((one) => [one, one]),
  },
  { name: 'number', label: () => say`Number`, kind: 'tel', max: 20 },
  {
    name: 'inbound',
    label: () => say`Users call this number`,
    kind: 'check',
  },
  { name: 'gain_in_db', label: () => say`Gain in, dB`, kind: 'text', max: 6 },
  {
    name: 'gain_out_db',
    label: () => say`Gain out, dB`,
    kind: 'text',
    max: 6,
  },
  {
    name: 'agc',
    label: () => say`Make quiet voices louder by itself`,
    kind: 'check',
  },
];
/** @type {FormField[]} */
const PINS = [
  {
    name: 'pin',
    label: () => say`PIN of the SIM`,
    kind: 'password',
    max: 8,
    needed: true,
  },
];
/** @type {FormField[]} */
const SENTENCES = [
  {
    name: 'typed',
    label: () => say`To turn it on type: ${SENTENCE()}`,
    kind: 'text',
    max: 40,
    needed: true,
  },
];

/** Open the form of a line. @param {Ui} ui @param {import('./rows.js').Line} row */
export function edit(ui, row) {
  if (row.set) rows.open(ui, new Form(SET_UP, fields(), row), row.line);
  else rows.showResult(ui, false, say`It is not in center.toml.`);
}

/** Open the form for the PIN of the SIM. @param {Ui} ui */
export const askPin = (ui) => rows.open(ui, new Form(PIN, PINS, { pin: '' }));

/** Switch the real 112: on by a typed sentence, off by Enter. @param {Ui} ui */
export function askLive(ui) {
  if (!switches().live_set) rows.open(ui, new Form(LIVE, SENTENCES, { typed: '' }));
  else
    rows.ask(ui, say`Turn the real 112 off? Alerts will not call it.`, async () => {
      if (await rows.request(ui, 'PUT', '/v1/admin/psap-live', { was: true, now: false }))
        showLive(ui, false);
    });
}

/** Show that the switch is set. @param {Ui} ui @param {boolean} on */
function showLive(ui, on) {
  rows.undo = null; // the last change, which Z would take back, is another one
  rows.showResult(
    ui,
    true,
    on ? say`The real 112 is on from the next restart.` : say`The real 112 is off from the next restart.`,
  );
}

/** Return the changed fields for the request: gains as numbers. @param {Record<string, any>} all */
const wire = (all) =>
  Object.fromEntries(
    rows.form
      .changed()
      .map((name) => [name, GAINS.includes(name) ? Number(String(all[name]).replace(',', '.')) : all[name]]),
  );

/** Send the line's changes; show a fault at a gain that is no number. @param {Ui} ui */
function save(ui) {
  const bad = GAINS.find((name) => Number.isNaN(Number(String(rows.form.now[name]).replace(',', '.'))));
  if (bad) {
    rows.form.faults = { [bad]: say`A number, such as −3 or 4.5.` };
    rows.form.focus(bad);
    ui.draw();
  } else rows.save(ui, wire);
}

/** Send the PIN. @param {Ui} ui */
async function savePin(ui) {
  const line = rows.cursor;
  if (!(await rows.send(ui, 'PUT', `${rows.pathOf(line)}/pin`, rows.form.now))) return;
  rows.leave(ui);
  rows.showResult(ui, true, say`${line}: the SIM is given the PIN, once.`);
}

/** Switch the real 112 on. @param {Ui} ui */
async function saveLive(ui) {
  const body = { was: false, now: true, typed: rows.form.now.typed };
  if (!(await rows.send(ui, 'PUT', '/v1/admin/psap-live', body))) return;
  rows.leave(ui);
  showLive(ui, true);
}

/** Return title, label and action of the open form; null for a form of another module. @param {Ui} ui */
export function form(ui) {
  const label = say`Save`;
  switch (rows.form.id) {
    case SET_UP:
      return { title: rows.editing, label, send: () => save(ui) };
    case PIN:
      return {
        title: say`PIN of ${rows.cursor}`,
        label,
        send: () => savePin(ui),
      };
    case LIVE:
      return {
        title: say`The real 112`,
        label: say`Turn on`,
        send: () => saveLive(ui),
      };
    default:
      return null;
  }
}

/** Render the switch for the real 112: its present value, and the value after a restart. */
export function live() {
  const { live: on, live_set: next } = switches();
  const text = on ? say`Real 112: on` : say`Real 112: off`;
  const then = next ? say`on from the restart` : say`off from the restart`;
  return html`<p class="lines__live">
    ${word(on ? '112' : 'todo', text, on ? 'ink-action' : 'ink-2')}${
      on === next ? nothing : html` ${word('clock', then, 'ink-wait')}`
    }
  </p>`;
}
