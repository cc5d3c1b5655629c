// What each alarm means, what is to be done about it, how soon, and who has to: the center's own table.

import { own, say } from '../words/words.js';

/** @type {AlarmKind[]} */
const TABLE = await fetch('/console/data/alarms.json').then(
  (answer) => (answer.ok ? answer.json() : []),
  () => [], // each alarm comes with a sentence of its own
);
const KINDS = new Map(TABLE.map((kind, rank) => [kind.name, { ...kind, rank }]));

/** The gravest first. @type {AlarmPriority[]} */
export const PRIORITIES = ['now', 'soon', 'later'];
/** What stands for each in the bar; beside the word, everywhere else. */
export const SIGNS = { now: '‼', soon: '!', later: '·' };

/** @param {AlarmPriority} priority */
export const soon = (priority) =>
  ({
    now: say`Now##priority`,
    soon: say`Soon`,
    later: say`In time`,
  })[priority];

/** @param {string} acts */
export const whoActs = (acts) =>
  ({
    operator: say`operator`,
    supervisor: say`supervisor`,
    machine: say`who runs the machine`,
  })[acts];

/**
 * Whether those on duty are woken, and of a line why. @param {string} wakes @param {boolean} waits
 */
export function woken(wakes, waits) {
  const called = say`wakes those on duty`;
  const morning = say`those on duty read it in the morning`;
  if (wakes === 'few_left') return waits ? say`enough are left: ${morning}` : say`few are left: it ${called}`;
  const byDay = say`those on duty are phoned in the morning`;
  return { at_once: called, by_day: byDay, morning }[wakes] ?? '';
}

/**
 * What the table has of an alarm; of one that it does not know, what was said with it.
 * @param {string} name @param {string} text
 * @returns {Omit<AlarmKind, 'name' | 'because' | 'wakes_because'> & { rank: number }}
 */
export function kindOf(name, text) {
  const unknown = { short: text || name, means: text || name, do: '' };
  return (
    KINDS.get(name) ?? {
      priority: 'soon',
      acts: 'machine',
      wakes: 'morning',
      about: 'part',
      quiet: true,
      rank: TABLE.length,
      it: unknown,
      en: unknown,
    }
  );
}

/**
 * In the page's language. @param {ReturnType<typeof kindOf>} kind @param {string} subject
 * @returns {{ short: string, means: string, todo: string }}
 */
export function worded(kind, subject) {
  const { it, en } = kind;
  const texts = ['short', 'means', 'do'].map((part) => ({ it: it[part], en: en[part] }));
  const [short, means, todo] = texts.map((text) => own(text).replaceAll('{s}', subject));
  return { short, means, todo };
}
