// Holidays: dates that count as another day of the week.

import { html } from '../../vendor/lit.js';
import { say } from '../../js/words/words.js';
import * as f from '../../js/words/format.js';
import { Form } from '../../js/admin/frame/form.js';
import { acts, formOf, keys, without } from './part.js';
import { saveRoster, changedByOther, rowsOf, dutyView } from './roster.js';
import { dayName } from './words.js';

export const rows = rowsOf('holidays', (one) => one.name);

/** @type {FormField[]} */
const FIELDS = [
  { name: 'date', label: () => say`Date`, kind: 'date', needed: true },
  { name: 'name', label: () => say`Name`, kind: 'text', max: 100, needed: true },
  {
    name: 'as_day',
    label: () => say`Counts as`,
    kind: 'select',
    choices: () => [6, 5, 4, 3, 2, 1, 0].map((day) => [String(day), dayName(day)]),
  },
];

/** Return the initial values of the form. @param {DutyHoliday} [row] */
const valuesOf = (row) => ({
  date: row?.date ?? '',
  name: row?.name ?? '',
  as_day: String(row?.as_day ?? 6),
});

/** Save the holiday of the open form. @param {Ui} ui */
async function save(ui) {
  if (changedByOther(rows)) return;
  const { form, editing } = rows;
  const { now } = form;
  const made = { date: now.date, name: now.name.trim(), as_day: Number(now.as_day) };
  const left = dutyView().roster.holidays.filter(
    (one) => JSON.stringify(one) !== editing && one.date !== made.date,
  );
  const holidays = [...left, made].toSorted((a, b) => a.date.localeCompare(b.date));
  await saveRoster(ui, rows, { holidays }, say`${made.name}: saved.`, ([, , field]) => field);
}

/** Remove a holiday. @param {Ui} ui @param {DutyHoliday} row */
function remove(ui, row) {
  saveRoster(ui, rows, { holidays: without('holidays', row) }, say`${row.name} is removed.`);
}

export const pressed = keys(rows, {
  form: (row) => new Form('holiday', FIELDS, valuesOf(row)),
  doubt: ({ name }) => say`Remove ${name}?`,
  remove,
});

export const parts = {
  heads: () => [[say`Date`], [say`Name`], [say`Counts as`]],
  /** Render the cells of a holiday. @param {DutyHoliday} one */
  cells: (one) =>
    html`<td class="nowrap">${f.day(Date.parse(`${one.date}T12:00`) * 1000)}</td>
      <td><b>${one.name}</b></td>
      <td>${dayName(one.as_day)}</td>`,
  acts,
  /** Return title, label and action of the form. @param {Ui} ui */
  form: (ui) => formOf(rows, say`New holiday`, () => save(ui)),
  empty: () => say`None`,
};
