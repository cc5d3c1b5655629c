// The state of the deadline, and the event that met it. Pure: view → words and numbers.

import { say } from '../words/words.js';
import * as f from '../words/format.js';
import { claimText } from '../words/claims.js';
import * as s from './situation.js';

/** Return a time in seconds since the alert. @param {CaseView} view @param {number} us */
const sinceAlert = (view, us) => f.seconds(Math.max(0, us - view.received_us));

/** Return the evidence that the user was reached. @param {CaseView} view */
const evidence = (view) =>
  ({
    answer: say`answered`,
    voice: say`heard`,
    digit: say`pressed a key`,
    app: say`says the app`,
    operator: say`says the operator`,
  })[view.reached_by] ?? '';

/** Return `Rang at 4.1 s`, or when the user was reached; empty if neither applies. @param {CaseView} view */
export function contactText(view) {
  if (view.reached_us !== null) {
    const at = sinceAlert(view, view.reached_us);
    if ((!s.spokenTo(view) || s.waitsAlone(view)) && view.reached_by !== 'app') return say`Answered at ${at}`;
    return [say`Reached at ${at}`, evidence(view)].filter(Boolean).join(', ');
  }
  if (view.rang_us === null) return '';
  return say`Phone rang at ${sinceAlert(view, view.rang_us)}`;
}

/**
 * Return the clock of the deadline: {value, unit, tone, word, small}.
 * @param {CaseView} view @param {number} nowUs
 */
export function deadline(view, nowUs) {
  const at = f.clock(view.deadline_us);
  if (s.waitsAlone(view)) return clockWhileAlone(view, nowUs);
  if (view.met_us !== null) return clockAfterMet(view, nowUs);
  if (view.closed_us !== null) return { value: '—', unit: '', tone: 'text-3', word: say`Closed`, small: at };
  const left = Math.ceil((view.deadline_us - nowUs) / 1e6);
  if (left < 0 || view.missed_us !== null) {
    const small = say`deadline was ${at}`;
    return { value: `+${Math.max(0, -left)}`, unit: 's', tone: 'bad', word: say`Late`, small };
  }
  const small = say`deadline ${at}`;
  return {
    value: String(left),
    unit: 's',
    tone: left <= 20 ? 'wait' : 'action',
    word: say`Seconds left`,
    small,
  };
}

/**
 * Return when the user was first reached, as the deadline counts: for a reopened alert that had met the
 * deadline, the earlier answer.
 * @param {CaseView} view
 */
function firstReached(view) {
  const { reached_us, met_us, reopened_us, steps } = view;
  if (reached_us === null || reopened_us === null || met_us > reopened_us) return reached_us;
  return steps.answered_us !== null && steps.answered_us <= reopened_us ? steps.answered_us : null;
}

/**
 * Return the clock of a user who has answered and waits alone.
 * @param {CaseView} view @param {number} nowUs
 */
function clockWhileAlone(view, nowUs) {
  const at = sinceAlert(view, view.user.answered_us);
  const small = say`answered at ${at}`;
  const word = claimText({ view, nowUs }, 'waitsAlone');
  return { value: f.span(nowUs - s.aloneSinceUs(view)), unit: '', tone: 'wait', word, small };
}

/**
 * Return the clock after the deadline was met: the means and the margin, and the running time since the
 * alert. Amber until an operator has spoken to the user.
 * @param {CaseView} view @param {number} nowUs
 */
function clockAfterMet(view, nowUs) {
  const reached = firstReached(view);
  const before = reached !== null && view.reopened_us !== null && reached <= view.reopened_us;
  const spoken = before || s.spokenTo(view);
  const at = reached ?? view.met_us;
  const spare = view.deadline_us - view.met_us;
  const tone = spare < 0 ? 'bad' : s.spokenTo(view) ? 'ok' : 'wait';
  const answered = spoken || view.reached_by === 'app' ? say`Reached` : say`Answered`;
  const word = reached !== null ? answered : view.rang_us !== null ? say`Phone rang` : say`Taken up`;
  const proof = view.reached_us === null || view.reached_by === 'answer' ? '' : evidence(view);
  const runs = view.closed_us === null;
  const small = [runs && say`at ${sinceAlert(view, at)}##seconds`, proof || margin(view, at, spare)];
  return {
    value: runs ? f.span(nowUs - view.received_us) : f.seconds(at - view.received_us).replace(/\u00a0s$/, ''),
    unit: runs ? '' : 's',
    tone,
    word,
    small: small.filter(Boolean).join(', '),
  };
}

/**
 * Return the margin to the deadline, for the event that met it; for a later event, when the phone rang.
 * @param {CaseView} view @param {number} at @param {number} spare
 */
function margin(view, at, spare) {
  const rang = sinceAlert(view, view.met_us);
  if (at - view.met_us > 1e6) return say`rang at ${rang}`;
  return spare < 0 ? say`${f.seconds(-spare)} past the deadline` : say`${f.seconds(spare)} to spare`;
}
