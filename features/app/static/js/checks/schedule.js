// The schedule of this phone's checks, and the result of the last check. Pure: no clock, no network, no page.

const DAY_MS = 86_400_000;
const FIRST_AGAIN_MS = 60_000;
const LAST_AGAIN_MS = 6 * 3_600_000;

/** The intervals in days; 0 is never. */
export const CHOICES = [7, 1, 0];

/**
 * The initial state. `device`: the owner of the state; `doneMs`: the time of the last successful check,
 * `tookMs` its duration; `why`: a word for the last failure, or ''; `tries`: failures since, the last at
 * `triedMs`; `told`: the interval that the center knows.
 */
export const NONE = {
  device: '',
  everyDays: 7,
  told: null,
  doneMs: 0,
  tookMs: 0,
  triedMs: 0,
  tries: 0,
  why: '',
};

/** Return the stored state for a device; of another device's state only the interval stays. */
export const checksOf = (kept, device) =>
  kept?.device === device ? { ...NONE, ...kept } : { ...NONE, everyDays: kept?.everyDays ?? 7, device };

/** Return a number of 32 bits for a name, evenly distributed over names (FNV-1a). */
export function spreadOf(name) {
  let hash = 0x811c9dc5;
  for (const sign of name) hash = Math.imul(hash ^ sign.charCodeAt(0), 0x01000193) >>> 0;
  // FNV's upper bits depend little on the last letters.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  return (hash ^ (hash >>> 13)) >>> 0;
}

/**
 * Return the last time up to `nowMs` at which a check became due: each device has its own time in the week or
 * day.
 */
export function slotMs({ device, everyDays }, nowMs) {
  const period = everyDays * DAY_MS;
  const own = (spreadOf(device) / 2 ** 32) * period;
  return Math.floor((nowMs - own) / period) * period + own;
}

/** Return the pause after a failed check: longer each time, and different for each device. */
export const pauseMs = ({ device, tries }) =>
  Math.min(FIRST_AGAIN_MS * 2 ** (tries - 1), LAST_AGAIN_MS) *
  (1 + (spreadOf(`${device}:${tries}`) % 100) / 100);

/** Return true if a check is due now. */
export function isDue(checks, nowMs) {
  if (checks.tries > 0 && nowMs - checks.triedMs < pauseMs(checks) && nowMs >= checks.triedMs) return false;
  if (checks.told !== checks.everyDays) return checks.everyDays > 0 || checks.told !== null;
  return checks.everyDays > 0 && checks.doneMs < slotMs(checks, nowMs);
}

/** Return the state after a successful check, which reported the interval `told`. */
export const done = (checks, nowMs, tookMs, told) => ({
  ...checks,
  doneMs: nowMs,
  tookMs: Math.round(tookMs),
  triedMs: nowMs,
  tries: 0,
  why: '',
  told,
});

/** Return the state after a failed check. */
export const failed = (checks, nowMs, why) => ({ ...checks, triedMs: nowMs, tries: checks.tries + 1, why });

/** Return a word for the failure in an answer; '' if the check was accepted. */
export function whyNot({ status, data }, isOnline) {
  if (status === 200 || status === 202) return '';
  if (status === 0) return isOnline ? 'checkNobody' : 'checkOffline';
  if (status === 429) return 'checkBusy';
  if (status === 403) return data?.code === 'clock' ? 'doubtClock' : 'checkUnsigned';
  return status >= 500 ? 'checkUnwell' : 'checkRefused';
}
