// The service worker that the browser wakes while the app is closed: it runs a check when due, and nothing
// else. It never shows anything: no notification, no page.

import { Addresses } from './js/addresses.js';
import { Api } from './js/api.js';
import { Checks } from './js/checks/checks.js';
import { isDue } from './js/checks/schedule.js';
import { TAG } from './js/checks/wake-ups.js';
import { Clock } from './js/clock.js';
import { Key } from './js/key.js';

self.addEventListener('periodicsync', (event) => {
  const { tag, waitUntil } = /** @type {any} */ (event);
  if (tag === TAG) waitUntil.call(event, check());
});

/** Run a check if one is due. */
async function check() {
  const clock = new Clock();
  const key = new Key(clock);
  await key.ready;
  const api = new Api(
    () => '', // signed requests need no app key
    key,
    clock,
    new Addresses(null, () => {}),
  );
  const checks = new Checks(
    api,
    key,
    () => true,
    () => {},
  );
  const { now } = checks;
  if (now && isDue(now, Date.now())) await checks.check();
}
