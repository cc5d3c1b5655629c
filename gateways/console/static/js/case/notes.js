// The notes of a case.

import { t } from '../words/words.js';
import { Writing } from './dialogue/writing.js';

const notes = new Writing({
  key: 'N',
  most: 4000,
  sends: (e) => e.key === 'Enter' && (e.ctrlKey || e.metaKey),
  send: (ui, alert, text) => ui.feed.command(alert, 'note', { text }),
});

export const focus = () => notes.focus();
export const clear = () => notes.clear();

/**
 * In one place whatever is above it: a note that is being written goes on.
 * @param {Ui} ui @param {CaseView} view @param {boolean} narrow
 */
export const noteField = (ui, view, narrow) =>
  notes.field(ui, view.alert, t('writeNote'), narrow ? '' : t('noteSend'));
