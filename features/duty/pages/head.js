// The head of each part of the roster: the people called now, faults of the roster, the buttons of the parts.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../../js/shell/parts.js';
import * as f from '../../js/words/format.js';
import { say } from '../../js/words/words.js';
import { nameOf, dutyView } from './roster.js';
import { daysAfter, moment, localTime, weekdayOf } from './times.js';
import { dayName, flawText } from './words.js';

/** Return the present span. The page's own clock decides, because the center's answer may be older. */
export function spanNow(nowMs = Date.now()) {
  const all = dutyView()?.spans ?? [];
  return (
    all.find((one) => Date.parse(one.from_at) <= nowMs && nowMs < Date.parse(one.to_at)) ??
    dutyView()?.now ??
    null
  );
}

/** Return a day: `Sun 29 Nov`. @param {string} date */
const dayOf = (date) =>
  `${dayName(weekdayOf(date))} ${f.shortDay(moment(`${date}T12:00`, dutyView().roster.zone) * 1000)}`;

/**
 * Return true if the span reaches the end of the computed time: it may last longer.
 * @param {DutySpan} span
 */
const reachesEnd = (span) => span.to_at === dutyView().spans.at(-1)?.to_at;

/**
 * Return a moment: `Sun 08:00`; without the day for today, with the date for a week away or more.
 * @param {string} at
 */
function endText(at) {
  const { zone } = dutyView().roster;
  const [date, time] = localTime(Date.parse(at), zone).split('T');
  const today = localTime(Date.now(), zone).slice(0, 10);
  if (date === today) return time;
  return `${date < daysAfter(today, 7) ? dayName(weekdayOf(date)) : dayOf(date)} ${time}`;
}

const GAPS_MAX = 3;

/** Return the next spans without an assigned person, in words. */
function gaps() {
  const all = dutyView().spans.filter((one) => !one.covered && Date.parse(one.to_at) > Date.now());
  const { zone } = dutyView().roster;
  const [first] = all;
  if (first && reachesEnd(first) && Date.parse(first.from_at) <= Date.now()) return say`all of them`;
  const shown = all.slice(0, GAPS_MAX).map(({ from_at: from, to_at: to }) => {
    const [begins, ends] = [from, to].map((at) => localTime(Date.parse(at), zone).split('T'));
    const last = begins[0] === ends[0] ? '' : `${dayOf(ends[0])} `;
    return `${dayOf(begins[0])} ${begins[1]}–${last}${ends[1]}`;
  });
  return [...shown, ...(all.length > GAPS_MAX ? ['…'] : [])].join(', ');
}

/** Render the faults of a kind. @param {FlawKind} kind */
function flaw(kind) {
  const names = dutyView()
    .flaws.filter((one) => one.kind === kind)
    .map((one) => one.about)
    .join(', ');
  const text = kind === 'gap' ? `${flawText(kind)}: ${gaps()}` : `${names}: ${flawText(kind)}`;
  return html`<p>${word('warn', text, kind === 'idle' ? 'ink-2' : 'ink-wait')}</p>`;
}

/** Render all faults of the roster. */
const flaws = () => [...new Set(dutyView().flaws.map((one) => one.kind))].map(flaw);

/** Render the people called now. */
function calledNow() {
  const span = spanNow();
  if (!span) return nothing;
  const names = span.people.map((id) => html`<li>${nameOf(id)}</li>`);
  const how = span.covered
    ? [span.shifts.join(', '), span.overridden ? say`with an override` : ''].filter(Boolean).join(' · ')
    : say`nobody has this time: all are called`;
  const lasts = reachesEnd(span) ? '' : `, ${say`until`} ${endText(span.to_at)}`;
  return html`<div class="duty__now">
    <h2>${say`Called now`}</h2>
    <ol>
      ${names}
    </ol>
    <p class="ink-2">${span.covered ? how + lasts : word('warn', how + lasts, 'ink-bad')}</p>
  </div>`;
}

/**
 * Render the head of a part.
 * @param {Ui} ui @param {string[][]} panes key and name @param {string} shown the key @param {Drawn} more
 */
export const head = (ui, panes, shown, more) =>
  html`<div class="chapter__notes duty__above">
    ${dutyView()?.roster.people.length ? calledNow() : nothing}
    ${dutyView() ? flaws() : nothing}
<div class="duty__parts">    <div class="seg" role="group" aria-label=${say`Part`}>
      ${panes.map(
        ([key, text]) =>
          html`<button aria-pressed=${key === shown} aria-keyshortcuts=${key} @click=${() => ui.press(key)}>
            <kbd>${key}</kbd><span>${text}</span>
          </button>`,
      )}
    </div>
    ${more}</div>
  </div>`;
