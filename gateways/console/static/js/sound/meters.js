// Level meters, drawn straight into the page ten times a second, beside all other drawing; never spoken. And
// what of a line is said in words: that it carries nothing, or that a machine speaks. What was not heard
// again within a second is shown as nothing.

import { html } from '../../vendor/lit.js';
import { say } from '../words/words.js';

const SEGMENTS = 20;
const DB_EACH = 3; // so that the meter spans 60 dB, as far as a telephone goes
const STALE_MS = 1000;
const NO_SOUND_MS = 3000;
/** @type {Which[]} */
const PARTIES = ['user', 'operator', 'psap'];

let newest = null; // {alert, user?, operator?, psap?}
let stale = 0;

/** A party's meter. Its segments are lit from here, not by the drawing of the page. @param {Which} which */
export const meter = (which) =>
  html`<span class="meter" data-meter=${which} aria-hidden="true"
    ><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i
    ><i></i><i></i><i></i><i></i><i></i
  ></span>`;

/** How many segments show this level. @param {LevelView} level */
export const lit = (level) =>
  level ? Math.max(0, Math.min(SEGMENTS, Math.ceil(SEGMENTS + level.dbfs / DB_EACH))) : 0;

/**
 * Whether the party's line has carried no sound at all for some seconds: not even a microphone's noise.
 * @param {string} alert @param {Which} which
 */
export const noSound = (alert, which) =>
  newest?.alert === alert && (newest[which]?.silent_ms ?? 0) >= NO_SOUND_MS;

/**
 * What a machine says on the party's line, as far as it was recognised: a hint, and for no decision.
 * @param {string} alert @param {Which} which
 */
export const tone = (alert, which) =>
  (newest?.alert === alert && TONES[newest[which]?.tone]?.(which === 'user')) || '';

const on = (ofUser) => (ofUser ? say`on her line` : say`on the line`);
const TONES = {
  busy: (ofUser) => `${say`Busy tone`} ${on(ofUser)}`,
  congestion: (ofUser) => `${say`Congestion tone`} ${on(ofUser)}`,
  ringing: (ofUser) => `${say`Ringing tone`} ${on(ofUser)}`,
  dial: (ofUser) => `${say`Dial tone`} ${on(ofUser)}`,
  fax: (ofUser) => `${say`A fax`} ${on(ofUser)}`,
};

const words = () =>
  newest ? PARTIES.map((which) => [noSound(newest.alert, which), newest[which]?.tone ?? '']).join() : '';

function paint() {
  for (const element of document.querySelectorAll('[data-meter]')) {
    const level = newest?.[element.dataset.meter];
    const segments = lit(level);
    element.toggleAttribute('data-voice', Boolean(level?.voice));
    [...element.children].forEach((one, at) => one.classList.toggle('on', at < segments));
  }
}

/** Take what the center says; whether the page's words change by it. @param {Levels} said */
export function heard(said) {
  const before = words();
  newest = said;
  clearTimeout(stale);
  stale = setTimeout(() => {
    newest = null;
    paint();
  }, STALE_MS);
  paint();
  return words() !== before;
}
