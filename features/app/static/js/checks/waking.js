// Has the browser wake this phone's checks while the app is closed, where it can: Chromium's, of an app that
// is installed, no more often than it likes (WICG, Web Periodic Background Synchronization). No other does.

export const TAG = 'securwoman-check';
const DAY_MS = 86_400_000;

/** Begin, change or end it; whether the browser wakes them now. */
export async function wake(everyDays) {
  try {
    if (!(await isAllowed())) return false;
    // A worker of its own, of modules: the one that keeps the files is read by browsers that have none.
    const worker = await navigator.serviceWorker.register('/app/checking.js', {
      scope: '/app/checking/',
      type: 'module',
    });
    const { periodicSync } = /** @type {any} */ (worker);
    if (everyDays === 0) await periodicSync.unregister(TAG);
    else await periodicSync.register(TAG, { minInterval: (everyDays * DAY_MS) / 2 });
    return everyDays > 0;
  } catch {
    return false;
  }
}

async function isAllowed() {
  if (!('periodicSync' in (globalThis.ServiceWorkerRegistration?.prototype ?? {}))) return false;
  const name = /** @type {any} */ ('periodic-background-sync');
  return (await navigator.permissions.query({ name })).state === 'granted';
}
