// Form fields that the parts of the roster share: people in their order, one field each.

import { phrase } from '../../js/words/words.js';
import { dutyView } from './roster.js';

/** @type {Phrase[]} */
const PLACES = [phrase`Called first`, phrase`Then`];

/** Return all people of the roster as choices. @returns {string[][]} */
export const everybody = () => dutyView().roster.people.map((one) => [one.id, one.name]);

/** Return the indices of the fields: one more than people, at least three. @param {readonly string[]} ids */
const places = (ids) => [...Array(Math.max(3, ids.length + 1)).keys()];

/** Return the fields for people. @param {readonly string[]} ids @returns {FormField[]} */
export const peopleFields = (ids) =>
  places(ids).map((n) => ({
    name: `person-${n}`,
    label: () => PLACES[Math.min(n, 1)](),
    kind: 'select',
    choices: () => [['', '—'], ...everybody()],
  }));

/** Return the initial values of the fields. @param {readonly string[]} ids */
export const peopleValues = (ids) =>
  Object.fromEntries(places(ids).map((n) => [`person-${n}`, ids[n] ?? '']));

/** Return the chosen people in their order, each once. @param {Record<string, any>} fields */
export const peopleIn = (fields) => [
  ...new Set(
    Object.keys(fields)
      .filter((name) => name.startsWith('person-'))
      .map((name) => fields[name])
      .filter(Boolean),
  ),
];
