// Times of day in the roster's own time zone, independent of the browser's.

const DAY_MS = 86_400_000;

/** @type {Record<string, Intl.DateTimeFormat>} */
const FORMATS = {};

/** Return the formatter of a time zone. @param {string} zone */
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

/** Return the local time of a moment: `2026-11-28T18:00`. @param {number} ms @param {string} zone */
export function localTime(ms, zone) {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/**
 * Return the moment of a local time, in milliseconds. A local time that a clock change skips is read with the
 * offset before the change; of a local time that occurs twice, the first is returned (RFC 5545, 3.3.5).
 * @param {string} text @param {string} zone
 */
export function moment(text, zone) {
  const plain = Date.parse(`${text}:00Z`);
  const ahead = (/** @type {number} */ ms) => Date.parse(`${localTime(ms, zone)}:00Z`) - ms;
  const [before, after] = [-DAY_MS, DAY_MS].map((by) => plain - ahead(plain + by));
  return localTime(before, zone) !== text && localTime(after, zone) === text ? after : before;
}

/** Return the date `days` days after a date. @param {string} date `2026-11-28` @param {number} days */
export const daysAfter = (date, days) =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** Return the day of the week; 0 is Monday. @param {string} date */
export const weekdayOf = (date) => (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;

/**
 * Return a typed time (`20`, `8:30`, `2000`) as `20:00`; an empty string if it is none.
 * @param {string} text
 */
export function timeOfDay(text) {
  const found = /^(\d{1,2})[:.h]?(\d{2})?$/.exec(text.trim());
  if (!found || Number(found[1]) > 23 || Number(found[2] ?? 0) > 59) return '';
  return `${found[1].padStart(2, '0')}:${found[2] ?? '00'}`;
}
