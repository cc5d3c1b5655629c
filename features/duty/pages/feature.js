// The feature's parts in the console.

import { say } from '../../js/words/words.js';
import * as duty from './duty.js';

/** @type {ListedChapter[]} */
export const chapters = [
  { place: 51, key: 'J', name: () => say`On duty`, role: 'supervisor', chapter: duty },
];

/** @returns {[string, string][]} */
export const keys = () => [['W P D H G T', say`On duty: week, people, overrides, holidays; swap now; test`]];
