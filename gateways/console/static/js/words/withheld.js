// Why the centre does not call a number by itself, in words.

import { either } from './words.js';

/** @type {Record<string, Pair>} */
const REASONS = {
  emergency: ['è un numero di emergenza', 'it is an emergency number'],
  psap: ['è il numero che si usa per il 112', 'it is the number used for 112'],
  own_line: ['è il numero di una linea del centro', 'it is the number of a line of the centre'],
  operator: ['è il numero di un operatore', 'it is an operator’s number'],
  kind: ['è un tipo di numero che va chiamato solo su ordine', 'this kind of number is not called by itself'],
  country: ['è di un paese che va chiamato solo su ordine', 'this country is not called by itself'],
  outranked: ['la chiama un allarme provato dello stesso numero', 'a proved alert of this number calls it'],
  range: ['troppi numeri simili nell’ultima ora', 'too many similar numbers within the hour'],
};

/** In the page's language as far as it knows the words. @param {string} why */
export const withheld = (why) => (REASONS[why] ? either(...REASONS[why]) : why);
