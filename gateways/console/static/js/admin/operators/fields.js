// What of an operator can be written: the fields of the form, and a role in words.

import { either, languageName } from '../../words/words.js';

/** @type {Record<string, Pair>} */
const ROLES = {
  operator: ['operatore', 'operator'],
  supervisor: ['supervisore', 'supervisor'],
  admin: ['admin', 'admin'],
};
/** @param {string} role */
export const rolesName = (role) => either(...ROLES[role]);

const LANGUAGES = ['it', 'en', 'fr', 'de', 'es', 'pt', 'ro', 'sq', 'ar', 'uk', 'ru', 'zh'];

/** @type {FormField[]} */
export const FIELDS = [
  {
    name: 'name',
    label: () => either('Nome e cognome', 'First and last name'),
    kind: 'text',
    max: 100,
    needed: true,
  },
  { name: 'phone', label: () => either('Telefono', 'Telephone'), kind: 'tel', max: 40, needed: true },
  {
    name: 'role',
    label: () => either('Ruolo', 'Role'),
    kind: 'select',
    choices: () => ['operator', 'supervisor', 'admin'].map((one) => [one, rolesName(one)]),
  },
  {
    name: 'language',
    label: () => either('Lingua', 'Language'),
    kind: 'select',
    choices: () => LANGUAGES.map((one) => [one, languageName(one)]),
  },
  { name: 'on_call', label: () => either('Reperibile fuori turno', 'On call off shift'), kind: 'check' },
];
