// The import of people from a file: a preview of each line's effect, then the valid lines are written; the
// invalid lines can be saved as a file.

import { html, nothing } from '../../vendor/lit.js';
import { answerOf, why } from '../../js/admin/frame/faults.js';
import { icon, word } from '../../js/shell/parts.js';
import { saveBlob } from '../../js/shell/download.js';
import * as f from '../../js/words/format.js';
import { form, phrase, say, translateAnswer } from '../../js/words/words.js';
import { load, rows } from './list.js';

/** @type {Record<Flaw, Phrase>} */
const FLAWS = {
  no_file: phrase`This is no list of people.`,
  no_column: phrase`There is no such column.`,
  column_twice: phrase`This column is there twice.`,
  column_missing: phrase`This column is missing.`,
  cells: phrase`Too many cells, or too few.`,
  empty: phrase`Empty.`,
  no_number: phrase`This is no telephone number.`,
  rounded: phrase`The spreadsheet has rounded the number: give the column the form “text”.`,
  emergency: phrase`This is an emergency number.`,
  language: phrase`Language: two letters, like it or en.`,
  pin: phrase`A PIN has 4 to 12 digits.`,
  pins_same: phrase`The two PINs must differ.`,
  twice: phrase`It is on another line, too.`,
  of_others: phrase`It is another person’s, or of two.`,
  record: phrase`The record does not take it`,
};

/** Reasons of the center against a record, after the contact's name, if any. */
const REASONS = [
  form`{0}'{1}' is not a telephone number`,
  form`{0}'{1}' is not a telephone number that can be called`,
  form`{0}'{1}' is an emergency number`,
];
/**
 * Return a fault in words: `phone: Empty.`; for a record, with the center's own reason.
 * @param {ImportFault} fault
 */
export const faultText = ({ column, flaw, reason }) =>
  [column, FLAWS[flaw](), flaw === 'record' ? translateAnswer(reason, REASONS) : '']
    .filter(Boolean)
    .join(': ');

/** @type {Record<LineOutcome, Phrase>} */
const OUTCOMES = {
  bad: phrase`not taken`,
  changes: phrase`changes`,
  new: phrase`new##row`,
  same: phrase`the same`,
};

/** Render a line of the preview. @param {ImportRow} one */
const row = (one) =>
  html`<tr>
    <td>${one.line}</td>
    <td>${one.name}</td>
    <td>
      ${
        one.verdict === 'bad'
          ? word('warn', one.faults.map(faultText).join(' '), 'ink-bad')
          : `${OUTCOMES[one.verdict]()}${one.changed.length ? `: ${one.changed.join(', ')}` : ''}`
      }
    </td>
  </tr>`;

/**
 * Return a number in words, singular or plural.
 * @param {number} n @param {() => string} one @param {(n: string) => string} several
 */
const plural = (n, one, several) => (n === 1 ? one() : several(f.count(n)));

/** Render the numbers of new, changed and invalid lines. @param {ImportView} seen */
const counts = (seen) =>
  html`<p class="import__counts" role="status">
    ${seen.done ? word('check', say`Done.`, 'ink-ok') : html`<b>${say`Nothing is written yet.`}</b>`}
    <span>${plural(seen.new, phrase`1 new`, (n) => say`${n} new`)}</span>
    <span>${plural(seen.changes, phrase`1 changed`, (n) => say`${n} changed`)}</span>
    <span>${plural(seen.same, phrase`1 the same`, (n) => say`${n} the same`)}</span>
    <span class=${seen.bad ? 'ink-bad' : ''}
      >${plural(seen.bad, phrase`1 not taken`, (n) => say`${n} not taken`)}</span
    >
    ${
      seen.encoding === 'utf-8'
        ? nothing
        : word('warn', say`Read as ${seen.encoding}: look at the accents.`, 'ink-wait')
    }
  </p>`;

/** Render the preview's lines. @param {ImportView} seen */
const table = (seen) =>
  html`<div class="import__rows" tabindex="0">
    <table class="table">
      <thead>
        <tr>
          <th>${say`Line##row`}</th>
          <th>${say`Who`}</th>
          <th>${say`What`}</th>
        </tr>
      </thead>
      <tbody>
        ${seen.rows.map(row)}
      </tbody>
    </table>
    ${
      seen.rows.length < seen.new + seen.changes + seen.same + seen.bad
        ? html`<p class="ink-2">${say`… and more`}</p>`
        : nothing
    }
  </div>`;

/** Return a fault with its line. @param {ImportFault} fault */
const faultAtLine = (fault) => `${say`Line##row`} ${fault.line}: ${faultText(fault)}`;

/**
 * @typedef {{ kind: 'import', file: File | null, seen: ImportView | null, busy: boolean,
 *   fault: string }} Importing
 */

const PATH = '/v1/admin/people/import';

/** Open the import. @param {Ui} ui */
export function open(ui) {
  rows.showSide(ui, { kind: 'import', file: null, seen: null, busy: false, fault: '' });
  focus('.import input');
}

/** Focus the first existing element of these selectors. @param {string[]} of */
function focus(...of) {
  const found = of.map((one) => document.querySelector(one)).find(Boolean);
  /** @type {HTMLElement | undefined} */ (found)?.focus();
}

/** Change the state of the import. @param {Ui} ui @param {Partial<Importing>} changes */
function changeState(ui, changes) {
  rows.side = { ...rows.side, ...changes };
  ui.draw();
}

/** Request the preview of a file. @param {Ui} ui @param {File} file */
async function preview(ui, file) {
  changeState(ui, { file, seen: null, busy: true, fault: '' });
  const answer = await answerOf(ui.feed.send(`${PATH}?preview=true`, file));
  if (rows.side?.file !== file) return;
  changeState(ui, { seen: answer.data, busy: false, fault: answer.data ? '' : why(answer.code) });
  focus('.import__take', '.import input');
}

/**
 * Write the import as previewed. After a change by another admin, nothing is written and the preview is
 * requested again.
 * @param {Ui} ui
 */
async function write(ui) {
  const { file, seen, busy } = /** @type {Importing} */ (rows.side);
  if (busy) return;
  changeState(ui, { busy: true, fault: '' });
  const answer = await answerOf(ui.feed.send(PATH, file, { 'if-match': `"${seen.tag}"` }));
  if (answer.code === 'changed_meanwhile') {
    await preview(ui, file);
    changeState(ui, {
      fault: say`Something has changed meanwhile: nothing was written. Look again.`,
    });
    return;
  }
  changeState(ui, { seen: answer.data ?? seen, busy: false, fault: answer.data ? '' : why(answer.code) });
  await load(ui);
  focus('.import__done');
}

/** Save the invalid lines as a file. @param {Ui} ui */
async function saveBad(ui) {
  const { file } = /** @type {Importing} */ (rows.side);
  const answer = await ui.feed.send(`${PATH}/bad`, file).catch(() => null);
  const made = answer?.ok ? await answer.blob().catch(() => null) : null;
  if (made) saveBlob(made, file.name.replace(/(\.\w+)?$/, say`-not-taken.csv`));
  else changeState(ui, { fault: why('notDone') });
}

/** Render the preview, or the faults of the whole file. @param {Ui} ui @param {ImportView} seen */
const previewPane = (ui, seen) =>
  seen.faults.length
    ? html`<ul class="import__faults" role="alert">
        ${seen.faults.map((one) => html`<li>${word('warn', faultAtLine(one), 'ink-bad')}</li>`)}
      </ul>`
    : html`${counts(seen)}${seen.rows.length ? table(seen) : nothing}
        <div class="form__keys">
          ${
            !seen.done && seen.new + seen.changes
              ? html`<button class="btn import__take" @click=${() => write(ui)}>
                  <kbd>${say`Enter`}</kbd>${say`Write`} ${f.count(seen.new + seen.changes)}
                </button>`
              : nothing
          }
          ${
            seen.bad
              ? html`<button class="btn" @click=${() => saveBad(ui)}>
                  ${icon('copy')}${say`Save those not taken`}
                </button>`
              : nothing
          }
        </div>`;

/** Render the import. @param {Ui} ui */
export function pane(ui) {
  const { seen, busy, fault } = /** @type {Importing} */ (rows.side);
  const dropped = (/** @type {DragEvent} */ e) => {
    e.preventDefault();
    const [file] = e.dataTransfer.files;
    if (file) preview(ui, file);
  };
  return html`<section
    class="panel once import"
    aria-labelledby="import-h"
    @dragover=${(/** @type {DragEvent} */ e) => e.preventDefault()}
    @drop=${dropped}>
    <div class="panel__head"><h2 id="import-h">${say`From a file`}</h2></div>
    <div class="panel__body">
      <label class="import__file"
        >${say`A CSV file: choose it, or drop it here`}
        <input
          type="file"
          accept=".csv,.txt,.tsv,text/csv"
          @change=${(/** @type {any} */ e) => e.target.files[0] && preview(ui, e.target.files[0])} />
      </label>
      ${busy ? html`<p role="status">${icon('clock')} ${say`At work…`}</p>` : nothing}
      ${fault ? html`<p role="alert">${word('warn', fault, 'ink-bad')}</p>` : nothing}
      ${seen ? previewPane(ui, seen) : nothing}
      <button class="btn import__done" @click=${() => ui.press('Escape')}>
        <kbd>Esc</kbd>${seen?.done ? say`Done` : say`Back`}
      </button>
    </div>
  </section>`;
}
