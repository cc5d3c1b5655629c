// The keys visible on the screen. Only a visible key sends a command, so no state needs its own rule against
// keys pressed unread.

import { phrase } from '../words/words.js';

/** The words before a key in a sentence without a colon: `speak, or T`. */
const BEFORE = phrase`or with press Then##before`;
/** The words after a key in a sentence: `R and Enter`. */
const BEHIND = phrase`and Enter##behind`;
/** Return the pattern of a key in a sentence: `To call again: R.`, `R, then Enter`. */
const within = () =>
  new RegExp(`(?:[:?] |\\b(?:${BEFORE().replaceAll(' ', '|')}) )([A-Z])(?=[.,:;]|$| ${BEHIND()})`, 'g');
/** The pattern of a key at the start of a sentence: `E: call again`. */
const FIRST = /(?:^|[.!?] )([A-Z])(?=: )/g;

/** Return the keys named in a text. @param {string} words */
export const namedKeys = (words) =>
  [within(), FIRST].flatMap((one) => [...words.matchAll(one)].map(([, key]) => key));

/** Return true if the text may have been meant as a key. @param {string} text */
export const isKeyAlone = (text) => /^[a-z]$/i.test(text);

/** Return true if the whole element is on the screen and not covered. @param {Element} element */
function isWhole(element) {
  const { x, width, top, bottom } = element.getBoundingClientRect();
  return [top + 2, bottom - 2].every((y) => element.contains(document.elementFromPoint(x + width / 2, y)));
}

/**
 * Return true if one of the elements is wholly visible; otherwise scroll to the first, for the next press.
 * @param {Element[]} elements
 */
export function inSight(elements) {
  if (elements.some(isWhole)) return true;
  elements[0].scrollIntoView({ block: 'nearest' });
  return false;
}

/** Return true if the key is on a button of the case, or named beside the next step. @param {string} key */
export function isOnScreen(key) {
  const [caps, texts] = ['.case kbd', '.dock__next > *, .act--step small'].map((where) => [
    ...document.querySelectorAll(where),
  ]);
  return (
    caps.some((one) => one.textContent.trim() === key && one.checkVisibility()) ||
    texts.some((one) => namedKeys(one.textContent.replace(/\s+/g, ' ').trim()).includes(key))
  );
}
