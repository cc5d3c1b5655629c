// The weekly shifts: drawn as the present week, with the table of shifts below.

import { html } from '../../vendor/lit.js';
import { say } from '../../js/words/words.js';
import { Form } from '../../js/admin/frame/form.js';
import { peopleFields, peopleIn, peopleValues } from './fields.js';
import { acts, formOf, keys, without, withRow } from './part.js';
import { saveRoster, namesOf, changedByOther, rowsOf, dutyView } from './roster.js';
import { timeOfDay } from './times.js';
import { dayName, daysName } from './words.js';

const WEEK = [0, 1, 2, 3, 4, 5, 6];

export const rows = rowsOf('shifts', (one) => one.name);

/** Return the fields of a shift. @param {string[]} ids @returns {FormField[]} */
const fieldsOf = (ids) => [
  { name: 'name', label: () => say`Name`, kind: 'text', max: 100, needed: true },
  { name: 'begins', label: () => say`From##hour`, kind: 'text', max: 5, needed: true },
  { name: 'ends', label: () => say`To##hour`, kind: 'text', max: 5, needed: true },
  ...WEEK.map((day) => ({
    name: `day-${day}`,
    label: () => dayName(day),
    kind: /** @type {const} */ ('check'),
  })),
  ...peopleFields(ids),
];

/** Return the initial values of the form. @param {DutyShift} [row] */
const valuesOf = (row) => ({
  name: row?.name ?? '',
  begins: row?.begins ?? '20:00',
  ends: row?.ends ?? '08:00',
  ...Object.fromEntries(WEEK.map((day) => [`day-${day}`, row ? row.days.includes(day) : true])),
  ...peopleValues(row?.people ?? []),
});

/**
 * Return the name of the field without a valid time of day; an empty string if both are valid.
 * @param {Record<string, any>} fields
 */
const invalidTime = (fields) => ['begins', 'ends'].find((name) => !timeOfDay(fields[name])) ?? '';

/** Save the shift of the open form. @param {Ui} ui */
async function save(ui) {
  if (changedByOther(rows)) return;
  const { form, editing } = rows;
  const { now } = form;
  const wrong = invalidTime(now);
  if (wrong) {
    form.faults = { [wrong]: say`A time, as 20:00.` };
    form.focus(wrong);
    return;
  }
  if (!peopleIn(now).length) {
    form.faults = {
      'person-0': say`Who? With nobody it is not covered.`,
    };
    form.focus('person-0');
    return;
  }
  const made = {
    name: now.name.trim(),
    begins: timeOfDay(now.begins),
    ends: timeOfDay(now.ends),
    days: WEEK.filter((day) => now[`day-${day}`]),
    people: peopleIn(now),
  };
  const shifts = withRow('shifts', editing, made);
  await saveRoster(ui, rows, { shifts }, say`${made.name}: saved.`, ([, , field]) =>
    field === 'people' ? 'person-0' : field,
  );
}

/** Remove a shift. @param {Ui} ui @param {DutyShift} row */
function remove(ui, row) {
  saveRoster(ui, rows, { shifts: without('shifts', row) }, say`${row.name} is removed.`);
}

export const pressed = keys(rows, {
  form: (row) => new Form('shift', fieldsOf(row?.people ?? []), valuesOf(row)),
  doubt: ({ name }) => say`Remove the shift ${name}?`,
  remove,
});

export const parts = {
  heads: () => [[say`Shift`], [say`Days`], [say`Hours`], [say`Who, in order`]],
  /** Render the cells of a shift. @param {DutyShift} one */
  cells: (one) =>
    html`<td><b>${one.name}</b></td>
      <td>${daysName(one.days)}</td>
      <td class="nowrap">${one.begins}–${one.ends}</td>
      <td>${namesOf(one.people)}</td>`,
  acts,
  /** Return title, label and action of the form. @param {Ui} ui */
  form: (ui) => formOf(rows, say`New shift`, () => save(ui)),
  empty: () =>
    dutyView()?.roster.people.length
      ? say`No shift: all are called`
      : say`Nobody: first P and A, who is to be called`,
};
