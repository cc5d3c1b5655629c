// A conference that broke soon after the operator left: the party that dropped, the party that remains, the
// calls that follow. Pure.

import { say } from '../words/words.js';
import { announcementText } from './party.js';
import * as s from './situation.js';

/** Return true if the conference is still broken, as far as the center knows. @param {CaseView} view */
export const isBroken = (view) => view.broken_us !== null && view.closed_us === null;

/**
 * Return {title, text}: the title reports what happened, the text the present state.
 * @param {CaseView} view @param {MeView} me @param {Names} names
 */
export function brokenText(view, me, names) {
  const user = view.broken_party === 'user';
  const left = [...view.timeline]
    .reverse()
    .find((one) => one.what === 'leave.requested' && one.at_us <= view.broken_us);
  const dropped = user ? say`${s.possessive(view)} line dropped` : say`112’s line dropped`;
  const when = left ? sinceLeaving(left, view, me, names) : '';
  return { title: `${dropped}${when}.`, text: [remainingText(view, user), redialText(view, user)].join(' ') };
}

/**
 * Return the time between the operator's leaving and the break, in words.
 * @param {Entry} left @param {CaseView} view @param {MeView} me @param {Names} names
 */
function sinceLeaving(left, view, me, names) {
  const seconds = Math.max(0, Math.round((view.broken_us - left.at_us) / 1e6));
  if (left.operator === me.operator) return say` ${seconds} s after you left`;
  return say` ${seconds} s after ${names(left.operator)} left`;
}

/**
 * Return whether the other party is still on the line, in words.
 * @param {CaseView} view @param {boolean} user
 */
function remainingText(view, user) {
  const party = user ? view.psap : view.user;
  const name = user ? say`112##the` : s.firstName(view);
  if (!s.isTalking(party)) return s.capital(say`${name} is no longer on the line.`);
  return s.capital(
    announcementText(party)
      ? say`${name} is still on the line and hears the announcement.`
      : say`${name} is still on the line.`,
  );
}

/**
 * Return whether the dropped party is called again, in words.
 * @param {CaseView} view @param {boolean} user
 */
function redialText(view, user) {
  const party = user ? view.user : view.psap;
  const name = user ? s.firstName(view) : say`112##the`;
  if (s.isTalking(party)) return s.capital(say`${name} is on the line again.`);
  if (s.isUnderWay(party)) return s.capital(say`${name} is being called again.`);
  if (!user && s.psapState(view) === 'lacking') return say`No line can call 112.`;
  return say`No call to ${name} is under way now.`;
}
