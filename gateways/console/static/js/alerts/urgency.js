// The order of open alerts in all lists.

import { spokenTo, isTalking } from '../case/situation.js';

/**
 * Return the stage of an alert. 0: the deadline is not met. 1: the phone has rung, and no operator has spoken
 * to the user. 2: an operator has spoken to the user. 3: left to 112.
 * @param {CaseView} view
 */
function stage(view) {
  if (view.left_us !== null) return 3;
  if (spokenTo(view) || isTalking(view.user) || isTalking(view.psap)) return 2;
  return view.met_us === null ? 0 : 1;
}

/**
 * Compare two alerts: by stage, real before tests, then by deadline.
 * @param {CaseView} a @param {CaseView} b
 */
export function byUrgency(a, b) {
  const byId = a.alert < b.alert ? -1 : 1;
  return stage(a) - stage(b) || Number(a.test) - Number(b.test) || a.deadline_us - b.deadline_us || byId;
}
