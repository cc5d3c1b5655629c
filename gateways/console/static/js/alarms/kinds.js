// The kinds of alarms: meaning, action, priority and responsible role of each alarm, from the center's table.

import { localText, say } from '../words/words.js';

/** The center's table, in the order of display. @type {AlarmKind[]} */
const TABLE = await fetch('/console/data/alarms.json').then(
  (answer) => (answer.ok ? answer.json() : []),
  () => [], // without the table each alarm shows the sentence that the center sent
);
const KINDS = new Map(TABLE.map((kind, rank) => [kind.name, { ...kind, rank }]));

/** The priorities, the gravest first. @type {AlarmPriority[]} */
export const PRIORITIES = ['now', 'soon', 'later'];
/** The sign of each priority: alone in the bar, beside the word elsewhere. */
export const SIGNS = { now: '‼', soon: '!', later: '·' };

/** Return a priority in words. @param {AlarmPriority} priority */
export const priorityName = (priority) =>
  ({
    now: say`Now##priority`,
    soon: say`Soon`,
    later: say`In time`,
  })[priority];

/** Return the role that must act, in words. @param {string} acts */
export const roleName = (acts) =>
  ({
    operator: say`operator`,
    supervisor: say`supervisor`,
    machine: say`who runs the machine`,
  })[acts];

/**
 * Return in words when people on duty are notified of an alarm; for a line's alarm, also the reason.
 * @param {string} wakes @param {boolean} waits
 */
export function wakingText(wakes, waits) {
  const waking = say`wakes those on duty`;
  const morning = say`those on duty read it in the morning`;
  if (wakes === 'few_left') return waits ? say`enough are left: ${morning}` : say`few are left: it ${waking}`;
  const byDay = say`those on duty are phoned in the morning`;
  return { at_once: waking, by_day: byDay, morning }[wakes] ?? '';
}

/**
 * Return the table's row of an alarm; for an alarm that the table lacks, a row made of the sent text.
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
 * Return the texts of a kind in the page's language.
 * @param {ReturnType<typeof kindOf>} kind @param {string} subject
 * @returns {{ short: string, means: string, todo: string }}
 */
export function kindTexts(kind, subject) {
  const { it, en } = kind;
  const texts = ['short', 'means', 'do'].map((part) => ({ it: it[part], en: en[part] }));
  const [short, means, todo] = texts.map((text) => localText(text).replaceAll('{s}', subject));
  return { short, means, todo };
}
