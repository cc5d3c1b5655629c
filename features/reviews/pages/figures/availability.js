// The availability of the alert intake, month by month, as measured from outside; and a month's report beside
// the benchmarks of the field.

import { html, nothing } from '../../../vendor/lit.js';
import { word } from '../../../js/shell/parts.js';
import { save } from '../../../js/shell/download.js';
import { nextRow } from '../../../js/shell/next-row.js';
import { language, number, say } from '../../../js/words/words.js';
import * as f from '../../../js/words/format.js';

const NB = '\u00a0';

const state = {
  /** @type {AvailabilityView} */
  data: null,
  /** @type {Report} */
  report: null,
  month: '',
  fault: '',
  requests: 0,
};

const names = () => (state.data?.months ?? []).map((one) => one.month);

/** Request the availability. @param {Ui} ui */
export function enter(ui) {
  state.fault = '';
  load(ui);
}

/** Request a path; return its JSON, or null. @param {Ui} ui @param {string} path @returns {Promise<any>} */
async function read(ui, path) {
  const answer = await ui.feed.read(path).catch(() => null);
  return answer?.ok ? answer.json().catch(() => null) : null;
}

/** Request the months. @param {Ui} ui */
async function load(ui) {
  const data = await read(ui, '/v1/availability');
  state.fault = data ? '' : say`No connection`;
  if (data) state.data = data;
  const all = names();
  if (!all.includes(state.month)) state.month = all[0] ?? '';
  await choose(ui);
}

/** Request the report of the chosen month. @param {Ui} ui */
async function choose(ui) {
  const request = (state.requests += 1);
  ui.draw();
  if (!state.month) return;
  const report = await read(ui, `/v1/reports/${state.month}/json`);
  if (request !== state.requests) return;
  state.report = report;
  if (!report) state.fault = say`No connection`;
  ui.draw();
}

/** Save the month's report as a file. @param {Ui} ui @param {'pdf' | 'csv'} form */
async function download(ui, form) {
  const { month } = state;
  const path = `/v1/reports/${month}/${form}?language=${language()}`;
  state.fault = (await save(ui, path, `securwoman-${month}.${form}`)) ? '' : say`No connection`;
  ui.draw();
}

/** Act on a key; return true if it belongs to the availability. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    state.month = nextRow(names(), state.month, key === 'ArrowDown' ? 1 : -1) ?? '';
    choose(ui);
    document.querySelector(`.availability tr[data-month="${CSS.escape(state.month)}"]`)?.focus();
  } else if (key === 'P' && state.month) download(ui, 'pdf');
  else if (key === 'D' && state.month) download(ui, 'csv');
  else if (key === 'Escape') ui.screen.go('figures');
  else return false;
  return true;
}

/**
 * Return a share in percent, rounded down: never up to 100 %.
 * @param {number | null} share @param {number} digits
 */
function percent(share, digits) {
  if (share === null) return '—';
  const scale = 10 ** digits;
  return `${number(Math.floor(share * 100 * scale + 1e-6) / scale, digits)}${NB}%`;
}

/** Return true if minutes were lost. @param {AvailabilityView['months'][number]} one */
const isBad = (one) => one.availability.lost > 0;

/** Render the months. @param {Ui} ui */
function byMonth(ui) {
  /** Render a month. @param {AvailabilityView['months'][number]} one */
  const row = (one) => {
    const there = one.availability;
    return html`<tr
      tabindex="0"
      data-month=${one.month}
      aria-current=${state.month === one.month ? 'true' : nothing}
      @focus=${() => {
        if (state.month === one.month) return;
        state.month = one.month;
        choose(ui);
      }}>
      <td><b>${f.monthName(one.month)}</b></td>
      <td class="num ${isBad(one) ? 'ink-bad' : ''}">
        ${
          there.watched
            ? html`<b>${isBad(one) ? word('warn', percent(one.share, 3)) : percent(one.share, 3)}</b>`
            : html`<span class="ink-2">${say`not watched`}</span>`
        }
      </td>
      <td class="num">${there.watched ? there.lost : '—'}</td>
      <td class="num">${there.watched ? there.planned : '—'}</td>
      <td class="num">${there.watched ? `${there.longest}${NB}min` : '—'}</td>
      <td class="num">${there.minutes ? percent(there.watched / there.minutes, 1) : '—'}</td>
    </tr>`;
  };
  return html`<section class="panel">
    <div class="panel__head">
      <h2>${say`Intake of alerts`}</h2>
      <span class="word ink-2"><kbd>↑</kbd><kbd>↓</kbd><span>${say`month`}</span></span>
    </div>
    <div class="panel__body">
      <table class="table">
        <thead>
          <tr>
            <th>${say`Month`}</th>
            <th class="num">${say`Available`}</th>
            <th class="num">${say`Minutes lost`}</th>
            <th class="num">${say`in planned work`}</th>
            <th class="num">${say`Longest`}</th>
            <th class="num">${say`Watched`}</th>
          </tr>
        </thead>
        <tbody>
          ${state.data.months.map(row)}
        </tbody>
      </table>
      <p class="ink-2">
        ${say`A minute is lost where each watcher outside saw more than half of its tries fail. Those that
          nobody watched do not count.`}
      </p>
    </div>
  </section>`;
}

/** Render a benchmark beside the measured share. @param {Report['answering']['measured'][number]} one */
function benchmark(one) {
  const low = one.found !== null && one.found < one.share;
  return html`<tr>
    <td><b>${one.by}</b></td>
    <td>${percent(one.share, 1)} ${say`within`} ${one.within_s}${NB}s</td>
    <td class="num ${low ? 'ink-bad' : ''}">
      ${
        one.found === null
          ? '—'
          : word(low ? 'warn' : 'check', percent(one.found, 1), low ? 'ink-bad' : 'ink-2')
      }
    </td>
  </tr>`;
}

/** Render the report of a month. @param {Report} report */
function monthReport(report) {
  const { answering, callouts, proofs } = report;
  const taken = callouts.filter((one) => one.taken_us !== null);
  const after = f.seconds(Math.max(...taken.map((one) => one.taken_us - one.at_us), 0), 0);
  const good = proofs.filter((one) => one.ended === 'done' && !one.bad).length;
  return html`<section class="panel" aria-live="polite">
    <div class="panel__head">
      <h2>${f.monthName(report.month)}</h2>
    </div>
    <div class="panel__body">
      <h3>${say`Answering of real alerts`}</h3>
      <p>
        ${say`${answering.answered} of ${answering.of} with an operator on the line`}
      </p>
      <table class="table">
        <thead>
          <tr>
            <th>${say`Who asks`}</th>
            <th>${say`How much`}</th>
            <th class="num">${say`Here`}</th>
          </tr>
        </thead>
        <tbody>
          ${answering.measured.map(benchmark)}
        </tbody>
      </table>
      <h3>${say`People on duty`}</h3>
      <p>
        ${
          callouts.length
            ? say`Callouts: ${callouts.length}; taken: ${taken.length}, the slowest after ${after}`
            : say`No callouts.`
        }
      </p>
      <h3>${say`Proofs of the centre`}</h3>
      <p>
        ${proofs.length ? say`${good} of ${proofs.length} without a fault` : say`No proofs.`}
      </p>
    </div>
  </section>`;
}

/** Render the availability. @param {Ui} ui */
export function pane(ui) {
  const { data, report } = state;
  return html`<section class="view availability" aria-labelledby="av-h" aria-busy=${!data}>
    <header class="page-head">
      <h1 id="av-h" tabindex="-1">${say`Availability`}</h1>
      <p>${state.fault ? word('warn', state.fault, 'ink-bad') : nothing}</p>
      <div class="page-head__end">
        <button class="btn" aria-keyshortcuts="P" @click=${() => ui.press('P')}>
          <kbd>P</kbd>${say`Month’s report`}</button
        ><button class="btn" aria-keyshortcuts="D" @click=${() => ui.press('D')}><kbd>D</kbd>CSV</button
        ><button class="btn" aria-keyshortcuts="Escape" @click=${() => ui.press('Escape')}>
          <kbd>Esc</kbd>${say`Figures`}
        </button>
      </div>
    </header>
    ${
      data
        ? html`<div class="availability__body">
            ${byMonth(ui)}
            ${report?.month === state.month ? monthReport(report) : html`<section class="panel"></section>`}
          </div>`
        : html`<p class="empty" role="status">${state.fault ? '' : say`Counting…`}</p>`
    }
  </section>`;
}
