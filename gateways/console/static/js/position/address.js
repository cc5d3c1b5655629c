// An address in words, as certain as the center reports it. Pure.

import { say } from '../words/words.js';

/**
 * Return the address: `Via Roma 12`, `Via Roma, numero incerto`, `Vicino a via Roma`.
 * @param {Pick<Address, 'nearness' | 'street' | 'number'>} a
 */
export function addressName(a) {
  if (a.nearness === 'near') return say`Near ${a.street}`;
  const street = a.street.charAt(0).toUpperCase() + a.street.slice(1);
  return a.number ? `${street} ${a.number}` : say`${street}, number not certain`;
}

/** Return true if the displayed place, `Pavia, Lombardia`, is the address's own town. @param {Address} a */
const isIn = (a, place = '') => !a.town || place.replace(/[.,].*$/, '') === a.town;

/**
 * Return the address, with its town unless `place` beside it names the same town.
 * @param {Address} a @param {string} [place]
 */
export const addressIn = (a, place) => `${addressName(a)}${isIn(a, place) ? '' : `, ${a.town}`}`;

/** Return the address as a sentence, with the distance. @param {Address} a @param {string} [place] */
export function addressSentence(a, place) {
  const away = say`${a.distance_m}\u00a0m away`;
  return `${addressIn(a, place)} (${away}).`;
}

/**
 * Return the town to show after the address; named as the nearest town if the address is in another.
 * @param {Address | null | undefined} a @param {string} place
 */
export const townAfter = (a, place) => (a && !isIn(a, place) ? say`Nearest town: ${place}` : place);
