// The supervisor's statistics: measured values beside their targets.

import { html, nothing } from '../../../vendor/lit.js';
import { icon, word } from '../../../js/shell/parts.js';
import { save } from '../../../js/shell/download.js';
import { nextRow } from '../../../js/shell/next-row.js';
import { outcome, say } from '../../../js/words/words.js';
import * as filters from '../history/filters.js';
import { choose } from '../history/state.js';
import { distribution, heat, sec, shares } from './charts.js';
import { kpis } from './kpis.js';
import * as f from '../../../js/words/format.js';

const RANGES = { T: 1, W: 7, Y: 30 };

const AGAIN_MS = 30000;

const state = {
  days: 7,
  /** @type {FiguresView} */
  data: null,
  fault: '',
  askedAtMs: 0,
  requests: 0,
  waiting: false,
  cursor: null,
};

/** Request the statistics. @param {Ui} ui */
export function enter(ui) {
  load(ui);
}

/** Return the query of the statistics. @param {Ui} ui */
function query(ui) {
  const params = filters.query(ui, false);
  params.set('days', String(state.days));
  return params;
}

/** Request the statistics. @param {Ui} ui */
async function load(ui) {
  const request = (state.requests += 1);
  state.askedAtMs = Date.now();
  state.waiting = true;
  let data = null;
  let fault = 'noConnection';
  try {
    const answer = await ui.feed.read(`/v1/figures?${query(ui)}`);
    if (answer.ok) data = await answer.json();
    else if (answer.status === 403) fault = 'notYours';
  } catch {
    /** the fault is shown below */
  }
  if (request !== state.requests) return;
  state.waiting = false;
  state.askedAtMs = Date.now();
  state.fault = data ? '' : fault;
  if (data) state.data = data;
  ui.draw();
}

/** Save the statistics as a file. @param {Ui} ui */
async function download(ui) {
  const { days } = state;
  if (await save(ui, `/v1/figures.csv?${query(ui)}`, `securwoman-${days}-days.csv`)) return;
  state.fault = 'noConnection';
  ui.draw();
}

const shown = () => (state.data?.latest ?? []).slice(0, innerHeight < 900 ? 4 : 6);

/** Act on a key; return true if it belongs to the statistics. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (RANGES[key]) {
    state.days = RANGES[key];
    load(ui);
    ui.draw();
    return true;
  }
  if (filters.pressed(key, () => load(ui))) return true;
  if (key === 'Q') {
    ui.screen.go('review');
    return true;
  }
  if (key === 'A') {
    ui.screen.go('availability');
    return true;
  }
  if (key === 'D') {
    download(ui);
    return true;
  }
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    const rows = shown().map((one) => one.alert);
    if (!rows.length) return true;
    state.cursor = nextRow(rows, state.cursor, key === 'ArrowDown' ? 1 : -1);
    ui.draw();
    document.querySelector(`.figures tr[data-alert="${CSS.escape(state.cursor)}"]`)?.focus();
    return true;
  }
  if (key === 'Enter' && state.cursor) {
    openStory(ui, state.cursor);
    return true;
  }
  return false;
}

/** Open the story of an alert in the history. @param {Ui} ui @param {string} alert */
function openStory(ui, alert) {
  ui.screen.go('history');
  choose(ui, alert);
}

/** Render the latest alerts. @param {Ui} ui */
function latest(ui) {
  /** Render the outcome of an alert. @param {AlertFigures} one */
  const how = (one) =>
    one.closed_us === null
      ? word('clock', say`open`, 'ink-wait')
      : ['user_called_112', 'no_contact', 'put_away'].includes(one.outcome)
        ? word('warn', outcome(one.outcome), 'ink-bad')
        : word(
            one.outcome === 'handed_over' || one.outcome === 'briefed' ? '112' : 'check',
            outcome(one.outcome),
            'ink-2',
          );
  const took = (s, bad) =>
    html`<td class="num ${bad ? 'ink-bad' : ''}">${bad ? html`${icon('warn')} ` : nothing}${sec(s)}</td>`;
  return html`<section class="panel">
    <div class="panel__head">
      <h2>${say`Latest alerts`}</h2>
      <span class="word ink-2"
        ><kbd>↑</kbd><kbd>↓</kbd><span>${say`Enter opens the story`}</span></span
      >
    </div>
    <div class="panel__body">
      <table class="table">
        <thead>
          <tr>
            <th>${say`Requested`}</th>
            <th>${say`Who`}</th>
            <th>${say`Outcome`}</th>
            <th>${say`Taken by`}</th>
            <th class="num">${say`operator`}</th>
            <th class="num">${say`ringing`}</th>
            <th class="num">112</th>
          </tr>
        </thead>
        <tbody>
          ${shown().map(
            (one) =>
              html`<tr
                tabindex="0"
                data-alert=${one.alert}
                aria-current=${state.cursor === one.alert ? 'true' : nothing}
                @focus=${() => {
                  state.cursor = one.alert;
                }}
                @click=${() => openStory(ui, one.alert)}>
                <td class="ink-2">${f.shortDay(one.received_us)} ${f.minute(one.received_us)}</td>
                <td><b>${one.name || say`Unknown`}</b></td>
                <td>${how(one)}</td>
                <td>${one.operator ? ui.feed.names(one.operator) : '—'}</td>
                ${took(one.to_operator_s, false)} ${took(one.to_ringing_s, one.missed)}
                ${took(one.to_psap_s, false)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** Render the statistics. @param {Ui} ui */
export function pane(ui) {
  // The first count of a large journal takes longer than the interval between requests.
  if (ui.feed.link === 'live' && !state.waiting && Date.now() - state.askedAtMs > AGAIN_MS) load(ui);
  const { data } = state;
  const ready = data && data.days === state.days;
  const seg = [
    ['T', say`Today`],
    ['W', say`7 days`],
    ['Y', say`30 days`],
  ];
  return html`<section class="view figures" aria-labelledby="f-h" aria-busy=${!ready}>
    <header class="page-head">
      <h1 id="f-h" tabindex="-1">${say`Figures`}</h1>
      <p>
        ${
          state.fault
            ? word(
                'warn',
                state.fault === 'notYours' ? say`For supervisors only` : say`No connection`,
                'ink-bad',
              )
            : say`Tests and drills are left out`
        }
      </p>
      <div class="page-head__end">
        <button class="btn" aria-keyshortcuts="A" @click=${() => ui.press('A')}>
          <kbd>A</kbd>${say`Availability`}</button
        ><button class="btn" aria-keyshortcuts="Q" @click=${() => ui.press('Q')}>
          <kbd>Q</kbd>${say`Reviews`}</button
        ><button class="btn" aria-keyshortcuts="D" @click=${() => download(ui)}><kbd>D</kbd>CSV</button>
        <div class="seg" role="group" aria-label=${say`Period`}>
          ${seg.map(
            ([key, text]) =>
              html`<button
                aria-pressed=${state.days === RANGES[key]}
                aria-keyshortcuts=${key}
                @click=${() => ui.press(key)}>
                <kbd>${key}</kbd><span>${text}</span>
              </button>`,
          )}
        </div>
      </div>
    </header>
    ${filters.filterBar(ui, { again: () => load(ui), timed: false })}
    ${
      ready
        ? html`<div class="kpis">${kpis(data)}</div>
            <div class="charts">
              ${distribution(say`To the operator`, data.figures.operator)}${distribution(
                say`To her phone ringing`,
                data.figures.ringing,
              )}${distribution(say`To 112, once asked`, data.figures.psap)}${shares(data)}
            </div>
            ${heat(data)}${latest(ui)}`
        : html`<p class="empty" role="status">${state.fault ? '' : say`Counting…`}</p>`
    }
  </section>`;
}
