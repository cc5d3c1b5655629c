// The next step while 112 is requested: called, on the line, without a line, or briefed on another phone.
// Pure.

import { claimText, holds } from '../words/claims.js';
import { KEY } from '../words/center.js';
import { say } from '../words/words.js';
import { isBroken } from '../case/broken-conference.js';
import { action } from './labels.js';
import { asItAnswers, callPsap, leave } from './steps.js';
import { heard } from '../case/party.js';
import * as s from '../case/situation.js';

/**
 * Return the step to call 112 from another phone and read the text: 112 cannot join the line, or no line can
 * call it.
 * @param {Moment} now @returns {Said}
 */
export function elsewhere(now) {
  const { view, allowed } = now;
  if (view.left_us !== null || view.false_alarm_us !== null) return null;
  const lacking = s.psapIs(view) === 'lacking';
  if (!lacking && !s.callsElsewhere(view, allowed)) return null;
  if (view.briefing_us !== null && !lacking) return null;
  const told = allowed.called_elsewhere === null;
  /** @type {Action} */
  const step = action(
    told ? 'called_elsewhere' : 'briefing_given',
    say`Once you have called and read the text`,
    'primary',
  );
  const call = say`Call 112 from another phone and read this.`;
  if (lacking) return [call, say`It is being tried again here.`, step];
  if (s.talking(view.user) && !s.mayAsk(view))
    return [call, claimText(now, 'overheard', 'noVoiceThere'), step];
  if (!s.talking(view.user)) return [call, say`112 cannot be joined on this line.`, step];
  const mistake = say`A mistake: ${KEY.declare_false_alarm}. Any other answer, or silence: call 112 from
    another phone. It cannot be joined here.`;
  return [say`Ask: “Are you safe? Can you talk?”`, mistake, step];
}

/**
 * Return the step while 112 is on the line, may be, is being called, or waits for a line.
 * @param {Moment} now @returns {Said}
 */
export function withPsap(now) {
  const { view } = now;
  switch (s.psapIs(view)) {
    case 'there':
      return view.left_us === null ? conference(now) : null;
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
        return [text, say`Until it answers nobody on this line hears anybody.`, callPsap(view)];
      const before = claimText(now, 'psapWasBusy', 'psapDidNotAnswer');
      return [text, [before, meanwhile(now), byY(now)].filter(Boolean).join(' '), callPsap(view)];
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
      return [text, [meanwhile(now), byY(now)].filter(Boolean).join(' '), callPsap(view)];
    }
    default:
      return null;
  }
}

/** Return what happens between operator and user meanwhile. @param {Moment} now */
const meanwhile = (now) => claimText(now, 'keepTalking', 'hearsNobody');

/**
 * Return the meaning of Y meanwhile: the user has answered, or 112 was briefed on another phone.
 * @param {Moment} now
 */
function byY({ view, allowed }) {
  if (allowed.confirm_answer === null)
    return say`${s.capital(s.first(view))} has answered: ${KEY.confirm_answer}.`;
  return allowed.called_elsewhere === null ? say`112 briefed on another phone: ${KEY.called_elsewhere}.` : '';
}

/** Return the sentence and step while 112 is on the line. @param {Moment} now @returns {Said} */
function conference(now) {
  const { view } = now;
  if (s.talking(view.user)) return together(now);
  const away = [claimText(now, 'joins', 'joinsAgain', 'userAway'), redial(now), byY(now)].filter(Boolean);
  const more = away.join(' ');
  /** @type {Action} */
  const briefed = briefedStep(say`Then you may leave with ${KEY.leave}`);
  if (isBroken(view) && !s.briefed(view))
    return [`${say`Stay with 112.`} ${more}`, say`Read the text if needed.`, briefed];
  if (!s.briefed(view))
    return [say`Read the text to 112.`, [claimText(now, 'notInText'), more].join(' '), briefed];
  if (!holds('knowsAll', now)) return [claimText(now, 'hasChanged', 'userWrote', 'notInText'), more, briefed];
  if (s.underWay(view.user))
    return [
      claimText(now, 'knowsAll'),
      `${claimText(now, 'joins', 'joinsAgain')} ${say`Leaving ends that call: tell 112.`}`,
      leave(say`The alert and the call to her end`, ''),
    ];
  return [
    claimText(now, 'knowsAll'),
    [claimText(now, 'placeIsOld'), say`Leaving ends the line to 112, too.`].filter(Boolean).join(' '),
    leave(say`The alert closes`),
  ];
}

/** Return the step to confirm that 112 is briefed. @param {string} sub @returns {Action} */
const briefedStep = (sub) => action('briefing_given', sub, 'primary');

/** Return how to call the user again, if allowed. @param {Moment} now */
const redial = ({ allowed }) => (allowed.redial_user === null ? say`To call again: ${KEY.redial_user}.` : '');

/** Return what the operator must report to 112. @param {Moment} now */
const toTell = (now) =>
  !s.briefed(now.view)
    ? [say`Read the text to 112.`, claimText(now, 'notInText')].filter(Boolean).join(' ')
    : claimText(now, 'hasChanged', 'userWrote', 'notInText');

/**
 * Return the sentence and step while user and 112 are both on the line.
 * @param {Moment} now @returns {Said}
 */
function together(now) {
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
  const untold = (view.duress || view.user_hears_nobody) && !s.toldAll(view);
  const tell = untold ? toTell(now) : claimText(now, 'notInText');
  const step = untold ? briefedStep(say`Once all of it is read`) : leave(left, '');
  if (view.duress && (holds('heardBy112', now) || holds('bothTalk', now))) {
    const only = untold
      ? say`To leave, only if 112 asks: ${KEY.leave}, then Enter.`
      : say`Leave only if 112 asks you to.`;
    const how = holds('heardBy112', now)
      ? claimText(now, 'heardBy112')
      : `${claimText(now, 'phoneAnswered', 'bothTalk')} ${claimText(now, 'overheard')}`;
    return [`${say`Stay.`} ${how}`, [tell, only].filter(Boolean).join(' '), step];
  }
  if (!view.user_hears_psap) {
    const text = claimText(now, 'heardBy112', 'apartFrom112', 'hears112Not', 'notHeardBy112', 'perhapsHeard');
    const leaves = untold ? say`To leave: ${KEY.leave}, then Enter.` : '';
    return [text, [tell, leaves].filter(Boolean).join(' '), step];
  }
  const played = heard(view.psap) && say`112 ${heard(view.psap)}.`;
  const first = tell || claimText(now, 'placeIsOld') || played;
  if (holds('introduce', now)) return [claimText(now, 'introduce'), first, leave(left, '')];
  if (holds('justBack', now)) return [claimText(now, 'justBack'), first, leave(left, '')];
  if (holds('phoneAnswered', now)) {
    const who = say`Hear who it is: a person, and you can leave. A machine: ${KEY.mark_machine}.`;
    return [claimText(now, 'phoneAnswered'), [tell, who].filter(Boolean).join(' '), leave(left, '')];
  }
  const can = tell ? '' : say`You can leave.`;
  return [
    [claimText(now, 'bothTalk'), can].filter(Boolean).join(' '),
    first || say`Stay if 112 needs you.`,
    leave(left),
  ];
}

/**
 * Return the sentence and step after 112 hung up: 112 is not called again automatically.
 * @param {Moment} now @returns {Said}
 */
export function hungUp(now) {
  const { view, allowed } = now;
  const gone = claimText(now, 'psapHungUp');
  if (!gone || allowed.call_psap !== null) return null;
  const between = s.talking(view.user)
    ? claimText(now, 'overheard', 'keepTalking', 'hearsNobody')
    : [claimText(now, 'joinsAgain', 'userAway'), redial(now)].join(' ');
  const more = [between, byY(now)].filter(Boolean).join(' ');
  const knew = claimText(now, 'psapKnew');
  if (knew) {
    const call = say`To call 112 again: ${KEY.call_psap}.`;
    return [`${gone} ${knew}`, `${call} ${more}`, callPsap(view, asItAnswers())];
  }
  const call = say`Call again: ${KEY.call_psap}.`;
  return [`${gone} ${call}`, more, callPsap(view, asItAnswers(), 'primary')];
}

/**
 * Return the sentence and step after 112 was briefed on another phone, else null.
 * @param {Moment} now @returns {Said}
 */
export function toldElsewhere(now) {
  const { view, allowed } = now;
  const told = s.psapIs(view) === 'told' || (view.briefing_us !== null && s.callsElsewhere(view, allowed));
  if (!told) return null;
  const line = s.talking(view.user) ? say`Leaving ends the line with ${s.first(view)}, too.` : '';
  if (!holds('knowsAll', now))
    return [
      claimText(now, 'hasChanged', 'userWrote', 'notInText'),
      line,
      allowed.call_psap === null
        ? callPsap(view, asItAnswers(), 'primary')
        : briefedStep(say`Once you have called again`),
    ];
  const call = allowed.call_psap === null ? say`To call 112 again: ${KEY.call_psap}.` : '';
  return [
    claimText(now, 'knowsAll'),
    [claimText(now, 'placeIsOld'), line, call].filter(Boolean).join(' '),
    leave(say`The alert closes`),
  ];
}
