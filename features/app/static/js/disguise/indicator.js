// The sign beside the calculator's figure, as calculators have: the state of an alert in one letter while the
// app is hidden. Pure.

import { cancelRequested, isClosed } from '../state.js';

/**
 * Return the sign: '' without an alert, or once nothing is reported any more; a dot until the center has
 * received the alert, then 'M'; 'MR' for an unread message or an unread last screen; 'E' if the hidden screen
 * advises to call 112.
 * @param known the alert, or null @param seen what its screen is @param {boolean} isWrittenTo
 */
export function indicator(known, seen, isWrittenTo) {
  if (!known || cancelRequested(known)) return '';
  if (isClosed(known)) return isWrittenTo || !known.sawEnd ? 'MR' : seen.writes ? 'M' : '';
  if (seen.now) return 'E';
  if (known.alert === null || !known.durable) return '·';
  return isWrittenTo ? 'MR' : 'M';
}
