// The feature's parts in the console.

import { say } from '../../js/words/words.js';
import * as operators from './operators.js';
import * as people from './people.js';

export { printView } from './invite.js';
export { listed as keys } from './people.js';

/** @type {ListedChapter[]} */
export const chapters = [
  { place: 20, key: 'O', name: () => say`Operators`, role: 'admin', chapter: operators },
  { place: 30, key: 'U', name: () => say`People`, role: 'admin', chapter: people },
];
