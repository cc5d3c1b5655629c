// Alike alarms are one row, with how many: no more rows than somebody can read.

import { PRIORITIES, kindOf, worded } from './kinds.js';

const NAMED = 4;
export const ROWS = 9;

/**
 * The rows, those that call first: unlike in kind, or one kept quiet, or one over.
 * @param {Alarm[]} all @returns {AlarmGroup[]}
 */
export function grouped(all) {
  /** @type {Map<string, Alarm[]>} */
  const found = new Map();
  for (const one of all) {
    const key = `${state(one)}/${one.kind}`;
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  const groups = [...found].map(([key, members]) => group(key, members));
  return groups.sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state)); // stable: else the gravest
}

const STATES = ['stands', 'over', 'quiet'];
/** @param {Alarm} one */
const state = (one) => (one.quiet_us ? 'quiet' : one.over_us ? 'over' : 'stands');

/** @param {string} key @param {Alarm[]} members @returns {AlarmGroup} */
function group(key, members) {
  const [first] = members;
  const names = [...new Set(members.map((one) => one.name))];
  const name =
    names.length > NAMED
      ? `${names.slice(0, NAMED - 1).join(', ')} +${names.length - NAMED + 1}`
      : names.join(', ');
  return {
    ...{ key, state: state(first), members, kind: first.kind, priority: first.priority, acts: first.acts },
    ...worded(kindOf(first.kind, first.text), name),
    fresh: members.filter((one) => !one.seen).length,
  };
}

/** How many call now, by priority; none that is quiet or over. @param {Alarm[]} all */
export function counted(all) {
  const calls = all.filter((one) => state(one) === 'stands');
  return PRIORITIES.map((priority) => ({
    priority,
    count: calls.filter((one) => one.priority === priority).length,
  }));
}
