// A week drawn: seven days, each a bar of its hours, with who is called first and then; what nobody has is
// hatched, and says so.

import { html, nothing, ref } from '../../vendor/lit.js';
import { say } from '../../js/words/words.js';
import { namesOf, said } from './roster.js';
import { daysAfter, moment, wall, weekdayOf } from './times.js';
import { dayName } from './words.js';

const HOURS = [0, 6, 12, 18];
const TINTS = 5;

/** @typedef {{ from: number, to: number, span: DutySpan }} Piece of a day, in hundredths of it */

/** What of the spans lies in this day. @param {string} date @returns {Piece[]} */
function pieces(date) {
  const { spans, roster } = said();
  const begins = moment(`${date}T00:00`, roster.zone);
  const ends = moment(`${daysAfter(date, 1)}T00:00`, roster.zone);
  const part = (/** @type {number} */ ms) =>
    ((Math.min(Math.max(ms, begins), ends) - begins) / (ends - begins)) * 100;
  return spans
    .map((span) => ({ from: part(Date.parse(span.from_at)), to: part(Date.parse(span.to_at)), span }))
    .filter(({ from, to }) => to > from);
}

/** @param {DutySpan} span */
const hours = (span) =>
  [span.from_at, span.to_at].map((at) => wall(Date.parse(at), said().roster.zone).slice(11)).join('–');

/** Of the person who is called first; the same through the week. @param {DutySpan} span */
const tint = ({ people: [first] }) => said().roster.people.findIndex((one) => one.id === first) % TINTS;

/** Where it is, for the style sheet: a page has no style of its own. @param {Record<string, string>} at */
const drawnAt = (at) =>
  ref((one) => {
    for (const [name, value] of Object.entries(at))
      /** @type {HTMLElement} */ (one)?.style.setProperty(name, value);
  });

/** @param {Piece} piece */
const drawn = ({ from, to, span }) =>
  html`<li
    data-tint=${span.covered ? tint(span) : 'gap'}
    ${drawnAt({ '--from': `${from}%`, '--wide': `${to - from}%` })}
    title="${hours(span)} ${span.covered ? namesOf(span.people) : ''}">
    <small>${hours(span)}</small>
    ${span.covered ? namesOf(span.people) : say`nobody: all are called`}
  </li>`;

/** @param {string} date @param {string} today */
function day(date, today) {
  const holiday = said().roster.holidays.find((one) => one.date === date);
  const nowMs = Date.now();
  const { zone } = said().roster;
  const begins = moment(`${date}T00:00`, zone);
  const ends = moment(`${daysAfter(date, 1)}T00:00`, zone);
  return html`<li data-today=${date === today ? 'on' : 'off'}>
    <h3>${dayName(weekdayOf(date))} ${Number(date.slice(8))}</h3>
    <ol ${drawnAt({ '--now': date === today ? `${((nowMs - begins) / (ends - begins)) * 100}%` : '' })}>
      ${pieces(date).map(drawn)}
    </ol>
    ${holiday ? html`<small class="week__holiday">${holiday.name}</small>` : nothing}
  </li>`;
}

/**
 * By which key another week is drawn.
 * @param {Ui} ui @param {number} later
 */
export const weeks = (ui, later) =>
  html`<button
    class="btn"
    aria-keyshortcuts=${later ? 'ArrowLeft' : 'ArrowRight'}
    @click=${() => ui.press(later ? 'ArrowLeft' : 'ArrowRight')}>
    <kbd>${later ? '←' : '→'}</kbd>${later ? say`From today` : say`The week after`}
  </button>`;

/** From today on. @param {number} later weeks */
export function week(later) {
  if (!said()?.roster.people.length) return nothing;
  const today = wall(Date.now(), said().roster.zone).slice(0, 10);
  return html`<section class="week" aria-label=${say`The week`}>
    <div class="week__hours" aria-hidden="true">${HOURS.map((hour) => html`<span>${hour}</span>`)}</div>
    <ol>
      ${[0, 1, 2, 3, 4, 5, 6].map((n) => day(daysAfter(today, later * 7 + n), today))}
    </ol>
  </section>`;
}
