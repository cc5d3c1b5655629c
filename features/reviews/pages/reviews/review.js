// Reviews for quality: two calls of each operator a month, drawn at random, judged by a supervisor.
// Operators, and supervisors at the key M, read the reviews of their own calls.

import { html, nothing, repeat } from '../../../vendor/lit.js';
import { unsaved } from '../../../js/admin/frame/form.js';
import { markTest } from '../../../js/case/situation.js';
import { word } from '../../../js/shell/parts.js';
import { nextRow } from '../../../js/shell/next-row.js';
import { outcome, say } from '../../../js/words/words.js';
import * as f from '../../../js/words/format.js';
import { callPane, givenReview } from './call.js';
import { why } from './marks.js';
import { calls, choose, keyOf, leave, load, play, state, supervises, showMonth } from './state.js';

/** Open the reviews. @param {Ui} ui */
export function enter(ui) {
  const me = ui.feed.me.operator;
  if (state.form && state.of === me) return; // typed text stays
  if (state.of !== me) Object.assign(state, { of: me, own: false, month: '', draw: null, mine: null });
  leave();
  load(ui);
}

/** Return true if the operator's own reviews are shown. @param {Ui} ui */
const own = (ui) => state.own || !supervises(ui);

/** Return the shown rows. @param {Ui} ui */
const rows = (ui) => (own(ui) ? (state.mine?.reviews ?? []) : calls());

/** Move the cursor by `by` rows. @param {Ui} ui @param {number} by */
function move(ui, by) {
  state.cursor = nextRow(rows(ui).map(keyOf), state.cursor, by);
  ui.draw();
  document.querySelector(`.past[data-key="${CSS.escape(state.cursor)}"]`)?.focus();
}

/** Open a call or a review, unless the form has unsaved changes. @param {Ui} ui @param {string} key */
function openRow(ui, key) {
  if (state.form && unsaved(ui, state.form)) return;
  if (own(ui)) {
    state.cursor = state.chosen = key;
    ui.draw();
  } else choose(ui, key);
}

/** Act on a key; return true if it belongs to the reviews. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (key === 'ArrowDown' || key === 'ArrowUp') move(ui, key === 'ArrowDown' ? 1 : -1);
  else if (key === 'Enter' && state.cursor) openRow(ui, state.cursor);
  else if (key === 'V' && state.form) state.form.focus();
  else if (key === 'A' && state.files.length) play(ui, 0);
  else if (state.form && unsaved(ui, state.form)) return true; // the other keys would replace the form
  else if ((key === 'ArrowLeft' || key === 'ArrowRight') && !own(ui))
    showMonth(ui, key === 'ArrowLeft' ? -1 : 1);
  else if (key === 'M' && supervises(ui)) {
    state.own = !state.own;
    state.cursor = '';
    leave();
    load(ui);
  } else if (key === 'Escape' && state.chosen) leave();
  else if (key === 'Escape' || key === 'H') ui.screen.go('history');
  else return false;
  ui.draw();
  return true;
}

/** Render the month with the progress of its reviews. @param {Ui} ui */
function head(ui) {
  const view = state.draw;
  if (own(ui) || !view) return nothing;
  const progress = say`${view.reviewed} of ${view.drawn} reviewed`;
  const button = (key, label) =>
    html`<button aria-keyshortcuts=${key} aria-label=${label} @click=${() => ui.press(key)}>
      <kbd aria-hidden="true">${key === 'ArrowLeft' ? '←' : '→'}</kbd>
    </button>`;
  return html`<div class="seg" role="group" aria-label=${say`Month`}>
      ${button('ArrowLeft', say`Month before`)}
      <b class="review__month">${f.monthName(view.month)}</b>
      ${button('ArrowRight', say`Month after`)}
    </div>
    <p role="status">
      ${word(view.drawn && view.reviewed === view.drawn ? 'check' : 'todo', progress, 'ink-2')}
      ${view.over ? nothing : say`this month’s draw may change`}
    </p>`;
}

/** Render the state of a drawn call. @param {Ui} ui @param {ReturnType<typeof calls>[number]} one */
function callState(ui, one) {
  if (one.by) return word('check', say`reviewed`, 'ink-2');
  return one.why === 'own_call'
    ? word('warn', say`your own`, 'ink-2')
    : word('todo', say`to review`, 'ink-wait');
}

/** Render the list of calls or of own reviews. @param {Ui} ui */
function list(ui) {
  const row = (/** @type {string} */ key, us, name, test, end, more) =>
    html`<div role="listitem">
      <button
        class="past"
        data-key=${key}
        aria-current=${state.cursor === key ? 'true' : nothing}
        @click=${() => openRow(ui, key)}>
        <span class="past__when">${f.shortDay(us)} ${f.minute(us)}</span
        ><b class=${test ? 'ink-test' : nothing}>${markTest(test, name)}</b
        ><span class="past__end">${end}</span><small>${more}</small>
      </button>
    </div>`;
  if (own(ui))
    return repeat(state.mine?.reviews ?? [], keyOf, (one) =>
      row(keyOf(one), one.received_us, ui.feed.names(one.by), one.test, nothing, f.day(one.at_us)),
    );
  return repeat(calls(), keyOf, (one) =>
    row(
      keyOf(one),
      one.received_us,
      ui.feed.names(one.operator),
      one.test,
      callState(ui, one),
      [outcome(one.outcome), one.by ? ui.feed.names(one.by) : ''].filter(Boolean).join(' · '),
    ),
  );
}

/** Render the chosen call or review, beside the list. @param {Ui} ui */
function beside(ui) {
  if (own(ui)) {
    const one = state.mine?.reviews.find((each) => keyOf(each) === state.chosen);
    if (one) return givenReview(ui, one, state.mine.form);
  } else if (state.story && state.chosen) return callPane(ui);
  return html`<section class="panel">
    <p class="empty">
      <span class="word"><kbd>↑</kbd><kbd>↓</kbd><kbd>${say`Enter`}</kbd></span
      ><span>${say`Choose a call`}</span>
    </p>
  </section>`;
}

/** Render the reviews. @param {Ui} ui */
export function pane(ui) {
  const some = rows(ui).length > 0;
  const known = own(ui) ? state.mine : state.draw;
  return html`<section class="view history review" aria-labelledby="reviews-h">
    <header class="page-head">
      <h1 id="reviews-h" tabindex="-1">
        ${own(ui) ? say`My reviews` : say`Reviews`}
      </h1>
      ${head(ui)} ${state.fault ? word('warn', why(state.fault), 'ink-bad') : nothing}
      <div class="page-head__end">
        ${
          supervises(ui)
            ? html`<button class="btn" aria-keyshortcuts="M" @click=${() => ui.press('M')}>
                <kbd>M</kbd>${own(ui) ? say`The draw` : say`My own`}
              </button>`
            : nothing
        }<button class="btn" aria-keyshortcuts="H" @click=${() => ui.press('H')}>
          <kbd>H</kbd>${say`History`}
        </button>
      </div>
    </header>
    <div class="history__body review__body">
      <section class="panel" aria-label=${say`Calls`}>
        <div class="history__list" role=${some ? 'list' : nothing}>
          ${list(ui)}
          ${
            known && !some
              ? html`<p class="empty">
                  ${own(ui) ? say`No call was reviewed` : say`No call in this month`}
                </p>`
              : nothing
          }
        </div>
      </section>
      ${beside(ui)}
    </div>
  </section>`;
}
