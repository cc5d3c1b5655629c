// What must be known of a person before it can be said, as staff writes it.

import { say } from '../../js/words/words.js';
import { answered, meanwhile, why } from '../../js/admin/frame/faults.js';
import { Form } from '../../js/admin/frame/form.js';
import { fieldsOf, flat, recordOf } from './record-fields.js';

/** In which the form is. @type {PeopleList["rows"]} */
let rows = null;
/** @type {PersonRow} */
let person = null;
/** As it was read. @type {RecordAnswer} */
let kept = null;

/** @param {string} id */
const path = (id) => `/v1/users/${encodeURIComponent(id)}/record`;

/** @param {Ui} ui @param {PersonRow} row @param {PeopleList} list */
export async function open(ui, row, list) {
  const { said, code } = await answered(ui.feed.read(path(row.id)));
  if (!said) return list.rows.say(ui, false, why(code));
  rows = list.rows;
  person = row;
  kept = said;
  return rows.open(ui, new Form('record', fieldsOf(said.record), flat(said.record)));
}

/** @param {Ui} ui */
async function send(ui) {
  const { form } = rows;
  if (!form.changed().length) return rows.leave(ui);
  form.busy = true;
  const body = recordOf(kept.record, form.now);
  const asked = ui.feed.ask('PUT', path(person.id), body, { 'if-match': `"${kept.version}"` });
  const answer = await answered(asked);
  form.busy = false;
  if (answer.said) {
    rows.said = [true, say`${rows.of.name(person)}: record saved.`];
    return rows.leave(ui);
  }
  if (answer.code === 'changed_meanwhile') await follow(ui);
  else form.refuse({ ...answer, path: pathOf(answer, form.now) });
  return ui.draw();
}

/**
 * By which field the form has it: of a number that is none the center says whose it is.
 * @param {{ path: string, reason: string }} said @param {Record<string, any>} now
 */
function pathOf({ path: where, reason }, now) {
  if (where !== '$.contacts') return where.replace(/^\$\.(\w+)\[(\d+)\]\.?/, '$.$1-$2-').replace(/-$/, '');
  const name = Object.keys(now).find(
    (one) => /^contacts-\d+-name$/.test(one) && reason.startsWith(`${now[one]}: `),
  );
  return name ? name.replace(/name$/, 'number') : where;
}

/** Somebody else was first: what was left alone follows, what both have written is shown. @param {Ui} ui */
async function follow(ui) {
  const { said } = await answered(ui.feed.read(path(person.id)));
  if (!said) return;
  const { form } = rows;
  const touched = form.changed();
  const before = form.was;
  kept = said;
  const now = flat(said.record);
  const next = new Form('record', fieldsOf(said.record), now);
  for (const name of touched) {
    next.now[name] = form.now[name];
    if (now[name] !== before[name]) next.faults[name] = meanwhile(String(now[name] ?? ''));
  }
  next.faults[''] = why('changed_meanwhile');
  rows.form = next;
}

/** @param {Ui} ui */
export const form = (ui) => ({
  title: say`Record of ${rows.of.name(person)}`,
  label: say`Save`,
  send: () => send(ui),
});
