// Which of the user's messages 112 does not know: those that are not in the text for 112, and that the
// operator has not put aside by a key. That is kept by this page alone: another operator is asked anew.

import { phrase } from '../../words/words.js';

/** A user's short answers to a question, as the app sends them. @type {Record<string, Phrase>} */
export const ANSWERS = { yes: phrase`Yes`, no: phrase`No` };

/** By alert: the numbers of the messages that need not be in the text. @type {Map<string, Set<number>>} */
const aside = new Map();

export const clear = () => aside.clear();

/** Whether it is no more than the user's yes or no. @param {SaidView} one */
export const isAnswer = (one) => !one.by && one.text.toLowerCase() in ANSWERS;

/** @param {CaseView} view @param {SaidView} one */
export function putAside(view, one) {
  aside.set(view.alert, new Set(aside.get(view.alert)).add(one.number));
}

/** Whole words alone, so that `12` is not found in `123`. @param {string} text */
const words = (text) =>
  ` ${
    text
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.join(' ') ?? text.trim()
  } `;

/** @param {CaseView} view @param {SaidView} one */
const isInText = (view, one) =>
  Object.values(view.briefing).some((field) => words(field.text).includes(words(one.text)));

/** The user's messages that 112 does not know, oldest first. @param {CaseView} view */
export const missing = (view) =>
  view.dialogue.filter(
    (one) =>
      !one.by &&
      one.text &&
      !isAnswer(one) &&
      !aside.get(view.alert)?.has(one.number) &&
      !isInText(view, one),
  );
