// People from a file: what each line would do is seen first; then the good ones are taken in, and the bad
// ones saved.

import { html, nothing } from '../../../vendor/lit.js';
import { icon, word } from '../../../js/shell/parts.js';
import { hand } from '../../../js/shell/saving.js';
import { say } from '../../../js/words/words.js';
import * as f from '../../../js/words/format.js';
import { answered, why } from '../../../js/admin/frame/faults.js';
import { load, rows } from './list.js';
import { counts, placed, table } from './seen.js';

/**
 * @typedef {{ kind: 'import', file: File | null, seen: ImportView | null, busy: boolean,
 *   fault: string }} Importing
 */

const PATH = '/v1/admin/people/import';

/** @param {Ui} ui */
export function open(ui) {
  rows.tell(ui, { kind: 'import', file: null, seen: null, busy: false, fault: '' });
  focus('.import input');
}

/** The first of these that is there. @param {string[]} of */
function focus(...of) {
  const found = of.map((one) => document.querySelector(one)).find(Boolean);
  /** @type {HTMLElement | undefined} */ (found)?.focus();
}

/** @param {Ui} ui @param {Partial<Importing>} changes */
function now(ui, changes) {
  rows.once = { ...rows.once, ...changes };
  ui.draw();
}

/** @param {Ui} ui @param {File} file */
async function look(ui, file) {
  now(ui, { file, seen: null, busy: true, fault: '' });
  const answer = await answered(ui.feed.send(`${PATH}?preview=true`, file));
  if (rows.once?.file !== file) return;
  now(ui, { seen: answer.said, busy: false, fault: answer.said ? '' : why(answer.code) });
  focus('.import__take', '.import input');
}

/** Only as it was seen: where others have changed something meanwhile it is looked at anew. @param {Ui} ui */
async function take(ui) {
  const { file, seen, busy } = /** @type {Importing} */ (rows.once);
  if (busy) return;
  now(ui, { busy: true, fault: '' });
  const answer = await answered(ui.feed.send(PATH, file, { 'if-match': `"${seen.tag}"` }));
  if (answer.code === 'changed_meanwhile') {
    await look(ui, file);
    now(ui, {
      fault: say`Something has changed meanwhile: nothing was written. Look again.`,
    });
    return;
  }
  now(ui, { seen: answer.said ?? seen, busy: false, fault: answer.said ? '' : why(answer.code) });
  await load(ui);
  focus('.import__done');
}

/** @param {Ui} ui */
async function saveBad(ui) {
  const { file } = /** @type {Importing} */ (rows.once);
  const answer = await ui.feed.send(`${PATH}/bad`, file).catch(() => null);
  const made = answer?.ok ? await answer.blob().catch(() => null) : null;
  if (made) hand(made, file.name.replace(/(\.\w+)?$/, say`-not-taken.csv`));
  else now(ui, { fault: why('notDone') });
}

/** @param {Ui} ui @param {ImportView} seen */
const looked = (ui, seen) =>
  seen.faults.length
    ? html`<ul class="import__faults" role="alert">
        ${seen.faults.map((one) => html`<li>${word('warn', placed(one), 'ink-bad')}</li>`)}
      </ul>`
    : html`${counts(seen)}${seen.rows.length ? table(seen) : nothing}
        <div class="form__keys">
          ${
            !seen.done && seen.new + seen.changes
              ? html`<button class="btn import__take" @click=${() => take(ui)}>
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

/** @param {Ui} ui */
export function pane(ui) {
  const { seen, busy, fault } = /** @type {Importing} */ (rows.once);
  const dropped = (/** @type {DragEvent} */ e) => {
    e.preventDefault();
    const [file] = e.dataTransfer.files;
    if (file) look(ui, file);
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
          @change=${(/** @type {any} */ e) => e.target.files[0] && look(ui, e.target.files[0])} />
      </label>
      ${busy ? html`<p role="status">${icon('clock')} ${say`At work…`}</p>` : nothing}
      ${fault ? html`<p role="alert">${word('warn', fault, 'ink-bad')}</p>` : nothing}
      ${seen ? looked(ui, seen) : nothing}
      <button class="btn import__done" @click=${() => ui.press('Escape')}>
        <kbd>Esc</kbd>${seen?.done ? say`Done` : say`Back`}
      </button>
    </div>
  </section>`;
}
