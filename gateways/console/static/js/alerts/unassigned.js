// Unassigned alerts: all signed-on operators see and hear these, on shift or not, and T takes the first.

import { isBroken } from '../case/broken-conference.js';

/** An alert is unassigned for a moment between an operator who does not answer and the next operator. */
const GRACE_MS = 3000;
/** An alert that this operator has requested is not offered to this operator for this long. */
const ASKED_MS = 6000;

const unassignedSince = new Map(); // by alert, the time at which the alert became unassigned

/**
 * Return true if the alert is open and unassigned: no operator has the alert, is called for it, or has
 * finished a part in it.
 * @param {CaseView} view
 */
export const isUnassigned = (view) =>
  view.closed_us === null &&
  view.operator === null &&
  view.reserved.length === 0 &&
  view.hand_over === null &&
  view.left_us === null &&
  view.false_alarm_us === null &&
  !view.user_hears_psap;

/** Note that this operator has requested the alert. @param {string} alert */
export const noteRequested = (alert) => unassignedSince.set(alert, Date.now() + ASKED_MS);

/**
 * Return the reason why T would call no operator, or would leave another alert unassigned; null if T is
 * permitted.
 * @param {Feed} feed @param {CaseView} view
 */
export function takeRefusal(feed, view) {
  const me = feed.me.operator;
  if (view.reserved.includes(me) || view.hand_over?.called?.operator === me) return null;
  for (const one of feed.cases.values())
    if (one.alert !== view.alert && one.operator === me && one.closed_us === null && (view.test || !one.test))
      return 'own_case_first';
  const [first] = unassignedAlerts(feed, Date.now());
  return first && !first.test && !isUnassigned(view) ? 'another_waits' : null;
}

/**
 * Compare two unassigned alerts: real before tests, broken first, then by deadline.
 * @param {CaseView} a @param {CaseView} b
 */
const compare = (a, b) =>
  Number(a.test) - Number(b.test) ||
  Number(isBroken(b)) - Number(isBroken(a)) ||
  a.deadline_us - b.deadline_us;

/**
 * Return the alerts that are unassigned for some seconds: real before tests, then by deadline.
 * @param {Feed} feed @param {number} nowMs
 */
export function unassignedAlerts(feed, nowMs) {
  if (feed.link !== 'live') return [];
  const found = [];
  for (const view of feed.cases.values()) {
    if (!isUnassigned(view)) unassignedSince.delete(view.alert);
    else if (!unassignedSince.has(view.alert)) unassignedSince.set(view.alert, nowMs);
    if (isUnassigned(view) && (isBroken(view) || nowMs - unassignedSince.get(view.alert) >= GRACE_MS))
      found.push(view);
  }
  for (const alert of unassignedSince.keys()) if (!feed.cases.has(alert)) unassignedSince.delete(alert);
  return found.sort(compare);
}
