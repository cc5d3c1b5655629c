// The steps of the command bar that several sentences share: each a key with its command. Pure.

import { say } from '../words/words.js';
import { action } from './labels.js';

/** Return the step back to the shift. @returns {Action} */
export const backStep = () => ({
  key: 'Enter',
  command: '',
  label: say`Back`,
  sub: say`To the shift`,
  tone: '',
});
/** Return the step to take the case. @param {string} tone @returns {Action} */
export const takeStep = (tone) => action('take', say`Rings your phone`, tone);
/** Return the step to leave the case. @param {string} sub @param {string} [tone] @returns {Action} */
export const leaveStep = (sub, tone = 'primary') => action('leave', sub, tone);
/**
 * Return the step to call 112, or the simulated 112 of a test.
 * @param {CaseView} view @param {string} [sub] @param {string} [tone] @returns {Action}
 */
export const callPsapStep = (view, sub = '', tone = '') => ({
  ...action('call_psap', sub, tone),
  ...(view.test ? { label: say`Test 112` } : {}),
});
/** Return that 112 can be called now. */
export const soonText = () => say`You can call now`;
/** Return that the text is read to 112 when it answers. */
export const onAnswerText = () => say`Read the text as it answers`;
