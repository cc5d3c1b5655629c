// The state of the headset in words: beside the shift, in the bar, over a case.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../shell/parts.js';
import { pieces, say } from '../words/words.js';
import { lineName } from '../words/format.js';
import * as line from './line.js';
import {
  MICROPHONE_KEY,
  SPEAKER_KEY,
  start,
  isDisconnected,
  isSwitchedOff,
  isSilent,
  audio,
  headsetState,
  state,
  receivesAlerts,
  usesHeadset,
} from './voice.js';

/** Return the headset's state: [icon, tone, words, advice]. */
const stateWords = () => STATES[isSwitchedOff() ? 'hushed' : isSilent() ? 'mute' : state.is]();

const KEY = html`<kbd>G</kbd>`;

/** The words of each state: [icon, tone, words, advice]. */
const STATES = {
  off: () => ['todo', 'ink-2', say`Connected with your shift`, say`The browser will ask for the microphone`],
  insecure: () => [
    'warn',
    'ink-bad',
    say`Not possible here`,
    say`The browser gives the microphone to encrypted pages only: open the console with https://`,
  ],
  asking: () => [
    'headset',
    'ink-wait',
    say`Allow the microphone`,
    say`The browser asks you, at the top left`,
  ],
  denied: () => [
    'warn',
    'ink-bad',
    say`Microphone not allowed`,
    pieces`Allow it beside the page’s address, then ${KEY}`,
  ],
  none: () => ['warn', 'ink-bad', say`No microphone`, say`Plug in your headset`],
  failed: () => [
    'warn',
    'ink-bad',
    say`The microphone does not answer`,
    pieces`Another program may be using it. Then ${KEY}`,
  ],
  blocked: () => ['hush', 'ink-bad', say`Sound is stopped`, say`Press any key`],
  connecting: () => ['link', 'ink-wait', say`Connecting…`, ''],
  live: () => [
    'check',
    'ink-ok',
    state.call ? say`On the line` : say`Connected`,
    say`Keep it on: alerts come here.`,
  ],
  hushed: () => [
    'mute',
    'ink-bad',
    say`Microphone is off`,
    say`The headset or the system has switched it off`,
  ],
  mute: () => [
    'mute',
    'ink-bad',
    say`Microphone is silent`,
    say`Is it off on the headset? Switch it on, or choose the right one`,
  ],
  deaf: () => [
    'mute',
    'ink-bad',
    say`Microphone is silent`,
    say`Switch it on and speak: while it is silent alerts ring your phone`,
  ],
  lost: () => ['nolink', 'ink-bad', say`Disconnected, trying again`, say`Callers do not hear you`],
  replaced: () => [
    'link',
    'ink-2',
    say`In another window`,
    pieces`Your voice is there. To have it here ${KEY}`,
  ],
  'signed-off': () => ['nolink', 'ink-bad', say`Sign on again`, ''],
};

/** Render the headset's state, the microphone's level and the choice of devices. */
export function headsetPanel() {
  const [ic, tone, text, advice] = stateWords();
  return html`<span data-headset=${state.is}>${word(ic, text, tone)}</span><small>${advice}</small> ${
    audio
      ? html`${ownMeter()}
            <div class="devices">
              ${deviceChoice(
                MICROPHONE_KEY,
                say`Microphone`,
                state.microphones,
              )}${deviceChoice(SPEAKER_KEY, say`Speaker`, state.speakers)}
            </div>`
      : nothing
  }`;
}

/**
 * Render the meter of the operator's own microphone. Its segments are lit outside the page's rendering, and
 * are hidden from screen readers.
 */
const ownMeter = () =>
  html`<span class="meter meter--own" data-own aria-hidden="true"
    ><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i
    ><i></i><i></i><i></i><i></i><i></i
  ></span>`;

/** Render the choice of a microphone or speaker. @param {string} key @param {string} label */
function deviceChoice(key, label, devices) {
  if (devices.length < 2) return nothing;
  const chosen = localStorage.getItem(key) ?? 'default';
  return html`<label
    ><span class="sr">${label}</span
    ><select
      @keydown=${(e) => e.stopPropagation()}
      @change=${(e) => {
        localStorage.setItem(key, e.target.value);
        start();
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

/** Return how a new alert arrives in a headset. */
export const readyText = () =>
  say`No alert is yours. A new one takes the whole screen and you hear it in your headset.`;

/** Return true if a new alert is heard in the headset, in this window or another. @param {Feed} feed */
export const hearsAlerts = (feed) =>
  receivesAlerts(feed) || (usesHeadset(feed) && headsetState(feed).elsewhere);

/** Return that no alerts arrive before the shift. */
export const offText = () => say`Alerts do not come to your headset until you start your shift.`;

/** Return the effect of starting the shift. */
export const startSub = () => say`From now on alerts come to your headset. Turns the sound on, too.`;

/**
 * Return what to do while the center, and with it the operator's voice, cannot be reached; null if the voice
 * is on a telephone.
 * @param {Feed} feed @param {CaseView} view
 */
export const lostText = (feed, view) =>
  !usesHeadset(feed) || line.phoneLeg(view, feed.me)
    ? null
    : isDisconnected()
      ? say`You are not heard. If it lasts your phone rings: answer it.`
      : say`Keep talking.`;

/** Return the effect of acknowledging an alert. */
export const acknowledgeSub = () => say`Stops the sound and opens the case. Speak to take the call.`;

/** Return how to accept a call: the operator's voice is connected already, and speaking accepts the call. */
export const acceptText = () => say`It is in your headset: speak`;

/** Render the headset's state for the bar. @param {Ui} ui */
export function barItem(ui) {
  const { feed } = ui;
  if (!usesHeadset(feed)) return nothing;
  const message = line.messageFor(headsetState(feed), ui.screen.ownCase(), feed.me);
  const [ic, tone, text] = {
    phone: () => ['phone', '', say`You speak by phone`],
    elsewhere: () => stateWords(),
    unheard: () => ['warn', '', stateWords()[2]],
    '': () => ['headset', state.is === 'live' ? 'ink-ok' : '', say`Headset`],
  }[message]();
  return html`<span
    class=${message === 'unheard' ? 'ink-bad' : ''}
    data-headset=${state.is}
    data-says=${message || nothing}
    title=${text}
    >${word(ic, text, tone)}</span
  >`;
}

/**
 * Return the banner over the operator's own case on the operator's voice; null if there is nothing to report.
 * @param {Ui} ui @param {CaseView} view
 */
export function banner(ui, view) {
  const { feed } = ui;
  if (!usesHeadset(feed) || view.operator !== feed.me.operator) return null;
  const headset = headsetState(feed);
  const [, , title, advice] = stateWords();
  switch (line.messageFor(headset, view, feed.me)) {
    case 'phone':
      return { icon: 'phone', tone: 'note', title: onPhoneText(view), text: returnText(ui, view), aside: '' };
    case 'elsewhere':
      return {
        icon: 'headset',
        tone: 'note',
        title: say`Your voice is in the other window.`,
        text: pieces`To have it here: ${KEY}`,
        aside: '',
      };
    case 'unheard':
      return {
        icon: 'headset',
        tone: 'bad',
        title: say`You are not heard. ${title}`,
        text: advice,
        aside: '',
      };
    default:
      return null;
  }
}

/**
 * Render, on the operator's own tile, the key that moves the voice from the telephone to the headset.
 * @param {Ui} ui @param {CaseView} view @param {Which} which
 */
export function returnKey(ui, view, which) {
  if (which !== 'operator' || !mayReturn(ui, view)) return nothing;
  return html`<button class="btn" data-key="G" aria-keyshortcuts="G" @click=${() => ui.press('G')}>
    <kbd>G</kbd><span>${say`Back to the headset`}</span>
  </button>`;
}

/** Return that the operator speaks by phone, with the line. @param {CaseView} view */
const onPhoneText = (view) => say`You speak by phone (${lineName(view.operator_leg.line)}).`;

/**
 * Return how to move the voice to the headset, or why this is not possible.
 * @param {Ui} ui @param {CaseView} view
 */
function returnText(ui, view) {
  const headset = headsetState(ui.feed);
  const [, , title, advice] = stateWords();
  if (mayReturn(ui, view)) return pieces`Hang up, or ${KEY}, to be on your headset.`;
  if (headset.gone || headset.mute) return html`${say`Headset`}: ${title}. ${advice}`;
  return '';
}

/**
 * Return true if the voice can move from the telephone to the headset.
 * @param {Ui} ui @param {CaseView} view
 */
const mayReturn = ({ feed }, view) =>
  usesHeadset(feed) &&
  feed.link === 'live' &&
  view?.operator === feed.me.operator &&
  line.canReturn(headsetState(feed), view, feed.me);

/**
 * Move the voice from the telephone to the headset (key G). Return true if the command was sent.
 * @param {Ui} ui
 */
export function returnToHeadset(ui) {
  const view = ui.screen.selected();
  if (!mayReturn(ui, view)) return false;
  ui.commands.send('G', 'another_line', null, 'operator');
  return true;
}
