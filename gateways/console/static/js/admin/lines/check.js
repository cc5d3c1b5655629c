// The doctor's check of lines and modems: each finding with its remedy.

import { html, nothing } from '../../../vendor/lit.js';
import { word } from '../../shell/parts.js';
import { localText, say } from '../../words/words.js';
import { rows } from './rows.js';

/** @type {Record<string, [string, string]>} */
const SIGNS = { ok: ['check', 'ink-ok'], warn: ['warn', 'ink-wait'], fail: ['warn', 'ink-bad'] };

/** Render a finding. @param {LineFinding} one */
const finding = ({ verdict, text, do: todo }) =>
  html`<li>
    <span lang="en">${word(SIGNS[verdict][0], text, SIGNS[verdict][1])}</span>
    ${todo.en ? html`<small class="ink-2">${localText(todo)}</small>` : nothing}
  </li>`;

/** The findings, shown beside the lines. */
export class Check {
  /** @param {CheckView} data */
  constructor(data) {
    this.found = data.found;
  }
}

/** Request the check, and show it. @param {Ui} ui */
export async function check(ui) {
  const data = await rows.request(ui, 'GET', `${rows.list.path}/check`);
  if (data) rows.showSide(ui, new Check(data));
}

/** Render the check. @param {Ui} ui @param {Check} check */
export const checkPane = (ui, { found }) =>
  html`<section class="panel once trial" aria-labelledby="check-h">
    <div class="panel__head"><h2 id="check-h">${say`Check##noun`}</h2></div>
    <div class="panel__body">
      <ul class="trial__steps">
        ${found.map(finding)}
      </ul>
      <button class="btn" @click=${() => ui.press('Escape')}><kbd>Esc</kbd>${say`Back`}</button>
    </div>
  </section>`;
