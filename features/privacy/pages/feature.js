// The feature's parts in the console.

import { save } from '../../js/shell/download.js';
import { phrase, say } from '../../js/words/words.js';
import * as audit from './audit.js';
import * as erase from './erase.js';
import * as record from './record.js';

/** @type {ListedChapter[]} */
export const chapters = [{ place: 90, key: 'R', name: () => say`Audit`, role: 'supervisor', chapter: audit }];

/** @returns {[string, string][]} */
export const keys = () => [['P A', say`Audit: whose, or by whom`]];

/**
 * Save all data about a person as a file, for handing over to that person.
 * @param {Ui} ui @param {PersonRow} row @param {PeopleList} list
 */
async function saveData(ui, row, { rows }) {
  const name = rows.options.name(row);
  rows.showResult(ui, true, say`${name}: making the data…`);
  const done = await save(ui, `/v1/users/${encodeURIComponent(row.id)}/data`, `person-${row.id}.zip`);
  rows.showResult(ui, done, done ? say`${name}: data downloaded.` : say`${name}: not made.`);
}

/** @type {PersonAction[]} */
export const personActions = [
  { place: 20, key: 'G', label: phrase`Record`, act: record.open, opens: 'record', form: record.form },
  { place: 60, key: 'D', label: phrase`Data to give`, act: saveData },
  { place: 70, key: 'X', label: phrase`Erase`, act: erase.open, opens: 'erase', form: erase.form },
];

/** @type {AlertArchive[]} */
export const archives = [
  { key: 'J', label: phrase`Dossier for a court`, listed: phrase`dossier`, what: 'dossier' },
  {
    key: 'Y',
    label: phrase`All the person’s data`,
    listed: phrase`all the person’s data`,
    what: 'person',
    has: (view) => Boolean(view.person),
  },
];
