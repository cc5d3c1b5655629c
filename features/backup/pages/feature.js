// The feature's parts in the console.

import { say } from '../../js/words/words.js';
import * as backups from './backups.js';

/** @type {ListedChapter[]} */
export const chapters = [{ place: 50, key: 'B', name: () => say`Backups`, role: 'admin', chapter: backups }];

/** @returns {[string, string][]} */
export const keys = () => [['A T', say`Backups: make one, restore for trial`]];
