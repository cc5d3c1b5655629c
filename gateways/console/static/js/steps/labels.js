// Orders by the center's table: each with its key and its words.

import { KEY, ORDERS } from '../words/center.js';
import { translate } from '../words/words.js';

/** On its button. @param {OperatorCommand} command */
export const label = (command) => translate(ORDERS[command].label);

/**
 * The order as a step or slot of the dock.
 * @param {OperatorCommand} command @param {string} [sub] @param {string} [tone] @returns {Action}
 */
export const action = (command, sub = '', tone = '') => ({
  key: KEY[command],
  command,
  label: label(command),
  sub,
  tone,
});
