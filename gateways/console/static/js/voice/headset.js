// How the headset stands, in words: where its operator waits, in the bar, over a case.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../shell/parts.js';
import { either } from '../words/words.js';
import { MICROPHONE, SPEAKER, begin, gone, hushed, open, state, used } from './voice.js';

const told = () => STATES[hushed() ? 'hushed' : state.is]();

const KEY = html`<kbd>G</kbd>`;

const STATES = {
  off: () => [
    'todo',
    'ink-2',
    either('Si collegano con il turno', 'Connected with your shift'),
    either('Il browser ti chiederà il microfono', 'The browser will ask for the microphone'),
  ],
  insecure: () => [
    'warn',
    'ink-bad',
    either('Qui non è possibile', 'Not possible here'),
    either(
      'Il browser dà il microfono solo a pagine cifrate: apri la console con https://',
      'The browser gives the microphone to encrypted pages only: open the console with https://',
    ),
  ],
  asking: () => [
    'headset',
    'ink-wait',
    either('Consenti il microfono', 'Allow the microphone'),
    either('Il browser te lo chiede, in alto a sinistra', 'The browser asks you, at the top left'),
  ],
  denied: () => [
    'warn',
    'ink-bad',
    either('Microfono non consentito', 'Microphone not allowed'),
    either(
      html`Consentilo accanto all’indirizzo della pagina, poi ${KEY}`,
      html`Allow it beside the page’s address, then ${KEY}`,
    ),
  ],
  none: () => [
    'warn',
    'ink-bad',
    either('Nessun microfono', 'No microphone'),
    either('Collega le cuffie', 'Plug in your headset'),
  ],
  failed: () => [
    'warn',
    'ink-bad',
    either('Il microfono non risponde', 'The microphone does not answer'),
    either(
      html`Forse lo usa un altro programma. Poi ${KEY}`,
      html`Another program may be using it. Then ${KEY}`,
    ),
  ],
  blocked: () => [
    'hush',
    'ink-bad',
    either('Audio fermo', 'Sound is stopped'),
    either('Premi un tasto qualsiasi', 'Press any key'),
  ],
  connecting: () => ['link', 'ink-wait', either('Si collegano…', 'Connecting…'), ''],
  live: () => [
    'check',
    'ink-ok',
    state.call ? either('In linea', 'On the line') : either('Collegate', 'Connected'),
    either('Tienile addosso: gli allarmi arrivano qui.', 'Keep it on: alerts come here.'),
  ],
  hushed: () => [
    'mute',
    'ink-bad',
    either('Microfono spento', 'Microphone is off'),
    either('L’hanno spento le cuffie o il sistema', 'The headset or the system has switched it off'),
  ],
  lost: () => [
    'nolink',
    'ink-bad',
    either('Scollegate, riprovo', 'Disconnected, trying again'),
    either('Chi chiama non ti sente', 'Callers do not hear you'),
  ],
  replaced: () => [
    'warn',
    'ink-bad',
    either('In un’altra finestra', 'In another window'),
    either(html`La tua voce è là. Per averla qui ${KEY}`, html`Your voice is there. To have it here ${KEY}`),
  ],
  'signed-off': () => ['nolink', 'ink-bad', either('Accedi di nuovo', 'Sign on again'), ''],
};

/** How it stands, on the page between alerts. */
export function headsetState() {
  const [ic, tone, text, advice] = told();
  return html`<span data-headset=${state.is}>${word(ic, text, tone)}</span><small>${advice}</small> ${
    open
      ? html`${level()}
            <div class="devices">
              ${choice(
                MICROPHONE,
                either('Microfono', 'Microphone'),
                state.microphones,
              )}${choice(SPEAKER, either('Ascolto', 'Speaker'), state.speakers)}
            </div>`
      : nothing
  }`;
}

/** The operator's own microphone, moving; drawn past the page, and never spoken. */
const level = () =>
  html`<span class="meter meter--own" data-own aria-hidden="true"
    ><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i
    ><i></i><i></i><i></i><i></i><i></i
  ></span>`;

/** @param {string} key @param {string} label */
function choice(key, label, devices) {
  if (devices.length < 2) return nothing;
  const chosen = localStorage.getItem(key) ?? 'default';
  return html`<label
    ><span class="sr">${label}</span
    ><select
      @keydown=${(e) => e.stopPropagation()}
      @change=${(e) => {
        localStorage.setItem(key, e.target.value);
        begin();
      }}>
      ${devices.map(
        (one) =>
          html`<option value=${one.deviceId} ?selected=${one.deviceId === chosen}>
            ${one.label || label}
          </option>`,
      )}
    </select></label
  >`;
}

/** What a new alert does where no telephone rings. */
export const readyText = () =>
  either(
    'Nessun allarme è tuo. Un nuovo allarme occupa tutto lo schermo e lo senti in cuffia.',
    'No alert is yours. A new one takes the whole screen and you hear it in your headset.',
  );

/**
 * What to do while the center is out of reach, and the operator's voice with it; null where that is on a
 * telephone.
 * @param {Feed} feed
 */
export const whenLost = (feed) =>
  !used(feed)
    ? null
    : gone()
      ? either(
          'Non ti sentono. Se dura, squilla il tuo telefono: rispondi.',
          'You are not heard. If it lasts your phone rings: answer it.',
        )
      : either('Continua a parlare.', 'Keep talking.');

export const acknowledgeSub = () =>
  either(
    'Ferma il suono e apre il caso. Parla per prendere la chiamata.',
    'Stops the sound and opens the case. Speak to take the call.',
  );

/** The operator's voice is in the call already: what makes the call the operator's. */
export const comesIn = () => either('È nelle tue cuffie: parla', 'It is in your headset: speak');

/** In the bar, in every view. @param {Ui} ui */
export function inBar(ui) {
  if (!used(ui.feed)) return nothing;
  const bad = gone() || hushed();
  const text = bad ? told()[2] : either('Cuffie', 'Headset');
  return html`<span class=${bad ? 'ink-bad' : ''} data-headset=${state.is}
    >${word(bad ? 'warn' : 'headset', text, state.is === 'live' ? 'ink-ok' : '')}</span
  >`;
}

/** Over the operator's own case: that the voice is not heard. */
export function banner(mine) {
  if (!mine || !(gone() || hushed())) return null;
  const [, , title, advice] = told();
  return {
    icon: 'headset',
    tone: 'bad',
    title: either(`Non ti sentono. ${title}`, `You are not heard. ${title}`),
    text: advice,
    aside: '',
  };
}
