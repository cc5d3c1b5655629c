// What is asked of an operator between alerts, and how the sound stands.

import { html, nothing } from '../../vendor/lit.js';
import { either, t } from '../words/words.js';
import { word } from '../shell/parts.js';
import { REASONS, asksEnter, last, reasonName, state } from './shift.js';
import { nobodyOnCall } from './people.js';
import * as f from '../words/format.js';
import * as sound from '../sound/sound.js';
import * as voice from '../voice/voice.js';

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
        : sound.blocked()
          ? either('Premi un tasto qualsiasi', 'Press any key')
          : output;
  return html`${word(ic, text, tone)}<small
      class=${state.output === 'none' && state.heard === null ? 'ink-bad' : ''}
      >${advice}</small
    >`;
}

/** What to see to with the phone that is the operator's voice. @param {ShiftState} shift */
export const phoneAdvice = (shift) =>
  shift === 'off'
    ? either(
        'È quello accanto a te? Se no, dillo a chi amministra il centro.',
        'Is it the one beside you? If not, tell whoever runs the centre.',
      )
    : shift === 'paused'
      ? either('Gli allarmi squilleranno qui, quando riprendi.', 'Alerts will ring here, once you resume.')
      : either('Tienilo accanto: gli allarmi squillano qui.', 'Keep it beside you: alerts ring here.');

/** What is to be answered in place of the row of keys; null where nothing is. @param {Ui} ui */
export function question(ui) {
  if (asksEnter(ui)) {
    const what = state.ending.shift === 'off' ? t('endShift') : t('pause');
    return choice(
      !last(ui)
        ? either('Finisci il turno?', 'End your shift?')
        : nobodyOnCall()
          ? either(
              'Non c’è nessun altro disponibile: un allarme non chiamerebbe nessuno.',
              'You are the last one: an alert would call nobody.',
            )
          : either(
              'Non c’è nessun altro disponibile: un allarme chiamerebbe solo i reperibili.',
              'You are the last one: an alert would call only those on call.',
            ),
      [
        ['Enter', what],
        ['Esc', t('back')],
      ],
      (key) => ui.press(key === 'Esc' ? 'Escape' : key),
      last(ui) ? 'ink-bad' : '',
    );
  }
  if (state.pausing && ui.feed.myShift() === 'ready') {
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

/** @param {string} text @param {string} [tone] */
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

/** @param {string} text */
const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** Why the operator pauses, before the sentence that says what it means. @param {OperatorView} mine */
export const why = (mine) =>
  mine?.state === 'paused' && mine.reason ? html`<b>${capital(reasonName(mine.reason))}.</b> ` : nothing;
