// The filters of the history and of the statistics: one set for both, kept as long as the page.

import { html, nothing } from '../../../vendor/lit.js';
import { channel, CHANNELS, outcome, OUTCOMES, say } from '../../../js/words/words.js';

/** @typedef {'outcome' | 'operator' | 'line' | 'channel' | 'test' | 'time' | 'from' | 'to'} Field */

/** @type {Record<Field, string>} */
const NONE = { outcome: '', operator: '', line: '', channel: '', test: '', time: '', from: '', to: '' };

/** The values of the filters; empty: all. */
export const values = { ...NONE };

const DAY_MS = 86_400_000;

/** Return a local date: `2026-11-28`. @param {number} ms */
const localDate = (ms) => new Date(ms).toLocaleDateString('sv-SE');

/**
 * Return the first and the last day; null for any time. An end without a beginning is ignored.
 * @param {number} nowMs
 */
function days(nowMs) {
  const now = new Date(nowMs);
  const today = localDate(nowMs);
  switch (values.time) {
    case 'today':
      return [today, today];
    case 'week':
      return [localDate(nowMs - ((now.getDay() + 6) % 7) * DAY_MS), today];
    case 'month':
      return [`${today.slice(0, 8)}01`, today];
    case 'days':
      return values.from ? [values.from, values.to || values.from] : null;
    default:
      return null;
  }
}

/**
 * Return the filters as query parameters. `timed`: with the time, which the statistics choose by keys
 * instead; `ends`: without a time, the last year.
 * @param {Ui} ui
 */
export function query(ui, timed = true, ends = false) {
  const params = new URLSearchParams();
  for (const name of /** @type {Field[]} */ (['outcome', 'operator', 'line', 'channel', 'test']))
    if (values[name] && shown(name, timed)) params.set(name, values[name]);
  const nowMs = ui.feed.nowUs() / 1000;
  const span =
    (timed ? days(nowMs) : null) ?? (ends ? [localDate(nowMs - 365 * DAY_MS), localDate(nowMs)] : null);
  if (span) {
    params.set('from', span[0]);
    params.set('to', span[1]);
  }
  return params;
}

/** Return true if the filter exists: the statistics have no filters for tests and time. */
const shown = (/** @type {string} */ name, timed) => timed || !['time', 'from', 'to', 'test'].includes(name);

/** Return true if any filter is set. */
export const filtered = (timed = true) =>
  Object.entries(values).some(([name, value]) => value && shown(name, timed));

/**
 * Act on a key and return true: F focuses the filters, X clears them. `again` requests the data anew.
 * @param {string} key @param {() => void} again
 */
export function pressed(key, again) {
  if (key === 'F') {
    document.getElementById('filter-first')?.focus();
    return true;
  }
  if (key === 'X' && filtered()) {
    Object.assign(values, NONE);
    again();
    return true;
  }
  return false;
}

/** Return the filters with their choices. @param {Ui} ui @returns {[Field, string, string[][]][]} */
function selects(ui) {
  const { operators, lines } = ui.feed;
  return [
    ['outcome', say`Outcome`, Object.keys(OUTCOMES).map((one) => [one, outcome(one)])],
    ['operator', say`Operator`, operators.map((one) => [one.operator, ui.feed.names(one.operator)])],
    ['line', say`Line`, lines.map((one) => [one.line, one.line])],
    ['channel', say`Channel`, Object.keys(CHANNELS).map((one) => [one, channel(one)])],
    [
      'test',
      say`Real or tests`,
      [
        ['false', say`real`],
        ['true', say`tests`],
      ],
    ],
  ];
}

const TIMES = () => [
  ['today', say`today`],
  ['week', say`this week`],
  ['month', say`this month`],
  ['days', say`from … to …`],
];

/** The label of an unset filter, if not "all". @type {Partial<Record<Field, () => string>>} */
const UNSET = {
  time: () => say`any time`,
  line: () => say`all##lines`,
};

/**
 * Render the filters in a row. `again` is called after a change.
 * @param {Ui} ui @param {{ again: () => void, timed?: boolean, beside?: Drawn }} of
 */
export function filterBar(ui, { again, timed = true, beside = nothing }) {
  const put = (/** @type {Field} */ name, /** @type {string} */ value) => {
    values[name] = value;
    again();
    ui.draw();
  };
  /** Leave the filters at Escape. @param {KeyboardEvent} e */
  const onKey = (e) => {
    if (e.key !== 'Escape') return;
    e.stopPropagation();
    document.querySelector('main h1')?.focus();
  };
  const select = (/** @type {Field} */ name, label, choices, first = false) => {
    const known = !values[name] || choices.some(([key]) => key === values[name]);
    const all = known ? choices : [...choices, [values[name], values[name]]];
    return html`<label data-on=${values[name] ? 'yes' : nothing}
      ><span>${label}</span
      ><select id=${first ? 'filter-first' : nothing} @change=${(e) => put(name, e.target.value)}>
        ${[['', UNSET[name]?.() ?? say`all`], ...all].map(
          ([key, text]) => html`<option value=${key} .selected=${key === values[name]}>${text}</option>`,
        )}
      </select></label
    >`;
  };
  const date = (/** @type {Field} */ name, label) =>
    html`<label
      ><span>${label}</span
      ><input type="date" .value=${values[name]} @change=${(e) => put(name, e.target.value)}
    /></label>`;
  return html`<div
    class="filters"
    role="group"
    aria-label=${say`Filters`}
    @keydown=${onKey}>
    <kbd>F</kbd>${timed ? select('time', say`When`, TIMES(), true) : nothing}${
      timed && values.time === 'days'
        ? html`${date('from', say`From##day`)}${date('to', say`To##day`)}`
        : nothing
    }${selects(ui)
      .filter(([name]) => shown(name, timed))
      .map(([name, label, choices], i) => select(name, label, choices, !timed && i === 0))}${
      filtered(timed)
        ? html`<button class="btn" aria-keyshortcuts="X" @click=${() => ui.press('X')}>
            <kbd>X</kbd>${say`No filters`}
          </button>`
        : nothing
    }${beside}
  </div>`;
}
