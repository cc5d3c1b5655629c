// The findings of a test call in words: the voice of a line, and both directions between two lines.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../../js/shell/parts.js';
import { say } from '../../js/words/words.js';

/** Return the advice for a better gain. @param {VoiceShown} voice */
const gain = ({ better_gain_in_db: better }) =>
  better === null ? '' : say` Try ${Math.round(better)} dB in.`;

/** @type {Record<Finding, (voice: VoiceShown) => string>} */
const WORDS = {
  not_answered: () => say`Nobody answered: nothing is known of the voice.`,
  no_port: () => say`Its modem gives no voice to the centre.`,
  refused: () => say`The modem did not switch its voice on: its firmware may be for data alone.`,
  nothing: () => say`Nothing comes from the voice port.`,
  mute: () => say`Digital silence alone comes: the voice goes elsewhere.`,
  noise: () => say`Noise as loud as speech comes.`,
  rate: () => say`The voice runs at a wrong speed.`,
  not_taken: () => say`Whoever is called hears gaps.`,
  worn: () => say`The modem’s voice is worn.`,
  short: () => say`Too short: ten seconds on the line are needed.`,
  late: ({ opened_after_s: s }) => say`The voice opened ${Math.round(s)} s after the answer.`,
  lost: ({ lost_frames: n }) => say`${lasted(n)} of voice lost: another USB socket, another cable.`,
  drift: () => say`The modem’s clock is far off.`,
  loud: (voice) => say`Too loud, distorted.` + gain(voice),
  quiet: (voice) => say`Quiet.` + gain(voice),
  echo: ({ echo_db: dB }) => say`An echo comes back at ${Math.round(dB)} dB.`,
  no_voice: () => say`Nobody has spoken: the level is not known.`,
};

/** Return the duration of frames. @param {number} frames */
const lasted = (frames) => `${(frames * 20).toLocaleString()} ms`;

/**
 * Return the findings, one sentence each; without findings, that the voice works.
 * @param {VoiceShown} voice
 */
export const findings = (voice) =>
  voice.findings.length ? voice.findings.map((one) => WORDS[one](voice)) : [say`The voice works both ways.`];

/** @type {Record<WayFault, () => string>} */
const FAULTS = {
  unheard: () => say`Nothing is heard.`,
  unusable_delay: () => say`Too late to talk.`,
  cut: () => say`Words are missing.`,
  faint: () => say`It arrives too softly.`,
  loud: () => say`It arrives too loudly.`,
  delayed: () => say`It arrives late.`,
  gaps: () => say`It arrives with gaps.`,
};

/** Return a number in the page's language. @param {number} figure @param {number} digits */
const local = (figure, digits) =>
  figure
    .toFixed(digits)
    .replace('-', '−')
    .replace('.', say`.`);

/** Return a level in whole decibels; zero has no sign. @param {number} dB */
const level = (dB) => `${Math.round(dB) > 0 ? '+' : ''}${local(Math.round(dB) || 0, 0)} dB`;

/** Render the figures of one direction. @param {WayShown} way */
const figures = ({ level_db: dB, delay_ms: ms, lost_percent: lost }) =>
  dB === null || ms === null || lost === null
    ? nothing
    : html`<span class="num"
        >${ms} ms · ${level(dB)} ·
        ${say`lost`} ${local(lost, lost < 10 ? 1 : 0)}%</span
      >`;

/** Render the verdict on one direction. @param {WayShown} way */
function verdict(way) {
  if (!way.proved && !way.faults.length)
    return word('warn', say`Too short: it takes ten seconds.`, 'ink-wait');
  return way.faults.length
    ? way.faults.map((fault) => word('warn', FAULTS[fault](), way.proved ? 'ink-wait' : 'ink-bad'))
    : word('check', say`Heard well.`, 'ink-ok');
}

/** Render both directions. @param {LineTrial} trial */
export const ways = ({ ways: both }) =>
  both.map(
    (way) =>
      html`<section class="trial__line" aria-label="${way.speaker} → ${way.listener}">
        <h3>${way.speaker} → ${way.listener}</h3>
        <p>${verdict(way)} ${figures(way)}</p>
      </section>`,
  );
