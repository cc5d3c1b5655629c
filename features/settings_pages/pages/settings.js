// The settings of the node that is asked: what counts, where it comes from, what a restart would change.
// Written to center.toml by the center, which keeps its comments; a restart waits until no alert is open.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../../js/shell/parts.js';
import { say } from '../../js/words/words.js';
import { Form } from '../../js/admin/frame/form.js';
import { button, listPage } from '../../js/admin/frame/page.js';
import { Rows } from '../../js/admin/frame/rows.js';
import { askRestart, orderNode, orderSaid } from '../../js/admin/nodes/order.js';
import { fieldsOf, meaning, noNumber, sent, setting, shown, wasThere } from './values.js';

/** @typedef {import('./values.js').Setting} Setting */

let onlySet = false; // what is not the default, or would not be

/** @param {Setting} row */
const isShown = (row) => !onlySet || row.source !== 'default' || row.in_use !== row.next;

/** @type {Rows<Setting>} */
const rows = new Rows('settings', '/v1/admin/settings', {
  rows: (/** @type {SettingsTold} */ said) => said.file.rows.map(setting).filter(isShown),
  key: (one) => one.path,
  name: (one) => one.path,
  text: (one) => `${one.path} ${meaning(one)} ${shown(one, one.next)}`,
});

export const clear = () => rows.clear();
/** @param {Ui} ui */
export const enter = (ui) => rows.enter(ui);
/** @param {Ui} ui */
export const again = (ui) => rows.again(ui);

/** @returns {SettingsTold} */
const told = () => rows.list.said;

/** Why it is not changed here; empty: it is. @param {Setting} row */
function elsewhere(row) {
  const { file, writable } = told().file;
  if (row.elsewhere === 'lines')
    return say`This is switch 2, for the real 112: it is changed under Lines (L).`;
  if (row.elsewhere === 'file') return say`Changed by hand, at the machine: sudoedit ${file}`;
  return writable ? '' : cannotWrite(file);
}

/** @param {string} file */
const cannotWrite = (file) => say`${file} cannot be written from here. At the machine: sudoedit ${file}`;

/** @param {Ui} ui @param {Setting} row */
function edit(ui, row) {
  const why = elsewhere(row);
  if (why) rows.say(ui, false, why);
  else rows.open(ui, new Form('setting', fieldsOf(row), row.texts), row.path);
}

/** @param {Ui} ui */
async function save(ui) {
  const row = rows.row(rows.editing);
  const { form } = rows;
  if (!row) return;
  if (sent(row, form.now) === undefined) {
    form.faults = { typed: noNumber(row) };
    form.focus();
    ui.draw();
    return;
  }
  await rows.save(ui, (typed, seen) => ({ value: seen ? wasThere(row, typed) : sent(row, typed) }));
  if (row.hidden) rows.undo = null; // what was there nobody knows any more
  ui.draw();
}

/** @param {Ui} ui @param {Setting} row */
function unset(ui, row) {
  const why = row.value === null ? say`It is so already.` : elsewhere(row);
  if (why) rows.say(ui, false, why);
  else if (row.hidden)
    rows.ask(ui, say`${row.path}: remove for good?`, async () => {
      await rows.change(ui, row.path, { value: row.value }, { value: null });
      rows.undo = null;
      ui.draw();
    });
  else rows.change(ui, row.path, { value: row.value }, { value: null });
}

/** Whether Z takes back a value, and not what the node was ordered. */
const undoable = () => rows.undo && Date.now() < rows.undo.untilMs;

/** @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (!told()) return rows.pressed(ui, key);
  const { node } = told();
  if (key === 'Z' && !undoable() && node.order) orderNode(ui, rows, node, null);
  else if (rows.pressed(ui, key)) return true;
  else if (key === 'Q' && !node.order) {
    rows.undo = null; // Z takes the restart back from here on
    askRestart(ui, rows, node);
  } else if (key === 'F') {
    onlySet = !onlySet;
    ui.draw();
  } else if (!rows.row()) return false;
  else if (key === 'Enter') edit(ui, rows.row());
  else if (key === 'X') unset(ui, rows.row());
  else return false;
  return true;
}

/** Where the value comes from that counts next. @param {Setting} row */
function source(row) {
  switch (row.source) {
    case 'file':
      return row.line ? say`line ${row.line}##row` : 'center.toml';
    case 'command_line':
      return say`command line`;
    case 'simulation':
      return say`simulation`;
    default:
      return say`default`;
  }
}

/** @param {Setting} row */
const cells = (row) =>
  html`<td>
      <b class="settings__path">${row.path}</b>
      <small>${meaning(row)}</small>
    </td>
    <td class="settings__value">
      ${shown(row, row.next)}
      ${
        told().file.pending.includes(row.path)
          ? html`<small>
              ${word('clock', `${say`now`} ${shown(row, row.in_use)}`, 'ink-wait')}
            </small>`
          : nothing
      }
    </td>
    <td class="settings__from ${row.source === 'default' ? 'ink-2' : ''}">${source(row)}</td>`;

/** @param {SettingsTold} said */
const whence = ({ file: { file, named_by } }) =>
  `${file} (${
    { shipped: say`as shipped`, environment: 'SECURWOMAN_CONFIG' }[named_by] ?? say`command line`
  })`;

const afterRestart = () => say`Holds after a restart`;

/** What is not as the file says, and what is done about it. @param {Ui} ui */
function notes(ui) {
  const said = told();
  if (!said) return nothing;
  const { pending, faults, writable, file } = said.file;
  return html`<div class="chapter__notes">
    <p class="ink-2">${whence(said)}</p>
    ${writable ? nothing : html`<p>${word('warn', cannotWrite(file), 'ink-wait')}</p>`}
    ${[...faults, ...(faults.length ? [] : said.obstacles)].map(
      ({ path, reason }) =>
        html`<p role="alert">${word('warn', path ? `${path}: ${reason}` : reason, 'ink-bad')}</p>`,
    )}
    ${
      said.node.order
        ? html`<p>${word('clock', orderSaid(ui, said.node), 'ink-wait')}
            ${undoable() ? nothing : button(ui, ['Z', say`Take back`])}</p>`
        : nothing
    }${
      pending.length
        ? html`<p>${word('clock', `${afterRestart()}: ${pending.join(', ')}`, 'ink-wait')}</p>`
        : nothing
    }
  </div>`;
}

/** @param {Ui} ui */
export const pane = (ui) =>
  listPage(ui, rows, {
    title: say`Settings`,
    hint: say`Name or meaning`,
    acts: [
      ['F', onlySet ? say`All` : say`Only what is set`],
      ['Q', say`Restart when no alert is open`],
    ],
    rowActs: [
      ['Enter', say`Change`],
      ['X', say`Back to the default`],
    ],
    heads: [[say`Setting`], [say`Value`], [say`From`]],
    cells,
    above: notes(ui),
    form: () => ({
      title: meaning(rows.row(rows.editing)),
      label: say`Write to center.toml`,
      send: () => save(ui),
    }),
  });
