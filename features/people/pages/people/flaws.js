// What is wrong about a line of a file, in words.

import { form, phrase, worded } from '../../../js/words/words.js';

/** @type {Record<Flaw, Phrase>} */
const FLAWS = {
  no_file: phrase`This is no list of people.`,
  no_column: phrase`There is no such column.`,
  column_twice: phrase`This column is there twice.`,
  column_missing: phrase`This column is missing.`,
  cells: phrase`Too many cells, or too few.`,
  empty: phrase`Empty.`,
  no_number: phrase`This is no telephone number.`,
  rounded: phrase`The spreadsheet has rounded the number: give the column the form “text”.`,
  emergency: phrase`This is an emergency number.`,
  language: phrase`Language: two letters, like it or en.`,
  pin: phrase`A PIN has 4 to 12 digits.`,
  pins_same: phrase`The two PINs must differ.`,
  twice: phrase`It is on another line, too.`,
  of_others: phrase`It is another person’s, or of two.`,
  record: phrase`The record does not take it`,
};

/** Why the center does not take a record, after the contact's name, if any. */
const REASONS = [
  form`{0}'{1}' is not a telephone number`,
  form`{0}'{1}' is not a telephone number that can be called`,
  form`{0}'{1}' is an emergency number`,
];
/** `phone: Empty.`; of the record with the center's own reason. @param {ImportFault} fault */
export const told = ({ column, flaw, reason }) =>
  [column, FLAWS[flaw](), flaw === 'record' ? worded(reason, REASONS) : ''].filter(Boolean).join(': ');
