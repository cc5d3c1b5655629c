// The page's title, icon and manifest in the browser and the phone's lists. They depend on the address alone:
// a title that changes would reveal more.

import { isEnglish, t } from '../words.js';

const CALCULATOR = '/app/calculator';
const OWN = '/app';

/** Return true at the calculator's address. */
export const isDisguised = () => location.pathname === CALCULATOR;

/** Switch to the other address, in the same entry of the history: nothing is loaded, and no trace remains. */
export function disguise(is) {
  if (is !== isDisguised()) history.replaceState(null, '', (is ? CALCULATOR : OWN) + location.search);
  setIdentity();
}

/** Set title, icon and manifest, in the chosen language. */
export function setIdentity() {
  const is = isDisguised();
  const at = is ? CALCULATOR : OWN;
  document.title = is ? t('calculator') : 'securWoman';
  link('icon', `${at}/icon.svg`);
  link('apple-touch-icon', `${at}/apple-touch-icon.png`);
  const named = isEnglish() ? 'en' : 'it';
  link('manifest', `${at}/${is ? named : 'manifest'}.webmanifest`);
}

/** Change a link only if it differs: each change causes a request. */
function link(rel, href) {
  const found = document.querySelector(`link[rel="${rel}"]`);
  if (found.getAttribute('href') !== href) found.setAttribute('href', href);
}
