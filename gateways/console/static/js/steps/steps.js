// The steps that the dock offers, each a key with its command: what several sentences end in. Pure.

import { either, t } from '../words/words.js';
import { action } from './table.js';

/** @returns {Action} */
export const back = () => ({
  key: 'Enter',
  command: '',
  label: t('back'),
  sub: either('Al turno', 'To the shift'),
  tone: '',
});
/** @param {string} tone @returns {Action} */
export const take = (tone) => action('take', either('Chiamiamo il tuo telefono', 'Rings your phone'), tone);
/** @param {string} sub @param {string} [tone] @returns {Action} */
export const leave = (sub, tone = 'primary') => action('leave', sub, tone);
/** @param {CaseView} view @param {string} [sub] @param {string} [tone] @returns {Action} */
export const callPsap = (view, sub = '', tone = '') => ({
  ...action('call_psap', sub, tone),
  ...(view.test ? { label: t('test112') } : {}),
});
export const soon = () => either('Puoi chiamare subito', 'You can call now');
export const asItAnswers = () => either('Leggi il testo appena risponde', 'Read the text as it answers');
