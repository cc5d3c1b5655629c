// Questions to an operator between alerts, and the state of the alarm's sound.

import { html, nothing } from '../../vendor/lit.js';
import { say } from '../words/words.js';
import { word } from '../shell/parts.js';
import { REASONS, waitsForEnter, isLastReady, reasonName, state } from './shift.js';
import { nobodyOnCall } from './people.js';
import * as f from '../words/format.js';
import * as sound from '../sound/sound.js';
import * as voice from '../voice/voice.js';

/** Render the state of the alarm's sound: on, heard, not heard, blocked; and the sound output. */
export function soundState() {
  const output =
    {
      '': say`The browser does not say which output it uses`,
      some: say`The browser has a sound output`,
      none: say`No sound output: connect a headset or speaker`,
    }[state.output] ?? state.output;
  const [ic, tone, text] =
    state.heard === false
      ? ['warn', 'ink-bad', say`Not heard`]
      : sound.blocked()
        ? ['hush', 'ink-wait', say`Blocked by the browser`]
        : state.heard
          ? ['check', 'ink-ok', say`Heard at ${f.clock(state.atMs * 1000)}`]
          : ['voice', 'ink-wait', say`On, not tried`];
  const advice =
    state.heard && state.output === 'none'
      ? ''
      : state.heard === false
        ? say`Turn it up, choose the right output, then S`
        : sound.blocked()
          ? say`Press any key`
          : output;
  return html`${word(ic, text, tone)}<small
      class=${state.output === 'none' && state.heard === null ? 'ink-bad' : ''}
      >${advice}</small
    >`;
}

/** Return the advice about the phone that carries the operator's calls. @param {ShiftState} shift */
export const phoneAdvice = (shift) =>
  shift === 'off'
    ? say`Is it the one beside you? If not, tell whoever runs the centre.`
    : shift === 'paused'
      ? say`Alerts will ring here, once you resume.`
      : say`Keep it beside you: alerts ring here.`;

/** Render the open question in place of the row of keys; return null if there is none. @param {Ui} ui */
export function question(ui) {
  if (waitsForEnter(ui)) {
    const what = state.ending.shift === 'off' ? say`End shift` : say`Pause`;
    return choice(
      !isLastReady(ui)
        ? say`End your shift?`
        : nobodyOnCall()
          ? say`You are the last one: an alert would call nobody.`
          : say`You are the last one: an alert would call only those on call.`,
      [
        ['Enter', what],
        ['Esc', say`Back`],
      ],
      (key) => ui.press(key === 'Esc' ? 'Escape' : key),
      isLastReady(ui) ? 'ink-bad' : '',
    );
  }
  if (state.pausing && ui.feed.myShift() === 'ready') {
    return choice(
      say`Why do you pause?`,
      [...REASONS.map((code, i) => [String(i + 1), capital(reasonName(code))]), ['Esc', say`Back`]],
      (key) => ui.press(key === 'Esc' ? 'Escape' : key),
    );
  }
  if (state.soundQuestion) {
    return choice(
      voice.usesHeadset(ui.feed)
        ? say`Did you hear the alarm, then the tone in your headset? Speak: does the bar move?`
        : say`Did you hear the alarm?`,
      [
        ['Y', say`Yes`],
        ['N', say`No`],
        ['S', say`Again`],
      ],
      ui.press,
    );
  }
  return null;
}

/** Render a question with its answers as keys. @param {string} text @param {string} [tone] */
function choice(text, answers, press, tone = '') {
  const cap = (key) => (key === 'Enter' ? say`Enter` : key);
  return html`<div class="ready__keys ready__ask" role="group" aria-labelledby="ask-h">
    <b id="ask-h" class=${tone} role="status">${text}</b> ${answers.map(
      ([key, label]) =>
        html`<button aria-keyshortcuts=${key === 'Esc' ? 'Escape' : key} @click=${() => press(key)}>
          <kbd>${cap(key)}</kbd><span>${label}</span>
        </button>`,
    )}
  </div>`;
}

/** @param {string} text */
const capital = (text) => text[0].toUpperCase() + text.slice(1);

/**
 * Render the reason of the operator's pause, before the sentence that explains the pause.
 * @param {OperatorView} mine
 */
export const why = (mine) =>
  mine?.state === 'paused' && mine.reason ? html`<b>${capital(reasonName(mine.reason))}.</b> ` : nothing;
