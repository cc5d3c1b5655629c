// What a call between two lines has shown of its two ways: a figure each, and what is wrong, in words.

import { html, nothing } from '../../../vendor/lit.js';
import { word } from '../../shell/parts.js';
import { either } from '../../words/words.js';

/** @type {Record<WayFault, () => string>} */
const WORDS = {
  unheard: () => either('Non si sente nulla.', 'Nothing is heard.'),
  unusable_delay: () => either('Con questo ritardo non si può parlare.', 'Too late to talk.'),
  cut: () => either('Mancano parole.', 'Words are missing.'),
  faint: () => either('Arriva troppo piano.', 'It arrives too softly.'),
  loud: () => either('Arriva troppo forte.', 'It arrives too loudly.'),
  delayed: () => either('Arriva in ritardo.', 'It arrives late.'),
  gaps: () => either('Arriva con buchi.', 'It arrives with gaps.'),
};

/** @param {number} figure @param {number} digits */
const local = (figure, digits) => figure.toFixed(digits).replace('-', '−').replace('.', either(',', '.'));

/** Whole decibels, of which none has no sign. @param {number} dB */
const level = (dB) => `${Math.round(dB) > 0 ? '+' : ''}${local(Math.round(dB) || 0, 0)} dB`;

/** @param {WayShown} way */
const figures = ({ level_db: dB, delay_ms: ms, lost_percent: lost }) =>
  dB === null || ms === null || lost === null
    ? nothing
    : html`<span class="num"
        >${ms} ms · ${level(dB)} ·
        ${either('perso', 'lost')} ${local(lost, lost < 10 ? 1 : 0)}%</span
      >`;

/** @param {WayShown} way */
function verdict(way) {
  if (!way.proved && !way.faults.length)
    return word(
      'warn',
      either('Troppo breve: servono dieci secondi.', 'Too short: it takes ten seconds.'),
      'ink-wait',
    );
  return way.faults.length
    ? way.faults.map((fault) => word('warn', WORDS[fault](), way.proved ? 'ink-wait' : 'ink-bad'))
    : word('check', either('Si sente bene.', 'Heard well.'), 'ink-ok');
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
