// The state of an alert in a few words, for lists.

import * as claims from '../words/claims.js';
import { say } from '../words/words.js';
import { brokenSaid, isBroken } from '../case/broken-conference.js';
import { contact } from '../case/deadline.js';
import { endingName } from '../case/call-ending.js';
import { unheld } from './unassigned.js';
import * as f from '../words/format.js';
import * as s from '../case/situation.js';

/**
 * Return the state of an alert: [icon, tone, words, more words]. A late alert is shown as late.
 * @param {Ui} ui @param {CaseView} view @param {number} nowUs
 */
export function now(ui, view, nowUs) {
  const [ic, tone, said, small] = going(ui, view, nowUs);
  if (!s.isLate(view, nowUs)) return [ic, tone, said, small];
  return [
    'warn',
    'ink-bad',
    `${say`Late`}: ${said[0].toLowerCase()}${said.slice(1)}`,
    view.presumed_calling_112 ? say`Presumed to be calling 112` : small,
  ];
}

/**
 * Return the state of an alert without its lateness: [icon, tone, words, more words].
 * @param {Ui} ui @param {CaseView} view @param {number} nowUs
 */
function going(ui, view, nowUs) {
  const { me } = ui.feed;
  const reached = contact(view);
  if (isBroken(view)) return ['warn', 'ink-bad', brokenSaid(view, me, ui.feed.names).title, reached];
  if (s.psapIs(view) === 'lacking') return ['warn', 'ink-bad', say`No line for 112`, reached];
  if (view.duress)
    return [
      'shield',
      'ink-bad',
      say`Duress`,
      s.talking(view.user) ? say`She is on the line` : say`Do not phone her`,
    ];
  if (view.left_us !== null) return ['112', 'ink-ok', say`Handed over`, reached];
  return calls(ui, view, nowUs, reached);
}

/**
 * Return the state of the alert's calls: [icon, tone, words, more words].
 * @param {Ui} ui @param {CaseView} view @param {number} nowUs @param {string} reached the state of the
 * contact with the user
 */
function calls(ui, view, nowUs, reached) {
  const { me } = ui.feed;
  /** Return the duration of a party's call. @param {PartyView} party */
  const lasts = (party) => f.span(nowUs - party.answered_us);
  switch (s.psapIs(view)) {
    case 'there': {
      const said = view.user_hears_psap ? say`In conference with 112` : say`112 on the line`;
      return [view.user_hears_psap ? 'voice' : '112', 'ink-ok', `${said}, ${lasts(view.psap)}`, reached];
    }
    case 'calling':
    case 'doubt':
      return ['112', 'ink-wait', say`112 is being called`, reached];
    case 'waiting': {
      const how = s.psapEndings(view).at(-1);
      const said = how ? `112: ${endingName(how).toLowerCase()}` : say`Looking for a line for 112`;
      return ['112', 'ink-wait', said, reached];
    }
    case 'told':
      return ['112', 'ink-ok', say`112 briefed on another phone`, reached];
    default:
  }
  if (s.talking(view.user) && view.operator) {
    const said = view.operator === me.operator ? say`On the line with you` : say`In conversation`;
    return ['voice', 'ink-ok', `${said}, ${lasts(view.user)}`, reached];
  }
  if (s.waitsAlone(view)) {
    const alone = claims.claimText({ view, nowUs }, 'waitsOnTheLine');
    return ['voice', 'ink-wait', `${alone}, ${f.span(nowUs - s.aloneSinceUs(view))}`, reached];
  }
  if (view.wrong_pins) return ['shield', 'ink-bad', say`Wrong PIN`, say`A sign of coercion`];
  if (view.user.state === 'ringing') return ['ring', 'ink-wait', say`Her phone is ringing`, reached];
  if (s.underWay(view.user)) return ['phone', 'ink-wait', say`She is being called`, reached];
  if (view.silent && s.keptSilent(view))
    return ['hush', 'ink-wait', say`Silent`, say`Her phone is not called`];
  if (view.operator) return ['headset', 'ink-ok', say`Operator on the line`, reached];
  if (view.reserved.length)
    return ['ring', 'ink-wait', say`Calling an operator`, view.reserved.map(ui.feed.names).join(', ')];
  if (!unheld(view)) return ['check', 'ink-2', say`Hanging up`, reached];
  return ['clock', 'ink-wait', say`Waiting for an operator`, reached];
}
