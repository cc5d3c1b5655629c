// The form for a person's record, filled in by staff: facts to be known before the person can say them.

import { say } from '../../js/words/words.js';
import { answerOf, meanwhile, why } from '../../js/admin/frame/faults.js';
import { Form } from '../../js/admin/frame/form.js';

/** The rows of the list that has the form. @type {PeopleList["rows"]} */
let rows = null;
/** @type {PersonRow} */
let person = null;
/** The record as it was read. @type {RecordAnswer} */
let kept = null;

/** Return the path of a person's record. @param {string} id */
const path = (id) => `/v1/users/${encodeURIComponent(id)}/record`;

/**
 * Open the form for the record of a person.
 * @param {Ui} ui @param {PersonRow} row @param {PeopleList} list
 */
export async function open(ui, row, list) {
  const { data, code } = await answerOf(ui.feed.read(path(row.id)));
  if (!data) return list.rows.showResult(ui, false, why(code));
  rows = list.rows;
  person = row;
  kept = data;
  return rows.open(ui, new Form('record', fieldsOf(data.record), formValues(data.record)));
}

/** Send the changed record. @param {Ui} ui */
async function send(ui) {
  const { form } = rows;
  if (!form.changed().length) return rows.leave(ui);
  form.busy = true;
  const body = recordOf(kept.record, form.now);
  const request = ui.feed.request('PUT', path(person.id), body, { 'if-match': `"${kept.version}"` });
  const answer = await answerOf(request);
  form.busy = false;
  if (answer.data) {
    rows.result = [true, say`${rows.options.name(person)}: record saved.`];
    return rows.leave(ui);
  }
  if (answer.code === 'changed_meanwhile') await follow(ui);
  else form.refuse({ ...answer, path: pathOf(answer, form.now) });
  return ui.draw();
}

/**
 * Return the path of the field at fault. For an invalid number the center names the contact in its reason.
 * @param {{ path: string, reason: string }} said @param {Record<string, any>} now
 */
function pathOf({ path: where, reason }, now) {
  if (where !== '$.contacts') return where.replace(/^\$\.(\w+)\[(\d+)\]\.?/, '$.$1-$2-').replace(/-$/, '');
  const name = Object.keys(now).find(
    (one) => /^contacts-\d+-name$/.test(one) && reason.startsWith(`${now[one]}: `),
  );
  return name ? name.replace(/name$/, 'number') : where;
}

/**
 * Update the form after another change of the record: unchanged fields take the stored values; fields changed
 * by both show the stored value.
 * @param {Ui} ui
 */
async function follow(ui) {
  const { data } = await answerOf(ui.feed.read(path(person.id)));
  if (!data) return;
  const { form } = rows;
  const touched = form.changed();
  const before = form.was;
  kept = data;
  const now = formValues(data.record);
  const next = new Form('record', fieldsOf(data.record), now);
  for (const name of touched) {
    next.now[name] = form.now[name];
    if (now[name] !== before[name]) next.faults[name] = meanwhile(String(now[name] ?? ''));
  }
  next.faults[''] = why('changed_meanwhile');
  rows.form = next;
}

/** Return title, label and action of the form. @param {Ui} ui */
export const form = (ui) => ({
  title: say`Record of ${rows.options.name(person)}`,
  label: say`Save`,
  send: () => send(ui),
});

// Conversion between a record and the form: a field for each line, with one empty place for each repeated
// part. Pure.

const NEW = { name: '' };
const MOST = { addresses: 5, dangerous: 4, contacts: 8 };

/** @type {Record<string, [string, FormField['kind'], number, () => string][]>} */
const PARTS = {
  dangerous: [
    ['name', 'text', 100, () => say`Dangerous`],
    ['car', 'text', 200, () => say`car: make, colour, plate`],
    ['note', 'text', 1000, () => say`how to know this one, weapons`],
  ],
  contacts: [
    ['name', 'text', 100, () => say`Contact`],
    ['number', 'tel', 40, () => say`number`],
    ['relation', 'text', 200, () => say`who it is`],
    ['tell', 'check', 0, () => say`tell by SMS that 112 was called`],
    ['where', 'check', 0, () => say`tell where, too`],
  ],
};

/** @type {[string, FormField['kind'], number, () => string][]} */
const TEXTS = [
  ['children', 'area', 1000, () => say`Children`],
  ['medical', 'area', 1000, () => say`Medical`],
  ['court_order', 'area', 1000, () => say`Court order`],
  ['safe_word', 'text', 60, () => say`Safe word`],
  ['reach', 'text', 200, () => say`How to reach the person`],
];

/**
 * Return the indices of a part's places in the form.
 * @param {PersonRecord} record @param {keyof typeof MOST} part
 */
const places = (record, part) => [...Array(Math.min((record[part] ?? []).length + 1, MOST[part])).keys()];

/** Return the fields of the form. @param {PersonRecord} record @returns {FormField[]} */
const fieldsOf = (record) => [
  ...repeatedFields(record, 'dangerous'),
  ...TEXTS.map(([name, kind, max, label]) => ({ name, kind, max, label })),
  ...places(record, 'addresses').map((n) => ({
    name: `addresses-${n}`,
    kind: /** @type {const} */ ('text'),
    max: 200,
    label: () => `${say`Address`} ${n + 1}`,
  })),
  ...repeatedFields(record, 'contacts'),
];

/**
 * Return the fields of a repeated part.
 * @param {PersonRecord} record @param {'dangerous' | 'contacts'} part @returns {FormField[]}
 */
const repeatedFields = (record, part) =>
  places(record, part).flatMap((n) =>
    PARTS[part].map(([name, kind, max, label], first) => ({
      name: `${part}-${n}-${name}`,
      kind,
      max: max || undefined,
      label: () => (first ? `${PARTS[part][0][3]()} ${n + 1}: ${label()}` : `${label()} ${n + 1}`),
    })),
  );

/**
 * Return the values of the fields.
 * @param {PersonRecord} record @returns {Record<string, string | boolean>}
 */
function formValues(record) {
  /** @type {Record<string, string | boolean>} */
  const held = Object.fromEntries(TEXTS.map(([name]) => [name, record[name] ?? '']));
  for (const n of places(record, 'addresses')) held[`addresses-${n}`] = record.addresses?.[n] ?? '';
  for (const part of ['dangerous', 'contacts'])
    for (const n of places(record, /** @type {'dangerous' | 'contacts'} */ (part)))
      for (const [name, kind] of PARTS[part])
        held[`${part}-${n}-${name}`] = (record[part]?.[n] ?? NEW)[name] ?? (kind === 'check' ? false : '');
  return held;
}

/**
 * Return the record of the fields' values, without empty parts; pictures stay as they are.
 * @param {PersonRecord} record as it was read @param {Record<string, any>} now
 */
function recordOf(record, now) {
  const parts = (/** @type {'dangerous' | 'contacts'} */ part) =>
    places(record, part)
      .map((n) => ({
        ...Object.fromEntries(PARTS[part].map(([name]) => [name, trimmed(now[`${part}-${n}-${name}`])])),
        ...(part === 'dangerous' ? { picture: record.dangerous?.[n]?.picture ?? '' } : {}),
      }))
      .filter((one) => Object.values(one).some(Boolean));
  return {
    ...record,
    ...Object.fromEntries(TEXTS.map(([name]) => [name, trimmed(now[name])])),
    addresses: places(record, 'addresses')
      .map((n) => trimmed(now[`addresses-${n}`]))
      .filter(Boolean),
    dangerous: parts('dangerous'),
    contacts: parts('contacts'),
  };
}

/** Return the value without blanks at its ends. @param {string | boolean} value */
const trimmed = (value) => (typeof value === 'string' ? value.trim() : value);
