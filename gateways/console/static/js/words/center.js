// What the center's own tables say, read before anything is drawn: of each order its key and its words, of
// each refusal its sentence (`model/orders`), and of each language its words (`gateways/console/words`).

const PAUSE_MS = 2000;

/**
 * A table. Without them no key orders anything: the page waits for them, as it does for its scripts.
 * @param {string} name
 */
async function read(name) {
  const answer = await fetch(`/console/data/${name}.json`).catch(() => null);
  if (answer?.ok) return answer.json();
  await new Promise((done) => setTimeout(done, PAUSE_MS));
  return read(name);
}

const [tables, catalogues] = await Promise.all([read('orders'), read('words')]);

export const {
  /** By command. */
  orders: ORDERS,
  /** By code: why the center does not allow a command. */
  refusals: REFUSALS,
} = /** @type {OrderTables} */ (tables);

/** Of each language but English, what is said for which English. */
export const CATALOGUES = /** @type {Record<string, Record<string, string>>} */ (catalogues);

export const COMMANDS = /** @type {OperatorCommand[]} */ (Object.keys(ORDERS));

/** By command: its letter, for buttons and sentences. */
export const KEY = /** @type {Record<OperatorCommand, string>} */ (
  Object.fromEntries(COMMANDS.map((command) => [command, ORDERS[command].key]))
);
