// The reasons why the center does not dial a number automatically, in words.

import { phrase } from './words.js';

/** @type {Record<string, Phrase>} */
const REASONS = {
  emergency: phrase`it is an emergency number`,
  psap: phrase`it is the number used for 112`,
  own_line: phrase`it is the number of a line of the centre`,
  operator: phrase`it is an operator’s number`,
  kind: phrase`this kind of number is not called by itself`,
  country: phrase`this country is not called by itself`,
  outranked: phrase`a proved alert of this number calls it`,
  range: phrase`too many similar numbers within the hour`,
};

/** Return the reason in the page's language; an unknown code is returned as it is. @param {string} why */
export const notDialledReason = (why) => (REASONS[why] ? REASONS[why]() : why);
