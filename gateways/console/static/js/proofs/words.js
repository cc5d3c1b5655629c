// What the steps of a proof are called, what came of each, and its figures with their units.

import { either, number } from '../words/words.js';
import * as f from '../words/format.js';

const NB = '\u00a0';
const MOVED_S = 0.1; // less is none: of a clock that is off the cause is another

/** @type {Record<ProofStep, Pair>} */
const STEPS = {
  voice: ['Voce', 'Voice'],
  emergency: ['Linea del 112', '112’s line'],
  text: ['SMS', 'SMS'],
  credit: ['Credito', 'Credit'],
  chain: ['Allarme di prova', 'Test alert'],
  journal: ['Giornale', 'Journal'],
  audit: ['Registro accessi', 'Audit'],
  backup: ['Backup', 'Backup'],
  clock: ['Orologio', 'Clock'],
  certificate: ['Certificato', 'Certificate'],
  disk: ['Disco', 'Disk'],
};

/** @type {Record<ProofWhy, Pair>} */
const WHY = {
  '': ['', ''],
  excluded: ['escluso nelle impostazioni', 'the settings leave it out'],
  not_set: ['nelle impostazioni manca con che cosa', 'the settings name nothing for it'],
  no_other_line: ['nessun’altra linea con un numero', 'no other line with a number'],
  line_down: ['la linea è fuori uso', 'the line is down'],
  line_in_use: ['la linea era occupata', 'the line was in use'],
  another_node: ['lo fa un altro nodo', 'another node does it'],
  morning: ['la notte è finita', 'the night was over'],
  not_called: ['la chiamata non è riuscita', 'the call came to nothing'],
  no_port: ['porta voce non aperta', 'no voice port'],
  mute: ['non si sente nulla', 'nothing is heard'],
  deaf: ['dalla linea non viene nulla', 'nothing comes from the line'],
  delayed: ['voce in ritardo', 'the voice is late'],
  lossy: ['voce con buchi', 'the voice has gaps'],
  faint: ['troppo piano o troppo forte', 'too soft or too loud'],
  not_received: ['non è arrivato', 'it did not arrive'],
  not_sent: ['non è partito', 'it did not leave'],
  no_credit: ['meno del voluto', 'less than is wanted'],
  no_answer: ['nessuna risposta', 'no answer'],
  damaged: ['non è integro', 'not whole'],
  missing: ['non c’è', 'it is not there'],
  old: ['è vecchio', 'it is old'],
  too_slow: ['non finito in tempo', 'not done in time'],
  clock_off: ['non regolato, o spostato', 'follows no server, or was moved'],
  expires: ['scade presto', 'ends soon'],
  full_soon: ['presto pieno', 'full soon'],
  disk: ['non vi si può scrivere', 'it cannot be written to'],
  trouble: ['non si è potuto provare: vedi logs/', 'it could not be tried: see logs/'],
};

/** @type {Record<ProofState, () => [sign: string, text: string, kind: string]>} */
const STATES = {
  waits: () => ['clock', either('da provare', 'to be tried'), 'ink-2'],
  runs: () => ['clock', either('in corso', 'running'), 'ink-action'],
  ok: () => ['check', either('bene', 'well'), 'ink-ok'],
  failed: () => ['warn', either('male', 'not well'), 'ink-bad'],
  left_out: () => ['todo', either('non provato', 'not tried'), 'ink-2'],
  gave_way: () => ['clock', either('interrotto da un allarme', 'gave way to an alert'), 'ink-wait'],
};

/** @type {Record<string, (value: number) => string>} */
const FIGURES = {
  seconds: (s) => `${number(s)}${NB}s`,
  seconds_to_answer: (s) => either(`risposta in ${number(s)}${NB}s`, `answered in ${number(s)}${NB}s`),
  rang_s: (s) => either(`squilla dopo ${number(s)}${NB}s`, `rings after ${number(s)}${NB}s`),
  closed_s: (s) => either(`finito in ${number(s)}${NB}s`, `over in ${number(s)}${NB}s`),
  days: (d) => either(`${number(d, d % 1 ? 1 : 0)} giorni`, `${number(d, d % 1 ? 1 : 0)} days`),
  free_bytes: (b) => either(`${number(b / 1e9)}${NB}GB liberi`, `${number(b / 1e9)}${NB}GB free`),
  credit: (c) => number(c, 2),
  age_s: (s) => either(`${number(s / 3600)}${NB}ore`, `${number(s / 3600)}${NB}hours`),
  events: (n) => either(`${f.count(n)} eventi`, `${f.count(n)} events`),
  entries: (n) => either(`${f.count(n)} voci`, `${f.count(n)} entries`),
  moved_s: (s) => `${number(s, 2)}${NB}s`,
  delay_ms: (ms) => `${number(ms, 0)}${NB}ms`,
  level_db: (db) => `${String(Math.round(db) || 0).replace('-', '−')}${NB}dB`, // none has no sign
};

/** @param {ProofStep} step */
export const stepWord = (step) => either(...STEPS[step]);

/** @param {ProofState} state */
export const stateWord = (state) => STATES[state]();

/** @param {Pick<ProofRow, 'why' | 'step' | 'figures'>} row */
export function whyWord({ why, step, figures }) {
  if (why === 'not_set' && step === 'emergency')
    return either('[psap] test_number non è impostato', '[psap] test_number is not set');
  if (why === 'clock_off' && Math.abs(figures.moved_s ?? MOVED_S) < MOVED_S)
    return either('nessun server lo regola', 'it follows no server');
  return either(...WHY[why]);
}

/** A line, two lines; nothing of the node. @param {string} subject */
export const subjectWord = (subject) => subject.replace('>', ' → ');

/** @param {string} figure @param {number} value */
export const figureWord = (figure, value) => FIGURES[figure]?.(value) ?? '';

/** What the figure is, above its chart. @param {string} figure */
export const chartWord = (figure) =>
  ({
    delay_ms: either('ritardo', 'delay'),
    level_db: either('livello', 'level'),
    free_bytes: either('spazio libero', 'room'),
    seconds: either('durata', 'time'),
    closed_s: either('durata', 'time'),
    credit: either('residuo', 'left'),
  })[figure] ?? figure;

/** What the figures have to be. @param {readonly Bound[]} bounds @param {ProofRow} row */
export const boundWords = (bounds, { step, figures }) =>
  [
    ...bounds.filter((one) => one.step === step && one.figure in figures),
    ...('least' in figures ? [{ figure: 'credit', least: figures.least, most: null }] : []),
  ]
    .map(({ figure, least, most }) => `${least !== null ? '≥' : '≤'} ${figureWord(figure, least ?? most)}`)
    .join(' · ');

/** @param {WayShown} way */
export const wayWord = (way) =>
  `${way.speaker} → ${way.listener}: ${
    way.delay_ms === null
      ? either('nulla', 'nothing')
      : [
          figureWord('delay_ms', way.delay_ms),
          way.level_db === null ? '' : figureWord('level_db', way.level_db),
          way.lost_percent
            ? either(`perso ${number(way.lost_percent)} %`, `lost ${number(way.lost_percent)} %`)
            : '',
        ]
          .filter(Boolean)
          .join(' · ')
  }`;
