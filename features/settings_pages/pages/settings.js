// The chapter of the settings of the answering node: each setting's value, its source, and the changes of the
// next restart. The center writes changes to center.toml and keeps the file's comments; a restart waits until
// no alert is open.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../../js/shell/parts.js';
import { say } from '../../js/words/words.js';
import { Form } from '../../js/admin/frame/form.js';
import { button, listPage } from '../../js/admin/frame/page.js';
import { Rows } from '../../js/admin/frame/rows.js';
import { askRestart, orderNode, orderText } from '../../js/admin/nodes/order.js';
import { fieldsOf, meaning, numberNeeded, requestValue, setting, shown, seenValue } from './values.js';

/** @typedef {import('./values.js').Setting} Setting */

let onlySet = false; // settings that differ from the default, now or after a restart

/** Return true if the setting is listed. @param {Setting} row */
const isShown = (row) => !onlySet || row.source !== 'default' || row.in_use !== row.next;

/** @type {Rows<Setting>} */
const rows = new Rows('settings', '/v1/admin/settings', {
  rows: (/** @type {SettingsView} */ data) => data.file.rows.map(setting).filter(isShown),
  key: (one) => one.path,
  name: (one) => one.path,
  text: (one) => `${one.path} ${meaning(one)} ${shown(one, one.next)}`,
});

export const clear = () => rows.clear();
/** Request the settings. @param {Ui} ui */
export const enter = (ui) => rows.enter(ui);
/** Request the settings again. @param {Ui} ui */
export const again = (ui) => rows.again(ui);

/** Return the center's last answer. @returns {SettingsView} */
const settingsView = () => rows.list.data;

/** Return why the setting cannot be changed here; an empty string if it can. @param {Setting} row */
function whyNotHere(row) {
  const { file, writable } = settingsView().file;
  if (row.elsewhere === 'lines')
    return say`This is switch 2, for the real 112: it is changed under Lines (L).`;
  if (row.elsewhere === 'file') return say`Changed by hand, at the machine: sudoedit ${file}`;
  return writable ? '' : cannotWrite(file);
}

/** Return that the file cannot be written, in words. @param {string} file */
const cannotWrite = (file) => say`${file} cannot be written from here. At the machine: sudoedit ${file}`;

/** Open the form of a setting. @param {Ui} ui @param {Setting} row */
function edit(ui, row) {
  const why = whyNotHere(row);
  if (why) rows.showResult(ui, false, why);
  else rows.open(ui, new Form('setting', fieldsOf(row), row.texts), row.path);
}

/** Write the setting of the open form. @param {Ui} ui */
async function save(ui) {
  const row = rows.row(rows.editing);
  const { form } = rows;
  if (!row) return;
  if (requestValue(row, form.now) === undefined) {
    form.faults = { typed: numberNeeded(row) };
    form.focus();
    ui.draw();
    return;
  }
  await rows.save(ui, (typed, seen) => ({ value: seen ? seenValue(row, typed) : requestValue(row, typed) }));
  if (row.hidden) rows.undo = null; // the hidden value before is unknown
  ui.draw();
}

/** Remove a setting from the file, back to its default. @param {Ui} ui @param {Setting} row */
function unset(ui, row) {
  const why = row.value === null ? say`It is so already.` : whyNotHere(row);
  if (why) rows.showResult(ui, false, why);
  else if (row.hidden)
    rows.ask(ui, say`${row.path}: remove for good?`, async () => {
      await rows.change(ui, row.path, { value: row.value }, { value: null });
      rows.undo = null;
      ui.draw();
    });
  else rows.change(ui, row.path, { value: row.value }, { value: null });
}

/** Return true if Z takes back a value, rather than the order to the node. */
const undoable = () => rows.undo && Date.now() < rows.undo.untilMs;

/** Act on a key; return true if it belongs to this chapter. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (!settingsView()) return rows.pressed(ui, key);
  const { node } = settingsView();
  if (key === 'Z' && !undoable() && node.order) orderNode(ui, rows, node, null);
  else if (rows.pressed(ui, key)) return true;
  else if (key === 'Q' && !node.order) {
    rows.undo = null; // Z now takes the restart back
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

/** Return the source of the value that is in use after the next restart. @param {Setting} row */
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

/** Render the cells of a setting. @param {Setting} row */
const cells = (row) =>
  html`<td>
      <b class="settings__path">${row.path}</b>
      <small>${meaning(row)}</small>
    </td>
    <td class="settings__value">
      ${shown(row, row.next)}
      ${
        settingsView().file.pending.includes(row.path)
          ? html`<small>
              ${word('clock', `${say`now`} ${shown(row, row.in_use)}`, 'ink-wait')}
            </small>`
          : nothing
      }
    </td>
    <td class="settings__from ${row.source === 'default' ? 'ink-2' : ''}">${source(row)}</td>`;

/** Return the file and how it was chosen, in words. @param {SettingsView} data */
const fileSource = ({ file: { file, named_by } }) =>
  `${file} (${
    { shipped: say`as shipped`, environment: 'SECURWOMAN_CONFIG' }[named_by] ?? say`command line`
  })`;

const afterRestart = () => say`Holds after a restart`;

/**
 * Render faults of the file, the order to the node and the settings that wait for a restart.
 * @param {Ui} ui
 */
function notes(ui) {
  const data = settingsView();
  if (!data) return nothing;
  const { pending, faults, writable, file } = data.file;
  return html`<div class="chapter__notes">
    <p class="ink-2">${fileSource(data)}</p>
    ${writable ? nothing : html`<p>${word('warn', cannotWrite(file), 'ink-wait')}</p>`}
    ${[...faults, ...(faults.length ? [] : data.obstacles)].map(
      ({ path, reason }) =>
        html`<p role="alert">${word('warn', path ? `${path}: ${reason}` : reason, 'ink-bad')}</p>`,
    )}
    ${
      data.node.order
        ? html`<p>${word('clock', orderText(ui, data.node), 'ink-wait')}
            ${undoable() ? nothing : button(ui, ['Z', say`Take back`])}</p>`
        : nothing
    }${
      pending.length
        ? html`<p>${word('clock', `${afterRestart()}: ${pending.join(', ')}`, 'ink-wait')}</p>`
        : nothing
    }
  </div>`;
}

/** Render the chapter. @param {Ui} ui */
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
