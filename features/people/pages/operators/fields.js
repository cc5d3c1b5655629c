// What of an operator can be written: the fields of the form.

import { languageName, rolesName, say } from '../../../js/words/words.js';

const LANGUAGES = ['it', 'en', 'fr', 'de', 'es', 'pt', 'ro', 'sq', 'ar', 'uk', 'ru', 'zh'];

/** @type {FormField[]} */
export const FIELDS = [
  {
    name: 'name',
    label: () => say`First and last name`,
    kind: 'text',
    max: 100,
    needed: true,
  },
  { name: 'phone', label: () => say`Telephone`, kind: 'tel', max: 40, needed: true },
  {
    name: 'role',
    label: () => say`Role`,
    kind: 'select',
    choices: () => ['operator', 'supervisor', 'admin'].map((one) => [one, rolesName(one)]),
  },
  {
    name: 'language',
    label: () => say`Language`,
    kind: 'select',
    choices: () => LANGUAGES.map((one) => [one, languageName(one)]),
  },
  { name: 'on_call', label: () => say`On call off shift`, kind: 'check' },
];
