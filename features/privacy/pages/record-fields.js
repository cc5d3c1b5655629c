// A record as a form has it, and back: a field for each line, and always one more of each that there can be
// several of. Pure.

import { say } from '../../js/words/words.js';

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

/** How many of them the form has. @param {PersonRecord} record @param {keyof typeof MOST} part */
const places = (record, part) => [...Array(Math.min((record[part] ?? []).length + 1, MOST[part])).keys()];

/** @param {PersonRecord} record @returns {FormField[]} */
export const fieldsOf = (record) => [
  ...several(record, 'dangerous'),
  ...TEXTS.map(([name, kind, max, label]) => ({ name, kind, max, label })),
  ...places(record, 'addresses').map((n) => ({
    name: `addresses-${n}`,
    kind: /** @type {const} */ ('text'),
    max: 200,
    label: () => `${say`Address`} ${n + 1}`,
  })),
  ...several(record, 'contacts'),
];

/** @param {PersonRecord} record @param {'dangerous' | 'contacts'} part @returns {FormField[]} */
const several = (record, part) =>
  places(record, part).flatMap((n) =>
    PARTS[part].map(([name, kind, max, label], first) => ({
      name: `${part}-${n}-${name}`,
      kind,
      max: max || undefined,
      label: () => (first ? `${PARTS[part][0][3]()} ${n + 1}: ${label()}` : `${label()} ${n + 1}`),
    })),
  );

/** What the fields hold. @param {PersonRecord} record @returns {Record<string, string | boolean>} */
export function flat(record) {
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
 * The record of what the fields hold now; pictures stay as they are. What is empty is left out.
 * @param {PersonRecord} record as it was read @param {Record<string, any>} now
 */
export function recordOf(record, now) {
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

/** @param {string | boolean} value */
const trimmed = (value) => (typeof value === 'string' ? value.trim() : value);
