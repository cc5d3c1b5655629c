// A person is erased for good: asked by typing who it is, and what came of it.

import { html, nothing } from '../../vendor/lit.js';
import { why } from '../../js/admin/frame/faults.js';
import { Form } from '../../js/admin/frame/form.js';
import { word } from '../../js/shell/parts.js';
import * as f from '../../js/words/format.js';
import { say } from '../../js/words/words.js';

/** @type {FormField[]} */
const FIELDS = [
  {
    name: 'typed',
    label: () => say`Type the last 4 digits of one of the numbers, or the whole name`,
    kind: 'text',
    max: 200,
    needed: true,
  },
];
/** In which the form is. @type {PeopleList} */
let list = null;
/** @type {PersonAnswer} */
let person = null;

/** @param {PersonAnswer} one */
const nameOf = (one) => list.rows.of.name(one);

/** @param {Ui} ui @param {PersonRow} row @param {PeopleList} of */
export async function open(ui, row, of) {
  const found = await of.read(ui, row.id);
  if (!found) return;
  list = of;
  person = found;
  list.rows.open(ui, new Form('erase', FIELDS, { typed: '' }));
}

/** @param {number} n */
const alerts = (n) => (n === 1 ? say`1 alert` : say`${n} alerts`);

/** @param {Ui} ui */
async function send(ui) {
  const { rows } = list;
  const { id } = person;
  const name = nameOf(person);
  const path = `${rows.pathOf(id)}/erase`;
  const said = /** @type {PersonErased} */ (await rows.send(ui, 'POST', path, rows.form.now));
  if (!said) return;
  person = null;
  Object.assign(rows, { form: null, search: '' }); // where somebody was erased the name is left nowhere
  await list.seek(ui);
  const held = said.held.length ? say`; ${alerts(said.held.length)} held, until released` : '';
  const disk = said.on_disk_until ? say`; on the disk until: ${said.on_disk_until}` : '';
  const what = alerts(said.alerts.length);
  rows.say(ui, true, say`${name}: erased, with ${what}${held}${disk}.`);
  rows.move(ui, 0);
}

/** @param {Ui} ui */
export const form = (ui) => ({
  title: say`Erase ${nameOf(person)}`,
  label: say`Erase for good`,
  send: () => send(ui),
  lead: html`<p>
      ${say`All goes: name, numbers, record; of alerts places and words. It cannot be taken back.`}
    </p>
    <p>
      ${person.phones.map(f.phone).join(' · ')}, ${alerts(person.alerts)}${
        person.held ? say`, of which ${person.held} are held` : nothing
      }
    </p>
    ${person.open ? html`<p>${word('warn', why('on_an_alert'), 'ink-wait')}</p>` : nothing}`,
});
