// The search field of a page. A pause in typing starts the search; Esc empties the field, then leaves the
// empty field; Enter and the arrow lead to the results.

import { html } from '../../vendor/lit.js';
import { say } from '../words/words.js';
import { icon } from './parts.js';

/** @typedef {{ search: string, typing: number }} Searched What is in the field, and the pause's timer. */

/**
 * Render a search field.
 * @typedef {{ searched: Searched, pauseMs: number, ask: () => void, down: () => void }} Search
 * @param {{ id: string, hint: string } & Search} of
 */
export function searchField({ id, hint, searched, pauseMs, ask, down }) {
  /** Start the search after a pause. @param {string} text */
  const typed = (text) => {
    searched.search = text;
    clearTimeout(searched.typing);
    searched.typing = setTimeout(ask, pauseMs);
  };
  /** Act on Enter, Esc and the arrow; no key of the field reaches the page. @param {KeyboardEvent} e */
  const pressed = (e) => {
    e.stopPropagation();
    if (!['Enter', 'Escape', 'ArrowDown'].includes(e.key)) return;
    e.preventDefault();
    const field = /** @type {HTMLInputElement} */ (e.target);
    if (e.key === 'Escape' && searched.search) {
      field.value = '';
      typed('');
      return;
    }
    field.blur();
    if (e.key !== 'Escape') down();
  };
  return html`<label class="search"
    ><kbd>/</kbd>${icon('find')}<input
      id=${id}
      type="search"
      autocomplete="off"
      spellcheck="false"
      maxlength="100"
      aria-label=${say`Search`}
      placeholder=${hint}
      .value=${searched.search}
      @input=${(e) => typed(e.target.value)}
      @keydown=${pressed}
  /></label>`;
}
