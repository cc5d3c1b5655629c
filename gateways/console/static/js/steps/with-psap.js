// The next step while 112 is requested: called, on the line, without a line, or briefed on another phone.
// Pure.

import { claimText, holds } from '../words/claims.js';
import { KEY } from '../words/center.js';
import { say } from '../words/words.js';
import { isBroken } from '../case/broken-conference.js';
import { action } from './labels.js';
import { onAnswerText, callPsapStep, leaveStep } from './steps.js';
import { announcementText } from '../case/party.js';
import * as s from '../case/situation.js';

/**
 * Return the step to call 112 from another phone and read the text: 112 cannot join the line, or no line can
 * call it.
 * @param {Moment} now @returns {NextStep}
 */
export function onAnotherPhone(now) {
  const { view, allowed } = now;
  if (view.left_us !== null || view.false_alarm_us !== null) return null;
  const lacking = s.psapState(view) === 'lacking';
  if (!lacking && !s.callsElsewhere(view, allowed)) return null;
  if (view.briefing_us !== null && !lacking) return null;
  const mayConfirm = allowed.called_elsewhere === null;
  /** @type {Action} */
  const step = action(
    mayConfirm ? 'called_elsewhere' : 'briefing_given',
    say`Once you have called and read the text`,
    'primary',
  );
  const call = say`Call 112 from another phone and read this.`;
  if (lacking) return [call, say`It is being tried again here.`, step];
  if (s.isTalking(view.user) && !s.mayAsk(view))
    return [call, claimText(now, 'overheard', 'noVoiceThere'), step];
  if (!s.isTalking(view.user)) return [call, say`112 cannot be joined on this line.`, step];
  const mistake = say`A mistake: ${KEY.declare_false_alarm}. Any other answer, or silence: call 112 from
    another phone. It cannot be joined here.`;
  return [say`Ask: “Are you safe? Can you talk?”`, mistake, step];
}

/**
 * Return the step while 112 is on the line, may be, is being called, or waits for a line.
 * @param {Moment} now @returns {NextStep}
 */
export function withPsap(now) {
  const { view } = now;
  switch (s.psapState(view)) {
    case 'there':
      return view.left_us === null ? whileConnected(now) : null;
    case 'doubt': {
      /** @type {Action} */
      const step = action('confirm_answer', say`112 is on the line`, 'primary');
      return [
        say`112 may have answered. Do you hear them?`,
        say`If they speak, the screen notices by itself.`,
        step,
      ];
    }
    case 'calling': {
      const text = claimText(now, 'psapCalled');
      if (view.operator_leg.network)
        return [text, say`Until it answers nobody on this line hears anybody.`, callPsapStep(view)];
      const before = claimText(now, 'psapWasBusy', 'psapDidNotAnswer');
      return [
        text,
        [before, meanwhileText(now), hintForY(now)].filter(Boolean).join(' '),
        callPsapStep(view),
      ];
    }
    case 'waiting': {
      const text = claimText(
        now,
        'psapAsked',
        'psapBusy',
        'psapDoesNotAnswer',
        'psapDropped',
        'psapFailed',
        'psapSeeksLine',
      );
      return [text, [meanwhileText(now), hintForY(now)].filter(Boolean).join(' '), callPsapStep(view)];
    }
    default:
      return null;
  }
}

/** Return what happens between operator and user meanwhile. @param {Moment} now */
const meanwhileText = (now) => claimText(now, 'keepTalking', 'hearsNobody');

/**
 * Return the meaning of Y meanwhile: the user has answered, or 112 was briefed on another phone.
 * @param {Moment} now
 */
function hintForY({ view, allowed }) {
  if (allowed.confirm_answer === null)
    return say`${s.capital(s.firstName(view))} has answered: ${KEY.confirm_answer}.`;
  return allowed.called_elsewhere === null ? say`112 briefed on another phone: ${KEY.called_elsewhere}.` : '';
}

/** Return the sentence and step while 112 is on the line. @param {Moment} now @returns {NextStep} */
function whileConnected(now) {
  const { view } = now;
  if (s.isTalking(view.user)) return whileTogether(now);
  const away = [claimText(now, 'joins', 'joinsAgain', 'userAway'), redialHint(now), hintForY(now)].filter(
    Boolean,
  );
  const more = away.join(' ');
  /** @type {Action} */
  const briefed = briefedStep(say`Then you may leave with ${KEY.leave}`);
  if (isBroken(view) && !s.isBriefed(view))
    return [`${say`Stay with 112.`} ${more}`, say`Read the text if needed.`, briefed];
  if (!s.isBriefed(view))
    return [say`Read the text to 112.`, [claimText(now, 'notInText'), more].join(' '), briefed];
  if (!holds('knowsAll', now)) return [claimText(now, 'hasChanged', 'userWrote', 'notInText'), more, briefed];
  if (s.isUnderWay(view.user))
    return [
      claimText(now, 'knowsAll'),
      `${claimText(now, 'joins', 'joinsAgain')} ${say`Leaving ends that call: tell 112.`}`,
      leaveStep(say`The alert and the call to her end`, ''),
    ];
  return [
    claimText(now, 'knowsAll'),
    [claimText(now, 'placeIsOld'), say`Leaving ends the line to 112, too.`].filter(Boolean).join(' '),
    leaveStep(say`The alert closes`),
  ];
}

/** Return the step to confirm that 112 is briefed. @param {string} sub @returns {Action} */
const briefedStep = (sub) => action('briefing_given', sub, 'primary');

/** Return how to call the user again, if allowed. @param {Moment} now */
const redialHint = ({ allowed }) =>
  allowed.redial_user === null ? say`To call again: ${KEY.redial_user}.` : '';

/** Return what the operator must report to 112. @param {Moment} now */
const reportHint = (now) =>
  !s.isBriefed(now.view)
    ? [say`Read the text to 112.`, claimText(now, 'notInText')].filter(Boolean).join(' ')
    : claimText(now, 'hasChanged', 'userWrote', 'notInText');

/**
 * Return the sentence and step while user and 112 are both on the line.
 * @param {Moment} now @returns {NextStep}
 */
function whileTogether(now) {
  const { view } = now;
  const stays = claimText(
    now,
    'staysTogether',
    'staysListening',
    'staysApart',
    'staysUnheard',
    'staysPerhaps',
  );
  const left = `${stays} ${say`Your line closes.`}`;
  // Only the operator can report to 112 what the user cannot say.
  const isUnreported = (view.duress || view.user_hears_nobody) && !s.isFullyBriefed(view);
  const tell = isUnreported ? reportHint(now) : claimText(now, 'notInText');
  const step = isUnreported ? briefedStep(say`Once all of it is read`) : leaveStep(left, '');
  if (view.duress && (holds('heardBy112', now) || holds('bothTalk', now))) {
    const only = isUnreported
      ? say`To leave, only if 112 asks: ${KEY.leave}, then Enter.`
      : say`Leave only if 112 asks you to.`;
    const state = holds('heardBy112', now)
      ? claimText(now, 'heardBy112')
      : `${claimText(now, 'phoneAnswered', 'bothTalk')} ${claimText(now, 'overheard')}`;
    return [`${say`Stay.`} ${state}`, [tell, only].filter(Boolean).join(' '), step];
  }
  if (!view.user_hears_psap) {
    const text = claimText(now, 'heardBy112', 'apartFrom112', 'hears112Not', 'notHeardBy112', 'perhapsHeard');
    const leaves = isUnreported ? say`To leave: ${KEY.leave}, then Enter.` : '';
    return [text, [tell, leaves].filter(Boolean).join(' '), step];
  }
  const played = announcementText(view.psap) && say`112 ${announcementText(view.psap)}.`;
  const first = tell || claimText(now, 'placeIsOld') || played;
  if (holds('introduce', now)) return [claimText(now, 'introduce'), first, leaveStep(left, '')];
  if (holds('justBack', now)) return [claimText(now, 'justBack'), first, leaveStep(left, '')];
  if (holds('phoneAnswered', now)) {
    const who = say`Hear who it is: a person, and you can leave. A machine: ${KEY.mark_machine}.`;
    return [claimText(now, 'phoneAnswered'), [tell, who].filter(Boolean).join(' '), leaveStep(left, '')];
  }
  const can = tell ? '' : say`You can leave.`;
  return [
    [claimText(now, 'bothTalk'), can].filter(Boolean).join(' '),
    first || say`Stay if 112 needs you.`,
    leaveStep(left),
  ];
}

/**
 * Return the sentence and step after 112 hung up: 112 is not called again automatically.
 * @param {Moment} now @returns {NextStep}
 */
export function afterHangUp(now) {
  const { view, allowed } = now;
  const sentence = claimText(now, 'psapHungUp');
  if (!sentence || allowed.call_psap !== null) return null;
  const between = s.isTalking(view.user)
    ? claimText(now, 'overheard', 'keepTalking', 'hearsNobody')
    : [claimText(now, 'joinsAgain', 'userAway'), redialHint(now)].join(' ');
  const more = [between, hintForY(now)].filter(Boolean).join(' ');
  const knewText = claimText(now, 'psapKnew');
  if (knewText) {
    const call = say`To call 112 again: ${KEY.call_psap}.`;
    return [`${sentence} ${knewText}`, `${call} ${more}`, callPsapStep(view, onAnswerText())];
  }
  const call = say`Call again: ${KEY.call_psap}.`;
  return [`${sentence} ${call}`, more, callPsapStep(view, onAnswerText(), 'primary')];
}

/**
 * Return the sentence and step after 112 was briefed on another phone, else null.
 * @param {Moment} now @returns {NextStep}
 */
export function afterBriefingElsewhere(now) {
  const { view, allowed } = now;
  const isBriefed =
    s.psapState(view) === 'told' || (view.briefing_us !== null && s.callsElsewhere(view, allowed));
  if (!isBriefed) return null;
  const line = s.isTalking(view.user) ? say`Leaving ends the line with ${s.firstName(view)}, too.` : '';
  if (!holds('knowsAll', now))
    return [
      claimText(now, 'hasChanged', 'userWrote', 'notInText'),
      line,
      allowed.call_psap === null
        ? callPsapStep(view, onAnswerText(), 'primary')
        : briefedStep(say`Once you have called again`),
    ];
  const call = allowed.call_psap === null ? say`To call 112 again: ${KEY.call_psap}.` : '';
  return [
    claimText(now, 'knowsAll'),
    [claimText(now, 'placeIsOld'), line, call].filter(Boolean).join(' '),
    leaveStep(say`The alert closes`),
  ];
}
