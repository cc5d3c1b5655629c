// What is said of a hand over: to the one who hands over, to the one who is to take it, and to others.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../shell/parts.js';
import * as claims from '../words/claims.js';
import { KEY } from '../words/center.js';
import { say } from '../words/words.js';
import { asObject, calledFor, inDoubt, mine, talking, theCase } from './situation.js';
import { take } from '../steps/steps.js';
import * as f from '../words/format.js';

const SAID_US = 20e6; // So long it is said that the case was not taken over.

/**
 * The one who is being called for it: {name, said, time}.
 * @param {Ui} ui @param {CaseView} view @param {number} nowUs
 */
function called(ui, view, nowUs) {
  const { to, called: leg } = view.hand_over;
  const who = leg.operator ?? to;
  const name = who === null ? '' : who === ui.feed.me.operator ? say`You` : ui.feed.names(who);
  const is = leg.state;
  if (is === 'ringing')
    return { name, is, said: say`Ringing`.toLowerCase(), time: f.span(nowUs - leg.ringing_us) };
  if (is === 'answered')
    return { name, is, said: say`Answered, joining`.toLowerCase(), time: f.span(nowUs - leg.answered_us) };
  if (is === 'originating')
    return { name, is, said: say`Being called`.toLowerCase(), time: f.span(nowUs - leg.since_us) };
  return {
    name,
    is,
    said: to === null ? say`looking for somebody free` : say`waiting until free`,
    time: '',
  };
}

/**
 * Both of them, on the operator's tile: {name, foot}; null where nothing is handed over.
 * @param {Ui} ui @param {CaseView} view @param {string} name @param {number} nowUs
 */
export function onTile(ui, view, name, nowUs) {
  if (!view.hand_over) return null;
  const other = called(ui, view, nowUs);
  return {
    name: `${name} → ${other.name || say`anyone free`}`,
    foot: [other.name, other.said, other.time].filter(Boolean).join(' '),
  };
}

/** As a sentence of its own. */
function passed({ name, said: words, is }) {
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
 * In the dock of the operator of the case: who is called for it, or that it was not taken over.
 * @param {Ui} ui @param {CaseView} view @param {number} nowUs
 */
export function said(ui, view, nowUs) {
  if (!mine(view, ui.feed.me)) return nothing;
  if (view.hand_over) {
    const other = called(ui, view, nowUs);
    return html`<span class="ink-wait"
      >${say`Handing over: ${passed(other)}.`}</span
    >`;
  }
  const last = [...view.timeline]
    .reverse()
    .find((entry) => entry.what.startsWith('hand_over.') || entry.what === 'operator.joined');
  if (last?.what !== 'hand_over.ended' || last.reason === 'withdrawn' || nowUs - last.at_us > SAID_US)
    return nothing;
  return html`<span class="ink-wait"
    >${why(last.reason)} ${say`The case stays yours.`}</span
  >`;
}

/** Why it was not taken over, as a sentence. @param {string} reason */
export const why = (reason) =>
  ({
    withdrawn: say`The hand over was withdrawn.`,
    'no answer': say`Hand over: nobody answered.`,
    nobody: say`Hand over: nobody is free.`,
    'no line': say`Hand over: no line is free.`,
  })[reason] ?? reason;

/** Who is on the line as the case comes: for the operator who is to take it. @param {CaseView} view */
function onTheLine(view) {
  const up = [talking(view.user) ? asObject(view) : '', talking(view.psap) ? say`112` : ''].filter(Boolean);
  return up.length ? say`On the line: ${up.join(', ')}.` : '';
}

/**
 * For an operator who looks at a case that another one hands over.
 * @param {Moment} now @returns {Said}
 */
export function next(now) {
  const { view, me, names } = now;
  const { by, to, text, called: leg } = view.hand_over;
  const more = [onTheLine(view), text].filter(Boolean).join(' ');
  if (!calledFor(view, me)) {
    const handing = to
      ? say`${names(by)} hands ${theCase(view)} over to ${names(to)}.`
      : say`${names(by)} hands ${theCase(view)} over.`;
    return [handing, more, take('primary')];
  }
  if (leg.operator === me.operator && inDoubt(leg)) {
    const label = say`I am here`;
    const sub = view.test ? say`The TEST becomes yours` : say`The case becomes yours`;
    const hear = say`Do you hear ${names(by)}? Then ${KEY.take}.`;
    return [hear, more, { ...take('primary'), label, sub }];
  }
  const first = say`Answer first`;
  return [
    claims.said(now, 'headsetNext', 'shiftsCall', 'answerYourPhone', 'youAreCalled'),
    say`${names(by)} hands ${theCase(view)} over to you. ${more}`,
    { ...take(''), command: '', sub: '', why: first },
  ];
}

/**
 * On the screen of an incoming case: who hands it over, and who is on the line.
 * @param {CaseView} view @param {Names} names
 */
export function heading(view, names) {
  return view.hand_over ? say`${names(view.hand_over.by)} hands ${theCase(view)} over` : say`New alert`;
}

/** @param {CaseView} view @param {Names} names */
export function incoming(view, names) {
  if (!view.hand_over) return nothing;
  const others = [names(view.hand_over.by), talking(view.psap) ? say`112` : ''].filter(Boolean).join(', ');
  return html`<p>
    <b>${word('headset', say`On the line: ${others}`, 'ink-2')}</b><br /><span
      class="ink-2"
      >${view.hand_over.text}</span
    >
  </p>`;
}
