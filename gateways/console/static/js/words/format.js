// Formats for times, durations, telephone numbers and coordinates.

import { number, say } from './words.js';

const NB = '\u00a0';

/** Return a local time: `21:46:48`. @param {number} us */
export const clock = (us) =>
  new Date(us / 1000).toLocaleTimeString('it-IT', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
/** Return a local time: `21:46`. @param {number} us */
export const minute = (us) => clock(us).slice(0, 5);

const dateFormat = (parts) => (us) => new Date(us / 1000).toLocaleDateString(say`en-GB`, parts);
/** Return a day: `24 Nov`. */
export const shortDay = dateFormat({ day: 'numeric', month: 'short' });
/** Return a day: `24 Nov 2026`. */
export const day = dateFormat({ day: 'numeric', month: 'short', year: 'numeric' });
/** Return the day of an erasure, in words. @param {number} us */
export const erased = (us) => say`erased on ${day(us)}`;
/** Return a day: `Tuesday 24`. */
export const weekday = dateFormat({ weekday: 'long', day: 'numeric' });
/** Return a day: `Tuesday 24 November 2026`. */
export const longDay = dateFormat({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
/** Return a month in words: `November 2026`. @param {string} month `2026-11` */
export const monthName = (month) =>
  new Date(`${month}-15`).toLocaleDateString(say`en-GB`, { month: 'long', year: 'numeric' });
/** Return a whole number: `20,000`. @param {number} n */
export const count = (n) => n.toLocaleString(say`en-GB`);
/** Return a duration: `0:54`, never negative. @param {number} us */
export function span(us) {
  const s = Math.max(0, Math.floor(us / 1e6));
  return s >= 3600
    ? `${Math.floor(s / 3600)}:${twoDigits(Math.floor(s / 60) % 60)}:${twoDigits(s % 60)}`
    : `${Math.floor(s / 60)}:${twoDigits(s % 60)}`;
}
/** Return a duration: `7.4 s`. @param {number} us @param {number} [digits] */
export const seconds = (us, digits = 1) => `${number(us / 1e6, digits)}${NB}s`;
/** Return an age: `6 s old`. @param {number} us */
export function age(us) {
  const s = Math.max(0, Math.round(us / 1e6));
  const text =
    s < 120 ? `${s}${NB}s` : s < 7200 ? `${Math.round(s / 60)}${NB}min` : `${Math.round(s / 3600)}${NB}h`;
  return say`${text} old`;
}
/** Return a telephone number with its digits in groups, for reading aloud. */
export function phone(e164) {
  const it = /^\+39(\d{3})(\d{3})(\d{3,4})$/.exec(e164);
  if (it && !it[1].startsWith('0')) return `+39 ${it[1]} ${it[2]} ${it[3]}`;
  const city = /^\+39(0[26])(\d{4})(\d{4})$/.exec(e164);
  if (city) return `+39 ${city[1]} ${city[2]} ${city[3]}`;
  return e164.startsWith('+') ? e164.replace(/(\d{3})(?=\d{2})/g, '$1 ') : e164;
}
/** Return coordinates: `44.39058 N 8.97342 E`. @param {PositionView} p */
export const coordinates = (p) => {
  const degrees = (value, side) => `${Math.abs(value).toFixed(5)} ${side}`;
  return `${degrees(p.lat, p.lat < 0 ? 'S' : 'N')}\u2002${degrees(p.lon, p.lon < 0 ? 'W' : 'E')}`;
};
/** Return a coordinate: `44° 23′ 26.1″ N`. @param {number} value */
export function dms(value, positive, negative) {
  const all = Math.round(Math.abs(value) * 36000);
  const degrees = `${Math.floor(all / 36000)}°`;
  const minutes = `${twoDigits(Math.floor(all / 600) % 60)}′`;
  const secs = `${((all % 600) / 10).toFixed(1).padStart(4, '0')}″`;
  return [degrees, minutes, secs, value < 0 ? negative : positive].join(NB);
}
/** Return an accuracy: `± 18 m`. @param {number} m */
export const accuracy = (m) =>
  m === null ? '' : m < 1000 ? `±${NB}${Math.round(m)}${NB}m` : `±${NB}${number(m / 1000)}${NB}km`;
/** Return a distance: `200 m`, `5 km`, whole numbers. @param {number} m */
export const metres = (m) => (m < 1000 ? `${Math.round(m)}${NB}m` : `${Math.round(m / 1000)}${NB}km`);

/** Return a number with two digits. @param {number} n */
const twoDigits = (n) => String(n).padStart(2, '0');

/**
 * Return a line's name. An operator's own line has a technical name only: the kind of line is returned.
 * @param {string} line
 */
export const lineName = (line) =>
  line.startsWith('headset:')
    ? say`headset`
    : line.startsWith('nailed:')
      ? say`call of the shift`
      : say`line ${line}`;
