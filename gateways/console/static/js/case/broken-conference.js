// A conference that the operator had left, and that broke soon after: what has dropped, who remains, what is
// done. Pure.

import { say } from '../words/words.js';
import { heard } from './party.js';
import * as s from './situation.js';

/** Whether the conference is still broken, as far as the centre knows. @param {CaseView} view */
export const isBroken = (view) => view.broken_us !== null && view.closed_us === null;

/**
 * {title, text}: the first says what has happened, the second how it stands now.
 * @param {CaseView} view @param {MeView} me @param {Names} names
 */
export function brokenSaid(view, me, names) {
  const user = view.broken_party === 'user';
  const left = [...view.timeline]
    .reverse()
    .find((one) => one.what === 'leave.requested' && one.at_us <= view.broken_us);
  const dropped = user ? say`${s.possessive(view)} line dropped` : say`112’s line dropped`;
  const when = left ? after(left, view, me, names) : '';
  return { title: `${dropped}${when}.`, text: [remains(view, user), again(view, user)].join(' ') };
}

/** @param {CaseView} view @param {MeView} me @param {Names} names */
function after(left, view, me, names) {
  const seconds = Math.max(0, Math.round((view.broken_us - left.at_us) / 1e6));
  if (left.operator === me.operator) return say` ${seconds} s after you left`;
  return say` ${seconds} s after ${names(left.operator)} left`;
}

/** The other one of the two. @param {CaseView} view @param {boolean} user */
function remains(view, user) {
  const party = user ? view.psap : view.user;
  const who = user ? say`112##the` : s.first(view);
  if (!s.talking(party)) return s.capital(say`${who} is no longer on the line.`);
  return s.capital(
    heard(party)
      ? say`${who} is still on the line and hears the announcement.`
      : say`${who} is still on the line.`,
  );
}

/** Whether it is being called again. @param {CaseView} view @param {boolean} user */
function again(view, user) {
  const party = user ? view.user : view.psap;
  const who = user ? s.first(view) : say`112##the`;
  if (s.talking(party)) return s.capital(say`${who} is on the line again.`);
  if (s.underWay(party)) return s.capital(say`${who} is being called again.`);
  if (!user && s.psapIs(view) === 'lacking') return say`No line can call 112.`;
  return say`No call to ${who} is under way now.`;
}
