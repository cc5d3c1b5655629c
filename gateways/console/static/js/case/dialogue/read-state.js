// The read state of the user's messages, and the words shown of a message.

import { html, nothing } from '../../../vendor/lit.js';
import * as s from '../situation.js';
import { ANSWERS, clear as clearAside, isAnswer, missingMessages } from './missing-in-text.js';

/** The last message that was reported to the center as read, by alert. */
const reported = new Map();

/** Forget what was reported and put aside. */
export function clear() {
  reported.clear();
  clearAside();
}

/** Return the number of the user's newest message; 0 if none. @param {CaseView} view */
export const lastUserNumber = (view) => newestMessage(view)?.number ?? 0;
/** Return the user's newest message, or undefined. @param {CaseView} view */
export const newestMessage = (view) => view.dialogue.findLast((one) => !one.by);

/** Return the number of the user's messages that no operator has read. @param {CaseView} view */
export const unreadCount = (view) => view.dialogue.filter((one) => !one.by && one.read_us === null).length;

/**
 * Report to the center that the messages up to this number were read: of the operator's own case, or of an
 * alert without an operator.
 * @param {Ui} ui @param {CaseView} view @param {number} upto
 */
export function reportRead(ui, view, upto) {
  const may = (s.isOwnCase(view, ui.feed.me) || view.written_us !== null) && ui.feed.link === 'live';
  if (!may || !unreadCount(view) || (reported.get(view.alert) ?? 0) >= upto) return;
  reported.set(view.alert, upto);
  ui.feed.command(view.alert, 'have_read', { upto }).then((answer) => {
    if (!answer.ok) reported.delete(view.alert);
  });
}

/**
 * Return the message that the arrow keys add to the text for 112: the newest that is missing there; else
 * null.
 * @param {CaseView} view @param {Allowed} allowed
 */
export const offeredMessage = (view, allowed) =>
  (allowed.brief === null && missingMessages(view).at(-1)) || null;

/**
 * Render the question that this message answers, before it; nothing if there is none.
 * @param {CaseView} view @param {SaidView} one
 */
export function answeredQuestion(view, one) {
  const question = view.dialogue.find(({ number }) => number === one.answers);
  return question ? html`<q>${question.text}</q> ` : nothing;
}

/**
 * Return the text of a message; an answer in the page's language.
 * @param {CaseView} view @param {SaidView} one
 */
export function messageText(view, one) {
  if (!one.text) return s.erasedText(view, 'words');
  return isAnswer(one) ? ANSWERS[one.text.toLowerCase()]() : one.text;
}
