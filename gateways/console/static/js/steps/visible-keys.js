// Which keys stand on the screen. A command is ordered by a key that stands there, and by no other: no state
// needs a rule of its own for what must not act unread.

import { phrase } from '../words/words.js';

/** The words before a key in a sentence, where no colon is: `speak, or T`. */
const BEFORE = phrase`or with press Then##before`;
/** And behind it, where the sentence goes on: `R and Enter`. */
const BEHIND = phrase`and Enter##behind`;
/** A key in a sentence: `To call again: R.`, `R, then Enter`. */
const within = () =>
  new RegExp(`(?:[:?] |\\b(?:${BEFORE().replaceAll(' ', '|')}) )([A-Z])(?=[.,:;]|$| ${BEHIND()})`, 'g');
/** One that the sentence begins with: `E: call again`. */
const FIRST = /(?:^|[.!?] )([A-Z])(?=: )/g;

/** The keys that these words name. @param {string} words */
export const named = (words) =>
  [within(), FIRST].flatMap((one) => [...words.matchAll(one)].map(([, key]) => key));

/** Whether what was written may have been meant as a key. @param {string} text */
export const isKeyAlone = (text) => /^[a-z]$/i.test(text);

/** Whether all of it is on the screen, and nothing lies over it. @param {Element} element */
function isWhole(element) {
  const { x, width, top, bottom } = element.getBoundingClientRect();
  return [top + 2, bottom - 2].every((y) => element.contains(document.elementFromPoint(x + width / 2, y)));
}

/**
 * Whether one of these can be read whole; where none can, the first is brought into sight for the next press.
 * @param {Element[]} elements
 */
export function inSight(elements) {
  if (elements.some(isWhole)) return true;
  elements[0].scrollIntoView({ block: 'nearest' });
  return false;
}

/** Whether this key is on a button of the case, or named beside what to do now. @param {string} key */
export function onScreen(key) {
  const [caps, said] = ['.case kbd', '.dock__next > *, .act--step small'].map((where) => [
    ...document.querySelectorAll(where),
  ]);
  return (
    caps.some((one) => one.textContent.trim() === key && one.checkVisibility()) ||
    said.some((one) => named(one.textContent.replace(/\s+/g, ' ').trim()).includes(key))
  );
}
