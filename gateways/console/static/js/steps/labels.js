// The key and words of each command, from the center's table.

import { KEY, ORDERS } from '../words/center.js';
import { translate } from '../words/words.js';

/** Return the words on the command's button. @param {OperatorCommand} command */
export const label = (command) => translate(ORDERS[command].label);

/**
 * Return the command as a step or slot of the command bar.
 * @param {OperatorCommand} command @param {string} [sub] @param {string} [tone] @returns {Action}
 */
export const action = (command, sub = '', tone = '') => ({
  key: KEY[command],
  command,
  label: label(command),
  sub,
  tone,
});
