// The user's messages that 112 does not know: those that are neither in the text for 112 nor put aside by the
// operator. Only this page keeps what was put aside: another operator decides again.

import { phrase } from '../../words/words.js';

/** The short answers to a question, as the app sends them. @type {Record<string, Phrase>} */
export const ANSWERS = { yes: phrase`Yes`, no: phrase`No` };

/** The numbers of the messages that were put aside, by alert. @type {Map<string, Set<number>>} */
const numbersAside = new Map();

/** Forget what was put aside. */
export const clear = () => numbersAside.clear();

/** Return true if the message is only yes or no. @param {SaidView} one */
export const isAnswer = (one) => !one.by && Object.hasOwn(ANSWERS, one.text.toLowerCase());

/** Put a message aside: the text for 112 does not need it. @param {CaseView} view @param {SaidView} one */
export function putAside(view, one) {
  numbersAside.set(view.alert, new Set(numbersAside.get(view.alert)).add(one.number));
}

/** Return the words of a text between spaces, so that `12` is not found in `123`. @param {string} text */
const wordsOf = (text) =>
  ` ${
    text
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.join(' ') ?? text.trim()
  } `;

/**
 * Return true if a field of the text for 112 contains the message.
 * @param {CaseView} view @param {SaidView} one
 */
const isInText = (view, one) =>
  Object.values(view.briefing).some((field) => wordsOf(field.text).includes(wordsOf(one.text)));

/** Return the user's messages that 112 does not know, the oldest first. @param {CaseView} view */
export const missingMessages = (view) =>
  view.dialogue.filter(
    (one) =>
      !one.by &&
      one.text &&
      !isAnswer(one) &&
      !numbersAside.get(view.alert)?.has(one.number) &&
      !isInText(view, one),
  );
