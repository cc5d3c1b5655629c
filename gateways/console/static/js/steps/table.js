// What the center's table says of each order: its key, whether that waits for Enter, its words (`model/orders`).

import { either } from '../words/words.js';

const PAUSE_MS = 2000;

/**
 * The table. Without it no key orders anything: the page waits for it, as it does for its scripts.
 * @returns {Promise<Record<OperatorCommand, AtConsole>>}
 */
async function read() {
  const answer = await fetch('/console/data/orders.json').catch(() => null);
  if (answer?.ok) return answer.json();
  await new Promise((done) => setTimeout(done, PAUSE_MS));
  return read();
}

/** By command. */
export const ORDERS = await read();

export const COMMANDS = /** @type {OperatorCommand[]} */ (Object.keys(ORDERS));

/** Its letter. @param {OperatorCommand} command */
export const keyOf = (command) => ORDERS[command].key;

/** On its button. @param {OperatorCommand} command */
export const label = (command) => either(...ORDERS[command].label);

/**
 * The order as a step or slot of the dock.
 * @param {OperatorCommand} command @param {string} [sub] @param {string} [tone] @returns {Action}
 */
export const action = (command, sub = '', tone = '') => ({
  key: keyOf(command),
  command,
  label: label(command),
  sub,
  tone,
});
