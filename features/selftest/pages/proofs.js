// The nightly self-tests, a place below the infrastructure view: the steps of the last self-test, skipped
// steps with their reasons, and each figure of ninety nights. Supervisors start and end a self-test here.

import { html, nothing, svg } from '../../vendor/lit.js';
import { answerOf, why } from '../../js/admin/frame/faults.js';
import { button } from '../../js/admin/frame/page.js';
import { word } from '../../js/shell/parts.js';
import { say } from '../../js/words/words.js';
import * as f from '../../js/words/format.js';
import {
  boundWords,
  chartWord,
  figureWord,
  stateWord,
  stepWord,
  subjectWord,
  wayWord,
  whyWord,
} from './proof-words.js';

const PATH = '/v1/proofs';
const [W, H, EDGE] = [240, 48, 4]; // a chart's size
const POLL_MS = 2000; // during a self-test
const state = {
  fault: '',
  requests: 0,
  again: 0,
  data: /** @type {ProofsView} */ (null),
};

/** Request the self-tests. @param {Ui} ui */
export function enter(ui) {
  Object.assign(state, { data: null, fault: '' });
  load(ui);
}

/** Return true if this place is shown. @param {Ui} ui */
const shown = (ui) => ui.screen.section === 'proofs';

/** Request the self-tests, and again after a pause. @param {Ui} ui */
async function load(ui) {
  const request = (state.requests += 1);
  clearTimeout(state.again);
  const answer = await ui.feed.read(PATH).catch(() => null);
  const data = answer?.ok ? await answer.json().catch(() => null) : null;
  if (request !== state.requests || !shown(ui)) return;
  Object.assign(state, { data: data ?? state.data, fault: data ? '' : say`No connection` });
  state.again = window.setTimeout(() => load(ui), POLL_MS * (isRunning() ? 1 : 8));
  ui.draw();
}

/** Return true if a self-test is running, or ordered. */
const isRunning = () =>
  Boolean(state.data?.nodes.some((one) => one.ordered || (one.last && one.last.ended_us === null)));

/** Start or end a self-test. @param {Ui} ui @param {'POST' | 'DELETE'} how */
async function order(ui, how) {
  const answer = await answerOf(ui.feed.request(how, PATH, how === 'POST' ? {} : undefined));
  if (answer.data) load(ui);
  else {
    state.fault = why(answer.code);
    ui.draw();
  }
}

/** Act on a key; return true if it belongs to the self-tests. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (key === 'N' || key === 'Escape') ui.screen.go('plant');
  else if (key === 'T' && state.data && !isRunning()) order(ui, 'POST');
  else if (key === 'E' && isRunning()) order(ui, 'DELETE');
  else if (key === 'ArrowDown' || key === 'ArrowUp')
    document.querySelector('.proofs__list')?.scrollBy({ top: key === 'ArrowDown' ? 120 : -120 });
  else return false;
  return true;
}

/** Render a step. @param {ProofRow} row */
function stepRow(row) {
  const figures = Object.entries(row.figures).map(([name, value]) => figureWord(name, value));
  const since =
    row.state === 'failed' && row.bad_since_us !== null && row.bad_since_us !== row.at_us
      ? say`since ${f.shortDay(row.bad_since_us)}##day`
      : '';
  const [sign, text, kind] = stateWord(row.state);
  return html`<tr data-state=${row.state}>
    <th scope="row">${stepWord(row.step)} <span class="ink-2">${subjectWord(row.subject)}</span></th>
    <td>${word(sign, text, kind)}</td>
    <td>
      ${[whyWord(row), since].filter(Boolean).join(', ')}
      ${row.ways.map((way) => html`<small class=${way.proved ? '' : 'ink-bad'}>${wayWord(way)}</small>`)}
    </td>
    <td class="num">${figures.filter(Boolean).join(' · ')}</td>
    <td class="num ink-2">${boundWords(state.data.bounds, row)}</td>
  </tr>`;
}

/**
 * Render a figure of ninety nights as a small chart, with a text for screen readers.
 * @param {ProofSeries} series
 */
function nights({ step, figure, subject, points }) {
  const there = points.filter((one) => one.value !== null);
  const values = there.map((one) => one.value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (i) => (points.length < 2 ? W / 2 : EDGE + (i * (W - 2 * EDGE)) / (points.length - 1));
  // A constant figure is a line in the middle.
  const y = (value) => (high === low ? H / 2 : EDGE + ((high - value) * (H - 2 * EDGE)) / (high - low));
  const path = points
    .map(({ value }, i) => (value === null ? null : `${x(i)} ${y(value)}`))
    .reduce((d, at, i, all) => (at === null ? d : `${d}${i && all[i - 1] !== null ? 'L' : 'M'}${at}`), '');
  const { at_us: lastAt, value: last } = there.at(-1);
  const bad = points.filter((one) => !one.good).length;
  const name = [stepWord(step), subjectWord(subject)].filter(Boolean).join(' ');
  const [from, to, now] = [low, high, last].map((value) => figureWord(figure, value));
  const spoken = [
    `${name}, ${chartWord(figure)}`,
    say`${there.length} nights, from ${from} to ${to}`,
    say`the last ${now} on ${f.shortDay(lastAt)}`,
    say`not well ${bad}`,
  ].join('; ');
  return html`<li>
    <p><b>${name}</b> <span class="ink-2">${chartWord(figure)}</span></p>
    <svg viewBox="0 0 ${W} ${H}" preserveAspectRatio="none" role="img" aria-label=${spoken}>
      ${svg`<path class="line" d="${path}"></path>`}
      ${points.map(({ value, good }, i) =>
        value === null || (good && there.length > 1)
          ? ''
          : svg`<circle class=${good ? 'val' : 'over'} cx="${x(i)}" cy="${y(value)}" r="3"></circle>`,
      )}
    </svg>
    <p class="num">${figureWord(figure, last)}</p>
  </li>`;
}

/** Render the state of a node's last self-test. @param {ProofNode} node */
function stateOf({ last, ordered }) {
  if (ordered) return word('clock', say`Ordered: it begins once no alert is open`, 'ink-wait');
  if (!last) return word('todo', say`Never tried`, 'ink-2');
  const done = last.rows.filter((one) => one.state !== 'waits' && one.state !== 'runs').length;
  if (last.ended_us === null)
    return word('clock', say`Running: ${done} of ${last.rows.length}`, 'ink-action');
  const bad = last.rows.filter((one) => one.state === 'failed').length;
  if (bad) return word('warn', say`Not well: ${bad} of ${last.rows.length}`, 'ink-bad');
  if (last.end !== 'done') return word('warn', say`Not finished`, 'ink-wait');
  return word('check', say`All that was tried is well`, 'ink-ok');
}

/** Render a node's last self-test with its charts. @param {Ui} ui @param {ProofNode} node */
function nodePane(ui, node) {
  const { last } = node;
  const when = last
    ? [
        `${f.shortDay(last.begun_us)} ${f.minute(last.begun_us)}`,
        f.span((last.ended_us ?? ui.feed.nowUs()) - last.begun_us),
      ].join(' · ')
    : '';
  const by = last?.by ? say`ordered by ${ui.feed.names(last.by)}` : '';
  const several = state.data.nodes.length > 1;
  const label = say`Last self-test of ${node.node}`;
  return html`<section class="panel" aria-label=${label}>
    <div class="panel__head">
      <h2>${several ? node.node : say`Last self-test`}</h2>
      <span role="status">${stateOf(node)}</span>
      <span class="ink-2">${[when, by].filter(Boolean).join(' · ')}</span>
    </div>
    <div
      class="panel__body proofs__list"
      tabindex="0"
      role="group"
      aria-label=${say`Steps`}>
      ${
        last
          ? html`<table class="table">
              <thead>
                <tr>
                  <th>${say`What`}</th>
                  <th>${say`Result`}</th>
                  <th>${say`Why`}</th>
                  <th class="num">${say`Figures##measured`}</th>
                  <th class="num">${say`Bound`}</th>
                </tr>
              </thead>
              <tbody>
                ${last.rows.map(stepRow)}
              </tbody>
            </table>`
          : nothing
      }
    </div>
  </section>
  <section class="panel" aria-label=${say`Ninety nights`}>
    <div class="panel__head"><h2>${say`Ninety nights`}</h2></div>
    <div class="panel__body" tabindex="0" role="group" aria-label=${say`Charts`}>
      ${
        node.series.length
          ? html`<ul class="proofs__nights">
              ${node.series.map(nights)}
            </ul>`
          : html`<p class="empty">${say`No complete self-test yet`}</p>`
      }
    </div>
  </section>`;
}

/** Render the self-tests. @param {Ui} ui */
export function pane(ui) {
  const { data, fault } = state;
  const night = data?.at ? say`Each night at ${data.at}, while it is quiet` : say`By itself at night: no`;
  return html`<section class="view proofs" aria-labelledby="proofs-h">
    <header class="page-head">
      <h1 id="proofs-h" tabindex="-1">${say`Nightly self-test`}</h1>
      <p class="ink-2">${data ? night : ''}</p>
      <div class="page-head__end">
        ${isRunning() ? button(ui, ['E', say`End it`]) : button(ui, ['T', say`Prove now`])}
        ${button(ui, ['N', say`To the equipment`])}
      </div>
      ${fault ? html`<p role="alert">${word('warn', fault, 'ink-bad')}</p>` : nothing}
    </header>
    ${data ? data.nodes.map((one) => nodePane(ui, one)) : nothing}
  </section>`;
}
