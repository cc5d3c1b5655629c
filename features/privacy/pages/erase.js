// The form that erases a person permanently: confirmed by typing a number or name; afterwards the result.

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
/** The list that has the form. @type {PeopleList} */
let list = null;
/** @type {PersonAnswer} */
let person = null;

/** Return the name of a person. @param {PersonAnswer} one */
const nameOf = (one) => list.rows.options.name(one);

/** Open the form for a person. @param {Ui} ui @param {PersonRow} row @param {PeopleList} of */
export async function open(ui, row, of) {
  const found = await of.read(ui, row.id);
  if (!found) return;
  list = of;
  person = found;
  list.rows.open(ui, new Form('erase', FIELDS, { typed: '' }));
}

/** Return a number of alerts in words. @param {number} n */
const alerts = (n) => (n === 1 ? say`1 alert` : say`${n} alerts`);

/** Erase the person, and show the result. @param {Ui} ui */
async function send(ui) {
  const { rows } = list;
  const { id } = person;
  const name = nameOf(person);
  const path = `${rows.pathOf(id)}/erase`;
  const data = /** @type {PersonErased} */ (await rows.send(ui, 'POST', path, rows.form.now));
  if (!data) return;
  person = null;
  Object.assign(rows, { form: null, search: '' }); // the name of an erased person must remain nowhere
  await list.seek(ui);
  const held = data.held.length ? say`; ${alerts(data.held.length)} held, until released` : '';
  const disk = data.on_disk_until ? say`; on the disk until: ${data.on_disk_until}` : '';
  const what = alerts(data.alerts.length);
  rows.showResult(ui, true, say`${name}: erased, with ${what}${held}${disk}.`);
  rows.move(ui, 0);
}

/** Return title, label and action of the form. @param {Ui} ui */
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
