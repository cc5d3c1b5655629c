// One letter beside the calculator's figure, as calculators have: all that is said of an alert while nobody
// is to see it. Pure.

import { isAsked, isClosed } from '../state.js';

/**
 * '' where there is none or nothing is told of it any more; a dot until the center has it, 'M' once it has,
 * 'MR' where a message waits to be read, or the last word does, and 'E' where the screen behind it says to
 * call 112.
 * @param known the alert, or null @param seen what its screen is @param {boolean} isWrittenTo
 */
export function told(known, seen, isWrittenTo) {
  if (!known || isAsked(known)) return '';
  if (isClosed(known)) return isWrittenTo || !known.sawEnd ? 'MR' : seen.writes ? 'M' : '';
  if (seen.now) return 'E';
  if (known.alert === null || !known.durable) return '·';
  return isWrittenTo ? 'MR' : 'M';
}
