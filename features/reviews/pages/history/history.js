// The history: a search of all alerts, open and closed, with the story of the chosen alert.

import { html, nothing, repeat } from '../../../vendor/lit.js';
import { markTest } from '../../../js/case/situation.js';
import { word } from '../../../js/shell/parts.js';
import { save } from '../../../js/shell/download.js';
import { searchField } from '../../../js/shell/search-field.js';
import { nextRow } from '../../../js/shell/next-row.js';
import { channel, outcome, say } from '../../../js/words/words.js';
import { listChoice } from '../../../js/alerts/list-choice.js';
import * as filters from './filters.js';
import * as notes from '../../../js/case/notes.js';
import { choose, rereadIfChanged, forgetErased, load, reopenKey, state, chosenStory } from './state.js';
import { handOutKey, story } from './story.js';
import { print } from './print.js';
import * as correct from './correct.js';
import * as f from '../../../js/words/format.js';

const TYPING_MS = 250;

const AGAIN_MS = 15000;

/** Request the alerts. @param {Ui} ui */
export function enter(ui) {
  load(ui);
}

/** Move the cursor by `by` rows; at the end, request older alerts. @param {Ui} ui @param {number} by */
function move(ui, by) {
  const rows = state.items.map((one) => one.alert);
  if (!rows.length) return;
  state.cursor = nextRow(rows, state.cursor, by);
  if (state.cursor === rows.at(-1) && state.more) load(ui, true);
  ui.draw();
  document.querySelector(`.past[data-alert="${CSS.escape(state.cursor)}"]`)?.focus();
}

/** Return true for a supervisor or admin. @param {Ui} ui */
const supervises = (ui) => ['supervisor', 'admin'].includes(ui.feed.me.role);

/** Save the filtered alerts as a file; without a time, those of the last year. @param {Ui} ui */
async function download(ui) {
  state.fault = !(await save(ui, `/v1/figures.csv?${filters.query(ui, true, true)}`, 'securwoman.csv'));
  ui.draw();
}

/** Act on a key; return true if it belongs to the history. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (reopenKey(ui, key) || filters.pressed(key, () => load(ui))) return true;
  if (key === 'Q') {
    ui.screen.go('review');
    return true;
  }
  if (key === 'O' && state.story) return correct.open(ui, state.story);
  if (state.story && handOutKey(ui, key, state.story)) return true;
  if (key === 'P' && state.story) return print(ui, state.story.alert);
  if (key === 'D' && supervises(ui)) {
    download(ui);
    return true;
  }
  if (key === 'N' && chosenStory()) {
    notes.focus();
    return true;
  }
  if (key === '/') {
    const field = document.getElementById('search');
    field?.focus();
    field?.select();
    return true;
  }
  if (key === 'H') {
    document.querySelector('main h1')?.focus();
    return true;
  }
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    move(ui, key === 'ArrowDown' ? 1 : -1);
    return true;
  }
  if (key === 'Enter' && state.cursor) {
    choose(ui, state.cursor);
    return true;
  }
  if (key === 'Escape' && state.chosen) {
    state.chosen = null;
    state.story = null;
    ui.draw();
    return true;
  }
  return false;
}

/** Return the user's name, number, or the day of the erasure. @param {PastAlert} one */
const userName = (one) =>
  one.name ||
  (one.phone ? f.phone(one.phone) : one.erased_us === null ? say`Unknown` : f.erased(one.erased_us));

/** Return a moment as a day and a time. @param {number} us */
const when = (us) => `${f.shortDay(us)} ${f.minute(us)}`;

/** Render the outcome of an alert. @param {PastAlert} one */
function ended(one) {
  if (one.closed_us === null) return word('clock', say`open`, 'ink-wait');
  if (['user_called_112', 'no_contact', 'put_away'].includes(one.outcome) || one.missed)
    return word('warn', outcome(one.outcome), 'ink-bad');
  const text = outcome(one.outcome);
  return word(
    ['handed_over', 'briefed'].includes(one.outcome) ? '112' : 'check',
    one.outcome === one.closed_as ? text : say`${text}, corrected`,
    'ink-2',
  );
}

/** Render the history. @param {Ui} ui */
export function pane(ui) {
  const { feed } = ui;
  forgetErased(ui);
  rereadIfChanged(ui);
  if (feed.link === 'live' && state.pages === 1 && Date.now() - state.askedAtMs > AGAIN_MS)
    load(ui, false, true);
  return html`<section class="view history" aria-labelledby="hist-h">
    <header class="page-head">
      <h1 id="hist-h" tabindex="-1">${say`History`}</h1>
      ${searchField({
        id: 'search',
        hint: say`Name, end of the number, or the alert’s id`,
        searched: state,
        pauseMs: TYPING_MS,
        ask: () => load(ui),
        down: () => move(ui, 1),
      })}${listChoice(ui)}
    </header>
    ${filters.filterBar(ui, {
      again: () => load(ui),
      beside: html`<button class="btn" aria-keyshortcuts="Q" @click=${() => ui.press('Q')}>
          <kbd>Q</kbd>${say`Reviews`}</button
        >${
          supervises(ui)
            ? html`<button class="btn" aria-keyshortcuts="D" @click=${() => ui.press('D')}>
            <kbd>D</kbd>CSV
          </button>`
            : nothing
        }`,
    })}
    <div class="history__body">
      <section class="panel" aria-label=${say`Alerts`}>
        <div class="panel__head">
          <h2>
            ${state.search.trim() || filters.filtered() ? say`Found` : say`All alerts`}
          </h2>
          <span class="ink-2" role="status"
            >${state.fault ? say`No connection` : `${state.items.length}${state.more ? '+' : ''}`}</span
          >
        </div>
        <div class="history__list" role="list">
          ${repeat(
            state.items,
            (one) => one.alert,
            (one) =>
              html`<div role="listitem">
                <button
                  class="past"
                  data-alert=${one.alert}
                  aria-current=${state.cursor === one.alert ? 'true' : nothing}
                  @click=${() => choose(ui, one.alert)}>
                  <span class="past__when">${when(one.received_us)}</span
                  ><b class=${one.test ? 'ink-test' : nothing}>${markTest(one.test, userName(one))}</b
                  ><span class="past__end">${ended(one)}</span
                  ><small
                    >${[
                      one.name && one.phone ? f.phone(one.phone) : '',
                      channel(one.channel),
                      one.operator ? ui.feed.names(one.operator) : '',
                    ]
                      .filter(Boolean)
                      .join(' · ')}</small
                  >
                </button>
              </div>`,
          )}
          ${state.items.length ? nothing : html`<p class="empty">${say`No alert found`}</p>`}
          ${
            state.more
              ? html`<button class="btn history__more" @click=${() => load(ui, true)}>
                  ${say`Older ones##alerts`}
                </button>`
              : nothing
          }
        </div>
      </section>
      ${
        state.chosen && state.story?.alert === state.chosen
          ? story(ui, state.story)
          : html`<section class="panel">
              <p class="empty">
                <span class="word"><kbd>↑</kbd><kbd>↓</kbd><kbd>${say`Enter`}</kbd></span
                ><span
                  >${say`Choose an alert to read its story`}</span
                >
              </p>
            </section>`
      }
    </div>
  </section>`;
}
