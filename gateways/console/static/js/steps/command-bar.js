// The command bar below a case: what to do now, in a sentence and a button, and the five commands that are
// always present.

import { html, nothing } from '../../vendor/lit.js';
import { act } from '../shell/parts.js';
import { noLineAlarm, onPublicLine } from '../alarms/alarms.js';
import { KEY } from '../words/center.js';
import { say } from '../words/words.js';
import { closingHint, keyHints, slots, enterEffect } from './key-to-command.js';
import { nextStep } from './next-step.js';
import { copyHint } from '../case/psap-text.js';
import * as s from '../case/situation.js';
import * as handed from '../case/handover-status.js';
import * as handover from '../case/handover.js';
import * as otherline from '../case/other-line.js';
import * as headset from '../voice/headset.js';

/** Render the hint that a text field has the keyboard. */
const typingHint = () =>
  html`<span class="dock__typing"
    >${say`You are typing: for the keys, Esc first.`} </span
  >`;

/** Render the effect of the key that waits for Enter. @param {Ui} ui @param {CaseView} view */
function armedText(ui, view) {
  const command = ui.commands.armedIn(view);
  if (!command) return nothing;
  return html`<span class="ink-wait" data-armed=${command}
    >${enterEffect(command, view)}: ${say`Enter confirms.`}</span
  >`;
}

/**
 * Render the command bar while the center cannot be reached.
 * @param {Ui} ui @param {CaseView} view @param {Allowed} allowed
 */
function lostCommandBar(ui, view, allowed) {
  const { feed } = ui;
  const refusal = ui.commands.refusal?.alert === view.alert ? ui.commands.refusal.text : '';
  const sub = say`Attempt ${feed.attempt}. Retrying by itself too, every 2 s`;
  const talking = headset.lostText(feed, view) ?? say`Stay on the phone and keep talking.`;
  const elsewhere = s.mayBrief(view, feed.me)
    ? say`Need 112? Call it from another phone and read this. C copies it.`
    : '';
  return html`<footer class="dock" aria-label=${say`Actions`}>
    <p class="dock__next" role="status">
      <span class="eyebrow">${say`Now`}</span><b>${talking}</b><span
        >${refusal ? html`<span class="ink-bad">${refusal}</span> ` : nothing}<span
          class="ink-wait dock__elsewhere"
          >${elsewhere}</span
        ></span
      >
    </p>
    ${handover.button(ui, view, allowed)}
    ${act({ key: 'Enter', label: say`Retry now`, sub, step: true, press: () => feed.retryNow() })}
    ${slots(view, allowed, null).map((slot) => act({ ...slot, why: say`No connection` }))}
  </footer>`;
}

/**
 * Return the step; while no line can call 112, without the promises that depend on a call.
 * @param {Feed} feed @param {CaseView} view @param {Action} step
 */
function withoutLine(feed, view, step) {
  const alarm = noLineAlarm(feed);
  if (view.test || step.command !== 'call_psap' || !alarm || onPublicLine(alarm)) return step;
  const sub = say`No line can call it: it is tried`;
  return { ...step, sub };
}

/**
 * Render the command bar.
 * @param {Ui} ui @param {CaseView} view @param {Allowed} allowed @param {number} nowUs
 * @param {boolean} isLost true while the center cannot be reached
 */
export function commandBar(ui, view, allowed, nowUs, isLost) {
  if (isLost) return lostCommandBar(ui, view, allowed);
  const { feed } = ui;
  const now = nextStep(view, allowed, feed.me, nowUs, ui.feed.names, feed.center);
  const step = withoutLine(feed, view, now.step);
  const refused = (key) => ui.commands.refusalIn(view, key);
  const five = slots(view, allowed, ui.commands.armed);
  // The refusal of a key without a button here is shown beside the sentence.
  const key = ui.commands.refusal?.key;
  const unplacedRefusal = [step, ...five].some((one) => one.key === key) ? '' : refused(key);
  const closing = ui.commands.armed === KEY.close ? '' : closingHint(view, allowed);
  return html`<footer class="dock" aria-label=${say`Actions`}>
    <p class="dock__next" role="status">
      <span class="eyebrow">${say`Now`}</span><b>${now.say}</b
      ><span
        >${typingHint()}${
          unplacedRefusal ? html`<span class="ink-bad">${unplacedRefusal}</span> ` : nothing
        }${armedText(ui, view)}
        ${handed.statusLine(ui, view, nowUs)} ${otherline.silenceText(ui, view)} ${now.more}
        ${ui.commands.armed === KEY.give_voices ? '' : keyHints(view, feed.me, allowed)} ${closing}
        ${copyHint(view, nowUs)}</span
      >
    </p>
    ${handover.button(ui, view, allowed)}
    ${act({
      ...step,
      step: true,
      refused: refused(step.key),
      tone: ui.commands.armed === step.key ? 'armed' : step.tone,
      press: () => ui.press(step.key),
    })}
    ${five.map((slot) =>
      act({
        ...slot,
        refused: refused(slot.key),
        tone: ui.commands.armed === slot.key ? 'armed' : (slot.tone ?? ''),
        press: () => ui.press(slot.key),
      }),
    )}
  </footer>`;
}
