// The notes of a case: what is being written, and its way to the center.

import { html, live, ref } from '../../vendor/lit.js';
import { t } from '../words/words.js';

const drafts = new Map(); // by alert
let field = null;

export const focus = () => field?.focus();
export const clear = () => drafts.clear();

/**
 * In one place whatever is above it: a note that is being written goes on.
 * @param {Ui} ui @param {CaseView} view @param {boolean} narrow
 */
export function noteField(ui, view, narrow) {
  return html`<label class="notefield"
    ><kbd>N</kbd
    ><textarea
      rows="1"
      maxlength="4000"
      placeholder=${narrow ? t('writeNote') : `${t('writeNote')} · ${t('noteSend')}`}
      aria-label=${t('writeNote')}
      .value=${live(drafts.get(view.alert) ?? '')}
      ${ref(shown)}
      @input=${(e) => drafts.set(view.alert, e.target.value)}
      @keydown=${(e) => pressed(ui, e, view.alert)}></textarea>
  </label>`;
}

/** @param {HTMLElement} [element] */
function shown(element) {
  field = element ?? null;
}

/** @param {Ui} ui @param {string} alert */
function pressed(ui, e, alert) {
  if (e.key === 'Escape') {
    e.preventDefault();
    e.target.blur();
  }
  if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
    e.preventDefault();
    send(ui, alert);
  }
  e.stopPropagation();
}

/**
 * The field keeps the focus: what is typed next is a note, too, and never a command.
 * @param {Ui} ui @param {string} alert
 */
async function send(ui, alert) {
  const text = (drafts.get(alert) ?? '').trim();
  if (!text) return;
  drafts.delete(alert);
  ui.draw();
  const answer = await ui.feed.command(alert, 'note', text);
  if (answer.ok) return;
  // What the centre has not got is put back, before what was written meanwhile.
  drafts.set(alert, [text, drafts.get(alert) ?? ''].filter(Boolean).join('\n'));
  ui.orders.refuse('N', alert, answer.reason);
}
