// The notes of a case.

import { html, nothing } from '../../vendor/lit.js';
import { KEY } from '../words/center.js';
import { say } from '../words/words.js';
import * as f from '../words/format.js';
import { Writing } from './dialogue/text-field.js';

/** The listeners for saved notes. @type {Set<(ui: Ui, alert: string) => void>} */
const listeners = new Set();
/**
 * Add a listener that is called when the center has saved a note.
 * @param {(ui: Ui, alert: string) => void} listener
 */
export const onNote = (listener) => listeners.add(listener);

const notes = new Writing({
  key: KEY.note,
  most: 4000,
  sends: (e) => e.key === 'Enter' && (e.ctrlKey || e.metaKey),
  send: async (ui, alert, text, id) => {
    const answer = await ui.feed.command(alert, 'note', { text, id });
    if (answer.ok) for (const listener of listeners) listener(ui, alert);
    return answer;
  },
});

/** Focus the field. */
export const focus = () => notes.focus();
/** Forget all drafts. */
export const clear = () => notes.clear();

/**
 * Render the field. It is always rendered at the same place, so that a note being typed continues.
 * @param {Ui} ui @param {string} alert @param {boolean} narrow
 */
export const noteField = (ui, alert, narrow) =>
  notes.field(ui, alert, say`Write a note`, narrow ? '' : say`Ctrl+Enter sends`);

/**
 * Render the last note under the field, to confirm it, with the key to add it to the text for 112.
 * @param {Ui} ui @param {CaseView} view
 */
export function lastNote(ui, view) {
  const one = view.timeline.findLast((entry) => entry.what === 'note.added' && entry.text);
  if (!one) return nothing;
  const key = KEY.brief;
  const author = one.operator === ui.feed.me.operator ? '' : `${ui.feed.names(one.operator)}: `;
  return html`<p class="noted">
    <span role="status">${f.minute(one.at_us)} ${author}${one.text}</span>
    ${
      view.closed_us === null
        ? html`<button class="btn" aria-keyshortcuts=${key} @click=${() => ui.press(key)}>
            <kbd>${key}</kbd><span>${say`for 112 as well`}</span>
          </button>`
        : nothing
    }
  </p>`;
}
