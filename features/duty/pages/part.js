// Keys and forms that all parts of the roster share: A adds, Enter changes the row under the cursor, X
// removes it.

import { say } from '../../js/words/words.js';
import { keyOf, openForm, dutyView } from './roster.js';

/**
 * Return the key handler of a part. `form`: the form of a row, or of a new row; `doubt`: the question before
 * a row is removed; `more`: further keys of the part.
 * @template T @param {import('../../js/admin/frame/rows.js').Rows<T>} rows
 * @param {{ form: (row?: T) => import('../../js/admin/frame/form.js').Form, doubt: (row: T) => string,
 *   remove: (ui: Ui, row: T) => unknown, more?: (ui: Ui, key: string, row: T) => boolean }} of
 */
export const keys =
  (rows, { form, doubt, remove, more = () => false }) =>
  (/** @type {Ui} */ ui, /** @type {string} */ key) => {
    const row = rows.row();
    if (key === 'A') openForm(ui, rows, form());
    else if (!row) return false;
    else if (key === 'Enter') openForm(ui, rows, form(row), row);
    else if (key === 'X') rows.ask(ui, doubt(row), () => remove(ui, row));
    else return more(ui, key, row);
    return true;
  };

/** Return the keys of a row with their labels. @param {...string[]} more */
export const acts = (...more) => [['Enter', say`Change`], ...more, ['X', say`Remove`]];

/**
 * Return title, label and action of a form.
 * @template T @param {import('../../js/admin/frame/rows.js').Rows<T>} rows
 * @param {string} fresh the title for a new row @param {() => unknown} send
 */
export const formOf = (rows, fresh, send) => ({
  title: rows.editing ? rows.nameOf(rows.editing) : fresh,
  label: rows.editing ? say`Save` : say`Add`,
  send,
});

/**
 * Return the part with `made` in place of the row of this key; a new row is appended.
 * @template {'people' | 'shifts' | 'overrides'} P
 * @param {P} part @param {string} key @param {DutyRoster[P][number]} made
 */
export function withRow(part, key, made) {
  const all = /** @type {DutyRoster[P][number][]} */ (dutyView().roster[part]);
  const place = all.findIndex((one) => keyOf(part, one) === key);
  return place < 0 ? [...all, made] : all.with(place, made);
}

/**
 * Return the part without this row.
 * @template {'shifts' | 'overrides' | 'holidays'} P
 * @param {P} part @param {DutyRoster[P][number]} row
 */
export const without = (part, row) =>
  /** @type {DutyRoster[P][number][]} */ (dutyView().roster[part]).filter(
    (one) => keyOf(part, one) !== keyOf(part, row),
  );
