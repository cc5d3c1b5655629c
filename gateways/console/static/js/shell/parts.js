// Small elements that all views use.

import { html, nothing, svg } from '../../vendor/lit.js';
import { say } from '../words/words.js';

/** Render an icon. @param {string} name @param {string} [tone] */
export const icon = (name, tone = '') =>
  html`<svg class="icon ${tone}" aria-hidden="true"><use href="#i-${name}"></use></svg>`;
/** Render an icon with a text. @param {string} name @param {Drawn} text @param {string} [tone] */
export const word = (name, text, tone = '') =>
  html`<span class="word ${tone}">${icon(name)}<span>${text}</span></span>`;
/** Render the mark of a test or of a real alert. @param {boolean} test */
export const tag = (test) =>
  test
    ? html`<span class="tag tag--test">${icon('flask')}${say`TEST`}</span>`
    : html`<span class="tag tag--real">${icon('bell')}${say`REAL`}</span>`;

/**
 * Render the time line from the receipt to 60 s, with the deadline on it. `at` and `limit` are shares of the
 * line.
 * @param {number} at @param {number} limit @param {string} label @param {string} tone
 */
export function track(at, limit, label, tone) {
  const here = Math.max(0, Math.min(1, at)) * 100;
  return html`<div class="track ink-${tone}" aria-hidden="true">
    <svg>
      ${svg`<rect class="bg" x="0" y="40%" width="${limit * 100}%" height="8" rx="4"></rect>
    <rect class="over" x="${limit * 100}%" y="40%" width="${(1 - limit) * 100}%" height="8" rx="4"></rect>
    <rect class="fill" x="0" y="40%" width="${here}%" height="8" rx="4"></rect>
    <rect class="limit" x="${limit * 100}%" y="10%" width="2" height="90%"></rect>
    <text x="${limit * 100 + 0.7}%" y="6">${label}</text>
    <circle class="mark" cx="${here}%" cy="60%" r="9"></circle>`}
    </svg>
  </div>`;
}

/** Render the ring of the incoming alert: the share of the time that is left. @param {number} left */
export const ring = (left) =>
  html`<svg viewBox="0 0 200 200" aria-hidden="true">
    ${svg`<circle class="ring__rest" cx="100" cy="100" r="92" fill="none" stroke-width="10"></circle>
      <circle class="ring__left" cx="100" cy="100" r="92" fill="none" stroke-width="10"
        pathLength="50" stroke-dasharray="${Math.max(0, left * 50)} 50"></circle>`}
  </svg>`;

/** Render a QR code from the rows of dots that the center returns. @param {string[]} rows */
export function qr(rows) {
  const dots = rows.flatMap((row, y) => [...row].map((dot, x) => (dot === '1' ? `M${x} ${y}h1v1h-1z` : '')));
  const box = `-4 -4 ${rows.length + 8} ${rows.length + 8}`;
  return html`<svg class="access__qr" viewBox=${box} role="img" aria-label="QR">
    ${svg`<path d=${dots.join('')}></path>`}
  </svg>`;
}

/**
 * Render the button of a command. The button keeps its place, allowed or not; a refused command shows its
 * reason in place of its effect.
 * @param {Partial<Action> & { refused?: string, step?: boolean, press?: () => void }} action
 */
export function act({ key, label, sub, why = null, refused = '', tone = '', step = false, press }) {
  const off = why !== null;
  return html`<button
    class="act ${step ? 'act--step' : ''}"
    data-key=${key}
    data-tone=${off ? '' : tone}
    aria-keyshortcuts=${key}
    aria-disabled=${off ? 'true' : nothing}
    @click=${press}>
    <kbd>${key === 'Enter' ? say`Enter` : key === 'Space' ? say`Space` : key}</kbd><b>${label}</b>
    <small>${refused ? html`<span class="refused">${refused}</span>` : off ? why : sub}</small>
  </button>`;
}
