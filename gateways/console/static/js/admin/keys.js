// The chapter of the keys with which apps raise alerts. A new key is issued before an old key is revoked:
// several keys of a name are valid at once.

import { html } from '../../vendor/lit.js';
import { say } from '../words/words.js';
import * as f from '../words/format.js';
import { Form } from './frame/form.js';
import { secretField } from './frame/secret-field.js';
import { listPage } from './frame/page.js';
import { Rows } from './frame/rows.js';

/** @type {FormField[]} */
const FIELDS = [
  {
    name: 'name',
    label: () => say`For which app`,
    kind: 'text',
    max: 64,
    needed: true,
  },
];

/** @type {Rows<KeyRow>} */
const rows = new Rows('keys', '/v1/admin/keys', {
  rows: (/** @type {KeysView} */ data) => data.keys,
  key: (one) => one.sign,
  name: (one) => one.name,
});

export const clear = () => rows.clear();
/** Request the keys. @param {Ui} ui */
export const enter = (ui) => rows.enter(ui);
/** Request the keys again. @param {Ui} ui */
export const again = (ui) => rows.again(ui);

/** Issue a key by the open form, and show it once. @param {Ui} ui */
async function issue(ui) {
  const data = await rows.send(ui, 'POST', rows.list.path, { name: rows.form.now.name.trim() });
  if (!data) return;
  rows.form = null;
  rows.cursor = data.row.sign;
  rows.showSide(ui, data);
}

/** Revoke a key. @param {Ui} ui @param {string} sign */
async function revoke(ui, sign) {
  if (await rows.request(ui, 'DELETE', rows.pathOf(sign))) rows.showResult(ui, true, say`Revoked: ${sign}.`);
}

/**
 * Act on a key of the keyboard; return true if it belongs to this chapter.
 * @param {Ui} ui @param {string} key
 */
export function pressed(ui, key) {
  if (rows.pressed(ui, key)) return true;
  if (key === 'A') rows.open(ui, new Form('key', FIELDS, { name: '' }));
  else if (key === 'X' && rows.row()) {
    const sign = rows.cursor;
    const question = say`Revoke ${sign}? Apps that use it raise no alert any more.`;
    rows.ask(ui, question, () => revoke(ui, sign));
  } else return false;
  return true;
}

/** Render the new key, which is shown once. @param {Ui} ui @param {KeyIssued} issued */
const issuedPane = (ui, issued) =>
  html`<section class="panel once" aria-labelledby="issued-h">
    <div class="panel__head">
      <h2 id="issued-h">${say`Key for`} ${issued.row.name}</h2>
    </div>
    <div class="panel__body">
      <p>
        ${say`Put it into the app now: it is not shown again. The others go on opening until you revoke
          them.`}
      </p>
      ${secretField(issued.key, () => ui.draw())}
      <button class="btn" @click=${() => ui.press('Escape')}><kbd>Esc</kbd>${say`Done`}</button>
    </div>
  </section>`;

/** Render the chapter. @param {Ui} ui */
export const pane = (ui) =>
  listPage(ui, rows, {
    title: say`App keys`,
    acts: [['A', say`New`, 'shield']],
    rowActs: [['X', say`Revoke`]],
    heads: [[say`App`], [say`Sign`], [say`Since`]],
    cells: (one) =>
      html`<td><b>${one.name}</b></td>
        <td><code>${one.sign}</code></td>
        <td class="ink-2">${f.day(Date.parse(one.issued_at) * 1000)}</td>`,
    form: () => ({
      title: say`New key`,
      label: say`Issue`,
      send: () => issue(ui),
    }),
    side: () => issuedPane(ui, rows.side),
  });
