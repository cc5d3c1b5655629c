// Level meters, updated ten times a second outside the page's rendering and hidden from screen readers; and
// the findings about a line in words: no sound, or a machine. Levels expire after a second.

import { html } from '../../vendor/lit.js';
import { say } from '../words/words.js';

const SEGMENTS = 20;
const DB_EACH = 3; // the meter spans 60 dB, the range of a telephone
const STALE_MS = 1000;
const NO_SOUND_MS = 3000;
/** @type {Which[]} */
const PARTIES = ['user', 'operator', 'psap'];

let newest = null; // {alert, user?, operator?, psap?}
let stale = 0;

/** Render a party's meter. Its segments are lit outside the page's rendering. @param {Which} which */
export const meter = (which) =>
  html`<span class="meter" data-meter=${which} aria-hidden="true"
    ><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i
    ><i></i><i></i><i></i><i></i><i></i
  ></span>`;

/** Return the number of lit segments for a level. @param {LevelView} level */
export const litSegments = (level) =>
  level ? Math.max(0, Math.min(SEGMENTS, Math.ceil(SEGMENTS + level.dbfs / DB_EACH))) : 0;

/**
 * Return true if the party's line has carried no sound at all for some seconds, not even noise.
 * @param {string} alert @param {Which} which
 */
export const noSound = (alert, which) =>
  newest?.alert === alert && (newest[which]?.silent_ms ?? 0) >= NO_SOUND_MS;

/**
 * Return the machine's sound recognised on the party's line, in words: a hint, on which no decision depends.
 * @param {string} alert @param {Which} which
 */
export const toneText = (alert, which) =>
  (newest?.alert === alert && TONES[newest[which]?.tone]?.(which === 'user')) || '';

/** Return the line in words. */
const on = (ofUser) => (ofUser ? say`on her line` : say`on the line`);
/** The words of each recognised sound. */
const TONES = {
  busy: (ofUser) => `${say`Busy tone`} ${on(ofUser)}`,
  congestion: (ofUser) => `${say`Congestion tone`} ${on(ofUser)}`,
  ringing: (ofUser) => `${say`Ringing tone`} ${on(ofUser)}`,
  dial: (ofUser) => `${say`Dial tone`} ${on(ofUser)}`,
  fax: (ofUser) => `${say`A fax`} ${on(ofUser)}`,
};

/** Return the findings that appear in words, to compare. */
const findings = () =>
  newest ? PARTIES.map((which) => [noSound(newest.alert, which), newest[which]?.tone ?? '']).join() : '';

/** Light the segments of all meters. */
function paint() {
  for (const element of document.querySelectorAll('[data-meter]')) {
    const level = newest?.[element.dataset.meter];
    const segments = litSegments(level);
    element.toggleAttribute('data-voice', Boolean(level?.voice));
    [...element.children].forEach((one, at) => one.classList.toggle('on', at < segments));
  }
}

/** Apply the center's levels. Return true if the page's words change. @param {Levels} levels */
export function receiveLevels(levels) {
  const before = findings();
  newest = levels;
  clearTimeout(stale);
  stale = setTimeout(() => {
    newest = null;
    paint();
  }, STALE_MS);
  paint();
  return findings() !== before;
}
