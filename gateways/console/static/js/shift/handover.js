// The handover between shifts: notes of earlier operators and open items. Requested every few seconds while
// it is shown; data of the feed is not requested again.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { PolledList } from '../admin/frame/polled-list.js';
import { Writing } from '../case/dialogue/text-field.js';
import { icon } from '../shell/parts.js';
import { say } from '../words/words.js';
import { openItems } from './open-items.js';
import * as f from '../words/format.js';

const AGAIN_MS = 3000;
const NOTE_MAX = 2000;
/** The key of the one draft of a note to the next shift. */
const DRAFT = 'shift';

/** @type {PolledList<ShiftView>} */
const listed = new PolledList('/v1/shift');
const state = { atMs: 0, operator: '' };

const notes = new Writing({
  key: 'W',
  most: NOTE_MAX,
  sends: (e) => e.key === 'Enter' && (e.ctrlKey || e.metaKey),
  send: async (ui, _, text) => {
    const answer = await ui.feed.leaveNote(text);
    if (answer.ok) reload(ui);
    return answer;
  },
});

/** Return the center's last answer; null before the first. */
export const handover = () => listed.data;

/** Clear the answer and the notes: another operator may use this page. */
export function clear() {
  listed.clear();
  notes.clear();
  state.operator = '';
}

/** Request the handover again. @param {Ui} ui */
function reload(ui) {
  state.atMs = Date.now();
  listed.load(ui);
}

/** Request the handover when the last answer is old. Runs at each drawing. @param {Ui} ui */
function reloadWhenOld(ui) {
  const { operator } = ui.feed.me;
  if (state.operator !== operator) {
    clear();
    state.operator = operator;
    state.atMs = 0;
  }
  if (ui.feed.link === 'live' && !document.hidden && Date.now() - state.atMs > AGAIN_MS) reload(ui);
}

/** Mark a note as done, or as not done. @param {Ui} ui @param {ShiftView['notes'][number]} note */
async function finish(ui, note) {
  const answer = await ui.feed.finishNote(note.id, note.done_us === null);
  if (!answer.ok) ui.commands.refuse('B', DRAFT, answer.reason);
  reload(ui);
}

/** Act on a key: W focuses the field for a note, B the first open note. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (key === 'W') notes.focus();
  else if (key === 'B') document.querySelector('.handed button')?.focus();
  else return false;
  ui.draw();
  return true;
}

/** Render a note. @param {Ui} ui @param {ShiftView['notes'][number]} note */
function row(ui, note) {
  const done = note.done_us !== null;
  const who = `${ui.feed.names(note.by)}, ${f.shortDay(note.at_us)} ${f.minute(note.at_us)}`;
  const ended = done ? say` · done: ${ui.feed.names(note.done_by)}, ${f.minute(note.done_us)}` : '';
  const label = done ? say`Not done` : say`Done`;
  return html`<article class="handed__note" data-note=${note.id} data-done=${done ? '' : nothing}>
    ${icon(done ? 'check' : 'note', done ? 'ink-3' : 'ink-wait')}
    <div>
      <p>${note.text}</p>
      <small>${who}${ended}</small>
    </div>
    <button class="btn" aria-label=${`${label}: ${note.text}`} @click=${() => finish(ui, note)}>
      ${label}
    </button>
  </article>`;
}

/** Render the handover. @param {Ui} ui */
export function panel(ui) {
  reloadWhenOld(ui);
  const answer = handover();
  const open = answer ? answer.notes.filter((one) => one.done_us === null) : [];
  const refused = ui.commands.refusalOf('W') || ui.commands.refusalOf('B');
  const lost = listed.fault ? say`No connection` : '';
  const found = openItems(ui, answer);
  return html`<section class="panel handed" aria-labelledby="handed-h">
    <div class="panel__head">
      <h2 id="handed-h"><kbd>B</kbd> ${say`Handover notes`}</h2>
      <span class="ink-2" role="status"
        >${lost || (answer ? (open.length ? say`To read or to do: ${open.length}` : '') : '')}</span
      >
    </div>
    <div class="panel__body" tabindex="0" role="group" aria-labelledby="handed-h">
      <div class="handed__rows">
        ${repeat(
          answer?.notes ?? [],
          (one) => one.id,
          (one) => row(ui, one),
        )}
        ${found}
      </div>
      ${
        answer && !answer.notes.length && !found.length && !ui.feed.open
          ? html`<p class="ink-2">${say`Nothing was left open`}</p>`
          : nothing
      }
    </div>
    ${refused ? html`<p class="handed__refused ink-bad" role="status">${refused}</p>` : nothing}
    ${notes.field(ui, DRAFT, say`For whoever comes next`, say`Ctrl+Enter sends`)}
  </section>`;
}
