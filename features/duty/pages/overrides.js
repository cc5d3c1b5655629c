// Overrides: people on duty in place of the shifts, once, for a swap, a holiday or an illness.

import { html, nothing } from '../../vendor/lit.js';
import { say } from '../../js/words/words.js';
import * as f from '../../js/words/format.js';
import { Form } from '../../js/admin/frame/form.js';
import { everybody, peopleFields, peopleIn, peopleValues } from './fields.js';
import { spanNow } from './head.js';
import { acts, keys, without, withRow } from './part.js';
import { saveRoster, nameOf, namesOf, openForm, changedByOther, rowsOf, dutyView } from './roster.js';
import { moment, localTime } from './times.js';

const DAY_MS = 86_400_000;
export const SWAP = 'swap';

export const rows = rowsOf('overrides', (one) => namesOf(one.people));

const zone = () => dutyView().roster.zone;

/** Return a moment as a day and a time in the roster's zone. @param {string} at */
const when = (at) => {
  const there = localTime(Date.parse(at), zone());
  return `${f.shortDay(moment(`${there.slice(0, 10)}T12:00`, zone()) * 1000)}, ${there.slice(11)}`;
};

/** Return the field for the replaced person. @returns {FormField} */
const insteadField = () => ({
  name: 'instead_of',
  label: () => say`In place of`,
  kind: 'select',
  choices: () => [['', say`all of the shift`], ...everybody()],
});

/** Return the field for the end. @returns {FormField} */
const untilField = () => ({
  name: 'to_at',
  label: () => say`Until`,
  kind: 'datetime-local',
  needed: true,
});

/** Return the field for the reason. @returns {FormField} */
const whyField = () => ({ name: 'why', label: () => say`Why`, kind: 'text', max: 200 });

/** Return the fields of an override. @param {string[]} ids @returns {FormField[]} */
const fieldsOf = (ids) => [
  { name: 'from_at', label: () => say`From`, kind: 'datetime-local', needed: true },
  untilField(),
  insteadField(),
  ...peopleFields(ids),
  whyField(),
];

/** Return the initial values of the form. @param {DutyOverride} [row] */
const valuesOf = (row) => ({
  from_at: localTime(row ? Date.parse(row.from_at) : Date.now(), zone()),
  to_at: localTime(row ? Date.parse(row.to_at) : Date.now() + DAY_MS, zone()),
  instead_of: row?.instead_of ?? '',
  ...peopleValues(row?.people ?? []),
  why: row?.why ?? '',
});

/**
 * Return when the hours of a person on duty now end, in milliseconds; 12 hours from now if they do not end.
 * @param {string} person
 */
function hoursEndMs(person) {
  const nowMs = Date.now();
  const after = dutyView().spans.filter((one) => Date.parse(one.to_at) > nowMs);
  const last = after.findIndex((one) => !one.people.includes(person) || !one.covered);
  return last > 0 ? Date.parse(after[last].from_at) : nowMs + 12 * 3_600_000;
}

/** Open the form for a swap: from now until the hours of the first person end. @param {Ui} ui */
export function swap(ui) {
  const span = spanNow();
  if (!span || dutyView().roster.people.length < 2) return;
  const [first] = span.people;
  const other = dutyView().roster.people.find((one) => !span.people.includes(one.id)) ?? anyOther(first);
  const initial = {
    'person-0': other.id,
    instead_of: first,
    to_at: localTime(hoursEndMs(first), zone()),
    why: '',
  };
  const fields = [
    {
      name: 'person-0',
      label: () => say`From now on`,
      kind: /** @type {const} */ ('select'),
      choices: everybody,
    },
    insteadField(),
    untilField(),
    whyField(),
  ];
  openForm(ui, rows, new Form(SWAP, fields, initial));
}

/** Return any other person, for a swap while all people are on duty. @param {string} but */
const anyOther = (but) => dutyView().roster.people.find((one) => one.id !== but);

/** Save the override of the open form. @param {Ui} ui */
async function save(ui) {
  if (changedByOther(rows)) return;
  const { form, editing } = rows;
  const { now } = form;
  const people = peopleIn(now);
  if (!people.length) {
    form.faults = { 'person-0': say`Who is there, then?` };
    form.focus('person-0');
    return;
  }
  const at = (/** @type {string} */ text) => new Date(moment(text.slice(0, 16), zone())).toISOString();
  const from = form.id === SWAP ? localTime(Date.now(), zone()) : now.from_at;
  const made = {
    from_at: at(from),
    to_at: at(now.to_at),
    people,
    instead_of: now.instead_of || null,
    why: now.why.trim(),
  };
  const overrides = withRow('overrides', editing, made);
  await saveRoster(ui, rows, { overrides }, savedText(made), ([, , field]) =>
    field === 'people' ? 'person-0' : field,
  );
}

/** Return a saved override in words. @param {DutyOverride} one */
const savedText = (one) =>
  one.instead_of
    ? say`${namesOf(one.people)} in place of ${nameOf(one.instead_of)}, until ${when(one.to_at)}.`
    : say`${namesOf(one.people)}, until ${when(one.to_at)}.`;

/** Remove an override. @param {Ui} ui @param {DutyOverride} row */
function remove(ui, row) {
  saveRoster(ui, rows, { overrides: without('overrides', row) }, say`The shifts hold again.`);
}

export const pressed = keys(rows, {
  form: (row) => new Form('override', fieldsOf(row?.people ?? []), valuesOf(row)),
  doubt: () => say`Remove the override?`,
  remove,
});

/** Return true if the override has ended. @param {DutyOverride} one */
const hasEnded = (one) => Date.parse(one.to_at) <= Date.now();

export const parts = {
  heads: () => [[say`From`], [say`Until`], [say`Who is there`], [say`In place of`], [say`Why`, 'spare']],
  /** Render the cells of an override. @param {DutyOverride} one */
  cells: (one) =>
    html`<td class=${hasEnded(one) ? 'ink-3' : nothing}>${when(one.from_at)}</td>
      <td class=${hasEnded(one) ? 'ink-3' : nothing}>
        ${when(one.to_at)}${hasEnded(one) ? ` (${say`over`})` : nothing}
      </td>
      <td><b>${namesOf(one.people)}</b></td>
      <td>${one.instead_of ? nameOf(one.instead_of) : say`all`}</td>
      <td class="ink-2 spare">${one.why}</td>`,
  acts,
  /** Return title, label and action of the form. @param {Ui} ui */
  form: (ui) => ({
    title: rows.form.id === SWAP ? say`Swap now` : rows.editing ? say`Override` : say`New override`,
    label: say`Save`,
    send: () => save(ui),
  }),
  empty: () => say`None: the shifts hold`,
};
