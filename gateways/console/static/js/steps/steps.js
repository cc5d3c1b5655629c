// The steps that the dock offers, each a key with its command: what several sentences end in. Pure.

import { say } from '../words/words.js';
import { action } from './labels.js';

/** @returns {Action} */
export const back = () => ({
  key: 'Enter',
  command: '',
  label: say`Back`,
  sub: say`To the shift`,
  tone: '',
});
/** @param {string} tone @returns {Action} */
export const take = (tone) => action('take', say`Rings your phone`, tone);
/** @param {string} sub @param {string} [tone] @returns {Action} */
export const leave = (sub, tone = 'primary') => action('leave', sub, tone);
/** @param {CaseView} view @param {string} [sub] @param {string} [tone] @returns {Action} */
export const callPsap = (view, sub = '', tone = '') => ({
  ...action('call_psap', sub, tone),
  ...(view.test ? { label: say`Test 112` } : {}),
});
export const soon = () => say`You can call now`;
export const asItAnswers = () => say`Read the text as it answers`;
