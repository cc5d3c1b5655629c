// The start, pause and end of a shift: the test of the alarm's sound, the reason of a pause. The sound's
// state lasts as long as the page; the shift itself is stored by the center.

import { nothing } from '../../vendor/lit.js';
import { say } from '../words/words.js';
import { word } from '../shell/parts.js';
import { leftUs, wrapUpWord } from './wrap-up.js';
import * as sound from '../sound/sound.js';
import * as voice from '../voice/voice.js';

export const REASONS = ['break', 'meal', 'training', 'other'];

export const state = { pausing: false, soundQuestion: false, ending: null, heard: null, atMs: 0, output: '' };

/** Return the reason of a pause in words; an unknown code is shown as it is. @param {string} code */
export const reasonName = (code) =>
  ({
    break: say`break`,
    meal: say`meal`,
    training: say`training`,
    other: say`other`,
  })[code] ?? code;

/**
 * Render an operator's shift for the other operators: the state with the reason of a pause, or the rest of a
 * wrap-up.
 * @param {OperatorView} one @param {number} nowUs
 */
export function shiftWord(one, nowUs) {
  const left = leftUs(one, nowUs);
  if (left > 0) return wrapUpWord(left);
  if (one.state === 'paused')
    return word('pause', one.reason ? `${say`Paused`}: ${reasonName(one.reason)}` : say`Paused`, 'ink-wait');
  return one.state === 'ready' ? word('check', say`Ready`, 'ink-ok') : word('todo', say`Off shift`, 'ink-2');
}

/**
 * Render how an operator with a standing line is reached; nothing if each alert calls the operator's phone.
 * @param {OperatorView} one
 */
export function lineWord(one) {
  if (one.line === 'on_demand' || one.state === 'off') return nothing;
  const [ic, name] = one.line === 'headset' ? ['headset', say`Headset`] : ['voice', say`Standing call`];
  if (one.line_state === 'answered') return word(ic, name, 'ink-ok');
  if (one.line_state === 'dialling' || one.line_state === 'ringing')
    return word('ring', say`Calling`, 'ink-wait');
  return word('warn', say`Phone`, 'ink-wait');
}

/**
 * Return true if no other operator could be called for an alert once the operator of this page is away.
 * @param {Ui} ui
 */
export function isLastReady(ui) {
  const others = ui.feed.operators.filter((one) => one.operator !== ui.feed.me.operator);
  return ui.feed.myShift() === 'ready' && !others.some((one) => one.state === 'ready');
}

/**
 * Pause or end the shift. The end of a shift, and a pause of the last ready operator, must be confirmed.
 * @param {Ui} ui @param {string} key @param {ShiftState} shift
 */
function leaveShift(ui, key, shift, reason = '') {
  if (shift === 'off' || isLastReady(ui)) state.ending = { key, shift, reason };
  else ui.commands.changeShift(key, shift, reason);
  ui.draw();
}

/**
 * Act on a key of the ready view; return true if the key belongs to the shift.
 * @param {Ui} ui @param {string} key
 */
export function pressed(ui, key) {
  const shift = ui.feed.myShift();
  if (waitsForEnter(ui)) {
    const {
      ending: { key: by, shift: to, reason },
    } = state;
    state.ending = null;
    if (key === 'Enter') ui.commands.changeShift(by, to, reason);
    ui.draw();
    return true;
  }
  if (state.pausing && shift === 'ready') {
    const reason = REASONS[Number(key) - 1];
    if (!reason && key !== 'Escape' && key !== 'P') return false;
    state.pausing = false;
    if (reason) leaveShift(ui, 'P', 'paused', reason);
    ui.draw();
    return true;
  }
  if (state.soundQuestion && (key === 'Y' || key === 'N')) {
    answer(ui, key === 'Y');
    return true;
  }
  if (key === 'P') {
    state.pausing = shift === 'ready';
    if (shift !== 'ready') ui.commands.changeShift('P', 'ready');
    if (shift === 'off') trySound(ui); // every shift begins with a test of the sound
    ui.draw();
  } else if (key === 'O' && shift !== 'off') leaveShift(ui, 'O', 'off');
  else if (key === 'S') trySound(ui);
  else return false;
  return true;
}

/** Return true while a pause or the end of the shift waits for Enter. @param {Ui} ui */
export const waitsForEnter = (ui) => state.ending !== null && ui.feed.myShift() !== 'off';

/** Return the result of the sound test and its time, for the page of another node. */
export const soundResult = () => [state.heard, state.atMs];

/** Restore the result of the sound test from another node's page. @param {unknown} known */
export function restoreSoundResult(known) {
  if (Array.isArray(known) && typeof known[0] === 'boolean' && typeof known[1] === 'number')
    [state.heard, state.atMs] = known;
}

/** Return true while numbers or Enter answer a question. @param {Ui} ui */
export const isAsking = (ui) => (state.pausing && ui.feed.myShift() === 'ready') || waitsForEnter(ui);

/** Cancel all questions: an alert has arrived. */
export function cancelQuestions() {
  state.pausing = false;
  state.soundQuestion = false;
  state.ending = null;
}

/** Test the alarm's sound, and ask the operator for the result. @param {Ui} ui */
async function trySound(ui) {
  state.soundQuestion = true;
  state.pausing = false;
  ui.draw();
  await sound.unlockAndWait();
  sound.playOnce('try');
  voice.playTone();
  await findOutput();
  ui.draw();
}

/** Store the operator's answer to the sound test. @param {Ui} ui @param {boolean} yes */
function answer(ui, yes) {
  state.soundQuestion = false;
  state.heard = yes;
  state.atMs = Date.now();
  ui.draw();
}

/**
 * Find the browser's sound output. Browsers name outputs only to pages that record sound, which this page
 * never does.
 */
async function findOutput() {
  const media = navigator.mediaDevices;
  const found = (await media?.enumerateDevices().catch(() => [])) ?? [];
  const outputs = found.filter((one) => one.kind === 'audiooutput');
  // Only Chromium lists outputs without permission to record; in other browsers an empty list means nothing.
  state.output = outputs.length ? outputs[0].label || 'some' : media && navigator.userAgentData ? 'none' : '';
}

navigator.mediaDevices?.addEventListener('devicechange', findOutput);

findOutput();
