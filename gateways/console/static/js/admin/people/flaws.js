// What is wrong about a line of a file, in words.

import { inItalian } from '../../words/audited.js';
import { either } from '../../words/words.js';

/** @type {Record<Flaw, Pair>} */
const FLAWS = {
  no_file: ['Non è un elenco di persone.', 'This is no list of people.'],
  no_column: ['Questa colonna non c’è.', 'There is no such column.'],
  column_twice: ['Questa colonna c’è due volte.', 'This column is there twice.'],
  column_missing: ['Manca questa colonna.', 'This column is missing.'],
  cells: ['Celle di troppo o di meno.', 'Too many cells, or too few.'],
  empty: ['Vuoto.', 'Empty.'],
  no_number: ['Non è un numero di telefono.', 'This is no telephone number.'],
  rounded: [
    'Il foglio di calcolo ha arrotondato il numero: dai alla colonna il formato testo.',
    'The spreadsheet has rounded the number: give the column the form “text”.',
  ],
  emergency: ['È un numero di emergenza.', 'This is an emergency number.'],
  language: ['Lingua: due lettere, come it o en.', 'Language: two letters, like it or en.'],
  pin: ['Un PIN ha da 4 a 12 cifre.', 'A PIN has 4 to 12 digits.'],
  pins_same: ['I due PIN devono essere diversi.', 'The two PINs must differ.'],
  twice: ['È anche su un’altra riga.', 'It is on another line, too.'],
  of_others: ['È di un’altra persona, o di due.', 'It is another person’s, or of two.'],
  record: ['La scheda non lo accetta', 'The record does not take it'],
};

/** Why the center does not take a record. @type {[RegExp, string][]} */
const REASONS = [
  [/^(.+: )?'(.*)' is not a telephone number$/, '$1«$2» non è un numero di telefono'],
  [/^(.+: )?'(.*)' is not a telephone number that can be called$/, '$1«$2» non si può chiamare'],
  [/^(.+: )?'(.*)' is an emergency number$/, '$1«$2» è un numero di emergenza'],
];

/** `phone: Empty.`; of the record with the center's own reason. @param {ImportFault} fault */
export const told = ({ column, flaw, reason }) =>
  [column, either(...FLAWS[flaw]), flaw === 'record' ? either(inItalian(reason, REASONS), reason) : '']
    .filter(Boolean)
    .join(': ');
