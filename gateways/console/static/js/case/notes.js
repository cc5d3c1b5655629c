// The notes of a case.

import { t } from '../words/words.js';
import { Writing } from './dialogue/writing.js';

/** @type {Set<(ui: Ui, alert: string) => void>} */
const listeners = new Set();
/** Who is to know of a note that the center has. @param {(ui: Ui, alert: string) => void} told */
export const onNote = (told) => listeners.add(told);

const notes = new Writing({
  key: 'N',
  most: 4000,
  sends: (e) => e.key === 'Enter' && (e.ctrlKey || e.metaKey),
  send: async (ui, alert, text, id) => {
    const answer = await ui.feed.command(alert, 'note', { text, id });
    if (answer.ok) for (const told of listeners) told(ui, alert);
    return answer;
  },
});

export const focus = () => notes.focus();
export const clear = () => notes.clear();

/**
 * In one place whatever is above it: a note that is being written goes on.
 * @param {Ui} ui @param {string} alert @param {boolean} narrow
 */
export const noteField = (ui, alert, narrow) =>
  notes.field(ui, alert, t('writeNote'), narrow ? '' : t('noteSend'));
