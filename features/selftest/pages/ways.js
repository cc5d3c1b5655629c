// What a call between two lines has shown of its two ways: a figure each, and what is wrong, in words.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../../js/shell/parts.js';
import { say } from '../../js/words/words.js';

/** @type {Record<WayFault, () => string>} */
const WORDS = {
  unheard: () => say`Nothing is heard.`,
  unusable_delay: () => say`Too late to talk.`,
  cut: () => say`Words are missing.`,
  faint: () => say`It arrives too softly.`,
  loud: () => say`It arrives too loudly.`,
  delayed: () => say`It arrives late.`,
  gaps: () => say`It arrives with gaps.`,
};

/** @param {number} figure @param {number} digits */
const local = (figure, digits) =>
  figure
    .toFixed(digits)
    .replace('-', '−')
    .replace('.', say`.`);

/** Whole decibels, of which none has no sign. @param {number} dB */
const level = (dB) => `${Math.round(dB) > 0 ? '+' : ''}${local(Math.round(dB) || 0, 0)} dB`;

/** @param {WayShown} way */
const figures = ({ level_db: dB, delay_ms: ms, lost_percent: lost }) =>
  dB === null || ms === null || lost === null
    ? nothing
    : html`<span class="num"
        >${ms} ms · ${level(dB)} ·
        ${say`lost`} ${local(lost, lost < 10 ? 1 : 0)}%</span
      >`;

/** @param {WayShown} way */
function verdict(way) {
  if (!way.proved && !way.faults.length)
    return word('warn', say`Too short: it takes ten seconds.`, 'ink-wait');
  return way.faults.length
    ? way.faults.map((fault) => word('warn', WORDS[fault](), way.proved ? 'ink-wait' : 'ink-bad'))
    : word('check', say`Heard well.`, 'ink-ok');
}

/** @param {LineTrial} trial */
export const ways = ({ ways: both }) =>
  both.map(
    (way) =>
      html`<section class="trial__line" aria-label="${way.speaker} → ${way.listener}">
        <h3>${way.speaker} → ${way.listener}</h3>
        <p>${verdict(way)} ${figures(way)}</p>
      </section>`,
  );
