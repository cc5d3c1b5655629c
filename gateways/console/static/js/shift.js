// Beginning and pausing a shift: whether the alarm is heard, which phone will ring, and why she pauses.
// What is known of the sound lasts as long as the page does; the shift itself is the center's.

import { html, nothing } from '../vendor/lit.js';
import { either, t } from './words.js';
import * as f from './format.js';
import * as sound from './sound.js';
import * as voice from './voice.js';
import { word } from './parts.js';
import { leftUs, wrapWord } from './wrapup.js';

const REASONS = ['break', 'meal', 'training', 'other'];
const state = { pausing: false, asked: false, ending: null, heard: null, atMs: 0, output: '' };

/** Why she pauses, in words; what no console has said is shown as it is. */
export const reasonName = (code) =>
  ({
    break: either('riposo', 'break'),
    meal: either('pasto', 'meal'),
    training: either('formazione', 'training'),
    other: either('altro', 'other'),
  })[code] ?? code;

/** One operator's shift, with the reason of a pause, or what is left of her wrap-up, for her colleagues. */
export function shiftWord(one, nowUs) {
  const left = leftUs(one, nowUs);
  if (left > 0) return wrapWord(left);
  if (one.state === 'paused')
    return word('pause', one.reason ? `${t('paused')}: ${reasonName(one.reason)}` : t('paused'), 'ink-wait');
  return one.state === 'ready' ? word('check', t('ready'), 'ink-ok') : word('todo', t('off'), 'ink-2');
}

/**
 * How she is reached where she is meant to have a line of her own; nothing where each alert calls her phone.
 */
export function reached(one) {
  if (one.line === 'on_demand' || one.state === 'off') return nothing;
  const [ic, name] =
    one.line === 'headset'
      ? ['headset', either('Cuffie', 'Headset')]
      : ['voice', either('Chiamata fissa', 'Standing call')];
  if (one.line_state === 'answered') return word(ic, name, 'ink-ok');
  if (one.line_state === 'dialling' || one.line_state === 'ringing')
    return word('ring', either('Chiamata', 'Calling'), 'ink-wait');
  return word('warn', t('phone'), 'ink-wait');
}

/** Whether nobody else could be called for an alert once I am away. */
export function last(ui) {
  const others = ui.feed.operators.filter((one) => one.operator !== ui.feed.me.operator);
  return ui.myShift() === 'ready' && !others.some((one) => one.state === 'ready');
}

/** Order it; the last one of all is asked once more. */
function away(ui, key, shift, reason, order) {
  if (last(ui)) state.ending = { key, shift, reason };
  else order(key, shift, reason);
  ui.redraw();
}

/** A key of the ready view. True where it was one of these; `order(key, state, reason)` sends the shift. */
export function pressed(ui, key, order) {
  const shift = ui.myShift();
  if (asksEnter(ui)) {
    const {
      ending: { key: by, shift: to, reason },
    } = state;
    state.ending = null;
    if (key === 'Enter') order(by, to, reason);
    ui.redraw();
    return true;
  }
  if (state.pausing && shift === 'ready') {
    const reason = REASONS[Number(key) - 1];
    if (!reason && key !== 'Escape' && key !== 'P') return false;
    state.pausing = false;
    if (reason) away(ui, 'P', 'paused', reason, order);
    ui.redraw();
    return true;
  }
  if (state.asked && (key === 'Y' || key === 'N')) {
    answer(ui, key === 'Y');
    return true;
  }
  if (key === 'P') {
    state.pausing = shift === 'ready';
    if (shift !== 'ready') order('P', 'ready');
    if (shift === 'off') trySound(ui); // every shift begins with it
    ui.redraw();
  } else if (key === 'O') away(ui, 'O', 'off', undefined, order);
  else if (key === 'S') trySound(ui);
  else return false;
  return true;
}

/** Whether the last one is being asked. */
export const asksEnter = (ui) => state.ending !== null && ui.myShift() === 'ready';

/** What is known of her hearing the alarm, for another node's page; and there. */
export const heard = () => [state.heard, state.atMs];
export function heardBefore(known) {
  if (Array.isArray(known) && typeof known[0] === 'boolean' && typeof known[1] === 'number')
    [state.heard, state.atMs] = known;
}

/** Whether numbers are answers now, or Enter is. */
export const asks = (ui) => (state.pausing && ui.myShift() === 'ready') || asksEnter(ui);

/** An alert has come: whatever was asked is asked no longer. */
export function interrupted() {
  state.pausing = false;
  state.asked = false;
  state.ending = null;
}

async function trySound(ui) {
  state.asked = true;
  state.pausing = false;
  ui.redraw();
  await sound.unlocked();
  sound.once('try');
  voice.test();
  await findOutput();
  ui.redraw();
}

function answer(ui, yes) {
  state.asked = false;
  state.heard = yes;
  state.atMs = Date.now();
  ui.redraw();
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

/** The alarm's sound as far as it is known: on, heard, not heard, blocked; and the output. */
export function soundState() {
  const output =
    {
      '': either('Il browser non dice quale uscita usa', 'The browser does not say which output it uses'),
      some: either('Il browser ha un’uscita audio', 'The browser has a sound output'),
      none: either(
        'Nessuna uscita audio: collega le cuffie o un altoparlante',
        'No sound output: connect a headset or speaker',
      ),
    }[state.output] ?? state.output;
  const [ic, tone, text] =
    state.heard === false
      ? ['warn', 'ink-bad', either('Non sentito', 'Not heard')]
      : sound.blocked()
        ? ['hush', 'ink-wait', t('soundOff')]
        : state.heard
          ? [
              'check',
              'ink-ok',
              either(`Sentito alle ${f.clock(state.atMs * 1000)}`, `Heard at ${f.clock(state.atMs * 1000)}`),
            ]
          : ['voice', 'ink-wait', either('Attivo, non provato', 'On, not tried')];
  const advice =
    state.heard && state.output === 'none'
      ? ''
      : state.heard === false
        ? either(
            'Alza il volume, scegli l’uscita giusta, poi S',
            'Turn it up, choose the right output, then S',
          )
        : output;
  return html`${word(ic, text, tone)}<small
      class=${state.output === 'none' && state.heard === null ? 'ink-bad' : ''}
      >${advice}</small
    >`;
}

/** What she is to see to with her phone, which is her voice. */
export const phoneAdvice = (shift) =>
  shift === 'off'
    ? either(
        'È quello accanto a te? Se no, dillo a chi amministra il centro.',
        'Is it the one beside you? If not, tell whoever runs the centre.',
      )
    : either('Tienilo accanto: gli allarmi squillano qui.', 'Keep it beside you: alerts ring here.');

/** What is to be answered in place of the row of keys; null where nothing is. */
export function question(ui) {
  if (asksEnter(ui)) {
    const what = state.ending.shift === 'off' ? t('endShift') : t('pause');
    return choice(
      either(
        'Non c’è nessun altro disponibile: un allarme chiamerebbe solo i reperibili.',
        'You are the last one: an alert would call only those on call.',
      ),
      [
        ['Enter', what],
        ['Esc', t('back')],
      ],
      (key) => ui.press(key === 'Esc' ? 'Escape' : key),
      'ink-bad',
    );
  }
  if (state.pausing && ui.myShift() === 'ready') {
    return choice(
      either('Perché vai in pausa?', 'Why do you pause?'),
      [...REASONS.map((code, i) => [String(i + 1), capital(reasonName(code))]), ['Esc', t('back')]],
      (key) => ui.press(key === 'Esc' ? 'Escape' : key),
    );
  }
  if (state.asked) {
    return choice(
      voice.used(ui.feed)
        ? either(
            'Hai sentito l’allarme, poi il tono in cuffia? Parla: la barra si muove?',
            'Did you hear the alarm, then the tone in your headset? Speak: does the bar move?',
          )
        : either('Hai sentito l’allarme?', 'Did you hear the alarm?'),
      [
        ['Y', either('Sì', 'Yes')],
        ['N', either('No', 'No')],
        ['S', either('Di nuovo', 'Again')],
      ],
      ui.press,
    );
  }
  return null;
}

function choice(text, answers, press, tone = '') {
  const cap = (key) => (key === 'Enter' ? t('enter') : key);
  return html`<div class="ready__keys ready__ask" role="group" aria-labelledby="ask-h">
    <b id="ask-h" class=${tone} role="status">${text}</b> ${answers.map(
      ([key, label]) =>
        html`<button aria-keyshortcuts=${key === 'Esc' ? 'Escape' : key} @click=${() => press(key)}>
          <kbd>${cap(key)}</kbd><span>${label}</span>
        </button>`,
    )}
  </div>`;
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** Why she pauses, before the sentence that says what it means. */
export const why = (mine) =>
  mine?.state === 'paused' && mine.reason ? html`<b>${capital(reasonName(mine.reason))}.</b> ` : nothing;
