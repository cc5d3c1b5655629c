// Alarms grouped by kind: one row for alarms of the same kind, with their count, so that all rows can be
// read.

import { PRIORITIES, kindOf, kindTexts } from './kinds.js';

const NAMES_MAX = 4;
export const ROWS = 9;

/**
 * Return the groups: active alarms first, then ended, then shelved. Alarms of one group have the same kind
 * and state.
 * @param {Alarm[]} all @returns {AlarmGroup[]}
 */
export function groupAlarms(all) {
  /** @type {Map<string, Alarm[]>} */
  const found = new Map();
  for (const one of all) {
    const key = `${state(one)}/${one.kind}`;
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  const groups = [...found].map(([key, members]) => group(key, members));
  return groups.sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state)); // stable: by priority
}

/** The states of a group, in the order of display. */
const STATES = ['stands', 'over', 'quiet'];
/** Return the state of an alarm. @param {Alarm} one */
const state = (one) => (one.quiet_us ? 'quiet' : one.over_us ? 'over' : 'stands');

/**
 * Return a group with the names of its subjects; of many subjects, the first three and a count.
 * @param {string} key @param {Alarm[]} members @returns {AlarmGroup}
 */
function group(key, members) {
  const [first] = members;
  const names = [...new Set(members.map((one) => one.name))];
  const name =
    names.length > NAMES_MAX
      ? `${names.slice(0, NAMES_MAX - 1).join(', ')} +${names.length - NAMES_MAX + 1}`
      : names.join(', ');
  return {
    ...{ key, state: state(first), members, kind: first.kind, priority: first.priority, acts: first.acts },
    ...kindTexts(kindOf(first.kind, first.text), name),
    fresh: members.filter((one) => !one.seen).length,
  };
}

/**
 * Return the number of active alarms of each priority; shelved and ended alarms are not counted.
 * @param {Alarm[]} all
 */
export function countByPriority(all) {
  const calls = all.filter((one) => state(one) === 'stands');
  return PRIORITIES.map((priority) => ({
    priority,
    count: calls.filter((one) => one.priority === priority).length,
  }));
}
