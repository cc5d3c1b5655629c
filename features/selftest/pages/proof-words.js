// The words for steps, results and figures of a self-test, with units.

import { number, phrase, say } from '../../js/words/words.js';
import * as f from '../../js/words/format.js';

const NB = '\u00a0';
const CLOCK_JUMP_MIN_S = 0.1; // a smaller jump of the clock has another cause

/** @type {Record<ProofStep, Phrase>} */
const STEPS = {
  voice: phrase`Voice`,
  emergency: phrase`112’s line`,
  text: phrase`SMS`,
  credit: phrase`Credit`,
  chain: phrase`Test alert`,
  journal: phrase`Journal`,
  audit: phrase`Audit`,
  backup: phrase`Backup`,
  clock: phrase`Clock`,
  certificate: phrase`Certificate`,
  disk: phrase`Disk`,
};

/** @type {Record<ProofWhy, Phrase>} */
const WHY = {
  '': () => '',
  excluded: phrase`the settings leave it out`,
  not_set: phrase`the settings name nothing for it`,
  no_other_line: phrase`no other line with a number`,
  line_down: phrase`the line is down`,
  line_in_use: phrase`the line was in use`,
  another_node: phrase`another node does it`,
  morning: phrase`the night was over`,
  not_called: phrase`the call came to nothing`,
  no_port: phrase`no voice port`,
  mute: phrase`nothing is heard`,
  deaf: phrase`nothing comes from the line`,
  delayed: phrase`the voice is late`,
  lossy: phrase`the voice has gaps`,
  faint: phrase`too soft or too loud`,
  not_received: phrase`it did not arrive`,
  not_sent: phrase`it did not leave`,
  no_credit: phrase`less than is wanted`,
  no_answer: phrase`no answer##proof`,
  damaged: phrase`not whole`,
  missing: phrase`it is not there`,
  old: phrase`it is old`,
  too_slow: phrase`not done in time`,
  clock_off: phrase`follows no server, or was moved`,
  expires: phrase`ends soon`,
  full_soon: phrase`full soon`,
  disk: phrase`it cannot be written to`,
  trouble: phrase`it could not be tried: see logs/`,
};

/** @type {Record<ProofState, () => [sign: string, text: string, kind: string]>} */
const STATES = {
  waits: () => ['clock', say`to be tried`, 'ink-2'],
  runs: () => ['clock', say`running`, 'ink-action'],
  ok: () => ['check', say`well`, 'ink-ok'],
  failed: () => ['warn', say`not well`, 'ink-bad'],
  left_out: () => ['todo', say`not tried`, 'ink-2'],
  gave_way: () => ['clock', say`gave way to an alert`, 'ink-wait'],
};

/** @type {Record<string, (value: number) => string>} */
const FIGURES = {
  seconds: (s) => `${number(s)}${NB}s`,
  seconds_to_answer: (s) => say`answered in ${number(s)}${NB}s`,
  rang_s: (s) => say`rings after ${number(s)}${NB}s`,
  closed_s: (s) => say`over in ${number(s)}${NB}s`,
  days: (d) => say`${number(d, d % 1 ? 1 : 0)} days`,
  free_bytes: (b) => say`${number(b / 1e9)}${NB}GB free`,
  credit: (c) => number(c, 2),
  age_s: (s) => say`${number(s / 3600)}${NB}hours`,
  events: (n) => say`${f.count(n)} events`,
  entries: (n) => say`${f.count(n)} entries`,
  moved_s: (s) => `${number(s, 2)}${NB}s`,
  delay_ms: (ms) => `${number(ms, 0)}${NB}ms`,
  level_db: (db) => `${String(Math.round(db) || 0).replace('-', '−')}${NB}dB`, // zero has no sign
};

/** Return a step in words. @param {ProofStep} step */
export const stepWord = (step) => STEPS[step]();

/** Return a state as icon, text and colour. @param {ProofState} state */
export const stateWord = (state) => STATES[state]();

/** Return the reason of a result in words. @param {Pick<ProofRow, 'why' | 'step' | 'figures'>} row */
export function whyWord({ why, step, figures }) {
  if (why === 'not_set' && step === 'emergency') return say`[psap] test_number is not set`;
  if (why === 'clock_off' && Math.abs(figures.moved_s ?? CLOCK_JUMP_MIN_S) < CLOCK_JUMP_MIN_S)
    return say`it follows no server`;
  return WHY[why]();
}

/**
 * Return the subject of a step in words: a line, two lines, or nothing for the node.
 * @param {string} subject
 */
export const subjectWord = (subject) => subject.replace('>', ' → ');

/** Return a figure with its unit. @param {string} figure @param {number} value */
export const figureWord = (figure, value) => FIGURES[figure]?.(value) ?? '';

/** Return the name of a figure, above its chart. @param {string} figure */
export const chartWord = (figure) =>
  ({
    delay_ms: say`delay`,
    level_db: say`level`,
    free_bytes: say`room`,
    seconds: say`time`,
    closed_s: say`time`,
    credit: say`left`,
  })[figure] ?? figure;

/** Return the bounds of a step's figures in words. @param {readonly Bound[]} bounds @param {ProofRow} row */
export const boundWords = (bounds, { step, figures }) =>
  [
    ...bounds.filter((one) => one.step === step && one.figure in figures),
    ...('least' in figures ? [{ figure: 'credit', least: figures.least, most: null }] : []),
  ]
    .map(({ figure, least, most }) => `${least !== null ? '≥' : '≤'} ${figureWord(figure, least ?? most)}`)
    .join(' · ');

/** Return one direction of the voice between two lines, in words. @param {WayShown} way */
export const wayWord = (way) =>
  `${way.speaker} → ${way.listener}: ${
    way.delay_ms === null
      ? say`nothing`
      : [
          figureWord('delay_ms', way.delay_ms),
          way.level_db === null ? '' : figureWord('level_db', way.level_db),
          way.lost_percent ? say`lost ${number(way.lost_percent)} %` : '',
        ]
          .filter(Boolean)
          .join(' · ')
  }`;
