// The feature's parts in the console.

import { say } from '../../js/words/words.js';
import * as settings from './settings.js';

/** @type {ListedChapter[]} */
export const chapters = [
  { place: 70, key: 'I', name: () => say`Settings`, role: 'admin', chapter: settings },
];

/** @returns {[string, string][]} */
export const keys = () => [['Q F', say`Settings: restart when no alert is open; only what is set`]];
