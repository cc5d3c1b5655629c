// The state of an alert in a few words, for lists.

import * as claims from '../words/claims.js';
import { say } from '../words/words.js';
import { brokenText, isBroken } from '../case/broken-conference.js';
import { contactText } from '../case/deadline.js';
import { endingName } from '../case/call-ending.js';
import { isUnassigned } from './unassigned.js';
import * as f from '../words/format.js';
import * as s from '../case/situation.js';

/**
 * Return the state of an alert: [icon, tone, words, more words]. A late alert is shown as late.
 * @param {Ui} ui @param {CaseView} view @param {number} nowUs
 */
export function alertState(ui, view, nowUs) {
  const [ic, tone, text, small] = currentState(ui, view, nowUs);
  if (!s.isLate(view, nowUs)) return [ic, tone, text, small];
  return [
    'warn',
    'ink-bad',
    `${say`Late`}: ${text[0].toLowerCase()}${text.slice(1)}`,
    view.presumed_calling_112 ? say`Presumed to be calling 112` : small,
  ];
}

/**
 * Return the state of an alert without its lateness: [icon, tone, words, more words].
 * @param {Ui} ui @param {CaseView} view @param {number} nowUs
 */
function currentState(ui, view, nowUs) {
  const { me } = ui.feed;
  const contacted = contactText(view);
  if (isBroken(view)) return ['warn', 'ink-bad', brokenText(view, me, ui.feed.names).title, contacted];
  if (s.psapState(view) === 'lacking') return ['warn', 'ink-bad', say`No line for 112`, contacted];
  if (view.duress)
    return [
      'shield',
      'ink-bad',
      say`Duress`,
      s.isTalking(view.user) ? say`She is on the line` : say`Do not phone her`,
    ];
  if (view.left_us !== null) return ['112', 'ink-ok', say`Handed over`, contacted];
  return callState(ui, view, nowUs, contacted);
}

/**
 * Return the state of the alert's calls: [icon, tone, words, more words].
 * @param {Ui} ui @param {CaseView} view @param {number} nowUs @param {string} contacted the state of the
 * contact with the user
 */
function callState(ui, view, nowUs, contacted) {
  const { me } = ui.feed;
  /** Return the duration of a party's call. @param {PartyView} party */
  const durationOf = (party) => f.span(nowUs - party.answered_us);
  switch (s.psapState(view)) {
    case 'there': {
      const text = view.user_hears_psap ? say`In conference with 112` : say`112 on the line`;
      return [
        view.user_hears_psap ? 'voice' : '112',
        'ink-ok',
        `${text}, ${durationOf(view.psap)}`,
        contacted,
      ];
    }
    case 'calling':
    case 'doubt':
      return ['112', 'ink-wait', say`112 is being called`, contacted];
    case 'waiting': {
      const end = s.psapEndings(view).at(-1);
      const text = end ? `112: ${endingName(end).toLowerCase()}` : say`Looking for a line for 112`;
      return ['112', 'ink-wait', text, contacted];
    }
    case 'told':
      return ['112', 'ink-ok', say`112 briefed on another phone`, contacted];
    default:
  }
  if (s.isTalking(view.user) && view.operator) {
    const text = view.operator === me.operator ? say`On the line with you` : say`In conversation`;
    return ['voice', 'ink-ok', `${text}, ${durationOf(view.user)}`, contacted];
  }
  if (s.waitsAlone(view)) {
    const alone = claims.claimText({ view, nowUs }, 'waitsOnTheLine');
    return ['voice', 'ink-wait', `${alone}, ${f.span(nowUs - s.aloneSinceUs(view))}`, contacted];
  }
  if (view.wrong_pins) return ['shield', 'ink-bad', say`Wrong PIN`, say`A sign of coercion`];
  if (view.user.state === 'ringing') return ['ring', 'ink-wait', say`Her phone is ringing`, contacted];
  if (s.isUnderWay(view.user)) return ['phone', 'ink-wait', say`She is being called`, contacted];
  if (view.silent && s.keptSilent(view))
    return ['hush', 'ink-wait', say`Silent`, say`Her phone is not called`];
  if (view.operator) return ['headset', 'ink-ok', say`Operator on the line`, contacted];
  if (view.reserved.length)
    return ['ring', 'ink-wait', say`Calling an operator`, view.reserved.map(ui.feed.names).join(', ')];
  if (!isUnassigned(view)) return ['check', 'ink-2', say`Hanging up`, contacted];
  return ['clock', 'ink-wait', say`Waiting for an operator`, contacted];
}
