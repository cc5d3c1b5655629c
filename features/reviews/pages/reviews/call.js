// The chosen call: its story, its recordings, and the form or the review.

import { html, nothing } from '../../../vendor/lit.js';
import { formPane } from '../../../js/admin/frame/form.js';
import { storyLines } from '../../../js/case/log.js';
import { tag } from '../../../js/shell/parts.js';
import { ended } from '../history/correct.js';
import { localText, say } from '../../../js/words/words.js';
import { markName, why } from './marks.js';
import { calls, keyOf, leave, play, send, state } from './state.js';
import * as f from '../../../js/words/format.js';
import * as s from '../../../js/case/situation.js';

/** Render the call. @param {Ui} ui */
export function callPane(ui) {
  const view = state.story;
  const call = calls().find((one) => keyOf(one) === state.chosen);
  return html`<section class="panel" aria-labelledby="review-call-h">
      <div class="panel__head">
        <h2 id="review-call-h">${s.name(view)}</h2>
        ${tag(view.test)}
      </div>
      <dl class="facts history__facts">
        <div>
          <dt>${say`Operator`}</dt>
          <dd>${ui.feed.names(call?.operator ?? '')}</dd>
        </div>
        <div>
          <dt>${say`Outcome`}</dt>
          <dd>${view.closed_us === null ? say`open` : ended(ui, view)}</dd>
        </div>
      </dl>
      ${recordings(ui)}
      <ol class="panel__body log history__log" aria-label=${say`What happened`} tabindex="0">
        ${storyLines(ui, view)}
      </ol>
    </section>
    ${verdict(ui, call)}`;
}

/**
 * Render the review, the form, or the reason why there is none.
 * @param {Ui} ui @param {ReturnType<typeof calls>[number]} call
 */
function verdict(ui, call) {
  if (state.review) return givenReview(ui, state.review, state.draw.form);
  if (!state.form)
    return html`<section class="panel"><p class="empty">${why(call?.why ?? 'not_drawn')}</p></section>`;
  return formPane(ui, state.form, {
    title: say`Review (V)`,
    label: say`Save`,
    send: () => void send(ui),
    leave: () => {
      leave();
      document.querySelector('main h1')?.focus();
    },
  });
}

/** Render the recordings. @param {Ui} ui */
function recordings(ui) {
  if (!state.files.length) return html`<p class="review__sound ink-2">${say`No recording`}</p>`;
  return html`<p class="review__sound">
    ${state.files.map(
      (file, n) =>
        html`<button
          class="btn"
          aria-keyshortcuts=${n === 0 ? 'A' : nothing}
          @click=${() => play(ui, n)}>
          ${n === 0 ? html`<kbd>A</kbd>` : nothing}${say`Listen`}${state.files.length > 1 ? ` ${n + 1}` : ''}
        </button>`,
    )}${
      state.playing
        ? html`<audio
            controls
            controlslist="nodownload"
            autoplay
            src=${state.playing}
            aria-label=${say`Recording`}></audio>`
        : nothing
    }
  </p>`;
}

/** Render the review of a call. @param {Ui} ui @param {GivenReview} review @param {ReviewForm} form */
export function givenReview(ui, review, form) {
  const { marks } = review;
  const questions = Object.fromEntries(form.question.map(({ id, ask }) => [id, localText(ask)]));
  return html`<section class="panel" aria-labelledby="review-said-h">
    <div class="panel__head">
      <h2 id="review-said-h">${say`Reviewed by`} ${ui.feed.names(review.by)}</h2>
      <span class="ink-2">${f.day(review.at_us)}</span>
    </div>
    <div class="panel__body review__said">
      <p class="ink-2">
        ${say`Call of`} ${f.day(review.received_us)} ${f.minute(review.received_us)}
      </p>
      ${
        Object.keys(marks).length
          ? html`<dl>
              ${Object.entries(marks).map(
                ([id, mark]) =>
                  html`<dt>${questions[id] ?? id}</dt>
                    <dd class=${{ 1: 'ink-bad', 2: 'ink-wait' }[mark] ?? ''}>${markName(mark)}</dd>`,
              )}
            </dl>`
          : html`<p>${say`Erased with the alert`}</p>`
      }
      ${review.text ? html`<p class="review__text">${review.text}</p>` : nothing}
    </div>
  </section>`;
}
