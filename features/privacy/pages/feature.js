// What the console has of the feature.

import { say } from '../../js/words/words.js';
import * as audit from './audit.js';

/** @type {ListedChapter[]} */
export const chapters = [{ place: 90, key: 'R', name: () => say`Audit`, role: 'supervisor', chapter: audit }];

/** @returns {[string, string][]} */
export const keys = () => [['P A', say`Audit: whose, or by whom`]];
