// The places of features that lie below another place, and are reached by a key of that one.

import { FEATURES } from '../features.js';

/** Those for this role. @param {Ui} ui @param {Section} section */
export const below = (ui, section) =>
  FEATURES.flatMap(({ places = [] }) => places).filter(
    (one) => one.below === section && one.keys && ui.screen.may(one.name),
  );

/**
 * True where the key leads to one of them; every key but the first means something there as well.
 * @param {Ui} ui @param {Section} section @param {string} key
 */
export function leads(ui, section, key) {
  const to = below(ui, section).find((one) => one.keys.includes(key));
  if (!to) return false;
  ui.screen.go(to.name);
  if (key !== to.keys[0]) to.place.pressed(ui, key);
  return true;
}
