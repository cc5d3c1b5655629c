// The status of a handover: for the operator who hands over, the operator who is to accept, and other
// operators.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../shell/parts.js';
import * as claims from '../words/claims.js';
import { KEY } from '../words/center.js';
import { say } from '../words/words.js';
import { asObject, isCalledFor, inDoubt, isOwnCase, isTalking, theCase } from './situation.js';
import { takeStep } from '../steps/steps.js';
import * as f from '../words/format.js';

const FAILURE_SHOWN_US = 20e6; // a failed handover is shown for this long

/**
 * Return the operator who is called for the case: {name, is, text, time}.
 * @param {Ui} ui @param {CaseView} view @param {number} nowUs
 */
function calledOperator(ui, view, nowUs) {
  const { to, called: leg } = view.hand_over;
  const operator = leg.operator ?? to;
  const name = operator === null ? '' : operator === ui.feed.me.operator ? say`You` : ui.feed.names(operator);
  const is = leg.state;
  if (is === 'ringing')
    return { name, is, text: say`Ringing`.toLowerCase(), time: f.span(nowUs - leg.ringing_us) };
  if (is === 'answered')
    return { name, is, text: say`Answered, joining`.toLowerCase(), time: f.span(nowUs - leg.answered_us) };
  if (is === 'originating')
    return { name, is, text: say`Being called`.toLowerCase(), time: f.span(nowUs - leg.since_us) };
  return {
    name,
    is,
    text: to === null ? say`looking for somebody free` : say`waiting until free`,
    time: '',
  };
}

/**
 * Return both operators for the operator's tile: {name, foot}; null without a handover.
 * @param {Ui} ui @param {CaseView} view @param {string} name @param {number} nowUs
 */
export function tileTexts(ui, view, name, nowUs) {
  if (!view.hand_over) return null;
  const other = calledOperator(ui, view, nowUs);
  return {
    name: `${name} → ${other.name || say`anyone free`}`,
    foot: [other.name, other.text, other.time].filter(Boolean).join(' '),
  };
}

/** Return the called operator and the state of the call as a sentence. */
function callText({ name, text: words, is }) {
  if (!name) return words;
  return (
    {
      ringing: say`${name} ringing`,
      originating: say`${name} being called`,
      answered: say`${name} answered, joining`,
    }[is] ?? say`${name} ${words}##handing`
  );
}

/**
 * Render, in the command bar of the case's operator, the operator who is called, or that the handover failed.
 * @param {Ui} ui @param {CaseView} view @param {number} nowUs
 */
export function statusLine(ui, view, nowUs) {
  if (!isOwnCase(view, ui.feed.me)) return nothing;
  if (view.hand_over) {
    const other = calledOperator(ui, view, nowUs);
    return html`<span class="ink-wait"
      >${say`Handing over: ${callText(other)}.`}</span
    >`;
  }
  const last = [...view.timeline]
    .reverse()
    .find((entry) => entry.what.startsWith('hand_over.') || entry.what === 'operator.joined');
  if (
    last?.what !== 'hand_over.ended' ||
    last.reason === 'withdrawn' ||
    nowUs - last.at_us > FAILURE_SHOWN_US
  )
    return nothing;
  return html`<span class="ink-wait"
    >${endReason(last.reason)} ${say`The case stays yours.`}</span
  >`;
}

/** Return why a handover ended, as a sentence. @param {string} reason */
export const endReason = (reason) =>
  ({
    withdrawn: say`The hand over was withdrawn.`,
    'no answer': say`Hand over: nobody answered.`,
    nobody: say`Hand over: nobody is free.`,
    'no line': say`Hand over: no line is free.`,
  })[reason] ?? reason;

/** Return the parties on the line, for the operator who is to accept. @param {CaseView} view */
function onTheLine(view) {
  const up = [isTalking(view.user) ? asObject(view) : '', isTalking(view.psap) ? say`112` : ''].filter(
    Boolean,
  );
  return up.length ? say`On the line: ${up.join(', ')}.` : '';
}

/**
 * Return the sentence and step for an operator who views a case that another operator hands over.
 * @param {Moment} now @returns {NextStep}
 */
export function handoverStep(now) {
  const { view, me, names } = now;
  const { by, to, text, called: leg } = view.hand_over;
  const more = [onTheLine(view), text].filter(Boolean).join(' ');
  if (!isCalledFor(view, me)) {
    const handing = to
      ? say`${names(by)} hands ${theCase(view)} over to ${names(to)}.`
      : say`${names(by)} hands ${theCase(view)} over.`;
    return [handing, more, takeStep('primary')];
  }
  if (leg.operator === me.operator && inDoubt(leg)) {
    const label = say`I am here`;
    const sub = view.test ? say`The TEST becomes yours` : say`The case becomes yours`;
    const hear = say`Do you hear ${names(by)}? Then ${KEY.take}.`;
    return [hear, more, { ...takeStep('primary'), label, sub }];
  }
  const first = say`Answer first`;
  return [
    claims.claimText(now, 'headsetNext', 'shiftsCall', 'answerYourPhone', 'youAreCalled'),
    say`${names(by)} hands ${theCase(view)} over to you. ${more}`,
    { ...takeStep(''), command: '', sub: '', why: first },
  ];
}

/**
 * Return the heading of an incoming case: the operator who hands it over, or a new alert.
 * @param {CaseView} view @param {Names} names
 */
export function heading(view, names) {
  return view.hand_over ? say`${names(view.hand_over.by)} hands ${theCase(view)} over` : say`New alert`;
}

/**
 * Render, on the screen of an incoming case, the parties on the line and the text of the handover.
 * @param {CaseView} view @param {Names} names
 */
export function incoming(view, names) {
  if (!view.hand_over) return nothing;
  const others = [names(view.hand_over.by), isTalking(view.psap) ? say`112` : ''].filter(Boolean).join(', ');
  return html`<p>
    <b>${word('headset', say`On the line: ${others}`, 'ink-2')}</b><br /><span
      class="ink-2"
      >${view.hand_over.text}</span
    >
  </p>`;
}
