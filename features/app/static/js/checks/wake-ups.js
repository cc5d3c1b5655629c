// Periodic wake-ups of the checks while the app is closed: Chromium wakes an installed app, at most as often
// as it chooses (WICG, Web Periodic Background Synchronization). No other browser does.

export const TAG = 'securwoman-check';
const DAY_MS = 86_400_000;

/** Start, change or end the wake-ups; return true if the browser wakes the checks now. */
export async function setWakeUps(everyDays) {
  try {
    if (!(await isAllowed())) return false;
    // A separate worker of type module: browsers without module workers must still run the worker that stores
    // the files.
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

/** Return true if the browser supports and permits wake-ups. */
async function isAllowed() {
  if (!('periodicSync' in (globalThis.ServiceWorkerRegistration?.prototype ?? {}))) return false;
  const name = /** @type {any} */ ('periodic-background-sync');
  return (await navigator.permissions.query({ name })).state === 'granted';
}
