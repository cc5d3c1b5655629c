// What the browser and the phone's own lists say of this page: its title, its icon, and what a home screen
// is given. They are those of its address, whatever the page shows: a title that changed would betray more.

import { isEnglish, t } from '../words.js';

const CALCULATOR = '/app/calculator';
const OWN = '/app';

export const isDisguised = () => location.pathname === CALCULATOR;

/** Go on at the other address, in the same entry of the history: nothing is loaded, and nothing is left. */
export function disguise(is) {
  if (is !== isDisguised()) history.replaceState(null, '', (is ? CALCULATOR : OWN) + location.search);
  dress();
}

/** In the language chosen. */
export function dress() {
  const is = isDisguised();
  const at = is ? CALCULATOR : OWN;
  document.title = is ? t('calculator') : 'securWoman';
  link('icon', `${at}/icon.svg`);
  link('apple-touch-icon', `${at}/apple-touch-icon.png`);
  const named = isEnglish() ? 'en' : 'it';
  link('manifest', `${at}/${is ? named : 'manifest'}.webmanifest`);
}

/** Only what differs: each change is asked for. */
function link(rel, href) {
  const found = document.querySelector(`link[rel="${rel}"]`);
  if (found.getAttribute('href') !== href) found.setAttribute('href', href);
}
