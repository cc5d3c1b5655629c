// Handing a case over to another operator: the choice of the operator. The case stays with its operator until
// the other operator is in the conference, as the center decides.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../shell/parts.js';
import { label } from '../steps/labels.js';
import { KEY } from '../words/center.js';
import { say } from '../words/words.js';
import { shiftWord } from '../shift/shift.js';
import { leftUs } from '../shift/wrap-up.js';
import { isOwnCase } from './situation.js';

const NUMBERS = 9;

const state = { alert: null }; // the alert of the open choice

/** Return true if the operator may hand this case over now. @param {Ui} ui @param {CaseView} view */
const mayHandOver = (ui, view) =>
  isOwnCase(view, ui.feed.me) &&
  view.hand_over === null &&
  view.closed_us === null &&
  view.left_us === null &&
  ui.feed.link === 'live';

/** Return true if the choice is open for this case. @param {Ui} ui @param {CaseView} view */
export const isChoosing = (ui, view) => view !== null && state.alert === view.alert && mayHandOver(ui, view);

/**
 * Return the choices: any free operator, then each other operator on shift, in the order of availability.
 * @param {Ui} ui
 */
function choices(ui) {
  const nowUs = ui.feed.nowUs();
  /** Return the availability, 0 the best. @param {OperatorView} one */
  const rank = (one) => (one.alert ? 3 : one.state === 'paused' ? 2 : leftUs(one, nowUs) ? 1 : 0);
  const others = ui.feed.operators.filter(
    (one) => one.operator !== ui.feed.me.operator && one.state !== 'off',
  );
  if (!others.length) return [];
  return [
    { to: null, name: say`Anyone who is free`, state: null, busy: false },
    ...others
      .sort((a, b) => rank(a) - rank(b))
      .map((one) => ({
        to: one.operator,
        name: one.name,
        state: one.alert ? word('headset', say`On a case`, 'ink-2') : shiftWord(one, nowUs),
        busy: Boolean(one.alert),
      })),
  ];
}

/** Send the command to hand over. @param {Ui} ui @param {Choice} one */
function choose(ui, one) {
  if (!one || one.busy) return;
  ui.commands.send(KEY.hand_over, 'hand_over', one.to);
  close(ui);
}

/** Close the choice. @param {Ui} ui */
function close(ui) {
  state.alert = null;
  ui.draw();
  document.querySelector('.dock__hand')?.focus();
}

/**
 * Handle a key of the choice. Return true if the key was used; commands stay available.
 * @param {Ui} ui @param {string} key
 */
export function pressed(ui, key) {
  const view = ui.screen.section === 'case' ? ui.screen.selected() : null;
  if (!isChoosing(ui, view)) {
    state.alert = null;
    return false;
  }
  if (key === 'Escape' || key === KEY.hand_over) {
    close(ui);
    return true;
  }
  if (/^[1-9]$/.test(key)) {
    choose(ui, choices(ui)[Number(key) - 1]);
    return true;
  }
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    moveFocus(key === 'ArrowDown' ? 1 : -1);
    return true;
  }
  return false;
}

/** Move the focus in the list. */
function moveFocus(step) {
  const all = [...document.querySelectorAll('.hand__to')];
  const at = all.findIndex((one) => one === document.activeElement);
  all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length]?.focus();
}

/**
 * Open the choice, or keep a case that is being handed over (key H). Return the refusal, or null.
 * @param {Ui} ui @param {CaseView} view @param {Allowed} allowed
 */
export function toggle(ui, view, allowed) {
  if (view.hand_over) {
    if (allowed.keep === null) ui.commands.send(KEY.keep, 'keep');
    return allowed.keep;
  }
  if (allowed.hand_over !== null) return allowed.hand_over;
  state.alert = view.alert;
  ui.draw();
  document.querySelector('.hand__to')?.focus();
  return null;
}

/**
 * Render the button at the end of the command bar's sentence, in all states.
 * @param {Ui} ui @param {CaseView} view @param {Allowed} allowed
 */
export function button(ui, view, allowed) {
  const keeps = view.hand_over !== null; // until the handover has ended
  const command = keeps ? 'keep' : 'hand_over';
  const why = allowed[command];
  const key = KEY[command];
  const off = ui.feed.link !== 'live' || why !== null;
  return html`<button
    class="btn dock__hand"
    data-key=${key}
    aria-keyshortcuts=${key}
    aria-disabled=${off ? 'true' : nothing}
    aria-expanded=${isChoosing(ui, view) ? 'true' : 'false'}
    @click=${() => ui.press(key)}>
    <kbd>${key}</kbd><span>${label(command)}</span>
  </button>`;
}

/** Render the choice in place of the timeline. @param {Ui} ui */
export function panel(ui) {
  const all = choices(ui);
  return html`<div class="panel__head">
      <h2 id="hand-h">${say`Hand over to whom?`}</h2>
      <span class="ink-3 word"><kbd>Esc</kbd>${say`Back`}</span>
    </div>
    <div class="panel__body hand" role="group" aria-labelledby="hand-h">
      ${all.map(
        (one, i) =>
          html`<button
            class="btn hand__to"
            aria-keyshortcuts=${i < NUMBERS ? String(i + 1) : nothing}
            aria-disabled=${one.busy ? 'true' : nothing}
            @click=${() => choose(ui, one)}>
            ${i < NUMBERS ? html`<kbd>${i + 1}</kbd>` : nothing}<b>${one.name}</b>${one.state ?? nothing}
          </button>`,
      )}
      <p class="ink-2">
        ${
          all.length
            ? say`You stay on the line until the other one has joined.`
            : say`No colleague is on shift: you keep the case.`
        }
      </p>
    </div>`;
}
