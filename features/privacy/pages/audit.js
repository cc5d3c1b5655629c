// The audit, for supervisors and admins: accesses and changes, searched by the person concerned or by the
// operator.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { word } from '../../js/shell/parts.js';
import { searchField } from '../../js/shell/search-field.js';
import { nextRow } from '../../js/shell/next-row.js';
import { detailText, actionText } from './action-words.js';
import { say } from '../../js/words/words.js';
import * as f from '../../js/words/format.js';

const DAYS = { T: 1, W: 7, Y: 30 };
const DAY_US = 86_400_000_000;
const TYPING_MS = 400; // long, because each search is an entry of the audit
const SUBJECTS = 4;

const state = {
  by: /** @type {'person' | 'operator'} */ ('person'),
  search: '',
  days: 7,
  /** @type {AuditView} */
  data: null,
  fault: '',
  requests: 0,
  typing: 0,
  cursor: '',
};

/** Request the audit. @param {Ui} ui */
export function enter(ui) {
  load(ui);
}

/** Request the entries of the search. `older`: append the entries before those shown. @param {Ui} ui */
async function load(ui, older = false) {
  const request = (state.requests += 1);
  const since = Math.max(0, Math.round(ui.feed.nowUs() - state.days * DAY_US));
  const query = new URLSearchParams({ [state.by]: state.search.trim(), since_us: String(since) });
  if (older) query.set('before', state.data.before);
  const answer = await ui.feed.read(`/v1/audit?${query}`).catch(() => null);
  const data = answer?.ok ? await answer.json().catch(() => null) : null;
  if (request !== state.requests) return;
  state.fault = data ? '' : answer?.status === 403 ? 'notYours' : 'noConnection';
  if (data) {
    const before = older ? state.data.entries : [];
    state.data = { entries: [...before, ...data.entries], before: data.before };
  }
  ui.draw();
}

/**
 * Search by the person concerned or by the operator.
 * @param {Ui} ui @param {'person' | 'operator'} by @param {string} [search]
 */
function searchBy(ui, by, search = state.search) {
  state.by = by;
  state.search = search;
  load(ui);
  ui.draw();
}

/** Return the key of an entry. @param {EntryView} one */
const keyOf = (one) => `${one.chain}/${one.number}`;

/** Move the cursor by `by` rows; at the end, request older entries. @param {Ui} ui @param {number} by */
function move(ui, by) {
  const rows = (state.data?.entries ?? []).map(keyOf);
  if (!rows.length) return;
  state.cursor = nextRow(rows, state.cursor, by);
  if (state.cursor === rows.at(-1) && by > 0 && state.data.before) load(ui, true);
  ui.draw();
  document.querySelector(`.audit tr[data-key="${CSS.escape(state.cursor)}"]`)?.focus();
}

/** Act on a key; return true if it belongs to the audit. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (DAYS[key]) {
    state.days = DAYS[key];
    load(ui);
    ui.draw();
  } else if (key === 'P' || key === 'A') searchBy(ui, key === 'P' ? 'person' : 'operator');
  else if (key === '/') document.getElementById('audit-search')?.focus();
  else if (key === 'ArrowDown' || key === 'ArrowUp') move(ui, key === 'ArrowDown' ? 1 : -1);
  else if (key === 'Enter' && state.cursor) {
    const one = state.data?.entries.find((entry) => keyOf(entry) === state.cursor);
    if (one?.actor) searchBy(ui, 'operator', one.actor);
  } else return false;
  return true;
}

/** Render the persons concerned. @param {EntryView} one */
function subjects(one) {
  const shown = one.subjects.map((id) => (id === '*' ? say`everybody` : id));
  const more = shown.length - SUBJECTS;
  return html`<span title=${shown.join(' ')}
    >${shown.slice(0, SUBJECTS).join(' · ')}${more > 0 ? ` +${more}` : ''}</span
  >`;
}

/** Render the details of an entry. @param {EntryView} one */
const details = (one) => [
  one.in_memory ? word('warn', say`in memory`, 'ink-wait') : nothing,
  detailText(one.detail),
];

/** Render an entry. @param {Ui} ui @param {EntryView} one */
const row = (ui, one) =>
  html`<tr
    tabindex="0"
    data-key=${keyOf(one)}
    aria-current=${state.cursor === keyOf(one) ? 'true' : nothing}
    @focus=${() => {
      state.cursor = keyOf(one);
    }}>
    <td class="ink-2">${f.shortDay(one.at_us)} ${f.clock(one.at_us)}</td>
    <td><b>${one.actor ? ui.feed.names(one.actor) : '—'}</b></td>
    <td>
      ${one.action === 'refused' ? word('warn', actionText(one.action), 'ink-bad') : actionText(one.action)}
    </td>
    <td>${subjects(one)}</td>
    <td class="ink-2">${details(one)}</td>
    <td class="ink-2 nowrap">${one.origin}</td>
  </tr>`;

/**
 * Render a choice of one of several, with keys.
 * @param {Ui} ui @param {string} label @param {string[][]} choices @param {(key: string) => boolean} is
 */
const choiceOf = (ui, label, choices, is) =>
  html`<div class="seg" role="group" aria-label=${label}>
    ${choices.map(
      ([key, text]) =>
        html`<button aria-pressed=${is(key)} aria-keyshortcuts=${key} @click=${() => ui.press(key)}>
          <kbd>${key}</kbd><span>${text}</span>
        </button>`,
    )}
  </div>`;

/** Render the audit. @param {Ui} ui */
export function pane(ui) {
  const entries = state.data?.entries ?? [];
  const person = state.by === 'person';
  return html`<section class="view audit" aria-labelledby="audit-h">
    <header class="page-head">
      <h1 id="audit-h" tabindex="-1">${say`Audit`}</h1>
      ${searchField({
        id: 'audit-search',
        hint: person ? say`Number or id of the person` : say`Name of the operator, or account:NAME`,
        searched: state,
        pauseMs: TYPING_MS,
        ask: () => load(ui),
        down: () => move(ui, 1),
      })}<div class="page-head__end">
        ${choiceOf(
          ui,
          say`Search by`,
          [
            ['P', say`Whose`],
            ['A', say`By whom`],
          ],
          (key) => (key === 'P') === person,
        )}${choiceOf(
          ui,
          say`Period`,
          [
            ['T', say`24 hours`],
            ['W', say`7 days`],
            ['Y', say`30 days`],
          ],
          (key) => DAYS[key] === state.days,
        )}
      </div>
    </header>
    <section class="panel" aria-label=${say`Entries`}>
      <div class="panel__head">
        <h2>${say`Who has seen and changed what`}</h2>
        <span class="ink-2" role="status"
          >${
            state.fault === 'notYours'
              ? say`For supervisors only`
              : state.fault
                ? say`No connection`
                : `${entries.length}${state.data?.before ? '+' : ''}`
          }</span
        >
      </div>
      <div class="panel__body audit__list">
        <table class="table">
          <thead>
            <tr>
              <th>${say`When`}</th>
              <th>${say`By whom`}</th>
              <th>${say`What`}</th>
              <th>${say`Whose`}</th>
              <th>${say`Details`}</th>
              <th>${say`From`}</th>
            </tr>
          </thead>
          <tbody>
            ${repeat(entries, keyOf, (one) => row(ui, one))}
          </tbody>
        </table>
        ${entries.length || !state.data ? nothing : html`<p class="empty">${say`No entry`}</p>`}${
          state.data?.before
            ? html`<button class="btn history__more" @click=${() => load(ui, true)}>
                ${say`Older ones`}
              </button>`
            : nothing
        }
      </div>
    </section>
  </section>`;
}
