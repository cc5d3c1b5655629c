// The marks of a review in words, and why a review is not taken.

import { either, t } from '../words/words.js';

/** @type {Record<string, Pair>} */
const MARKS = {
  '': ['—', '—'],
  4: ['4, del tutto', '4, wholly'],
  3: ['3, quasi', '3, nearly'],
  2: ['2, in parte', '2, in part'],
  1: ['1, per niente', '1, not at all'],
  0: ['non si applica', 'does not apply'],
};

/** @type {Record<string, Pair>} */
const WHY = {
  not_drawn: ['Questa chiamata non è più sorteggiata.', 'This call is not drawn any more.'],
  own_call: ['C’eri anche tu: la valuta un altro.', 'You were in it: somebody else reviews it.'],
  reviewed: ['È già valutata.', 'It is reviewed already.'],
  forgotten: [
    'I testi di questo allarme sono cancellati: la valutazione non resterebbe.',
    'The words of this alert are erased: the review would not be kept.',
  ],
  notYours: ['Solo per chi coordina.', 'For supervisors only.'],
};

/** @param {string | number} mark */
export const markName = (mark) => either(...(MARKS[mark] ?? MARKS['']));

/** @param {string} code */
export const why = (code) =>
  WHY[code] ? either(...WHY[code]) : t(code === 'noConnection' ? code : 'notMade');
