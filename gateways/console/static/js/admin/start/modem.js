// The form that makes a plugged-in modem a line; the form contains the center's findings about the modem.

import { say } from '../../words/words.js';
import { Form } from '../frame/form.js';

/** @type {FormField[]} */
const FIELDS = [
  {
    name: 'emergency',
    label: () => say`For whom`,
    kind: 'select',
    choices: () => [
      ['no', say`operators and users`],
      ['yes', say`reserved for 112`],
    ],
  },
  { name: 'port', label: () => say`Port`, kind: 'text', max: 200, needed: true },
  {
    name: 'voice_port',
    label: () => say`Voice port (empty: it is found)`,
    kind: 'text',
    max: 200,
  },
  { name: 'number', label: () => say`Number of the SIM`, kind: 'tel', max: 40 },
  {
    name: 'name',
    label: () => say`Name of the line`,
    kind: 'text',
    max: 32,
    needed: true,
  },
];

const FORM = 'modem';
const PATH = '/v1/admin/start/modem';
let added = 0; // since this page was opened: they become lines at the restart

/**
 * Open the form. `lines`: the number of existing lines.
 * @param {Ui} ui @param {import('../frame/rows.js').Rows<any>} rows @param {number} lines
 * @param {boolean} [emergency]
 */
export function openForm(ui, rows, lines, emergency = false) {
  const { modems } = ui.feed;
  const next = modems[added] ?? modems[0];
  rows.open(
    ui,
    new Form(FORM, FIELDS, {
      emergency: emergency ? 'yes' : 'no',
      port: next ? `usb:${next.position}` : '',
      voice_port: '',
      number: '',
      name: `line${lines + added + 1}`,
    }),
  );
}

/**
 * Return title, label and action of the form; null while another form is open.
 * @param {Ui} ui @param {import('../frame/rows.js').Rows<any>} rows
 */
export const form = (ui, rows) =>
  rows.form.id === FORM
    ? {
        title: say`One line more`,
        label: say`Write`,
        send: () => add(ui, rows),
      }
    : null;

/** Add the line by the open form. @param {Ui} ui @param {import('../frame/rows.js').Rows<any>} rows */
async function add(ui, rows) {
  const { emergency, ...now } = rows.form.now;
  const data = await rows.send(ui, 'POST', PATH, { ...now, emergency: emergency === 'yes' });
  if (!data) return;
  added += 1;
  rows.leave(ui);
  rows.showResult(ui, true, say`${now.name}: written. It counts after a restart: N, then Q.`);
}
