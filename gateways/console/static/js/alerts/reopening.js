// Reopening a closed alert, in the history and beside the shift: R asks, E adds 112, Enter confirms, every
// other key cancels.

import { html, nothing } from '../../vendor/lit.js';
import { label } from '../steps/labels.js';
import { KEY } from '../words/center.js';
import { reason, say } from '../words/words.js';

const ERASED = 'person_erased'; // the refusal for an alert that cannot be reopened

const state = { alert: '', seen: 0, psap: false, asking: false, refusal: '', place: '' };

/** Cancel the question. */
export const cancel = () => Object.assign(state, { alert: '', psap: false, asking: false, refusal: '' });

/** Return true if Enter answers the question at this place. @param {Ui} ui */
export const awaitsEnter = (ui) =>
  state.asking &&
  ui.screen.section === state.place &&
  (state.place !== 'case' || ui.screen.selected() === null);

/**
 * Handle a key of the question. Return true if the key was used.
 * @param {Ui} ui @param {string} key @param {{ alert: string, version: number }} shown
 * @param {string} refusal null if the alert can be reopened
 */
export function pressed(ui, key, { alert, version: seen }, refusal) {
  if (state.asking && state.alert !== alert) cancel(); // another alert is shown now
  if (!state.asking) {
    if (key !== KEY.reopen) return false;
    const text = refusal ? reason(refusal) : '';
    Object.assign(state, {
      alert,
      seen,
      psap: false,
      asking: !refusal,
      refusal: text,
      place: ui.screen.section,
    });
  } else if (key === 'E') state.psap = !state.psap;
  else {
    state.asking = false;
    if (key === 'Enter') reopen(ui, state);
  }
  ui.draw();
  return true;
}

/**
 * Send the command to reopen, then open the case.
 * @param {Ui} ui @param {{ alert: string, seen: number, psap: boolean }} asked
 */
async function reopen(ui, { alert, seen, psap }) {
  const answer = await ui.feed.command(alert, 'reopen', { seen, ...(psap ? { party: 'psap' } : {}) });
  if (answer.ok) {
    ui.screen.open(alert);
    return;
  }
  state.refusal = reason(answer.reason) || say`No connection`;
  ui.draw();
}

/**
 * Render the button to reopen, the question, or the refusal.
 * @param {Ui} ui @param {string} alert @param {string} user the name of the user, if the phone may ring
 * @param {string} refusal null if the alert can be reopened
 */
export function offer(ui, alert, user, refusal) {
  if (refusal === ERASED) return html`<p class="history__reopen">${reason(ERASED)}</p>`;
  const mine = state.alert === alert;
  const quiet = state.psap
    ? say`Goes on: calls 112 again, her phone stays quiet`
    : say`Goes on: her phone stays quiet`;
  const aloud = state.psap ? say`Calls ${user} and 112 again` : say`Calls ${user} again`;
  const other = state.psap ? say`Without 112` : say`112 as well`;
  const button = (key, words) =>
    html`<button class="btn" aria-keyshortcuts=${key} @click=${() => ui.press(key)}>
      <kbd>${key === 'Enter' ? say`Enter` : key === 'Escape' ? 'Esc' : key}</kbd><span>${words}</span>
    </button>`;
  return html`<p class="history__reopen" role="status">
    ${
      mine && state.asking
        ? html`${button('Enter', user ? aloud : quiet)}${button('E', other)}${button('Escape', say`Back`)}`
        : html`${button(KEY.reopen, label('reopen'))}${
            mine && state.refusal ? html`<span class="ink-bad">${state.refusal}</span>` : nothing
          }`
    }
  </p>`;
}
