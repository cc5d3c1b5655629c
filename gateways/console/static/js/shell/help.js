// The list of all keys, with settings chosen once: the language, the theme, signing off.

import { html } from '../../vendor/lit.js';
import * as access from '../access/access.js';
import * as dialogue from '../case/dialogue/dialogue.js';
import * as facts from '../case/facts.js';
import * as notes from '../case/notes.js';
import * as handed from '../shift/handover.js';
import { isLastReady } from '../shift/shift.js';
import { language, languages, say } from '../words/words.js';
import { groups } from './key-list.js';
import { ownLanguageName, switchLanguage, switchTheme } from './appearance.js';

const SCROLL_PX = 120;
const GUIDE = '/console/guide/first-night?lang=';

let confirming = false; // the last ready operator has been asked to confirm signing off
let before = null; // the element that had the focus

/**
 * Show or hide the list of keys. The list takes the focus while it is shown, and returns the focus when it is
 * hidden.
 * @param {Ui} ui @param {boolean} shown
 */
export function show(ui, shown) {
  confirming = false;
  if (shown) before = document.activeElement;
  ui.screen.cover(shown);
  ui.draw();
  if (shown) document.querySelector('.help [autofocus]').focus({ preventScroll: true });
  else before?.focus();
}

/** Scroll the list by the arrow keys, whichever element has the focus. @param {string} key */
export function scroll(key) {
  const by = { ArrowDown: SCROLL_PX, ArrowUp: -SCROLL_PX }[key] ?? 0;
  document.querySelector('.help__keys').scrollBy({ top: by });
}

/** Sign off. The last ready operator must confirm, because signing off also ends the shift. @param {Ui} ui */
async function signOff(ui) {
  const { feed, screen } = ui;
  if (isLastReady(ui) && !screen.ownCase() && !confirming) {
    confirming = true;
    ui.draw();
    return;
  }
  show(ui, false);
  const why = await feed.signOff();
  if (why) {
    ui.commands.refuse('?', screen.chosen, why);
    return;
  }
  screen.clear();
  ui.acknowledged.clear();
  notes.clear();
  dialogue.clear();
  facts.clear();
  handed.clear();
  ui.draw();
}

/** Close the list and open the operator's own access page. @param {Ui} ui */
function toAccess(ui) {
  show(ui, false);
  ui.screen.go('access');
}

/** Render the list of all keys. @param {Ui} ui */
export function help(ui) {
  return html`<div
    class="help"
    role="dialog"
    aria-modal="true"
    aria-label=${say`All keys`}
    @click=${(e) => {
      if (e.target === e.currentTarget) ui.press('?');
    }}>
    <div class="help__card">
      <h2>${say`All keys`}</h2>
      <div class="help__keys" tabindex="0">
        <div>
          ${groups().map(
            ({ title, rows }) =>
              html`<section>
                <h3>${title}</h3>
                <dl>
                  ${rows.map(([keys, label]) => html`<dt><kbd>${keys}</kbd></dt><dd>${label}</dd>`)}
                </dl>
              </section>`,
          )}
        </div>
      </div>
      <div class="help__row">
        <button class="btn" @click=${() => switchLanguage(ui.draw)}>
          ${languages().map(ownLanguageName).join(' / ')}</button
        ><button class="btn" @click=${() => switchTheme(ui.draw)}>${say`Light or dark`}</button
        ><a class="btn" target="_blank" href=${GUIDE + language()}>${say`Guide`}</a
        ><button class="btn" @click=${() => toAccess(ui)}>${access.title()}</button
        ><button class="btn" @click=${() => signOff(ui)}>
          ${
            ui.feed.myShift() === 'off'
              ? say`Sign off`
              : confirming
                ? say`You are the last one: sign off all the same`
                : say`Sign off: ends your shift, too`
          }</button
        ><button class="btn" autofocus @click=${() => ui.press('?')}><kbd>Esc</kbd>${say`Back`}</button>
      </div>
    </div>
  </div>`;
}
