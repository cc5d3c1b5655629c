// An address in words, no surer than it is: the center decides what may be said, this says it. Pure.

import { say } from '../words/words.js';

/**
 * `Via Roma 12`, `Via Roma, numero incerto`, `Vicino a via Roma`.
 * @param {Pick<Address, 'nearness' | 'street' | 'number'>} a
 */
export function addressName(a) {
  if (a.nearness === 'near') return say`Near ${a.street}`;
  const street = a.street.charAt(0).toUpperCase() + a.street.slice(1);
  return a.number ? `${street} ${a.number}` : say`${street}, number not certain`;
}

/** Whether the place that is said with it, `Pavia, Lombardia`, is its own town. @param {Address} a */
const isIn = (a, place = '') => !a.town || place.replace(/[.,].*$/, '') === a.town;

/**
 * With its town, where that is not the one of `place`, which is said beside it.
 * @param {Address} a @param {string} [place]
 */
export const addressIn = (a, place) => `${addressName(a)}${isIn(a, place) ? '' : `, ${a.town}`}`;

/**
 * As a sentence, with the distance.
 * @param {Address} a @param {string} [place]
 */
export function addressSentence(a, place) {
  const away = say`${a.distance_m}\u00a0m away`;
  return `${addressIn(a, place)} (${away}).`;
}

/**
 * The nearest town after the address: named as what it is, where the address is of another.
 * @param {Address | null | undefined} a @param {string} place
 */
export const townAfter = (a, place) => (a && !isIn(a, place) ? say`Nearest town: ${place}` : place);
