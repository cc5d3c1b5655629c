// Tables of the center, read before anything is drawn: each command's key and words, each refusal's sentence
// (`model/orders`), and each language's catalogue (`gateways/console/words`).

const PAUSE_MS = 2000;

/**
 * Read a table, and retry until it arrives. Without the tables no key sends a command: the page waits for
 * them as for its scripts.
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
  /** The commands' keys and words, by command. */
  orders: ORDERS,
  /** The sentences of refused commands, by code. */
  refusals: REFUSALS,
} = /** @type {OrderTables} */ (tables);

/** The catalogue of each language but English, by English sentence. */
export const CATALOGUES = /** @type {Record<string, Record<string, string>>} */ (catalogues);

export const COMMANDS = /** @type {OperatorCommand[]} */ (Object.keys(ORDERS));

/** The letter of each command, for buttons and sentences. */
export const KEY = /** @type {Record<OperatorCommand, string>} */ (
  Object.fromEntries(COMMANDS.map((command) => [command, ORDERS[command].key]))
);
