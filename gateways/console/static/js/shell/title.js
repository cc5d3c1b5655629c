// The window's title: an alert that has not been acknowledged is seen on the tab, too. Pure.

import { say } from '../words/words.js';
import { name } from '../case/situation.js';

const NAME = 'securWoman';

/**
 * The title now: for an incoming alert its words and ours by turns, a second each.
 * @param {CaseView} incoming @param {number} nowMs
 */
export function title(incoming, nowMs) {
  if (!incoming || Math.floor(nowMs / 1000) % 2) return NAME;
  return `${incoming.test ? say`TEST` : say`New alert`}: ${name(incoming)}`;
}
