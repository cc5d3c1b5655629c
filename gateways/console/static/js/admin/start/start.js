// The first run, and what is missing before real use: a row for each need, with its guide beside the list.

import { html, nothing } from '../../../vendor/lit.js';
import { FEATURES } from '../../features.js';
import { word } from '../../shell/parts.js';
import { localText, say } from '../../words/words.js';
import * as f from '../../words/format.js';
import { Form } from '../frame/form.js';
import { listPage } from '../frame/page.js';
import { Rows } from '../frame/rows.js';
import { guide } from './guide.js';
import * as modem from './modem.js';

const COUNT_MS = 60_000;

/** @type {FormField[]} */
const FIELDS = [{ name: 'note', label: () => say`How, since when`, kind: 'text', max: 300 }];

/** @type {Rows<NeedRow>} */
const rows = new Rows('start', '/v1/admin/start', {
  rows: (/** @type {StartView} */ data) => data.needs,
  key: (one) => one.need,
  name: (one) => localText(one.name),
});
let countedAtMs = 0;

/** Return the actions of features for a need. */
const featureActions = () => FEATURES.flatMap((one) => one.needAction ?? []);

export function clear() {
  rows.clear();
  countedAtMs = 0;
}

/** Open the chapter. @param {Ui} ui */
export async function enter(ui) {
  Object.assign(rows, { question: null, result: [true, ''] });
  await again(ui);
  // The cursor starts at the first unmet need.
  const next = rows.row() ? null : rows.all().find((one) => !one.done);
  if (next) rows.cursor = next.need;
  ui.draw();
}

/** Request the needs again. @param {Ui} ui */
export async function again(ui) {
  countedAtMs = Date.now();
  await rows.again(ui);
}

/** Return the number of unmet needs, for the bar; null if unknown. @param {Ui} ui */
export function missing(ui) {
  if (ui.feed.me.role !== 'admin') return null;
  if (ui.feed.link === 'live' && Date.now() - countedAtMs > COUNT_MS) again(ui);
  return rows.list.data?.missing ?? null;
}

/** Confirm a need by the open form. @param {Ui} ui */
async function confirm(ui) {
  const { editing, form } = rows;
  const data = await rows.send(ui, 'PUT', `${rows.pathOf(editing)}/confirmation`, {
    note: form.now.note.trim(),
  });
  if (!data) return;
  rows.showResult(ui, true, say`${rows.nameOf(editing)}: confirmed.`);
  rows.leave(ui);
}

/** Withdraw the confirmation of a need. @param {Ui} ui @param {NeedRow} row */
async function takeBack(ui, { need }) {
  if (await rows.request(ui, 'DELETE', `${rows.pathOf(need)}/confirmation`))
    rows.showResult(ui, true, say`It is not confirmed any more.`);
}

/** Open the form for a modem: a line for 112 if the need under the cursor is such a line. @param {Ui} ui */
function askModem(ui) {
  const emergency = ['emergency_trunk', 'second_emergency_line'].includes(rows.cursor);
  if (!emergency) rows.cursor = 'lines';
  modem.openForm(ui, rows, rows.list.data?.simulated ? 0 : ui.feed.lines.length, emergency);
}

/** Act on a key; return true if it belongs to this chapter. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (key === 'Escape' && !rows.question) return false; // the guide stays beside the list
  if (rows.pressed(ui, key)) return true;
  const row = rows.row();
  const other = featureActions().find((one) => one.act()[0] === key);
  if (other) other.ask(ui, rows);
  else if (key === 'M') askModem(ui);
  else if (key === 'Enter' && row?.by_person) rows.open(ui, new Form('need', FIELDS, row), row.need);
  else if (key === 'X' && row?.by) {
    const question = say`It is not so any more?`;
    rows.ask(ui, `${rows.nameOf(row.need)}: ${question}`, () => takeBack(ui, row));
  } else return false;
  return true;
}

/** Render the state of a need. @param {NeedRow} row */
const state = ({ done }) =>
  done ? word('done', say`There`, 'ink-ok') : word('todo', say`Missing`, 'ink-wait');

/** Render how a need is known: measured, or confirmed by an admin. @param {Ui} ui @param {NeedRow} row */
function knownHow(ui, { by_person, by, at, note }) {
  if (!by_person) return say`measured`;
  if (!by) return say`a person confirms it`;
  const day = f.day(Date.parse(at) * 1000);
  return html`${ui.feed.names(by)}, ${day}${note ? html`<small class="ink-2"> · ${note}</small>` : nothing}`;
}

/** Render the chapter. @param {Ui} ui */
export function pane(ui) {
  const { data } = rows.list;
  const row = rows.row();
  if (!rows.form) rows.side = row ?? null;
  const total = data?.needs.length ?? 0;
  return listPage(ui, rows, {
    title: !data
      ? say`Start`
      : data.missing
        ? say`Start: ${data.missing} of ${total} are missing`
        : say`Start: all is there`,
    acts: [['M', say`Add a modem`, 'phone'], ...featureActions().map((one) => one.act())],
    rowActs: row?.by_person
      ? [
          ['Enter', say`Confirm`],
          ...(row.by ? [/** @type {[string, string]} */ (['X', say`Not any more`])] : []),
        ]
      : [],
    heads: [[say`State`], [say`Before real use`], [say`How it is known`]],
    cells: (one) =>
      html`<td>${state(one)}</td>
        <td><b>${localText(one.name)}</b></td>
        <td class="ink-2">${knownHow(ui, one)}</td>`,
    form: () =>
      modem.form(ui, rows) ??
      featureActions().reduce((found, one) => found ?? one.form(ui, rows), null) ?? {
        title: rows.nameOf(rows.editing),
        label: say`Confirm`,
        send: () => confirm(ui),
      },
    side: () => guide(ui, data, row),
  });
}
