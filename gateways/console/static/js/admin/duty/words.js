// Who is on duty, in words: days, ways, and what is wrong with a roster.

import { either } from '../../words/words.js';

/** @type {Pair[]} */
const DAYS = [
  ['lun', 'Mon'],
  ['mar', 'Tue'],
  ['mer', 'Wed'],
  ['gio', 'Thu'],
  ['ven', 'Fri'],
  ['sab', 'Sat'],
  ['dom', 'Sun'],
];

/** @param {number} day 0 is Monday */
export const dayName = (day) => either(...DAYS[day]);

/** `Mon–Fri, Sun`. @param {number[]} days in their order */
export function daysName(days) {
  if (days.length === 7) return either('ogni giorno', 'every day');
  /** @type {number[][]} */
  const runs = [];
  for (const day of days)
    if (runs.at(-1)?.at(-1) === day - 1) runs.at(-1).push(day);
    else runs.push([day]);
  return runs
    .flatMap((run) => (run.length > 2 ? [`${dayName(run[0])}–${dayName(run.at(-1))}`] : run.map(dayName)))
    .join(', ');
}

/** @type {Record<DutyWay, Pair>} */
const WAYS = {
  call: ['telefono', 'phone'],
  sms: ['SMS', 'SMS'],
  email: ['e-mail', 'e-mail'],
  webhook: ['webhook', 'webhook'],
  apprise: ['apprise', 'apprise'],
};

/** @param {DutyWay} way */
export const wayName = (way) => either(...WAYS[way]);

/** @type {Record<string, Pair>} */
const FLAWS = {
  no_zone: ['Questo fuso orario non esiste.', 'There is no such time zone.'],
  name_twice: ['Due persone hanno questo nome.', 'Two people have this name.'],
  no_way: ['Serve almeno un modo di raggiungerla.', 'At least one way to be reached is needed.'],
  no_number: ['Non è un numero di telefono.', 'This is no telephone number.'],
  emergency: ['È un numero di emergenza: non si chiama mai.', 'An emergency number: it is never called.'],
  withheld: [
    'Le impostazioni non permettono di chiamarlo ([dialling]).',
    'The settings do not let it be called ([dialling]).',
  ],
  own_line: ['È il numero di una linea del centro.', 'It is the number of a line of the centre’s own.'],
  no_address: ['Non è un indirizzo e-mail.', 'This is no address of e-mail.'],
  no_url: [
    'Serve un indirizzo web che comincia con https.',
    'A web address that begins with https is needed.',
  ],
  unknown_person: ['Questa persona non c’è più.', 'This person is not there any more.'],
  no_date: ['Questa data non esiste.', 'There is no such date.'],
  ends_before: ['Finisce prima di cominciare.', 'It ends before it begins.'],
  gap: ['Ore che nessuno copre (si chiamano tutti)', 'Hours that nobody has (all are called)'],
  idle: ['non è in nessun turno', 'is in no shift'],
  no_call: [
    'nessuna chiamata tra i modi, e un messaggio scritto non sveglia',
    'no call among the ways, and nothing that is written wakes anybody',
  ],
};

/** @param {string} kind */
export const flawSaid = (kind) => (FLAWS[kind] ? either(...FLAWS[kind]) : '');
