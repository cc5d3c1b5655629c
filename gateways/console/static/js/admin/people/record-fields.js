// A record as a form has it, and back: a field for each line, and always one more of each that there can be
// several of. Pure.

import { either, t } from '../../words/words.js';

const NEW = { name: '' };
const MOST = { addresses: 5, dangerous: 4, contacts: 8 };

/** @type {Record<string, [string, FormField['kind'], number, () => string][]>} */
const PARTS = {
  dangerous: [
    ['name', 'text', 100, () => t('dangerous')],
    ['car', 'text', 200, () => either('auto: marca, colore, targa', 'car: make, colour, plate')],
    ['note', 'text', 1000, () => either('come si riconosce, armi', 'how to know this one, weapons')],
  ],
  contacts: [
    ['name', 'text', 100, () => either('Contatto', 'Contact')],
    ['number', 'tel', 40, () => either('numero', 'number')],
    ['relation', 'text', 200, () => either('chi è', 'who it is')],
    [
      'tell',
      'check',
      0,
      () => either('avvisare per SMS quando è chiamato il 112', 'tell by SMS that 112 was called'),
    ],
    ['where', 'check', 0, () => either('dire anche dove', 'tell where, too')],
  ],
};

/** @type {[string, FormField['kind'], number, () => string][]} */
const TEXTS = [
  ['children', 'area', 1000, () => t('children')],
  ['medical', 'area', 1000, () => either('Salute', 'Medical')],
  ['court_order', 'area', 1000, () => either('Provvedimento', 'Court order')],
  ['safe_word', 'text', 60, () => either('Parola d’ordine', 'Safe word')],
  ['reach', 'text', 200, () => either('Come contattarla', 'How to reach the person')],
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
    label: () => `${either('Indirizzo', 'Address')} ${n + 1}`,
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
