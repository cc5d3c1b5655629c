// Beginning and pausing a shift: whether the alarm is heard, which phone will ring, and why one pauses.
// What is known of the sound lasts as long as the page does; the shift itself is the center's.

import { nothing } from '../../vendor/lit.js';
import { say } from '../words/words.js';
import { word } from '../shell/parts.js';
import { leftUs, wrapWord } from './wrap-up.js';
import * as sound from '../sound/sound.js';
import * as voice from '../voice/voice.js';

export const REASONS = ['break', 'meal', 'training', 'other'];

export const state = { pausing: false, asked: false, ending: null, heard: null, atMs: 0, output: '' };

/** Why an operator pauses, in words; what no console has said is shown as it is. @param {string} code */
export const reasonName = (code) =>
  ({
    break: say`break`,
    meal: say`meal`,
    training: say`training`,
    other: say`other`,
  })[code] ?? code;

/**
 * One operator's shift, with the reason of a pause, or what is left of a wrap-up, for the colleagues.
 * @param {OperatorView} one @param {number} nowUs
 */
export function shiftWord(one, nowUs) {
  const left = leftUs(one, nowUs);
  if (left > 0) return wrapWord(left);
  if (one.state === 'paused')
    return word('pause', one.reason ? `${say`Paused`}: ${reasonName(one.reason)}` : say`Paused`, 'ink-wait');
  return one.state === 'ready' ? word('check', say`Ready`, 'ink-ok') : word('todo', say`Off shift`, 'ink-2');
}

/**
 * How an operator is reached who is meant to have a line standing; nothing where each alert calls the phone.
 * @param {OperatorView} one
 */
export function reached(one) {
  if (one.line === 'on_demand' || one.state === 'off') return nothing;
  const [ic, name] = one.line === 'headset' ? ['headset', say`Headset`] : ['voice', say`Standing call`];
  if (one.line_state === 'answered') return word(ic, name, 'ink-ok');
  if (one.line_state === 'dialling' || one.line_state === 'ringing')
    return word('ring', say`Calling`, 'ink-wait');
  return word('warn', say`Phone`, 'ink-wait');
}

/** Whether no other operator could be called for an alert once I am away. @param {Ui} ui */
export function last(ui) {
  const others = ui.feed.operators.filter((one) => one.operator !== ui.feed.me.operator);
  return ui.feed.myShift() === 'ready' && !others.some((one) => one.state === 'ready');
}

/**
 * Order it; who ends the shift, and the last one of all, is asked once more.
 * @param {Ui} ui @param {string} key @param {ShiftState} shift
 */
function away(ui, key, shift, reason = '') {
  if (shift === 'off' || last(ui)) state.ending = { key, shift, reason };
  else ui.orders.shift(key, shift, reason);
  ui.draw();
}

/** A key of the ready view. True where it was one of these. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  const shift = ui.feed.myShift();
  if (asksEnter(ui)) {
    const {
      ending: { key: by, shift: to, reason },
    } = state;
    state.ending = null;
    if (key === 'Enter') ui.orders.shift(by, to, reason);
    ui.draw();
    return true;
  }
  if (state.pausing && shift === 'ready') {
    const reason = REASONS[Number(key) - 1];
    if (!reason && key !== 'Escape' && key !== 'P') return false;
    state.pausing = false;
    if (reason) away(ui, 'P', 'paused', reason);
    ui.draw();
    return true;
  }
  if (state.asked && (key === 'Y' || key === 'N')) {
    answer(ui, key === 'Y');
    return true;
  }
  if (key === 'P') {
    state.pausing = shift === 'ready';
    if (shift !== 'ready') ui.orders.shift('P', 'ready');
    if (shift === 'off') trySound(ui); // every shift begins with it
    ui.draw();
  } else if (key === 'O' && shift !== 'off') away(ui, 'O', 'off');
  else if (key === 'S') trySound(ui);
  else return false;
  return true;
}

/** Whether Enter is waited for before one goes away. @param {Ui} ui */
export const asksEnter = (ui) => state.ending !== null && ui.feed.myShift() !== 'off';

/** Whether the alarm was heard, and when, for another node's page; and there. */
export const heard = () => [state.heard, state.atMs];

/** @param {unknown} known */
export function heardBefore(known) {
  if (Array.isArray(known) && typeof known[0] === 'boolean' && typeof known[1] === 'number')
    [state.heard, state.atMs] = known;
}

/** Whether numbers are answers now, or Enter is. @param {Ui} ui */
export const asks = (ui) => (state.pausing && ui.feed.myShift() === 'ready') || asksEnter(ui);

/** An alert has come: whatever was asked is asked no longer. */
export function interrupted() {
  state.pausing = false;
  state.asked = false;
  state.ending = null;
}

/** @param {Ui} ui */
async function trySound(ui) {
  state.asked = true;
  state.pausing = false;
  ui.draw();
  await sound.unlocked();
  sound.once('try');
  voice.test();
  await findOutput();
  ui.draw();
}

/** @param {Ui} ui @param {boolean} yes */
function answer(ui, yes) {
  state.asked = false;
  state.heard = yes;
  state.atMs = Date.now();
  ui.draw();
}

/** Which output the browser has. It gives names only to pages that listen, which this one never does. */
async function findOutput() {
  const media = navigator.mediaDevices;
  const found = (await media?.enumerateDevices().catch(() => [])) ?? [];
  const outputs = found.filter((one) => one.kind === 'audiooutput');
  // Only Chromium lists outputs without being allowed to listen; of the others nothing follows from none.
  state.output = outputs.length ? outputs[0].label || 'some' : media && navigator.userAgentData ? 'none' : '';
}

navigator.mediaDevices?.addEventListener('devicechange', findOutput);

findOutput();
