// The operators: who may what, who is called at night, by what each comes in; added, changed, removed.

import { say } from '../../../js/words/words.js';
import { Form } from '../../../js/admin/frame/form.js';
import { linkPane } from '../../../js/admin/frame/once.js';
import { listPage } from '../../../js/admin/frame/page.js';
import { Rows } from '../../../js/admin/frame/rows.js';
import { FIELDS } from './fields.js';
import { HEADS, cells } from './row.js';

/** @type {Rows<OperatorRow>} */
const rows = new Rows('operators', '/v1/admin/operators', {
  rows: (/** @type {OperatorsView} */ said) => said.operators,
  key: (one) => one.id,
  name: (one) => one.name,
  text: (one) => `${one.name} ${one.phone} ${one.id}`,
});

export const clear = () => rows.clear();
/** @param {Ui} ui */
export const enter = (ui) => rows.enter(ui);
/** @param {Ui} ui */
export const again = (ui) => rows.again(ui);

/** @param {Ui} ui @param {OperatorRow} [row] */
function edit(ui, row) {
  const begun = { name: '', phone: '', role: 'operator', language: 'it', on_call: false };
  rows.open(ui, new Form('operator', FIELDS, row ?? begun), row?.id);
}

/** @param {Ui} ui */
async function add(ui) {
  const said = await rows.send(ui, 'POST', rows.list.path, rows.form.now);
  if (!said) return;
  rows.form = null;
  rows.cursor = said.operator.id;
  rows.tell(ui, said.link);
  rows.say(ui, true, say`${said.operator.name} is added.`);
}

/** @param {Ui} ui @param {string} who */
async function link(ui, who) {
  const said = await rows.order(ui, 'POST', `${rows.pathOf(who)}/link`);
  if (said) rows.tell(ui, said);
}

/** @param {Ui} ui @param {OperatorRow} row */
async function endSessions(ui, { id, name }) {
  if (await rows.order(ui, 'DELETE', `${rows.pathOf(id)}/sessions`))
    rows.say(ui, true, say`${name}: sessions, token and link have ended.`);
}

/** @param {Ui} ui @param {OperatorRow} row */
async function remove(ui, { id, name }) {
  if (!(await rows.order(ui, 'DELETE', rows.pathOf(id)))) return;
  rows.move(ui, 0);
  rows.say(ui, true, say`${name} is removed.`);
}

/** @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (rows.pressed(ui, key)) return true;
  const row = rows.row();
  if (key === 'A') edit(ui);
  else if (!row) return false;
  else if (key === 'Enter') edit(ui, row);
  else if (key === 'P') link(ui, row.id);
  else if (key === 'D') rows.change(ui, row.id, { on_call: row.on_call }, { on_call: !row.on_call });
  else if (key === 'E') {
    const question = say`End sessions, token and link?`;
    rows.ask(ui, `${row.name}: ${question}`, () => endSessions(ui, row));
  } else if (key === 'X') rows.ask(ui, `${row.name}: ${say`Remove for good?`}`, () => remove(ui, row));
  else return false;
  return true;
}

/** @param {Ui} ui */
export function pane(ui) {
  const names = rows.all().map((one) => one.name.toLowerCase());
  const shared = new Set(names.filter((name, n) => names.indexOf(name) !== n));
  return listPage(ui, rows, {
    title: say`Operators`,
    hint: say`Name or number`,
    acts: [['A', say`Add`, 'user']],
    rowActs: [
      ['Enter', say`Change`],
      ['P', say`Sign-on link`],
      ['D', say`On call or not`],
      ['E', say`End sessions`],
      ['X', say`Remove`],
    ],
    heads: HEADS(),
    cells: (one) => cells(ui, one, shared),
    form: () =>
      rows.editing
        ? { title: rows.nameOf(rows.editing), label: say`Save`, send: () => rows.save(ui) }
        : {
            title: say`New operator`,
            label: say`Add`,
            send: () => add(ui),
          },
    once: () => linkPane(ui, rows.once, rows.nameOf(rows.once.operator), () => ui.press('Escape')),
    empty: say`Nobody`,
  });
}
