// One figure of ninety nights, as a small drawing that says itself in words.

import { html, svg } from '../../vendor/lit.js';
import { say } from '../../js/words/words.js';
import * as f from '../../js/words/format.js';
import { chartWord, figureWord, stepWord, subjectWord } from './proof-words.js';

const [W, H, EDGE] = [240, 48, 4];

/** @param {ProofSeries} series */
export function nights({ step, figure, subject, points }) {
  const there = points.filter((one) => one.value !== null);
  const values = there.map((one) => one.value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (i) => (points.length < 2 ? W / 2 : EDGE + (i * (W - 2 * EDGE)) / (points.length - 1));
  // A figure that never changes is a line in the middle.
  const y = (value) => (high === low ? H / 2 : EDGE + ((high - value) * (H - 2 * EDGE)) / (high - low));
  const path = points
    .map(({ value }, i) => (value === null ? null : `${x(i)} ${y(value)}`))
    .reduce((d, at, i, all) => (at === null ? d : `${d}${i && all[i - 1] !== null ? 'L' : 'M'}${at}`), '');
  const { at_us: lastAt, value: last } = there.at(-1);
  const bad = points.filter((one) => !one.good).length;
  const name = [stepWord(step), subjectWord(subject)].filter(Boolean).join(' ');
  const [from, to, now] = [low, high, last].map((value) => figureWord(figure, value));
  const spoken = [
    `${name}, ${chartWord(figure)}`,
    say`${there.length} nights, from ${from} to ${to}`,
    say`the last ${now} on ${f.shortDay(lastAt)}`,
    say`not well ${bad}`,
  ].join('; ');
  return html`<li>
    <p><b>${name}</b> <span class="ink-2">${chartWord(figure)}</span></p>
    <svg viewBox="0 0 ${W} ${H}" preserveAspectRatio="none" role="img" aria-label=${spoken}>
      ${svg`<path class="line" d="${path}"></path>`}
      ${points.map(({ value, good }, i) =>
        value === null || (good && there.length > 1)
          ? ''
          : svg`<circle class=${good ? 'val' : 'over'} cx="${x(i)}" cy="${y(value)}" r="3"></circle>`,
      )}
    </svg>
    <p class="num">${figureWord(figure, last)}</p>
  </li>`;
}
