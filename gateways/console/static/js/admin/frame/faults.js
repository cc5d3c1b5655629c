// The reasons why the center refused a change of the administration, in words.

import { phrase, say } from '../../words/words.js';

/** @type {Record<string, Phrase>} */
const WHY = {
  needed: phrase`Something is needed here.`,
  changed_meanwhile: phrase`Another admin has changed it meanwhile: it stays as it is.`,
  last_admin: phrase`This is the last admin: make another one first.`,
  last_key: phrase`This is the last key: issue another one first.`,
  yourself: phrase`This is you: only another admin can do it.`,
  on_an_alert: phrase`On an alert: wait until it has ended.`,
  number_refused: phrase`This cannot be an operator’s telephone number.`,
  name_taken: phrase`There is an operator with this name and number, or with this id.`,
  last_for_112: phrase`It is the last line for 112: to take it out type its name here.`,
  elsewhere: phrase`It is not changed here.`,
  not_writable: phrase`The file cannot be written from here.`,
  nobody_else: phrase`No other node would take the alerts.`,
  node_gone: phrase`This node is away.`,
  not_a_number: phrase`This is no number that can be called.`,
  number_taken: phrase`This is another person’s number: search for it; if it is the same person, merge them.`,
  one_already: phrase`They are one person already.`,
  records_too_long: phrase`The two records do not fit into one: shorten one of them first.`,
  not_typed: phrase`Neither the end of a number nor the name.`,
  line_elsewhere: phrase`It is another node’s: try it at that one’s console.`,
  line_not_ready: phrase`The line cannot call now.`,
  line_in_use: phrase`The line has a call.`,
  line_needed: phrase`An alert is open: the last free lines are kept for it.`,
  number_of_112: phrase`112 is never called for a test.`,
  number_not_called: phrase`This number cannot be called.`,
  not_typed_live: phrase`Type the sentence as it is: CALL THE REAL 112`,
  no_number: phrase`One of the two lines has no number in the settings.`,
  off_shift: phrase`Begin your shift first: 1, then P.`,
  drill_running: phrase`It is running already.`,
  drill_phone_in_alert: phrase`That phone is in a real alert.`,
  taken: phrase`Somebody sees to it already, or it is over.`,
  measured: phrase`It is measured: nobody confirms it.`,
  never_quiet: phrase`Somebody in danger depends on this alarm: it is never kept quiet.`,
  empty: phrase`A name is needed.`,
  no_line: phrase`No line sends text messages.`,
  busy: phrase`It is being done already.`,
  notYours: phrase`For admins only.`,
  notThere: phrase`It is not there any more.`,
  notValid: phrase`This is not valid.`,
  tooLarge: phrase`The file is too large.`,
  notDone: phrase`That was not done: try again.`,
};

/** Codes for which the center's own reason is shown: it contains more than the code. */
const IN_ITS_WORDS = ['settings_faulty', 'would_not_start'];

/**
 * Return the reason of a refusal in words.
 * @param {string} code @param {{ path?: string, reason?: string }} [said]
 */
export function why(code, { path = '', reason = '' } = {}) {
  if (IN_ITS_WORDS.includes(code)) return path ? `${path}: ${reason}` : reason;
  return code === 'noConnection' ? say`No connection` : (WHY[code] ?? WHY.notDone)();
}

/** Return the sentence that another admin has changed the value first. @param {string} isNow */
export const meanwhile = (isNow) => say`Another admin has written “${isNow}”. Enter writes yours.`;

/** @type {Record<number, string>} */
const CODES = {
  403: 'notYours',
  404: 'notThere',
  400: 'notValid',
  413: 'tooLarge',
  412: 'changed_meanwhile',
};

/**
 * Await the center's answer: its JSON in `data`, or null with the code, path and reason of the refusal.
 * @param {Promise<Response>} request
 * @returns {Promise<{ data: any, code: string, path: string, isNow: string, reason: string }>}
 */
export async function answerOf(request) {
  const answer = await request.catch(() => null);
  const data = answer && answer.status !== 204 ? await answer.json().catch(() => null) : null;
  if (answer?.ok) return { data: data ?? {}, code: '', path: '', isNow: '', reason: '' };
  const code = !answer ? 'noConnection' : data?.code || CODES[answer.status] || 'notDone';
  const { path = '', is_now: isNow = '', reason = '' } = data ?? {};
  return { data: null, code, path, isNow, reason };
}
