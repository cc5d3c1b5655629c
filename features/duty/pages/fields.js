// What the forms of the roster have in common: people in their order, as one field each.

import { phrase } from '../../js/words/words.js';
import { said } from './roster.js';

/** @type {Phrase[]} */
const PLACES = [phrase`Called first`, phrase`Then`];

/** @returns {string[][]} */
export const everybody = () => said().roster.people.map((one) => [one.id, one.name]);

/** So many places as there are people, one more, and three at least. @param {readonly string[]} ids */
const places = (ids) => [...Array(Math.max(3, ids.length + 1)).keys()];

/** @param {readonly string[]} ids @returns {FormField[]} */
export const peopleFields = (ids) =>
  places(ids).map((n) => ({
    name: `person-${n}`,
    label: () => PLACES[Math.min(n, 1)](),
    kind: 'select',
    choices: () => [['', '—'], ...everybody()],
  }));

/** @param {readonly string[]} ids */
export const peopleValues = (ids) =>
  Object.fromEntries(places(ids).map((n) => [`person-${n}`, ids[n] ?? '']));

/** Each once, in their order. @param {Record<string, any>} fields */
export const peopleIn = (fields) => [
  ...new Set(
    Object.keys(fields)
      .filter((name) => name.startsWith('person-'))
      .map((name) => fields[name])
      .filter(Boolean),
  ),
];
