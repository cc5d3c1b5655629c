// The page of a chapter with a list: the heading with the search and the last result, the table, the keys of
// the row under the cursor, and beside the list a form or another pane.

import { html, nothing, repeat } from '../../../vendor/lit.js';
import { icon, word } from '../../shell/parts.js';
import { searchField } from '../../shell/search-field.js';
import { say } from '../../words/words.js';
import { why } from './faults.js';
import { formPane } from './form.js';

const SEARCH_MS = 60;

/** @typedef {[key: string, text: string, icon?: string]} Act a key and its effect */
/** @typedef {[text: string, kind?: string]} Head a column; `spare`: hidden if there is little room */

/**
 * `cells`: the cells of a row. `acts`: actions of the chapter; `rowActs`: actions on the row under the
 * cursor. `seek`: called after a change of the search; without it the rows are drawn again. `form`: the open
 * form's title, label and action. `side`: the pane beside the list, such as a secret.
 * @template T
 * @param {Ui} ui @param {import('./rows.js').Rows<T>} rows
 * @param {{ title: string, hint?: string, seek?: () => unknown, acts: Act[], rowActs?: Act[], heads: Head[],
 *   cells: (row: T) => any, form?: () => { title: string, label: string, send: () => void, lead?: any },
 *   side?: () => any, empty?: string, above?: any, below?: any }} options
 */
export function listPage(ui, rows, options) {
  const beside = rows.form
    ? formPane(ui, rows.form, { ...options.form(), leave: () => rows.leave(ui) })
    : rows.side
      ? options.side()
      : null;
  const { id } = rows;
  return html`<section
    class="view chapter ${id}"
    aria-labelledby="${id}-h"
    data-beside=${beside ? 'on' : 'off'}>
    <header class="page-head">
      <h1 id="${id}-h" tabindex="-1">${options.title}</h1>
      ${
        options.hint
          ? searchField({
              id: `${id}-search`,
              hint: options.hint,
              searched: rows,
              pauseMs: SEARCH_MS,
              ask: options.seek ?? (() => ui.draw()),
              down: async () => {
                await options.seek?.(); // after the search of all typed text
                rows.move(ui, 1);
              },
            })
          : nothing
      }${status(ui, rows)}
      <div class="page-head__end">${options.acts.map((one) => button(ui, one))}</div>
    </header>
    <section class="panel" aria-label=${say`List`}>
      ${options.above ?? nothing}
      <div class="panel__body chapter__list">
        ${table(ui, rows, options)}
        ${
          rows.list.data && !rows.found().length
            ? html`<p class="empty">${options.empty ?? say`Nothing`}</p>`
            : nothing
        }${options.below ?? nothing}
      </div>
      ${
        rows.row() && options.rowActs?.length
          ? html`<div class="chapter__keys">${options.rowActs.map((one) => button(ui, one))}</div>`
          : nothing
      }
    </section>
    ${beside ?? nothing}
  </section>`;
}

/** Render the button of a key. @param {Ui} ui @param {Act} act */
export const button = (ui, [key, text, sign]) =>
  html`<button class="btn" aria-keyshortcuts=${key} @click=${() => ui.press(key)}>
    <kbd>${key === 'Enter' ? say`Enter` : key}</kbd>${sign ? icon(sign) : nothing}${text}
  </button>`;

/**
 * Render the open question, or the last result with the key that takes the change back.
 * @param {Ui} ui @param {import('./rows.js').Rows<any>} rows
 */
export function status(ui, { list, question, result: [good, text], undo }) {
  const leftS = undo ? Math.ceil((undo.untilMs - Date.now()) / 1000) : 0;
  return html`<p role=${good && !list.fault ? 'status' : 'alert'}>
    ${
      list.fault
        ? word('warn', why(list.fault), 'ink-bad')
        : question
          ? word('warn', `${question.text} ${say`Enter`} / Esc`, 'ink-wait')
          : text
            ? word(good ? 'check' : 'warn', text, good ? 'ink-ok' : 'ink-bad')
            : nothing
    }${leftS > 0 ? button(ui, ['Z', say`Take back (${leftS})`]) : nothing}
  </p>`;
}

/**
 * Render the table of the rows.
 * @template T
 * @param {Ui} ui @param {import('./rows.js').Rows<T>} rows
 * @param {{ heads: Head[], cells: (row: T) => any }} of
 */
const table = (ui, rows, { heads, cells }) =>
  html`<table class="table">
    <thead>
      <tr>
        ${heads.map(([text, kind]) => html`<th class=${kind ?? nothing}>${text}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${repeat(rows.found(), rows.options.key, (one) => {
        const key = rows.options.key(one);
        return html`<tr
          tabindex="0"
          data-key=${key}
          aria-current=${rows.cursor === key ? 'true' : nothing}
          @focus=${() => {
            rows.cursor = key;
            ui.draw();
          }}>
          ${cells(one)}
        </tr>`;
      })}
    </tbody>
  </table>`;
