// Alerts that no operator has: all who are signed on see and hear them, on shift or not, and T takes the
// first.

import { isBroken } from '../case/broken-conference.js';

/** Between one operator who does not answer and the next, no operator has it for a moment. */
const GRACE_MS = 3000;
/** So long an alert that I have asked for is left to me. */
const ASKED_MS = 6000;

const since = new Map(); // by alert, since when no operator has had it

/** Whether no operator has it, is being called for it, or has ended a part in it. @param {CaseView} view */
export const unheld = (view) =>
  view.closed_us === null &&
  view.operator === null &&
  view.reserved.length === 0 &&
  view.hand_over === null &&
  view.left_us === null &&
  view.false_alarm_us === null &&
  !view.user_hears_psap;

/** I have asked for it. @param {string} alert */
export const asked = (alert) => since.set(alert, Date.now() + ASKED_MS);

/**
 * Why T would call nobody here, or would leave another alert without an operator; null where it would not.
 * @param {Feed} feed @param {CaseView} view
 */
export function whyNotTake(feed, view) {
  const me = feed.me.operator;
  if (view.reserved.includes(me) || view.hand_over?.called?.operator === me) return null;
  for (const one of feed.cases.values())
    if (one.alert !== view.alert && one.operator === me && one.closed_us === null && (view.test || !one.test))
      return 'own_case_first';
  const [first] = waiting(feed, Date.now());
  return first && !first.test && !unheld(view) ? 'another_waits' : null;
}

/** @param {CaseView} a @param {CaseView} b */
const order = (a, b) =>
  Number(a.test) - Number(b.test) ||
  Number(isBroken(b)) - Number(isBroken(a)) ||
  a.deadline_us - b.deadline_us;

/**
 * Those that no operator has had for a few seconds; real ones first, then by deadline.
 * @param {Feed} feed @param {number} nowMs
 */
export function waiting(feed, nowMs) {
  if (feed.link !== 'live') return [];
  const found = [];
  for (const view of feed.cases.values()) {
    if (!unheld(view)) since.delete(view.alert);
    else if (!since.has(view.alert)) since.set(view.alert, nowMs);
    if (unheld(view) && (isBroken(view) || nowMs - since.get(view.alert) >= GRACE_MS)) found.push(view);
  }
  for (const alert of since.keys()) if (!feed.cases.has(alert)) since.delete(alert);
  return found.sort(order);
}
