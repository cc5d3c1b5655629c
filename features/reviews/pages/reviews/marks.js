// The words for marks of a review, and for refusals.

import { phrase, say } from '../../../js/words/words.js';

/** @type {Record<string, Phrase>} */
const MARKS = {
  '': phrase`—`,
  4: phrase`4, wholly`,
  3: phrase`3, nearly`,
  2: phrase`2, in part`,
  1: phrase`1, not at all`,
  0: phrase`does not apply`,
};

/** @type {Record<string, Phrase>} */
const WHY = {
  not_drawn: phrase`This call is not drawn any more.`,
  own_call: phrase`You were in it: somebody else reviews it.`,
  reviewed: phrase`It is reviewed already.`,
  forgotten: phrase`The words of this alert are erased: the review would not be kept.`,
  notYours: phrase`For supervisors only.`,
};

/** Return a mark in words. @param {string | number} mark */
export const markName = (mark) => (MARKS[mark] ?? MARKS[''])();

/** Return the reason of a refusal in words. @param {string} code */
export const why = (code) =>
  WHY[code]?.() ?? (code === 'noConnection' ? say`No connection` : say`It has not worked: try again`);
