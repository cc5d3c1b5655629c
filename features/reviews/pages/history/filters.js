// What the history and the figures are filtered by. It stays while the page does, and is one for both.

import { html, nothing } from '../../../vendor/lit.js';
import { channel, CHANNELS, outcome, OUTCOMES, say } from '../../../js/words/words.js';

/** @typedef {'outcome' | 'operator' | 'line' | 'channel' | 'test' | 'time' | 'from' | 'to'} Field */

/** @type {Record<Field, string>} */
const NONE = { outcome: '', operator: '', line: '', channel: '', test: '', time: '', from: '', to: '' };

/** What is asked for; empty: all. */
export const wanted = { ...NONE };

const DAY_MS = 86_400_000;

/** `2026-11-28`, by the clock of this place. @param {number} ms */
const dated = (ms) => new Date(ms).toLocaleDateString('sv-SE');

/**
 * The first and the last day; null: any. An end without a beginning is no time yet.
 * @param {number} nowMs
 */
function days(nowMs) {
  const now = new Date(nowMs);
  const today = dated(nowMs);
  switch (wanted.time) {
    case 'today':
      return [today, today];
    case 'week':
      return [dated(nowMs - ((now.getDay() + 6) % 7) * DAY_MS), today];
    case 'month':
      return [`${today.slice(0, 8)}01`, today];
    case 'days':
      return wanted.from ? [wanted.from, wanted.to || wanted.from] : null;
    default:
      return null;
  }
}

/**
 * For the address of a question. `timed`: with the time, which the figures have keys for; `ends`: where there
 * is none, that of the last year.
 * @param {Ui} ui
 */
export function query(ui, timed = true, ends = false) {
  const asked = new URLSearchParams();
  for (const name of /** @type {Field[]} */ (['outcome', 'operator', 'line', 'channel', 'test']))
    if (wanted[name] && shown(name, timed)) asked.set(name, wanted[name]);
  const nowMs = ui.feed.nowUs() / 1000;
  const span = (timed ? days(nowMs) : null) ?? (ends ? [dated(nowMs - 365 * DAY_MS), dated(nowMs)] : null);
  if (span) {
    asked.set('from', span[0]);
    asked.set('to', span[1]);
  }
  return asked;
}

/** Whether there is such a filter: the figures leave tests out, and have keys for the time. */
const shown = (/** @type {string} */ name, timed) => timed || !['time', 'from', 'to', 'test'].includes(name);

/** Whether anything is filtered. */
export const filtered = (timed = true) =>
  Object.entries(wanted).some(([name, value]) => value && shown(name, timed));

/**
 * F goes to the filters, X takes all of them away. True where the key was for that; `again` asks anew.
 * @param {string} key @param {() => void} again
 */
export function pressed(key, again) {
  if (key === 'F') {
    document.getElementById('filter-first')?.focus();
    return true;
  }
  if (key === 'X' && filtered()) {
    Object.assign(wanted, NONE);
    again();
    return true;
  }
  return false;
}

/** @param {Ui} ui @returns {[Field, string, string[][]][]} */
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

/** What a filter that is not set says, where not *tutti*. @type {Partial<Record<Field, () => string>>} */
const NOTHING_ASKED = {
  time: () => say`any time`,
  line: () => say`all##lines`,
};

/**
 * The filters in a row. `again` is called once something else is wanted.
 * @param {Ui} ui @param {{ again: () => void, timed?: boolean, beside?: Drawn }} of
 */
export function filterBar(ui, { again, timed = true, beside = nothing }) {
  const put = (/** @type {Field} */ name, /** @type {string} */ value) => {
    wanted[name] = value;
    again();
    ui.draw();
  };
  /** @param {KeyboardEvent} e */
  const keyed = (e) => {
    if (e.key !== 'Escape') return;
    e.stopPropagation();
    document.querySelector('main h1')?.focus();
  };
  const select = (/** @type {Field} */ name, label, choices, first = false) => {
    const known = !wanted[name] || choices.some(([key]) => key === wanted[name]);
    const all = known ? choices : [...choices, [wanted[name], wanted[name]]];
    return html`<label data-on=${wanted[name] ? 'yes' : nothing}
      ><span>${label}</span
      ><select id=${first ? 'filter-first' : nothing} @change=${(e) => put(name, e.target.value)}>
        ${[['', NOTHING_ASKED[name]?.() ?? say`all`], ...all].map(
          ([key, text]) => html`<option value=${key} .selected=${key === wanted[name]}>${text}</option>`,
        )}
      </select></label
    >`;
  };
  const date = (/** @type {Field} */ name, label) =>
    html`<label
      ><span>${label}</span
      ><input type="date" .value=${wanted[name]} @change=${(e) => put(name, e.target.value)}
    /></label>`;
  return html`<div
    class="filters"
    role="group"
    aria-label=${say`Filters`}
    @keydown=${keyed}>
    <kbd>F</kbd>${timed ? select('time', say`When`, TIMES(), true) : nothing}${
      timed && wanted.time === 'days'
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
