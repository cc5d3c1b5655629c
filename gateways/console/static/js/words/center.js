// What the center's own tables say, read before anything is drawn: of each order its key and its words, of
// each refusal its sentence (`model/orders`).

const PAUSE_MS = 2000;

/**
 * The tables. Without them no key orders anything: the page waits for them, as it does for its scripts.
 * @returns {Promise<OrderTables>}
 */
async function read() {
  const answer = await fetch('/console/data/orders.json').catch(() => null);
  if (answer?.ok) return answer.json();
  await new Promise((done) => setTimeout(done, PAUSE_MS));
  return read();
}

export const {
  /** By command. */
  orders: ORDERS,
  /** By code: why the center does not allow a command. */
  refusals: REFUSALS,
} = await read();

export const COMMANDS = /** @type {OperatorCommand[]} */ (Object.keys(ORDERS));

/** By command: its letter, for buttons and sentences. */
export const KEY = /** @type {Record<OperatorCommand, string>} */ (
  Object.fromEntries(COMMANDS.map((command) => [command, ORDERS[command].key]))
);
