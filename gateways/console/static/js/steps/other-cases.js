// The next step in a case that is not the operator's own: listened to, handed over, called for, left, another
// operator's, or unassigned. Pure.

import { claimText, holds } from '../words/claims.js';
import { KEY } from '../words/center.js';
import { say } from '../words/words.js';
import { brokenText, isBroken } from '../case/broken-conference.js';
import { handoverStep as handedOver } from '../case/handover-status.js';
import { callPsapStep, takeStep } from './steps.js';
import { action } from './labels.js';
import { newestMessage, unreadCount } from '../case/dialogue/read-state.js';
import * as s from '../case/situation.js';

/**
 * Return the sentence and step of a case that is not the operator's own.
 * @param {Moment} now @returns {NextStep}
 */
export function otherCase(now) {
  const [sentence, more, step] = caseOfOthers(now);
  const listen = now.allowed.listen === null ? say`To listen unheard: ${KEY.listen}.` : '';
  return [sentence, [more, listen].filter(Boolean).join(' '), step];
}

/** Return the sentence and step, without the hint on listening in. @param {Moment} now @returns {NextStep} */
function caseOfOthers(now) {
  const { view, me, names } = now;
  if (view.listener === me.operator) return whileListening(now);
  if (view.hand_over) return handedOver(now);
  if (s.isCalledFor(view, me)) return whileCalled(now);
  if (isBroken(view) && !view.operator) {
    const { title, text } = brokenText(view, me, names);
    return [title, text, takeStep('primary')];
  }
  // User and 112 may be reconnected before an operator joins.
  if ((view.left_us !== null || view.user_hears_psap) && !view.operator) return afterLeaving(now);
  if (view.operator) return [say`${names(view.operator)} has the case.`, '', { ...takeStep(''), sub: '' }];
  const calling = view.reserved.map(names).join(', ');
  const text = calling ? say`Calling ${calling}.` : say`Nobody has this case.`;
  return [text, reasonLeft(view, names), takeStep(calling ? '' : 'primary')];
}

/**
 * Return the sentence that the last operator changed to a real or proved alert, else ''.
 * @param {CaseView} view @param {Names} names
 */
function reasonLeft(view, names) {
  const last = [...view.timeline].reverse().find((one) => one.what.startsWith('operator.'));
  if (last?.what !== 'operator.left' || last.reason !== 'given up') return '';
  if (view.test) return say`${names(last.operator)} went to a real alert: this is a test.`;
  return say`${names(last.operator)} went to a proved alert: nobody was heard in this one.`;
}

/** Return the sentence and step of the operator who listens in. @param {Moment} now @returns {NextStep} */
function whileListening({ view, allowed, names }) {
  /** @type {Action} */
  const stop = action('stop_listening', say`Your line closes`);
  const operator = names(view.operator);
  if (view.whispering)
    return [
      say`${operator} hears you, and nobody else does.`,
      say`To be silent: ${KEY.stop_whispering}.`,
      stop,
    ];
  if (!view.listening) return [say`Your phone is being called, to listen.`, '', stop];
  const unheard = say`You are listening: nobody hears you.`;
  if (allowed.whisper === null) return [unheard, say`To speak to ${operator} alone: ${KEY.whisper}.`, stop];
  return [unheard, say`Every screen says that you listen.`, stop];
}

/**
 * Return the sentence and step of the operator who is called for this case.
 * @param {Moment} now @returns {NextStep}
 */
function whileCalled(now) {
  const { view, me, names } = now;
  const broken = isBroken(view) ? brokenText(view, me, names) : null;
  const text = claimText(
    now,
    'headsetUnheard',
    'headsetUp',
    'headsetNext',
    'shiftsCall',
    'answerYourPhone',
    'youAreCalled',
  );
  const there = s.inDoubt(view.operator_leg) && view.operator_leg.operator === me.operator;
  const muted = say`Is the microphone off on the headset?`;
  const yours = say`The case is yours as soon as you answer.`;
  const more = broken
    ? `${broken.title} ${broken.text}`
    : [claimText(now, 'userWaits'), there && s.onHeadset(view.operator_leg) ? muted : yours]
        .filter(Boolean)
        .join(' ');
  // 112 can be called even if the operator's telephone fails.
  if (!there) return [text, more, callPsapStep(view)];
  const sub = s.onHeadset(view.operator_leg)
    ? say`Speak, or ${KEY.take}`
    : say`If you have answered: speak, or ${KEY.take}`;
  const call = now.allowed.call_psap === null ? say`To call 112 at once: ${KEY.call_psap}.` : '';
  return [
    text,
    [more, call].filter(Boolean).join(' '),
    { ...takeStep('primary'), label: say`I am here`, sub },
  ];
}

/**
 * Return the sentence and step after the operator left. That nothing is to be done is shown only while user
 * and 112 talk.
 * @param {Moment} now @returns {NextStep}
 */
function afterLeaving(now) {
  const { view } = now;
  const name = s.capital(s.firstName(view));
  const come = now.allowed.take === null ? say`To come back on the line: ${KEY.take}.` : '';
  if (view.user_hears_psap) {
    const both = claimText(now, 'phoneAnswered', 'bothTalk');
    const sentence = `${say`Handed over to 112.`} ${both}`;
    if (unreadCount(view) || (newestMessage(view)?.at_us ?? 0) > (view.left_us ?? Infinity))
      return [sentence, `${say`She has written: read it, and tell 112.`} ${come}`, takeStep('')];
    return [sentence, `${say`Nothing more to do.`} ${come}`, takeStep('')];
  }
  if (!s.isTalking(view.user) && !s.isTalking(view.psap) && !s.isUnderWay(view.user)) {
    return [say`The alert is being ended.`, come, takeStep('')];
  }
  const user = s.isTalking(view.user)
    ? say`${name} is on the line.`
    : s.isUnderWay(view.user)
      ? view.user.attempt > 1
        ? s.capital(say`${s.asObject(view)} is being called again.`)
        : s.capital(say`${s.asObject(view)} is being called.`)
      : say`${name} is not on the line.`;
  const psap = s.isTalking(view.psap)
    ? say`112 is on the line.##now`
    : s.isUnderWay(view.psap)
      ? view.psap.attempt > 1
        ? say`112 is being called again.`
        : say`112 is being called.`
      : say`112 is not on the line.`;
  if (holds('heardBy112', now)) return [claimText(now, 'heardBy112'), come, takeStep('')];
  return [`${user} ${psap}`, come, takeStep('primary')];
}
