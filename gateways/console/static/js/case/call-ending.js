// The end of a call, of a party's last attempt or of an entry of the timeline: the kind of end and the party
// that caused it. A call that the center ended is no party's answer. Pure.

import { say } from '../words/words.js';

/** Causes that mean a failed line, not a failed phone (Q.850, and the center's own). */
const LINE_FAILED = new Set([34, 38, 41, 200, 201, 204]);
const BUSY = 17;
const DECLINED = 21;
const HUNG_UP = 16;
const NO_ANSWER = new Set([16, 18, 19, 31, 102]);
const UNREACHABLE = new Set([1, 20, 27, 28]);
const CENTERS_OWN = 200;
/** The center's own reasons to end an unanswered call. */
const WAITED_OUT = new Set(['no answer', 'silent']);

/**
 * @typedef {'machine' | 'withdrawn' | 'ours' | 'hungUp' | 'dropped' | 'over' | 'busy' | 'declined'
 *   | 'noAnswer' | 'unreachable' | 'lineFailed' | 'failed'} Ending
 */

/**
 * Return the kind of end of a call.
 * @param {{ cause?: number | null, reason?: string, talked?: boolean }} call
 * @returns {Ending}
 */
export function endingKind({ cause = null, reason = '', talked = false }) {
  if (reason === 'machine' || reason === 'withdrawn') return reason;
  if (WAITED_OUT.has(reason) && !talked) return 'noAnswer';
  if (reason) return 'ours';
  if (talked) return cause === HUNG_UP ? 'hungUp' : LINE_FAILED.has(cause) ? 'dropped' : 'over';
  if (cause === BUSY) return 'busy';
  if (cause === DECLINED) return 'declined';
  if (NO_ANSWER.has(cause)) return 'noAnswer';
  if (UNREACHABLE.has(cause)) return 'unreachable';
  return cause >= CENTERS_OWN ? 'lineFailed' : 'failed';
}

/**
 * Return the kind of end of a party's call; null if the call has not ended.
 * @param {PartyView} party @returns {Ending | null}
 */
export const endingOf = (party) =>
  party.state === 'released'
    ? endingKind({ ...party, talked: party.answered_us !== null && party.confirmed })
    : null;

/**
 * Return the ended calls to this party since a time, the oldest first.
 * @param {CaseView} view @param {Which} party @param {number} [sinceUs]
 */
export const endedCalls = (view, party, sinceUs = 0) =>
  view.timeline.filter((one) => one.what === 'leg.released' && one.party === party && one.at_us >= sinceUs);

/**
 * Return the kind of end of the last ended call to the user, even if another is under way; null if none has
 * ended.
 * @param {CaseView} view @returns {Ending | null}
 */
export function userEnding(view) {
  const last = endedCalls(view, 'user').at(-1);
  return last ? endingKind(last) : endingOf(view.user);
}

/** Return the kind of end in a word or two. @param {Ending} how */
export const endingName = (how) =>
  ({
    machine: say`Machine`,
    withdrawn: say`Cancelled`,
    ours: say`Ended by us`,
    hungUp: say`Hung up`,
    dropped: say`Line dropped`,
    over: say`Call ended`,
    busy: say`Busy`,
    declined: say`Declined`,
    noAnswer: say`No answer`,
    unreachable: say`Unreachable`,
    lineFailed: say`Line failed`,
    failed: say`Failed`,
  })[how];

/**
 * Return the line of the timeline: {icon, tone, text}, or null if another line reports the same. No party is
 * blamed for a call that the center ended.
 * @param {Entry} entry @param {string} name @param {string} possessive
 */
export function endingLine(entry, name, possessive) {
  const kind = endingKind(entry);
  const isOperators = ['operator', 'listener'].includes(entry.party);
  const failed = ['noAnswer', 'busy', 'declined', 'unreachable', 'lineFailed', 'failed'].includes(kind);
  const made = (text) => ({ icon: 'phone', tone: failed && !isOperators ? 'bad' : '', text });
  if (kind === 'withdrawn') return null; // the command's own line reports this
  if (kind === 'hungUp') return made(say`${name} hung up`);
  if (kind === 'dropped') return made(say`${possessive} line dropped`);
  if (kind === 'machine') return made(say`The call to the machine is over`);
  if (kind === 'over' || (kind === 'ours' && entry.talked)) return made(say`${name} is off the line`);
  if (entry.reason === 'another answered') return made(say`${name}: another one answered first`);
  if (kind === 'ours') return made(say`${name}: the centre ended the call`);
  return made(`${name}: ${endingName(kind).toLowerCase()}`);
}
