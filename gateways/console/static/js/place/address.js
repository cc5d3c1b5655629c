// An address in words, no surer than it is: the center decides what may be said, this says it. Pure.

import { either } from '../words/words.js';

/**
 * `Via Roma 12`, `Via Roma, numero incerto`, `Vicino a via Roma`.
 * @param {Pick<Address, 'nearness' | 'street' | 'number'>} a
 */
export function addressName(a) {
  if (a.nearness === 'near') return either(`Vicino a ${a.street}`, `Near ${a.street}`);
  const street = a.street.charAt(0).toUpperCase() + a.street.slice(1);
  return a.number
    ? `${street} ${a.number}`
    : either(`${street}, numero incerto`, `${street}, number not certain`);
}

/**
 * The sentence with the town, where `place` has not named it, and the distance.
 * @param {Address} a @param {string[]} [place]
 */
export function addressWords(a, place = []) {
  const named = !a.town || place.some((sentence) => sentence.startsWith(a.town));
  const away = either(`a\u00a0${a.distance_m}\u00a0m`, `${a.distance_m}\u00a0m away`);
  return `${addressName(a)}${named ? '' : `, ${a.town}`} (${away}).`;
}
