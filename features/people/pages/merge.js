// The merge of two entries of one person: the entry that stays and the other, side by side before the merge.

import { html, nothing } from '../../vendor/lit.js';
import * as f from '../../js/words/format.js';
import { languageName, say } from '../../js/words/words.js';
import { nameOf, read, rows, show } from './list.js';

/** @typedef {{ kind: 'merge', kept: PersonAnswer, other: PersonAnswer | null }} Merge */

/** Return the merge in progress. @returns {Merge | null} */
const current = () => (rows.side?.kind === 'merge' ? rows.side : null);

/**
 * Choose an entry for the merge: the first entry stays, the second is merged into it.
 * @param {Ui} ui @param {PersonRow} row
 */
export async function pressed(ui, row) {
  const merge = current();
  const person = await read(ui, row.id);
  if (!person) return;
  if (!merge || merge.kept.id === person.id) rows.showSide(ui, { kind: 'merge', kept: person, other: null });
  else {
    rows.side = { ...merge, other: person };
    ask(ui, rows.side);
  }
}

/** Swap the two entries. @param {Ui} ui */
export function swap(ui) {
  const merge = current();
  if (!merge?.other) return false;
  rows.side = { ...merge, kept: merge.other, other: merge.kept };
  ask(ui, rows.side);
  return true;
}

/** Ask before the merge. @param {Ui} ui @param {Merge} merge */
const ask = (ui, { kept, other }) =>
  rows.ask(ui, say`${nameOf(other)} becomes ${nameOf(kept)}? It cannot be taken back.`, () =>
    merged(ui, kept, other),
  );

/** Return the seen values of an entry, for the center to compare. @param {PersonAnswer} person */
const seenValues = ({ phones, first_name, last_name, language, notes }) => ({
  phones,
  first_name,
  last_name,
  language,
  notes,
});

/**
 * Merge the entries, and show the result.
 * @param {Ui} ui @param {PersonAnswer} kept @param {PersonAnswer} other
 */
async function merged(ui, kept, other) {
  const was = { kept: seenValues(kept), other: seenValues(other) };
  const data = await rows.request(ui, 'POST', `${rows.pathOf(kept.id)}/merge`, { other: other.id, was });
  if (!data) return;
  await show(ui, data, say`${nameOf(data)}: one person now.`);
}

/** @type {[() => string, (person: PersonAnswer) => any][]} */
const LINES = [
  [() => say`Numbers`, (one) => one.phones.map(f.phone).join(' · ')],
  [() => say`Language`, (one) => languageName(one.language)],
  [() => say`Notes`, (one) => one.notes],
  [() => say`Enrolled phones`, (one) => String(one.devices.length)],
  [() => 'PIN', (one) => (one.has_pin || one.has_duress_pin ? say`yes` : say`no`)],
  [() => say`Record`, (one) => (one.record ? say`yes` : say`no`)],
  [() => say`Alerts`, (one) => String(one.alerts)],
];

/** Render both entries. @param {Ui} ui */
export function pane(ui) {
  const { kept, other } = current();
  return html`<section class="panel once merge" aria-labelledby="merge-h">
    <div class="panel__head">
      <h2 id="merge-h">${say`They are one person`}</h2>
    </div>
    <div class="panel__body">
      <table class="table merge__both">
        <thead>
          <tr>
            <td></td>
            <th scope="col"><small>${say`stays`}</small> ${nameOf(kept)}</th>
            <th scope="col">
              <small>${say`becomes that one`}</small>
              ${other ? nameOf(other) : '…'}
            </th>
          </tr>
        </thead>
        <tbody>
          ${LINES.map(
            ([label, text]) =>
              html`<tr>
                <th scope="row">${label()}</th>
                <td>${text(kept)}</td>
                <td>${other ? text(other) : nothing}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      <p>
        ${
          other
            ? say`All of both is kept; where they differ, name, language, photo and PIN of who stays.`
            : say`Search for the other, choose that row and press M.`
        }
      </p>
      <div class="form__keys">
        ${
          other
            ? html`<button class="btn" aria-keyshortcuts="W" @click=${() => ui.press('W')}>
                <kbd>W</kbd>${say`The other one stays`}
              </button>`
            : nothing
        }<button class="btn" @click=${() => ui.press('Escape')}><kbd>Esc</kbd>${say`Back`}</button>
      </div>
    </div>
  </section>`;
}
