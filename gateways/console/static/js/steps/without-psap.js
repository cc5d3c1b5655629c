// The next step while 112 is not requested: only operator and user are in the case. Pure.

import { claimText } from '../words/claims.js';
import * as f from '../words/format.js';
import { KEY } from '../words/center.js';
import { reason, say } from '../words/words.js';
import { closingCommand } from './key-to-command.js';
import { onAnswerText, callPsapStep, soonText } from './steps.js';
import { recordOf } from '../case/record.js';
import * as s from '../case/situation.js';

/** Return the sentence and step while 112 is not requested. @param {Moment} now @returns {NextStep} */
export function withoutPsap(now) {
  const [sentence, more, step] = withUser(now);
  return [sentence, [more, vouchHint(now)].filter(Boolean).join(' '), step];
}

/**
 * Return how to mark an unproved alert, without a voice heard, as real or forged; else ''.
 * @param {Moment} now
 */
function vouchHint({ view, allowed }) {
  if (allowed.vouch !== null) return '';
  return closingCommand(view, allowed) === 'put_away'
    ? say`Not proved. Real: ${KEY.vouch}. Forged: ${KEY.put_away}, then Enter.`
    : say`Not proved. Real: ${KEY.vouch}.`;
}

/** Return the sentence and step between operator and user. @param {Moment} now @returns {NextStep} */
function withUser(now) {
  const { view, nowUs, center } = now;
  const name = s.firstName(view);
  const user = s.asObject(view);
  if (view.duress) {
    if (s.isTalking(view.user))
      return [
        view.user_hears_nobody
          ? say`Call 112 now. ${s.capital(name)} is on the line and hears nobody.`
          : say`Call 112 now. ${s.capital(name)} is on the line: do not mention the alert.`,
        claimText(now, 'overheard', 'noVoiceThere'),
        callPsapStep(view, say`112 joins and listens`, 'primary'),
      ];
    if (isKnownTo112(view)) return alreadyReported(view, say`Do not phone her.`);
    return [
      say`Call 112 now, without calling ${user}.`,
      say`Tell 112 not to phone her.`,
      callPsapStep(view, say`Her phone will not ring and shows nothing`, 'primary'),
    ];
  }
  if (s.isTalking(view.user)) return whileTalking(now);
  if (s.keptSilent(view) && !s.isUnderWay(view.user) && isKnownTo112(view))
    return alreadyReported(view, say`She cannot talk.`);
  if (s.keptSilent(view) && !s.isUnderWay(view.user))
    return [
      say`Call 112 and read the text: she cannot talk.`,
      say`Her phone is not called. To call her all the same: ${KEY.call_aloud}, then Enter.`,
      callPsapStep(view, onAnswerText(), 'primary'),
    ];
  if (s.isLate(view, nowUs) || view.presumed_calling_112)
    return [
      say`Call 112: ask whether ${name} is with them.`,
      say`Yes: give position and name. No: read the whole text.`,
      callPsapStep(view, onAnswerText(), 'primary'),
    ];
  const [trying, more] = callProgress(now);
  if (s.unanswered(view, nowUs, center)) {
    const not = s.inDoubt(view.user) ? trying : absenceText(now);
    return [
      not,
      s.inDoubt(view.user) ? more : meanwhileText(view),
      callPsapStep(view, onAnswerText(), 'primary'),
    ];
  }
  return [
    trying,
    more,
    view.user.state === 'released'
      ? callPsapStep(view, onAnswerText(), 'primary')
      : callPsapStep(view, soonText()),
  ];
}

/** Return true if 112 was briefed before the alert was reopened. @param {CaseView} view */
const isKnownTo112 = (view) => view.psap_told_us !== null && view.psap_told_us < (view.reopened_us ?? 0);

/**
 * Return the sentence and step if 112 knows the alert from an earlier call.
 * @param {CaseView} view @param {string} user @returns {NextStep}
 */
function alreadyReported(view, user) {
  const at = f.clock(view.psap_told_us);
  return [
    say`112 has known of the alert since ${at}.`,
    say`${user} Something new for 112: ${KEY.call_psap}.`,
    callPsapStep(view, onAnswerText()),
  ];
}

/**
 * Return the sentence and step while the user is on the line: the question to ask.
 * @param {Moment} now @returns {NextStep}
 */
function whileTalking(now) {
  const { view, allowed } = now;
  const mistake =
    allowed.declare_false_alarm === 'psap_briefed'
      ? reason('psap_briefed')
      : say`A mistake: ${KEY.declare_false_alarm}. Any other answer, or silence: ${KEY.call_psap}.`;
  const both = say`112 joins the two of you at once`;
  if (view.silent)
    return [
      say`Be quiet and listen. Call 112.`,
      say`She cannot talk. A mistake: ${KEY.declare_false_alarm}.`,
      callPsapStep(view, both, 'primary'),
    ];
  if (view.user_hears_nobody) return [claimText(now, 'hearsNobody'), '', callPsapStep(view, both, 'primary')];
  if (view.wrong_pins || view.cancelled)
    return [...verifyingQuestion(view), callPsapStep(view, both, 'primary')];
  return [say`Ask: “Are you safe? Can you talk?”`, mistake, callPsapStep(view, both, 'primary')];
}

/**
 * Return the question for an alert that somebody tries to cancel: a question that a person beside the user
 * cannot answer, or need not understand.
 * @param {CaseView} view @returns {[string, string]}
 */
function verifyingQuestion(view) {
  const { safe_word } = recordOf(view);
  return safe_word
    ? [
        say`Ask for the safe word, and do not say it.`,
        say`It is “${safe_word}”: ${KEY.declare_false_alarm}. Otherwise: ${KEY.call_psap}.`,
      ]
    : [
        say`She may not be alone: ask what yes or no answers.`,
        say`Do not mention the alert. In doubt: ${KEY.call_psap}.`,
      ];
}

/** Return what happens meanwhile for a user who does not answer. @param {CaseView} view */
function meanwhileText(view) {
  if (view.user.state === 'ringing') return say`Her phone rings meanwhile. A machine: ${KEY.mark_machine}.`;
  if (s.isUnderWay(view.user)) return say`She is being called meanwhile.`;
  return say`To call her again: ${KEY.redial_user}.`;
}

/** Return the known reason why the user is not on the line. @param {Moment} now */
const absenceText = (now) =>
  `${claimText(
    now,
    'usersMachine',
    'userDeclined',
    'userBusy',
    'userHungUp',
    'usersLineDropped',
    'userUnreachable',
    'userDoesNotAnswer',
    'userAway',
  )} ${say`Call 112.`}`;

/** Return the progress of the call to the user: [sentence, more]. @param {Moment} now */
function callProgress(now) {
  const { view } = now;
  const Who = s.capital(s.firstName(view));
  if (s.inDoubt(view.user))
    return [
      say`${Who} may have answered. Do you hear anybody?`,
      say`It is her: ${KEY.confirm_answer}. A machine: ${KEY.mark_machine}. Ringing: wait.`,
    ];
  if (view.operator_leg.network && view.user.state === 'ringing')
    return [
      say`Her phone rings. You hear nothing until she answers.`,
      say`You need not wait to call 112: her phone then stops ringing.`,
    ];
  if (view.user.state === 'ringing')
    return [
      say`You hear her line. Wait for her to answer.`,
      say`A machine: ${KEY.mark_machine}. You need not wait to call 112.`,
    ];
  if (s.isUnderWay(view.user)) return [s.capital(say`${s.firstName(view)} is being called.`), ''];
  if (view.user.state === 'released') return [absenceText(now), say`To call her again: ${KEY.redial_user}.`];
  if (view.dial_withheld)
    return [say`Her number is not called. Call 112, or press ${KEY.redial_user} and Enter.`, ''];
  return [`${say`You are on the line.`} ${s.capital(say`${s.firstName(view)} is called next.`)}`, ''];
}
