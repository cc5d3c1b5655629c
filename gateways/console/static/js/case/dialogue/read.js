// Which of the user's messages were read, and what is shown of one.

import { html, nothing } from '../../../vendor/lit.js';
import * as s from '../situation.js';
import { ANSWERS, clear as clearAside, isAnswer, missing } from './missing.js';

/** By alert: up to which message the center was told that it was read. */
const told = new Map();

export function clear() {
  told.clear();
  clearAside();
}

/** Return the number of the user's newest message; 0 where there is none. @param {CaseView} view */
export const lastOfUser = (view) => newest(view)?.number ?? 0;
/** Return the user's newest message, or undefined. @param {CaseView} view */
export const newest = (view) => view.dialogue.findLast((one) => !one.by);

/** How many of the user's messages no operator has read. @param {CaseView} view */
export const unread = (view) => view.dialogue.filter((one) => !one.by && one.read_us === null).length;

/**
 * Tell the center that the operator's own case was read up to this message; of one that has no operator
 * any more, anybody's.
 * @param {Ui} ui @param {CaseView} view @param {number} upto
 */
export function haveRead(ui, view, upto) {
  const may = (s.mine(view, ui.feed.me) || view.written_us !== null) && ui.feed.link === 'live';
  if (!may || !unread(view) || (told.get(view.alert) ?? 0) >= upto) return;
  told.set(view.alert, upto);
  ui.feed.command(view.alert, 'have_read', { upto }).then((answer) => {
    if (!answer.ok) told.delete(view.alert);
  });
}

/**
 * Return the message that the arrow keys put into the text for 112: the newest that is missing there; else
 * null.
 * @param {CaseView} view @param {Allowed} allowed
 */
export const offered = (view, allowed) => (allowed.brief === null && missing(view).at(-1)) || null;

/**
 * The question that this message answers, before it; nothing where it answers none that is known.
 * @param {CaseView} view @param {SaidView} one
 */
export function asked(view, one) {
  const question = view.dialogue.find(({ number }) => number === one.answers);
  return question ? html`<q>${question.text}</q> ` : nothing;
}

/**
 * What was written, in words of the screen where it is an answer.
 * @param {CaseView} view @param {SaidView} one
 */
export function words(view, one) {
  if (!one.text) return s.gone(view, 'words');
  return isAnswer(one) ? ANSWERS[one.text.toLowerCase()]() : one.text;
}
