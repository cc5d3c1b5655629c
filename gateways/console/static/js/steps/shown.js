// Which keys stand on the screen. A command is ordered by a key that stands there, and by no other: no state
// needs a rule of its own for what must not act unread.

/** A key in a sentence: `To call again: R.`, `R, then Enter`, `speak, or T`, `E: call again`. */
const NAMED =
  /(?:[:?] |\b(?:o|or|con|with|premi|press|Allora|Then) )([A-Z])(?=[.,:;]|$| (?:e Invio|and Enter))|(?:^|[.!?] )([A-Z])(?=: )/g;

/** The keys that these words name. @param {string} words */
export const named = (words) => [...words.matchAll(NAMED)].map(([, one, first]) => one ?? first);

/** Whether what was written may have been meant as a key. @param {string} text */
export const isKeyAlone = (text) => /^[a-z]$/i.test(text);

/** Whether this key is on a button of the case, or named beside what is to be done now. @param {string} key */
export function onScreen(key) {
  const [caps, said] = ['.case kbd', '.dock__next > *, .act--step small'].map((where) => [
    ...document.querySelectorAll(where),
  ]);
  return (
    caps.some((one) => one.textContent.trim() === key && one.checkVisibility()) ||
    said.some((one) => named(one.textContent.replace(/\s+/g, ' ').trim()).includes(key))
  );
}
