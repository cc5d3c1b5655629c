// The further facts for 112: six fields, each with its last author. They are filled while the user speaks or
// writes.

import { html, nothing } from '../../vendor/lit.js';
import { KEY } from '../words/center.js';
import { say } from '../words/words.js';
import * as f from '../words/format.js';
import { isKeyAlone } from '../steps/visible-keys.js';
import { FIELDS } from './briefing.js';
import * as s from './situation.js';

/** The drafts, by alert and field. @type {Map<string, string>} */
const drafts = new Map();
let opened = null; // the alert of the open panel

/** Return the key of a draft. */
const draftKey = (alert, field) => `${alert} ${field}`;

/** Forget all drafts. */
export const clear = () => drafts.clear();
/** Return true if the facts of this case are open. @param {CaseView} view */
export const isOpen = (view) => opened === view.alert;

/** Open the facts. @param {Ui} ui @param {CaseView} view */
export function open(ui, view) {
  opened = view.alert;
  ui.draw();
}

/** Focus the first field. */
export const focus = () => document.querySelector('.fields input')?.focus();

/** Close the facts. Return true if they were open. @param {Ui} ui @param {CaseView} view */
export function close(ui, view) {
  if (!isOpen(view)) return false;
  opened = null;
  ui.draw();
  return true;
}

/**
 * Send a changed field when it loses the focus, or by Enter, which leads to the next field.
 * @param {Ui} ui @param {CaseView} view @param {string} field
 */
async function saveField(ui, view, field) {
  const key = draftKey(view.alert, field);
  const draft = drafts.get(key);
  if (draft === undefined) return;
  const text = draft.trim();
  if (isKeyAlone(text)) {
    drafts.delete(key);
    return ui.commands.refuseTyped(text.toUpperCase(), view.alert);
  }
  if (text !== (view.briefing[field]?.text ?? '')) {
    const answer = await ui.feed.command(view.alert, 'brief', { field, text });
    // The text stays in the field until the center accepts it.
    if (!answer.ok) return ui.commands.refuse(KEY.brief, view.alert, answer.reason);
  }
  if (drafts.get(key) === draft) drafts.delete(key);
  ui.draw();
}

/** Handle a key in a field. @param {Ui} ui @param {CaseView} view @param {string} field */
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
    else saveField(ui, view, field);
  }
}

/** Render the facts. @param {Ui} ui @param {CaseView} view @param {Allowed} allowed */
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
        const author = filled && (filled.by ? ui.feed.names(filled.by) : s.firstName(view));
        return html`<label
          ><span>${name()}</span
          ><input
            maxlength="500"
            autocomplete="off"
            data-field=${field}
            ?disabled=${disabled}
            ?readonly=${lost}
            .value=${drafts.get(draftKey(view.alert, field)) ?? filled?.text ?? ''}
            @input=${(e) => drafts.set(draftKey(view.alert, field), e.target.value)}
            @blur=${() => saveField(ui, view, field)}
            @keydown=${(e) => pressed(ui, view, field, e)} />${
              filled ? html`<small title=${f.clock(filled.at_us)}>${author.split(' ')[0]}</small>` : nothing
            }</label
        >`;
      })}
    </div>`;
}
