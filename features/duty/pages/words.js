// The words for days and for faults of a roster.

import { phrase, say } from '../../js/words/words.js';

/** @type {Phrase[]} */
const DAYS = [phrase`Mon`, phrase`Tue`, phrase`Wed`, phrase`Thu`, phrase`Fri`, phrase`Sat`, phrase`Sun`];

/** Return a day's name. @param {number} day 0 is Monday */
export const dayName = (day) => DAYS[day]();

/** Return days in words: `Mon–Fri, Sun`. @param {number[]} days in their order */
export function daysName(days) {
  if (days.length === 7) return say`every day`;
  /** @type {number[][]} */
  const runs = [];
  for (const day of days)
    if (runs.at(-1)?.at(-1) === day - 1) runs.at(-1).push(day);
    else runs.push([day]);
  return runs
    .flatMap((run) => (run.length > 2 ? [`${dayName(run[0])}–${dayName(run.at(-1))}`] : run.map(dayName)))
    .join(', ');
}

/** @type {Record<string, Phrase>} */
const FLAWS = {
  no_zone: phrase`There is no such time zone.`,
  name_twice: phrase`Two people have this name.`,
  no_way: phrase`At least one way to be reached is needed.`,
  no_number: phrase`This is no telephone number.`,
  emergency: phrase`An emergency number: it is never called.`,
  withheld: phrase`The settings do not let it be called ([dialling]).`,
  own_line: phrase`It is the number of a line of the centre’s own.`,
  no_address: phrase`This is no address of e-mail.`,
  no_url: phrase`A web address that begins with https is needed.`,
  unknown_person: phrase`This person is not there any more.`,
  no_date: phrase`There is no such date.`,
  ends_before: phrase`It ends before it begins.`,
  gap: phrase`Hours that nobody has (all are called)`,
  idle: phrase`is in no shift`,
  no_call: phrase`no call among the ways, and nothing that is written wakes anybody`,
};

/** Return a fault in words; an empty string for an unknown kind. @param {string} kind */
export const flawText = (kind) => (FLAWS[kind] ? FLAWS[kind]() : '');
