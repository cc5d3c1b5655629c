// A modem that is plugged in becomes a line: what is found of it stands in the form already.

import { either } from '../../words/words.js';
import { Form } from '../frame/form.js';

/** @type {FormField[]} */
const FIELDS = [
  {
    name: 'emergency',
    label: () => either('Per chi', 'For whom'),
    kind: 'select',
    choices: () => [
      ['no', either('operatori e persone', 'operators and users')],
      ['yes', either('riservata al 112', 'reserved for 112')],
    ],
  },
  { name: 'port', label: () => either('Porta', 'Port'), kind: 'text', max: 200, needed: true },
  {
    name: 'voice_port',
    label: () => either('Porta della voce (vuota: la trova)', 'Voice port (empty: it is found)'),
    kind: 'text',
    max: 200,
  },
  { name: 'number', label: () => either('Numero della SIM', 'Number of the SIM'), kind: 'tel', max: 40 },
  {
    name: 'name',
    label: () => either('Nome della linea', 'Name of the line'),
    kind: 'text',
    max: 32,
    needed: true,
  },
];

export const FORM = 'modem';
let added = 0; // since this page was opened: they are no lines before a restart

/** @param {Ui} ui @param {import('../frame/rows.js').Rows<NeedRow>} rows */
export function ask(ui, rows) {
  const { modems } = ui.feed;
  const emergency = rows.cursor === 'emergency_trunk' || rows.cursor === 'second_emergency_line';
  const next = modems[added] ?? modems[0];
  const lines = rows.list.said?.simulated ? 0 : ui.feed.lines.length;
  if (!emergency) rows.cursor = 'lines';
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

/** @param {Ui} ui @param {import('../frame/rows.js').Rows<NeedRow>} rows */
export async function add(ui, rows) {
  const { emergency, ...now } = rows.form.now;
  const said = await rows.send(ui, 'POST', `${rows.list.path}/modem`, {
    ...now,
    emergency: emergency === 'yes',
  });
  if (!said) return;
  added += 1;
  rows.leave(ui);
  rows.say(
    ui,
    true,
    either(
      `${now.name}: scritta. Vale dopo un riavvio: N, poi Q.`,
      `${now.name}: written. It counts after a restart: N, then Q.`,
    ),
  );
}
