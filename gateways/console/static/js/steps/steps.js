// The steps that the dock offers, each a key with its command: what several sentences end in. Pure.

import { either, t } from '../words/words.js';

/** @returns {Action} */
export const back = () => ({
  key: 'Enter',
  command: '',
  label: t('back'),
  sub: either('Al turno', 'To the shift'),
  tone: '',
});
/** @param {string} tone @returns {Action} */
export const take = (tone) => ({
  key: 'T',
  command: 'take',
  label: t('take'),
  sub: either('Chiamiamo il tuo telefono', 'Rings your phone'),
  tone,
});
/** @param {string} sub @param {string} [tone] @returns {Action} */
export const leave = (sub, tone = 'primary') => ({
  key: 'L',
  command: 'leave',
  label: t('leave'),
  sub,
  tone,
});
/** @param {CaseView} view @param {string} [sub] @param {string} [tone] @returns {Action} */
export const callPsap = (view, sub = '', tone = '') => ({
  key: 'E',
  command: 'call_psap',
  label: view.test ? t('test112') : t('call112'),
  sub,
  tone,
});
export const soon = () => either('Puoi chiamare subito', 'You can call now');
export const asItAnswers = () => either('Leggi il testo appena risponde', 'Read the text as it answers');
