// What is known for 112 besides: six fields, each with who wrote it last. Filled while the user speaks or
// writes.

import { html, nothing } from '../../vendor/lit.js';
import { KEY } from '../words/center.js';
import { say } from '../words/words.js';
import * as f from '../words/format.js';
import { isKeyAlone } from '../steps/visible-keys.js';
import { FIELDS } from './briefing.js';
import * as s from './situation.js';

/** What is being written, by alert and field. @type {Map<string, string>} */
const drafts = new Map();
let opened = null; // of which alert

const keyOf = (alert, field) => `${alert} ${field}`;

export const clear = () => drafts.clear();
/** @param {CaseView} view */
export const isOpen = (view) => opened === view.alert;

/** @param {Ui} ui @param {CaseView} view */
export function open(ui, view) {
  opened = view.alert;
  ui.draw();
}

export const focus = () => document.querySelector('.fields input')?.focus();

/** True where it was open. @param {Ui} ui @param {CaseView} view */
export function close(ui, view) {
  if (!isOpen(view)) return false;
  opened = null;
  ui.draw();
  return true;
}

/**
 * What was changed goes to the center as the field is left, and by Enter, which leads to the next.
 * @param {Ui} ui @param {CaseView} view @param {string} field
 */
async function keep(ui, view, field) {
  const key = keyOf(view.alert, field);
  const draft = drafts.get(key);
  if (draft === undefined) return;
  const text = draft.trim();
  if (isKeyAlone(text)) {
    drafts.delete(key);
    return ui.orders.notWritten(text.toUpperCase(), view.alert);
  }
  if (text !== (view.briefing[field]?.text ?? '')) {
    const answer = await ui.feed.command(view.alert, 'brief', { field, text });
    // It stays in the field until the center has it.
    if (!answer.ok) return ui.orders.refuse(KEY.brief, view.alert, answer.reason);
  }
  if (drafts.get(key) === draft) drafts.delete(key);
  ui.draw();
}

/** @param {Ui} ui @param {CaseView} view @param {string} field */
function pressed(ui, view, field, e) {
  e.stopPropagation();
  if (e.key === 'Escape') {
    e.preventDefault();
    e.target.blur();
    close(ui, view);
  }
  if (e.key === 'Enter') {
    e.preventDefault();
    const all = [...document.querySelectorAll('.fields input')];
    const next = all[all.indexOf(e.target) + 1];
    if (next) next.focus();
    else keep(ui, view, field);
  }
}

/** @param {Ui} ui @param {CaseView} view @param {Allowed} allowed */
export function panel(ui, view, allowed) {
  const disabled = allowed.brief !== null;
  const lost = ui.feed.link === 'lost';
  return html`<div class="panel__head">
      <h2>${say`For 112`}</h2>
      <button class="btn" @click=${() => close(ui, view)}><kbd>Esc</kbd><span>${say`Back`}</span></button>
    </div>
    <div class="panel__body fields">
      ${Object.entries(FIELDS).map(([field, name]) => {
        const filled = view.briefing[field];
        const by = filled && (filled.by ? ui.feed.names(filled.by) : s.first(view));
        return html`<label
          ><span>${name()}</span
          ><input
            maxlength="500"
            autocomplete="off"
            data-field=${field}
            ?disabled=${disabled}
            ?readonly=${lost}
            .value=${drafts.get(keyOf(view.alert, field)) ?? filled?.text ?? ''}
            @input=${(e) => drafts.set(keyOf(view.alert, field), e.target.value)}
            @blur=${() => keep(ui, view, field)}
            @keydown=${(e) => pressed(ui, view, field, e)} />${
              filled ? html`<small title=${f.clock(filled.at_us)}>${by.split(' ')[0]}</small>` : nothing
            }</label
        >`;
      })}
    </div>`;
}
