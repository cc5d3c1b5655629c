// The drawing of a week: seven days, each a bar of its hours with the people in calling order; hours without
// a person are hatched and labelled.

import { html, nothing, ref } from '../../vendor/lit.js';
import { say } from '../../js/words/words.js';
import { namesOf, dutyView } from './roster.js';
import { daysAfter, moment, localTime, weekdayOf } from './times.js';
import { dayName } from './words.js';

const HOURS = [0, 6, 12, 18];
const TINTS = 5;

/**
 * @typedef {{ from: number, to: number, span: DutySpan }} Piece of a day, from and to in percent of the day
 */

/** Return the pieces of the spans that lie in this day. @param {string} date @returns {Piece[]} */
function pieces(date) {
  const { spans, roster } = dutyView();
  const begins = moment(`${date}T00:00`, roster.zone);
  const ends = moment(`${daysAfter(date, 1)}T00:00`, roster.zone);
  const part = (/** @type {number} */ ms) =>
    ((Math.min(Math.max(ms, begins), ends) - begins) / (ends - begins)) * 100;
  return spans
    .map((span) => ({ from: part(Date.parse(span.from_at)), to: part(Date.parse(span.to_at)), span }))
    .filter(({ from, to }) => to > from);
}

/** Return the hours of a span in words. @param {DutySpan} span */
const hours = (span) =>
  [span.from_at, span.to_at]
    .map((at) => localTime(Date.parse(at), dutyView().roster.zone).slice(11))
    .join('–');

/** Return the tint of the first person of a span, the same through the week. @param {DutySpan} span */
const tint = ({ people: [first] }) => dutyView().roster.people.findIndex((one) => one.id === first) % TINTS;

/**
 * Set the position as style properties for the style sheet: the page's security policy allows no style
 * attributes.
 * @param {Record<string, string>} at
 */
const positionedAt = (at) =>
  ref((one) => {
    for (const [name, value] of Object.entries(at))
      /** @type {HTMLElement} */ (one)?.style.setProperty(name, value);
  });

/** Render a piece. @param {Piece} piece */
const renderPiece = ({ from, to, span }) =>
  html`<li
    data-tint=${span.covered ? tint(span) : 'gap'}
    ${positionedAt({ '--from': `${from}%`, '--wide': `${to - from}%` })}
    title="${hours(span)} ${span.covered ? namesOf(span.people) : ''}">
    <small>${hours(span)}</small>
    ${span.covered ? namesOf(span.people) : say`nobody: all are called`}
  </li>`;

/** Render a day. @param {string} date @param {string} today */
function day(date, today) {
  const holiday = dutyView().roster.holidays.find((one) => one.date === date);
  const nowMs = Date.now();
  const { zone } = dutyView().roster;
  const begins = moment(`${date}T00:00`, zone);
  const ends = moment(`${daysAfter(date, 1)}T00:00`, zone);
  return html`<li data-today=${date === today ? 'on' : 'off'}>
    <h3>${dayName(weekdayOf(date))} ${Number(date.slice(8))}</h3>
    <ol ${positionedAt({ '--now': date === today ? `${((nowMs - begins) / (ends - begins)) * 100}%` : '' })}>
      ${pieces(date).map(renderPiece)}
    </ol>
    ${holiday ? html`<small class="week__holiday">${holiday.name}</small>` : nothing}
  </li>`;
}

/** Render the button that draws the other week. @param {Ui} ui @param {number} later */
export const weeks = (ui, later) =>
  html`<button
    class="btn"
    aria-keyshortcuts=${later ? 'ArrowLeft' : 'ArrowRight'}
    @click=${() => ui.press(later ? 'ArrowLeft' : 'ArrowRight')}>
    <kbd>${later ? '←' : '→'}</kbd>${later ? say`From today` : say`The week after`}
  </button>`;

/** Render a week, beginning with today's weekday. @param {number} later weeks from now */
export function week(later) {
  if (!dutyView()?.roster.people.length) return nothing;
  const today = localTime(Date.now(), dutyView().roster.zone).slice(0, 10);
  return html`<section class="week" aria-label=${say`The week`}>
    <div class="week__hours" aria-hidden="true">${HOURS.map((hour) => html`<span>${hour}</span>`)}</div>
    <ol>
      ${[0, 1, 2, 3, 4, 5, 6].map((n) => day(daysAfter(today, later * 7 + n), today))}
    </ol>
  </section>`;
}
