// How the headset stands, in words: where its operator waits, in the bar, over a case.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../shell/parts.js';
import { either } from '../words/words.js';
import { lineName } from '../words/format.js';
import * as line from './line.js';
import {
  MICROPHONE,
  SPEAKER,
  begin,
  gone,
  hushed,
  mute,
  open,
  standing,
  state,
  takes,
  used,
} from './voice.js';

const told = () => STATES[hushed() ? 'hushed' : mute() ? 'mute' : state.is]();

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
  mute: () => [
    'mute',
    'ink-bad',
    either('Microfono muto', 'Microphone is silent'),
    either(
      'È spento sulle cuffie? Accendilo, o scegli quello giusto',
      'Is it off on the headset? Switch it on, or choose the right one',
    ),
  ],
  deaf: () => [
    'mute',
    'ink-bad',
    either('Microfono muto', 'Microphone is silent'),
    either(
      'Accendilo sulle cuffie e parla: finché tace gli allarmi fanno squillare il tuo telefono',
      'Switch it on and speak: while it is silent alerts ring your phone',
    ),
  ],
  lost: () => [
    'nolink',
    'ink-bad',
    either('Scollegate, riprovo', 'Disconnected, trying again'),
    either('Chi chiama non ti sente', 'Callers do not hear you'),
  ],
  replaced: () => [
    'link',
    'ink-2',
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

/** Whether a new alert is heard in the headset, be it by another window. @param {Feed} feed */
export const comes = (feed) => takes(feed) || (used(feed) && standing(feed).elsewhere);

export const offText = () =>
  either(
    'Gli allarmi non arrivano nelle tue cuffie finché non inizi il turno.',
    'Alerts do not come to your headset until you start your shift.',
  );

export const startSub = () =>
  either(
    'Da ora gli allarmi arrivano in cuffia. Accende anche il suono.',
    'From now on alerts come to your headset. Turns the sound on, too.',
  );

/**
 * What to do while the center is out of reach, and the operator's voice with it; null where that is on a
 * telephone.
 * @param {Feed} feed @param {CaseView} view
 */
export const whenLost = (feed, view) =>
  !used(feed) || line.byPhone(view, feed.me)
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
  const { feed } = ui;
  if (!used(feed)) return nothing;
  const said = line.claim(standing(feed), ui.screen.mineNow(), feed.me);
  const [ic, tone, text] = {
    phone: () => ['phone', '', either('Parli dal telefono', 'You speak by phone')],
    elsewhere: () => told(),
    unheard: () => ['warn', '', told()[2]],
    '': () => ['headset', state.is === 'live' ? 'ink-ok' : '', either('Cuffie', 'Headset')],
  }[said]();
  return html`<span
    class=${said === 'unheard' ? 'ink-bad' : ''}
    data-headset=${state.is}
    data-says=${said || nothing}
    title=${text}
    >${word(ic, text, tone)}</span
  >`;
}

/**
 * Where the voice is, if anything is to be said of it over the operator's own case.
 * @param {Ui} ui @param {CaseView} view
 */
export function banner(ui, view) {
  const { feed } = ui;
  if (!used(feed) || view.operator !== feed.me.operator) return null;
  const headset = standing(feed);
  const [, , title, advice] = told();
  switch (line.claim(headset, view, feed.me)) {
    case 'phone':
      return { icon: 'phone', tone: 'note', title: onPhone(view), text: whereHeadset(ui, view), aside: '' };
    case 'elsewhere':
      return {
        icon: 'headset',
        tone: 'note',
        title: either('La tua voce è nell’altra finestra.', 'Your voice is in the other window.'),
        text: either(html`Per averla qui: ${KEY}`, html`To have it here: ${KEY}`),
        aside: '',
      };
    case 'unheard':
      return {
        icon: 'headset',
        tone: 'bad',
        title: either(`Non ti sentono. ${title}`, `You are not heard. ${title}`),
        text: advice,
        aside: '',
      };
    default:
      return null;
  }
}

/**
 * On the operator's own tile: the key that takes the voice from the telephone to the headset.
 * @param {Ui} ui @param {CaseView} view @param {Which} which
 */
export function offer(ui, view, which) {
  if (which !== 'operator' || !canComeBack(ui, view)) return nothing;
  return html`<button class="btn" data-key="G" aria-keyshortcuts="G" @click=${() => ui.press('G')}>
    <kbd>G</kbd><span>${either('Torna in cuffia', 'Back to the headset')}</span>
  </button>`;
}

/** @param {CaseView} view */
const onPhone = (view) =>
  either(
    `Parli dal telefono (${lineName(view.operator_leg.line)}).`,
    `You speak by phone (${lineName(view.operator_leg.line)}).`,
  );

/** The way back to the headset, or why there is none. @param {Ui} ui @param {CaseView} view */
function whereHeadset(ui, view) {
  const headset = standing(ui.feed);
  const [, , title, advice] = told();
  if (canComeBack(ui, view))
    return either(
      html`Riaggancia, o ${KEY}, e sei in cuffia.`,
      html`Hang up, or ${KEY}, to be on your headset.`,
    );
  if (headset.gone || headset.mute) return html`${either('Cuffie', 'Headset')}: ${title}. ${advice}`;
  return '';
}

/** @param {Ui} ui @param {CaseView} view */
const canComeBack = ({ feed }, view) =>
  used(feed) &&
  feed.link === 'live' &&
  view?.operator === feed.me.operator &&
  line.comesBack(standing(feed), view, feed.me);

/** G: take the voice from the telephone to the headset. True where it was ordered. @param {Ui} ui */
export function back(ui) {
  const view = ui.screen.selected();
  if (!canComeBack(ui, view)) return false;
  ui.orders.order('G', 'another_line', null, 'operator');
  return true;
}
