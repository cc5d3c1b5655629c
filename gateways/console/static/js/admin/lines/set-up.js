// How a line is set up, in center.toml; the PIN of its SIM; and the switch for the real 112. For admins.

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

/** @returns {Switches} */
const switches = () => rows.list.said.switches;

/** @returns {FormField[]} */
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

/** @param {Ui} ui @param {import('./rows.js').Line} row */
export function edit(ui, row) {
  if (row.set) rows.open(ui, new Form(SET_UP, fields(), row), row.line);
  else rows.say(ui, false, say`It is not in center.toml.`);
}

/** @param {Ui} ui */
export const askPin = (ui) => rows.open(ui, new Form(PIN, PINS, { pin: '' }));

/** On by a sentence; off by Enter. @param {Ui} ui */
export function askLive(ui) {
  if (!switches().live_set) rows.open(ui, new Form(LIVE, SENTENCES, { typed: '' }));
  else
    rows.ask(ui, say`Turn the real 112 off? Alerts will not call it.`, async () => {
      if (await rows.order(ui, 'PUT', '/v1/admin/psap-live', { was: true, now: false })) saidLive(ui, false);
    });
}

/** @param {Ui} ui @param {boolean} on */
function saidLive(ui, on) {
  rows.undo = null; // of something else
  rows.say(
    ui,
    true,
    on ? say`The real 112 is on from the next restart.` : say`The real 112 is off from the next restart.`,
  );
}

/** @param {Record<string, any>} all */
const wire = (all) =>
  Object.fromEntries(
    rows.form
      .changed()
      .map((name) => [name, GAINS.includes(name) ? Number(String(all[name]).replace(',', '.')) : all[name]]),
  );

/** @param {Ui} ui */
function save(ui) {
  const bad = GAINS.find((name) => Number.isNaN(Number(String(rows.form.now[name]).replace(',', '.'))));
  if (bad) {
    rows.form.faults = { [bad]: say`A number, such as −3 or 4.5.` };
    rows.form.focus(bad);
    ui.draw();
  } else rows.save(ui, wire);
}

/** @param {Ui} ui */
async function savePin(ui) {
  const line = rows.cursor;
  if (!(await rows.send(ui, 'PUT', `${rows.pathOf(line)}/pin`, rows.form.now))) return;
  rows.leave(ui);
  rows.say(ui, true, say`${line}: the SIM is given the PIN, once.`);
}

/** @param {Ui} ui */
async function saveLive(ui) {
  const body = { was: false, now: true, typed: rows.form.now.typed };
  if (!(await rows.send(ui, 'PUT', '/v1/admin/psap-live', body))) return;
  rows.leave(ui);
  saidLive(ui, true);
}

/** Of the form that is open; null where it is another's. @param {Ui} ui */
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

/** Whether the real 112 is called, now and after a restart. */
export function live() {
  const { live: on, live_set: next } = switches();
  const said = on ? say`Real 112: on` : say`Real 112: off`;
  const then = next ? say`on from the restart` : say`off from the restart`;
  return html`<p class="lines__live">
    ${word(on ? '112' : 'todo', said, on ? 'ink-action' : 'ink-2')}${
      on === next ? nothing : html` ${word('clock', then, 'ink-wait')}`
    }
  </p>`;
}
