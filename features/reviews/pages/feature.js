// The feature's parts in the console.

import { say } from '../../js/words/words.js';
import * as availability from './figures/availability.js';
import * as figures from './figures/figures.js';
import { listed } from './history/story.js';
import { earlier, howMany } from './history/earlier-alerts.js';
import * as history from './history/history.js';
import * as past from './history/state.js';
import * as review from './reviews/review.js';

export { printView } from './history/print.js';

/** @type {ListedPlace[]} */
export const places = [
  { name: 'history', title: () => say`History`, keys: ['H', '/'], place: history, below: 'queue' },
  { name: 'review', place: review, below: 'queue' },
  { name: 'figures', title: () => say`Figures`, keys: ['3'], place: figures, role: 'supervisor' },
  { name: 'availability', place: availability, below: 'figures', role: 'supervisor' },
];

/** @type {PersonFact[]} */
export const personFacts = [{ name: () => say`Earlier alerts`, short: howMany, line: earlier }];

/** Open the story of an alert in the history. @param {Ui} ui @param {string} alert */
export function showAlert(ui, alert) {
  ui.screen.go('history');
  past.choose(ui, alert);
}

/** @returns {ListedKeys[]} */
export const groups = () => [
  {
    title: say`Alerts and figures`,
    rows: [
      ['H /', say`History, search`],
      ['O P D', say`History: correct the outcome, print, CSV`],
      ...listed(),
      ['F X', say`Filters, no filters`],
      ['T W Y D', say`Figures: period, CSV`],
      ['A ↑ ↓ P D', say`Availability, month, PDF, CSV`],
      ['Q', say`Reviews`],
      ['← → V A M', say`Reviews: month, judge, listen, my own`],
    ],
  },
];
