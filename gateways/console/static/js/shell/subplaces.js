// Places of features that lie below another place. A key of the upper place opens them.

import { FEATURES } from '../features.js';

/**
 * Return the places below `section` that the operator's role may open.
 * @param {Ui} ui @param {Section} section
 */
export const placesBelow = (ui, section) =>
  FEATURES.flatMap(({ places = [] }) => places).filter(
    (one) => one.below === section && one.keys && ui.screen.may(one.name),
  );

/**
 * Open the lower place of this key, and return true. The lower place also acts on each key but its first.
 * @param {Ui} ui @param {Section} section @param {string} key
 */
export function openBelow(ui, section, key) {
  const to = placesBelow(ui, section).find((one) => one.keys.includes(key));
  if (!to) return false;
  ui.screen.go(to.name);
  if (key !== to.keys[0]) to.place.pressed(ui, key);
  return true;
}
