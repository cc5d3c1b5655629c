// Past alarms, in the infrastructure's place: the most frequent alarms, and each alarm from its start to its
// end.

import { html, nothing } from '../../vendor/lit.js';
import { button } from '../admin/frame/page.js';
import { word } from '../shell/parts.js';
import { searchField } from '../shell/search-field.js';
import { say } from '../words/words.js';
import * as f from '../words/format.js';
import { subjectName } from './alarms.js';
import * as callouts from './callouts.js';
import { kindOf, priorityName, kindTexts } from './kinds.js';

const TYPING_MS = 250;
const DAYS = ['1', '7', '30'];
const state = {
  shown: false,
  search: '',
  typing: 0,
  days: '7',
  requests: 0,
  fault: false,
  data: /** @type {AlarmHistory} */ (null),
};

/** Return true if the past alarms are open. */
export const shown = () => state.shown;

/** Close the past alarms. */
export function clear() {
  Object.assign(state, { shown: false, search: '', data: null, fault: false });
}

/** Open the past alarms. @param {Ui} ui */
export function open(ui) {
  state.shown = true;
  load(ui);
  ui.draw();
  document.querySelector('main h1')?.focus({ preventScroll: true });
}

/**
 * Request the past alarms of the chosen days and search. An answer to an earlier request is dropped.
 * @param {Ui} ui
 */
async function load(ui) {
  const request = (state.requests += 1);
  const query = new URLSearchParams({ days: state.days, search: state.search.trim() });
  const answer = await ui.feed.read(`/v1/alarms/history?${query}`).catch(() => null);
  const data = answer?.ok ? await answer.json().catch(() => null) : null;
  if (request !== state.requests) return;
  Object.assign(state, { fault: !data, data: data ?? state.data });
  ui.draw();
}

/** Handle a key of the past alarms. Return true if the key was used. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (key === 'H' || key === 'Escape') {
    state.shown = false;
    ui.draw();
    document.querySelector('main h1')?.focus({ preventScroll: true });
  } else if (key === 'T') {
    state.days = DAYS[(DAYS.indexOf(state.days) + 1) % DAYS.length];
    load(ui);
  } else if (key === '/') document.getElementById('alarms-search')?.focus();
  else if (key === 'ArrowDown' || key === 'ArrowUp')
    document.querySelector('.alarms__list')?.scrollBy({ top: key === 'ArrowDown' ? 120 : -120 });
  else return false;
  return true;
}

/**
 * Return the short text of an alarm.
 * @param {Ui} ui @param {{ alarm: string, subject: string, text?: string }} one
 */
function alarmText(ui, one) {
  const kind = kindOf(one.alarm, one.text ?? '');
  return kindTexts(kind, subjectName(ui, kind.about, one.subject)).short;
}

/** Return the day and minute of a time. @param {number} us */
const when = (us) => `${f.shortDay(us)} ${f.minute(us)}`;

/** Render the duration of an alarm, or that the alarm is active. @param {Episode} one */
const duration = (one) =>
  one.over_us === null ? word('warn', say`stands`, 'ink-wait') : f.span(one.over_us - one.since_us);

/** Return the time of acknowledgement and the operator. @param {Ui} ui @param {Episode} one */
const seenBy = (ui, one) =>
  one.seen_us ? `${f.minute(one.seen_us)}, ${ui.feed.names(one.seen_by)}` : say`not seen##history`;

/** Render one past alarm. @param {Ui} ui @param {Episode} one */
const episode = (ui, one) =>
  html`<tr>
    <td>${when(one.since_us)}</td>
    <td><b>${alarmText(ui, one)}</b></td>
    <td class="ink-2">${priorityName(kindOf(one.alarm, one.text).priority)}</td>
    <td class="num">${duration(one)}</td>
    <td class="ink-2">${seenBy(ui, one)}</td>
  </tr>`;

/**
 * Render the most frequent alarms, all alarms, and the callouts.
 * @param {Ui} ui @param {AlarmHistory} found
 */
function periodView(ui, found) {
  const again = found.often.filter((one) => one.times > 1);
  return html`<section class="panel" aria-label=${say`Most often`}>
      <div class="panel__head">
        <h2>${say`Most often`}</h2>
      </div>
      <div class="panel__body">
        <table class="table">
          <tbody>
            ${again.map(
              (one) => html`<tr>
                <td class="num"><b>${one.times} ×</b></td>
                <td>${alarmText(ui, one)}</td>
                <td class="num ink-2">${when(one.last_us)}</td>
              </tr>`,
            )}
          </tbody>
        </table>
        ${again.length ? nothing : html`<p class="empty">${say`None came twice`}</p>`}
      </div>
    </section>
    <section class="panel" aria-label=${say`All##alarms`}>
      <div class="panel__head">
        <h2>${found.more ? say`The last 100` : say`All##alarms`}</h2>
        <span class="ink-2" role="status">${found.times}</span>
      </div>
      <div class="panel__body alarms__list" tabindex="0" role="group" aria-label=${say`List`}>
        <table class="table">
          <thead>
            <tr>
              <th>${say`Since##hour`}</th>
              <th>${say`Alarm`}</th>
              <th>${say`To act`}</th>
              <th class="num">${say`For`}</th>
              <th>${say`Seen`}</th>
            </tr>
          </thead>
          <tbody>
            ${found.episodes.map((one) => episode(ui, one))}
          </tbody>
        </table>
        ${found.episodes.length ? nothing : html`<p class="empty">${say`No alarms`}</p>`}
      </div>
    </section>
    ${found.callouts.length ? calloutsPanel(ui, found.callouts) : nothing}`;
}

/** Render the callouts of the period. @param {Ui} ui @param {CalloutView[]} all */
const calloutsPanel = (ui, all) =>
  html`<section class="panel called-past" aria-labelledby="called-past-h">
    <div class="panel__head">
      <h2 id="called-past-h">${say`Who was called`}</h2>
      <span class="ink-2">${all.length}</span>
    </div>
    <div
      class="panel__body called-past__list"
      tabindex="0"
      role="group"
      aria-labelledby="called-past-h">
      ${callouts.table(ui, all)}
    </div>
  </section>`;

/** Render the place of the past alarms. @param {Ui} ui */
export const pane = (ui) =>
  html`<section class="view alarms-past" aria-labelledby="alarms-past-h">
    <header class="page-head">
      <h1 id="alarms-past-h" tabindex="-1">${say`Past alarms`}</h1>
      ${searchField({
        id: 'alarms-search',
        hint: say`Line, node, alarm`,
        searched: state,
        pauseMs: TYPING_MS,
        ask: () => load(ui),
        down: () => /** @type {HTMLElement} */ (document.querySelector('.alarms__list'))?.focus(),
      })}
      <div class="page-head__end">
        ${button(ui, ['T', say`${state.days} days`])}
        ${button(ui, ['H', say`To the equipment`])}
      </div>
      ${state.fault ? html`<p role="alert">${word('warn', say`No connection`, 'ink-bad')}</p>` : nothing}
    </header>
    ${state.data ? periodView(ui, state.data) : nothing}
  </section>`;
