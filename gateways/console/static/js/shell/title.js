// The window's title: an unacknowledged alert also shows on the browser's tab. Pure.

import { say } from '../words/words.js';
import { name } from '../case/situation.js';

const NAME = 'securWoman';

/**
 * Return the title; for an incoming alert, its words and the product's name alternate, a second each.
 * @param {CaseView} incoming @param {number} nowMs
 */
export function title(incoming, nowMs) {
  if (!incoming || Math.floor(nowMs / 1000) % 2) return NAME;
  return `${incoming.test ? say`TEST` : say`New alert`}: ${name(incoming)}`;
}
