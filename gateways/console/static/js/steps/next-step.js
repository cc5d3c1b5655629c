// The next step in a case: one sentence, a few more words, one step. Made of the case's state, never of the
// commands sent. Pure.

import { KEY } from '../words/center.js';
import { outcome, reason, say } from '../words/words.js';
import * as f from '../words/format.js';
import { withoutPsap } from './without-psap.js';
import { otherCase } from './other-cases.js';
import { onAnotherPhone, afterHangUp, afterBriefingElsewhere, withPsap } from './with-psap.js';
import { backStep, callPsapStep } from './steps.js';
import { action } from './labels.js';
import * as s from '../case/situation.js';

/** E withdraws the call to 112 for this long; in the first second E twice is one press. */
const WITHDRAW_WITHIN_US = 5e6;
const TWICE_US = 1e6;
/** The withdrawal is shown for this long. */
const WITHDRAWAL_SHOWN_US = 10e6;

/**
 * Return the seconds left to withdraw the operator's own call to 112; 0 if it cannot be withdrawn.
 * @param {CaseView} view @param {Allowed} allowed @param {MeView} me @param {number} nowUs
 */
function withdrawalLeftS(view, allowed, me, nowUs) {
  const may = s.isOwnCase(view, me) || (s.isCalledFor(view, me) && !view.operator);
  if (!may || view.psap_requested_us === null || allowed.withdraw_psap !== null) return 0;
  const request = [...view.timeline].reverse().find((one) => one.what === 'psap.requested');
  if (request?.operator !== me.operator || nowUs - view.psap_requested_us < TWICE_US) return 0;
  return Math.max(0, Math.ceil((view.psap_requested_us + WITHDRAW_WITHIN_US - nowUs) / 1e6));
}

/**
 * Return what to do now: {say, more, step: {key, command, label, sub, tone, why}}. `allowed` contains the
 * refusals by command.
 * @param {CaseView} view @param {Allowed} allowed @param {MeView} me @param {number} nowUs
 * @param {Names} names @param {CenterView} center
 * @returns {{ say: string, more: Drawn, step: Action }}
 */
export function nextStep(view, allowed, me, nowUs, names, center) {
  const now = { view, allowed, me, nowUs, names, center };
  const [sentence, more, step] = stepOfState(now);
  const left = step.command === 'call_psap' ? withdrawalLeftS(view, allowed, me, nowUs) : 0;
  if (left) return { say: sentence, more, step: { ...step, ...withdrawStep(left), why: null } };
  const refusal = step.command && allowed[step.command] ? reason(allowed[step.command]) : (step.why ?? null);
  return { say: sentence, more, step: { ...step, why: refusal } };
}

/** Return the step to withdraw the call to 112. @param {number} leftS @returns {Action} */
const withdrawStep = (leftS) => action('withdraw_psap', say`Only if it is a mistake: ${leftS} s left`);

/**
 * Return the sentence for a call to 112 that was withdrawn a moment ago, else null.
 * @param {Moment} now @returns {NextStep}
 */
function afterWithdrawal(now) {
  const last = now.view.timeline.findLast((one) => ['psap.requested', 'psap.withdrawn'].includes(one.what));
  const before = last?.what !== 'psap.withdrawn' || now.nowUs - last.at_us > WITHDRAWAL_SHOWN_US;
  if (before || now.allowed.call_psap !== null) return null;
  const [, more, step] = withoutPsap(now);
  const mine = last.operator === now.me.operator;
  const name = now.names(last.operator);
  const sentence = mine
    ? say`You cancelled the call to 112. ${KEY.call_psap}: call again.`
    : say`${name} cancelled the call to 112. ${KEY.call_psap}: call again.`;
  return [sentence, more, step];
}

/** Return the sentence and step of the case's state. @param {Moment} now @returns {NextStep} */
function stepOfState(now) {
  const { view } = now;
  if (view.closed_us !== null) {
    const text = say`Closed: ${outcome(view.outcome)}.`;
    return [text, say`at ${f.clock(view.closed_us)}`, backStep()];
  }
  if (!s.isOwnCase(view, now.me)) return otherCase(now);
  const of112 = [onAnotherPhone, withPsap, ending, afterBriefingElsewhere, afterHangUp, afterWithdrawal];
  return of112.map((one) => one(now)).find(Boolean) ?? withoutPsap(now);
}

/**
 * Return the sentence for an alert that is being ended, else null.
 * @param {Moment} now @returns {NextStep}
 */
function ending({ view }) {
  if (view.left_us === null && view.false_alarm_us === null) return null;
  return [say`The alert is being ended.`, '', callPsapStep(view)];
}
