// The feature's parts in the console.

import { say } from '../../js/words/words.js';
import * as drill from './drill.js';
import * as proofs from './proofs.js';

export { needAction } from './test-alert.js';
export { lineAction } from './trial.js';

/** @type {ListedPlace[]} */
export const places = [
  {
    name: 'proofs',
    title: () => say`Nightly self-test`,
    keys: ['N'],
    place: proofs,
    below: 'plant',
    role: 'supervisor',
  },
];

/** @type {ShiftAction} */
export const shiftAction = { key: 'D', name: () => say`Drill`, ...drill };

/** @type {KernelKeys} */
export const placeKeys = {
  shift: () => [['D', say`Drill`]],
  plant: () => [['N T E', say`Nightly self-test, now, end it`]],
};

/** @returns {[string, string][]} */
export const keys = () => [
  ['T', say`Start: a test alert`],
  ['T E', say`Lines: test call, hang up`],
];
