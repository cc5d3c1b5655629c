// What stays on the phone between two openings: the settings, and the alert that is open. In localStorage,
// not encrypted.

const SETTINGS = 'securwoman-app';
const NODES = 'securwoman-app-nodes';
const NUMBERS = 'securwoman-app-numbers';
const PROOF = 'securwoman-app-proof';
const PHONES = 'securwoman-app-phones';
const ALERT = 'securwoman-app-alert';
const UNSENT = 'securwoman-app-unsent';
const CHOICES = 'securwoman-app-calculator';
const FORGOTTEN_MS = 12 * 3600 * 1000; // an alert of yesterday is no longer hers to look at

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null');
  } catch {
    return null; // half written, or forbidden: as if there were none
  }
}

function write(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A full or forbidden store must not stop an alert.
  }
}

export const settings = () => ({ key: '', phone: '', name: '', language: '', ...read(SETTINGS) });
export const keepSettings = (changes) => write(SETTINGS, { ...settings(), ...changes });

/** Where else the center can be asked; see addresses.js. */
export const nodes = () => read(NODES);
export const keepNodes = (list) => write(NODES, list);

/** From which numbers the center calls, and those that were saved as a contact; see contact.js. */
export const numbers = () => ({ known: [], saved: [], ...read(NUMBERS) });
export const keepNumbers = (changed) => write(NUMBERS, changed);

/** When the center last saw that a request was this phone's, and why not since, or ''; see key.js. */
export const proof = () => ({ provedMs: 0, doubt: '', ...read(PROOF) });
export const keepProof = (changes) => write(PROOF, { ...proof(), ...changes });

/** The person's phones that were shown here, by their ids, or null where none ever were. */
export const phones = () => read(PHONES);
export const keepPhones = (ids) => write(PHONES, ids);

/**
 * How the app is hidden: whether at each opening, the keys to be held, the number that opens it or '', the
 * seconds of a pause, and the name of our contact; see disguise/.
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

/** What was written in the alert that was pressed then and has not arrived yet: {id, text}, oldest first. */
export function unsent(pressedMs) {
  const kept = read(UNSENT);
  return kept?.pressedMs === pressedMs ? kept.messages : [];
}
export const keepUnsent = (pressedMs, messages) =>
  write(UNSENT, messages.length ? { pressedMs, messages } : null);

/** The alert that was open, or null. Never a PIN: it is not in it. */
export function openAlert(nowMs) {
  const known = read(ALERT);
  return known && typeof known.id === 'string' && nowMs - known.pressedMs < FORGOTTEN_MS ? known : null;
}
export const keepAlert = (known) => write(ALERT, known);

/** Nothing of the app's stays here, its key and its files included; the browser's own history is not ours. */
export async function forgetAll() {
  for (const name of Object.keys(localStorage)) if (name.startsWith(SETTINGS)) localStorage.removeItem(name);
  indexedDB.deleteDatabase(SETTINGS); // done once this page, which has it open, is left
  const registered = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(registered.map((one) => one.unregister()));
  const kept = (await globalThis.caches?.keys()) ?? [];
  await Promise.all(kept.map((name) => caches.delete(name)));
}
