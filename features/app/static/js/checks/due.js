// When this phone checks that an alert of its would arrive, and what came of it last. Pure: no clock, no
// network, no page.

const DAY_MS = 86_400_000;
const FIRST_AGAIN_MS = 60_000;
const LAST_AGAIN_MS = 6 * 3_600_000;

/** Each how many days; 0 is never. */
export const CHOICES = [7, 1, 0];

/**
 * `device` is whose all of it is; `doneMs` when the last check was whole, and `tookMs` how long it took;
 * `why` is a word for what was wrong with the last one, or ''; `tries` in vain since, the last at `triedMs`;
 * `told` is the choice that the center knows.
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

/** Of another device only the choice is left. */
export const checksOf = (kept, device) =>
  kept?.device === device ? { ...NONE, ...kept } : { ...NONE, everyDays: kept?.everyDays ?? 7, device };

/** A number of 32 bits, the same for the same name and even over many (FNV-1a). */
export function spreadOf(name) {
  let hash = 0x811c9dc5;
  for (const sign of name) hash = Math.imul(hash ^ sign.charCodeAt(0), 0x01000193) >>> 0;
  // FNV's upper bits say little of the last letters.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** The last moment, up to `nowMs`, at which a check fell due: each device has its own in the week or day. */
export function slotMs({ device, everyDays }, nowMs) {
  const period = everyDays * DAY_MS;
  const own = (spreadOf(device) / 2 ** 32) * period;
  return Math.floor((nowMs - own) / period) * period + own;
}

/** How long after a check in vain the next one may be: longer each time, and not for all at once. */
export const pauseMs = ({ device, tries }) =>
  Math.min(FIRST_AGAIN_MS * 2 ** (tries - 1), LAST_AGAIN_MS) *
  (1 + (spreadOf(`${device}:${tries}`) % 100) / 100);

/** Whether a check is to be made now. */
export function isDue(checks, nowMs) {
  if (checks.tries > 0 && nowMs - checks.triedMs < pauseMs(checks) && nowMs >= checks.triedMs) return false;
  if (checks.told !== checks.everyDays) return checks.everyDays > 0 || checks.told !== null;
  return checks.everyDays > 0 && checks.doneMs < slotMs(checks, nowMs);
}

/** After one that was whole, with the choice that went with it. */
export const done = (checks, nowMs, tookMs, told) => ({
  ...checks,
  doneMs: nowMs,
  tookMs: Math.round(tookMs),
  triedMs: nowMs,
  tries: 0,
  why: '',
  told,
});

/** After one that was not. */
export const failed = (checks, nowMs, why) => ({ ...checks, triedMs: nowMs, tries: checks.tries + 1, why });

/** A word for what an answer says is wrong; '' where the check was taken. */
export function whyNot({ status, said }, isOnline) {
  if (status === 200 || status === 202) return '';
  if (status === 0) return isOnline ? 'checkNobody' : 'checkOffline';
  if (status === 429) return 'checkBusy';
  if (status === 403) return said?.code === 'clock' ? 'doubtClock' : 'checkUnsigned';
  return status >= 500 ? 'checkUnwell' : 'checkRefused';
}
