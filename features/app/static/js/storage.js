// The stored data of the app: the settings and the open alert. In localStorage, unencrypted.

const SETTINGS = 'securwoman-app';
const NODES = 'securwoman-app-nodes';
const NUMBERS = 'securwoman-app-numbers';
const PROOF = 'securwoman-app-proof';
const PHONES = 'securwoman-app-phones';
const ALERT = 'securwoman-app-alert';
const UNSENT = 'securwoman-app-unsent';
const CHOICES = 'securwoman-app-calculator';
const OPEN_ALERT_MAX_MS = 12 * 3600 * 1000; // a user who opens the app a day later no longer sees the alert

/** Return a stored value; null without one. */
function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null');
  } catch {
    return null; // damaged or forbidden: as if empty
  }
}

/** Store a value; null deletes. */
function write(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A full or forbidden storage must not stop an alert.
  }
}

/** Return the settings. */
export const settings = () => ({ key: '', phone: '', name: '', language: '', ...read(SETTINGS) });
export const keepSettings = (changes) => write(SETTINGS, { ...settings(), ...changes });

/** Return the addresses of the center's nodes; see addresses.js. */
export const nodes = () => read(NODES);
export const keepNodes = (list) => write(NODES, list);

/** Return the numbers from which the center calls, and the numbers saved as a contact; see contact.js. */
export const numbers = () => ({ known: [], saved: [], ...read(NUMBERS) });
export const keepNumbers = (changed) => write(NUMBERS, changed);

/**
 * Return when the center last accepted a request as this phone's, and the reason of a later refusal, or '';
 * see key.js.
 */
export const proof = () => ({ provedMs: 0, doubt: '', ...read(PROOF) });
export const keepProof = (changes) => write(PROOF, { ...proof(), ...changes });

/** Return the ids of the person's phones that were shown here; null before the first. */
export const phones = () => read(PHONES);
export const keepPhones = (ids) => write(PHONES, ids);

/**
 * Return how the app is hidden: at each opening or not, the keys to hold, the number that opens the app or
 * '', the seconds of inactivity, and the name of the center's contact; see disguise/.
 */
export const choices = () => ({
  on: false,
  open: '=',
  alarm: '',
  number: '',
  afterS: 30,
  contact: '',
  ...read(CHOICES),
});
export const keepChoices = (changes) => write(CHOICES, { ...choices(), ...changes });

/** Return the unsent messages of the alert pressed at that time: {id, text}, oldest first. */
export function unsent(pressedMs) {
  const kept = read(UNSENT);
  return kept?.pressedMs === pressedMs ? kept.messages : [];
}
export const keepUnsent = (pressedMs, messages) =>
  write(UNSENT, messages.length ? { pressedMs, messages } : null);

/** Return the open alert, or null. It never contains a PIN. */
export function openAlert(nowMs) {
  const known = read(ALERT);
  return known && typeof known.id === 'string' && nowMs - known.pressedMs < OPEN_ALERT_MAX_MS ? known : null;
}
export const keepAlert = (known) => write(ALERT, known);

/** Delete all data of the app, its key and files included; the browser's history remains. */
export async function forgetAll() {
  for (const name of Object.keys(localStorage)) if (name.startsWith(SETTINGS)) localStorage.removeItem(name);
  indexedDB.deleteDatabase(SETTINGS); // happens once this page, which has it open, is closed
  const registered = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(registered.map((one) => one.unregister()));
  const kept = (await globalThis.caches?.keys()) ?? [];
  await Promise.all(kept.map((name) => caches.delete(name)));
}
