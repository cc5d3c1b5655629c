// A conference that the operator had left, and that broke soon after: what has dropped, who remains, what is
// done. Pure.

import { either } from '../words/words.js';
import { heard } from './party.js';
import * as s from './situation.js';

/** Whether the conference is still broken, as far as the centre knows. @param {CaseView} view */
export const isBroken = (view) => view.broken_us !== null && view.closed_us === null;

/**
 * {title, text}: the first says what has happened, the second how it stands now.
 * @param {CaseView} view @param {MeView} me @param {Names} names
 */
export function brokenSaid(view, me, names) {
  const user = view.broken_party === 'user';
  const left = [...view.timeline]
    .reverse()
    .find((one) => one.what === 'leave.requested' && one.at_us <= view.broken_us);
  const dropped = user
    ? either(`La linea ${s.of(view)} è caduta`, `${s.possessive(view)} line dropped`)
    : either('La linea del 112 è caduta', '112’s line dropped');
  const when = left ? after(left, view, me, names) : '';
  return { title: `${dropped}${when}.`, text: [remains(view, user), again(view, user)].join(' ') };
}

/** @param {CaseView} view @param {MeView} me @param {Names} names */
function after(left, view, me, names) {
  const seconds = Math.max(0, Math.round((view.broken_us - left.at_us) / 1e6));
  if (left.operator === me.operator)
    return either(` ${seconds} s dopo la tua uscita`, ` ${seconds} s after you left`);
  return either(
    ` ${seconds} s dopo l’uscita di ${names(left.operator)}`,
    ` ${seconds} s after ${names(left.operator)} left`,
  );
}

/** The other one of the two. @param {CaseView} view @param {boolean} user */
function remains(view, user) {
  const party = user ? view.psap : view.user;
  const it = user ? 'Il 112' : s.capital(s.first(view));
  const en = user ? '112' : s.capital(s.first(view));
  if (!s.talking(party)) return either(`${it} non è più in linea.`, `${en} is no longer on the line.`);
  const announced = heard(party) ? [' e sente l’annuncio', ' and hears the announcement'] : ['', ''];
  return either(`${it} è ancora in linea${announced[0]}.`, `${en} is still on the line${announced[1]}.`);
}

/** Whether it is being called again. @param {CaseView} view @param {boolean} user */
function again(view, user) {
  const party = user ? view.user : view.psap;
  const it = user ? s.asObject(view) : 'il 112';
  const en = user ? s.capital(s.first(view)) : '112';
  if (s.talking(party))
    return either(
      `${s.capital(user ? s.first(view) : it)} è di nuovo in linea.`,
      `${en} is on the line again.`,
    );
  if (s.underWay(party)) return either(`Stiamo richiamando ${it}.`, `${en} is being called again.`);
  if (!user && s.psapIs(view) === 'lacking')
    return either('Nessuna linea può chiamare il 112.', 'No line can call 112.');
  return either(`Nessuna chiamata verso ${it} ora.`, `No call to ${en} is under way now.`);
}
