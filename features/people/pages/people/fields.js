// What of a person can be written, and how it stands in the form: all numbers in one line.

import { languageName, say } from '../../../js/words/words.js';

const LANGUAGES = ['it', 'en', 'fr', 'de', 'es', 'pt', 'ro', 'sq', 'ar', 'uk', 'ru', 'zh'];

/** @type {FormField[]} */
export const FIELDS = [
  { name: 'first_name', label: () => say`First name`, kind: 'text', max: 100 },
  { name: 'last_name', label: () => say`Last name`, kind: 'text', max: 100 },
  {
    name: 'phones',
    label: () => say`Numbers, with commas between: the first is called first`,
    kind: 'text',
    max: 400,
    needed: true,
  },
  {
    name: 'language',
    label: () => say`Language`,
    kind: 'select',
    choices: () => LANGUAGES.map((one) => [one, languageName(one)]),
  },
  {
    name: 'notes',
    label: () => say`Notes for whoever answers (Shift+Enter: new line)`,
    kind: 'area',
    max: 4000,
  },
];

export const NOBODY = { first_name: '', last_name: '', phones: '', language: 'it', notes: '' };

/** As the form has it. @param {PersonAnswer} person */
export const flat = (person) => ({ ...person, phones: person.phones.join(', ') });

/** As it is sent. @param {Record<string, any>} fields */
export const sent = ({ phones, ...others }) =>
  phones === undefined ? others : { ...others, phones: several(phones) };

/** @param {string} text */
const several = (text) =>
  text
    .split(/[,;]/)
    .map((one) => one.trim())
    .filter(Boolean);

/** @param {{ first_name: string, last_name: string, phones: string[] }} person */
export const nameOf = ({ first_name, last_name, phones }) => `${first_name} ${last_name}`.trim() || phones[0];
