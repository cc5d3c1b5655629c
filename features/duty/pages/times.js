// Times of day in the roster's own zone, whatever zone the browser is in.

const DAY_MS = 86_400_000;

/** @type {Record<string, Intl.DateTimeFormat>} */
const FORMATS = {};

/** @param {string} zone */
function formatOf(zone) {
  FORMATS[zone] ??= new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  return FORMATS[zone];
}

/** What the clock on the wall shows there: `2026-11-28T18:00`. @param {number} ms @param {string} zone */
export function wall(ms, zone) {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/**
 * The moment at which it shows that. One that a change of the clocks leaves out is read with the offset from
 * before it, one that comes twice is the first (RFC 5545, 3.3.5).
 * @param {string} text @param {string} zone
 */
export function moment(text, zone) {
  const plain = Date.parse(`${text}:00Z`);
  const ahead = (/** @type {number} */ ms) => Date.parse(`${wall(ms, zone)}:00Z`) - ms;
  const [before, after] = [-DAY_MS, DAY_MS].map((by) => plain - ahead(plain + by));
  return wall(before, zone) !== text && wall(after, zone) === text ? after : before;
}

/** The date so many days after. @param {string} date `2026-11-28` @param {number} days */
export const daysAfter = (date, days) =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** 0 is Monday. @param {string} date */
export const weekdayOf = (date) => (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;

/** `20:00` of what somebody types (`20`, `8:30`, `2000`); empty for none. @param {string} text */
export function timeOfDay(text) {
  const found = /^(\d{1,2})[:.h]?(\d{2})?$/.exec(text.trim());
  if (!found || Number(found[1]) > 23 || Number(found[2] ?? 0) > 59) return '';
  return `${found[1].padStart(2, '0')}:${found[2] ?? '00'}`;
}
