// The people of the on-call duty: their contact methods in order, and a test of these methods.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../../js/shell/parts.js';
import * as f from '../../js/words/format.js';
import { languageName, say } from '../../js/words/words.js';
import { channelName } from '../../js/alarms/channels.js';
import { why } from '../../js/admin/frame/faults.js';
import { Form } from '../../js/admin/frame/form.js';
import { acts, formOf, keys, withRow } from './part.js';
import { PATH, saveRoster, changedByOther, rowsOf, dutyView } from './roster.js';

const WAYS = /** @type {DutyWay[]} */ (['call', 'sms', 'email', 'webhook', 'apprise']);
const LANGUAGES = ['it', 'en'];

export const rows = rowsOf('people', (one) => one.name);

/**
 * Return the indices of the contact fields: one more than contacts, at least three.
 * @param {DutyPerson} [row]
 */
const slots = (row) => [...Array(Math.max(3, (row?.contacts.length ?? 0) + 1)).keys()];

/** Return the field that links a person to an operator. @returns {FormField} */
const operatorField = () => ({
  name: 'operator',
  label: () => say`Which operator (gives name and number)`,
  kind: 'select',
  choices: () => [['', say`none`], ...dutyView().operators.map((one) => [one.operator, one.name])],
});

/**
 * Return the fields of a person. For a new person, the operator is the first field.
 * @param {DutyPerson} [row] @returns {FormField[]}
 */
const fieldsOf = (row) => [
  ...(row ? [] : [operatorField()]),
  { name: 'name', label: () => say`First and last name`, kind: 'text', max: 100 },
  ...slots(row).flatMap((n) => [
    {
      name: `way-${n}`,
      label: () => say`Way ${n + 1}`,
      kind: /** @type {const} */ ('select'),
      choices: () => [['', '—'], ...WAYS.map((way) => [way, channelName(way)])],
    },
    {
      name: `to-${n}`,
      label: () => say`number or address`,
      kind: /** @type {const} */ ('text'),
      max: 1000,
    },
  ]),
  {
    name: 'language',
    label: () => say`Language`,
    kind: 'select',
    choices: () => LANGUAGES.map((one) => [one, languageName(one)]),
  },
  ...(row ? [operatorField()] : []),
];

/** Return the initial values of the form. @param {DutyPerson} [row] */
const valuesOf = (row) => ({
  name: row?.name ?? '',
  language: row?.language ?? 'it',
  operator: row?.operator ?? '',
  ...Object.fromEntries(
    slots(row).flatMap((n) => [
      [`way-${n}`, row ? (row.contacts[n]?.way ?? '') : n ? '' : 'call'],
      [`to-${n}`, row?.contacts[n]?.to ?? ''],
    ]),
  ),
});

/** Return the contact method of an address without a chosen method. @param {string} to */
const guessMethod = (to) => (to.includes('://') ? 'webhook' : to.includes('@') ? 'email' : 'call');

/** Return the indices of the filled contact fields. @param {Record<string, any>} fields */
const places = (fields) =>
  Object.keys(fields)
    .filter((name) => name.startsWith('to-') && fields[name].trim())
    .map((name) => Number(name.slice(3)));

/** Save the person of the open form. @param {Ui} ui */
async function save(ui) {
  if (changedByOther(rows)) return;
  const { form, editing } = rows;
  const { now } = form;
  const used = places(now);
  const operator = dutyView().operators.find((one) => one.operator === now.operator);
  const name = now.name.trim() || operator?.name;
  if (!name) {
    form.faults = { name: why('needed') };
    form.focus('name');
    return;
  }
  const typed = used.map((n) => ({
    way: now[`way-${n}`] || guessMethod(now[`to-${n}`]),
    to: now[`to-${n}`].trim(),
  }));
  const id = editing || `p-${crypto.getRandomValues(new Uint32Array(1))[0].toString(16).padStart(8, '0')}`;
  const made = {
    id,
    name,
    language: now.language,
    operator: operator?.operator ?? null,
    contacts:
      typed.length || !operator ? typed : [{ way: /** @type {DutyWay} */ ('call'), to: operator.phone }],
  };
  const people = withRow('people', id, made);
  /** Return the form's field for the path of a fault. @param {string[]} path */
  const place = ([, n, field, k]) =>
    people[Number(n)]?.id !== id ? '' : field === 'contacts' ? `to-${used[Number(k)] ?? 0}` : field;
  if (await saveRoster(ui, rows, { people }, say`${made.name}: saved.`, place)) rows.point(ui, id);
}

/** Remove a person, also from all shifts and overrides. @param {Ui} ui @param {DutyPerson} row */
function remove(ui, { id, name }) {
  const { people, shifts, overrides } = dutyView().roster;
  const without = (/** @type {string[]} */ ids) => ids.filter((one) => one !== id);
  saveRoster(
    ui,
    rows,
    {
      people: people.filter((one) => one.id !== id),
      shifts: shifts.map((one) => ({ ...one, people: without(one.people) })),
      overrides: overrides
        .map((one) => ({ ...one, people: without(one.people) }))
        .filter((one) => one.people.length && one.instead_of !== id),
    },
    say`${name} is removed.`,
  );
}

/** Start a test of a person's contact methods. @param {Ui} ui @param {DutyPerson} row */
async function test(ui, { id, name }) {
  if (await rows.request(ui, 'POST', `${PATH}/test`, { person: id }))
    rows.showResult(ui, true, say`${name}: the test has begun.`);
}

export const pressed = keys(rows, {
  form: (row) => new Form('person', fieldsOf(row), valuesOf(row)),
  doubt: ({ name }) => say`${name}: remove, from shifts too?`,
  remove,
  more(ui, key, row) {
    if (key !== 'T') return false;
    const { name } = row;
    const text = say`${name}: try all ways, saying that it is a test?`;
    rows.ask(ui, text, () => test(ui, row));
    return true;
  },
});

/** Return true if a person is in no shift. @param {DutyPerson} one */
const idle = ({ id }) =>
  dutyView().flaws.some(
    ({ kind, path }) => kind === 'idle' && dutyView().roster.people[Number(path.split('.')[1])]?.id === id,
  );

const TEST_VALID_MS = 90 * 86_400_000;

/** Render the result of a person's last test. @param {DutyPerson} one */
function testResult({ id }) {
  const known = dutyView().tried.find(({ person }) => person === id);
  const { asked_at: started, over_at: ended, taken_at: taken } = known ?? {};
  if (started && !ended) return word('clock', say`going on`, 'ink-wait');
  if (started && (!taken || taken < started))
    return word('warn', `${say`not taken,`} ${f.shortDay(Date.parse(started) * 1000)}`, 'ink-bad');
  if (!taken) return html`<span class="ink-wait">${say`never`}</span>`;
  const old = Date.parse(taken) < Date.now() - TEST_VALID_MS;
  return word(old ? 'warn' : 'check', f.shortDay(Date.parse(taken) * 1000), old ? 'ink-wait' : 'ink-ok');
}

/** Render a contact. @param {DutyContact} one */
const contactRow = ({ way, to }) =>
  html`<li>
    ${channelName(way)} ${to.startsWith('+') ? html`<span class="phone">${f.phone(to)}</span>` : to}
  </li>`;

export const parts = {
  heads: () => [
    [say`Name`],
    [say`Ways, in order`],
    [say`Language`, 'spare'],
    [say`Shifts`],
    [say`Tried##way`],
  ],
  /** Render the cells of a person. @param {DutyPerson} one */
  cells: (one) =>
    html`<td><b>${one.name}</b></td>
      <td><ol class="duty__ways">${one.contacts.map(contactRow)}</ol></td>
      <td class="spare">${languageName(one.language)}</td>
      <td>
        ${
          idle(one)
            ? word('warn', say`in none`, 'ink-wait')
            : dutyView()
                .roster.shifts.filter((shift) => shift.people.includes(one.id))
                .map((shift) => shift.name)
                .join(', ') || nothing
        }
      </td>
      <td>${testResult(one)}</td>`,
  acts: () => acts(['T', say`Test`]),
  /** Return title, label and action of the form. @param {Ui} ui */
  form: (ui) => formOf(rows, say`New person`, () => save(ui)),
  empty: () => say`Nobody: A adds who is to be called`,
};
