// A line's signal in bars and words, as on phones. The bars have a hysteresis.

import { html, nothing } from '../../vendor/lit.js';
import { phrase, say } from '../words/words.js';

const FROM_DBM = [-107, -103, -97, -89]; // the least for one bar to four: +CSQ 3, 5, 8 and 12 (27.007, 8.5)
const FALLS_BY_DB = 2; // hysteresis: the readings of a modem alternate between two steps of 2 dB
const STRENGTH = [phrase`no signal`, phrase`weak`, phrase`fair`, phrase`good`, phrase`strong`];

const shown = new Map(); // the bars shown last, by line

/** Return 0 to 4 bars for a strength; `before`: the bars shown last. Pure. @param {number} dbm */
export function bars(dbm, before = 0) {
  const lit = FROM_DBM.filter((least) => dbm >= least).length;
  return lit < before ? Math.min(before, FROM_DBM.filter((least) => dbm >= least - FALLS_BY_DB).length) : lit;
}

/**
 * Render the line's signal; nothing if the modem reports none, or is not ready.
 * @param {LineView} line
 */
export function signal(line) {
  if (line?.state !== 'ready' || typeof line.signal_dbm !== 'number') return nothing;
  const lit = bars(line.signal_dbm, shown.get(line.line));
  shown.set(line.line, lit);
  const strength = STRENGTH[lit]();
  const tone = lit <= 1 ? 'ink-wait' : '';
  return html`<span class=${tone || 'wide ink-3'} aria-hidden="true">${strength}</span
    ><span
      class="signal ${tone}"
      role="img"
      aria-label=${say`signal: ${strength}, ${lit} of 4`}
      >${[1, 2, 3, 4].map((bar) => html`<i class=${bar <= lit ? 'on' : ''}></i>`)}</span
    >`;
}
