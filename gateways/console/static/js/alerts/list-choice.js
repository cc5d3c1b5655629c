// The choice of the listed alerts: the open alerts, or the alerts of a feature's place.

import { html, nothing } from '../../vendor/lit.js';
import { placesBelow } from '../shell/subplaces.js';
import { say } from '../words/words.js';

/** Render the choice; nothing if no feature adds a place. @param {Ui} ui */
export function listChoice(ui) {
  const listed = placesBelow(ui, 'queue');
  if (!listed.length) return nothing;
  return html`<div class="seg" role="group" aria-label=${say`Which alerts`}>
    <button aria-pressed=${ui.screen.section === 'queue'} aria-keyshortcuts="2" @click=${() => ui.press('2')}>
      <kbd>2</kbd><span>${say`Open##alerts`}</span>
    </button>
    ${listed.map(
      ({ name, title, keys }) =>
        html`<button
          aria-pressed=${ui.screen.section === name}
          aria-keyshortcuts=${keys[0]}
          @click=${() => ui.screen.go(name)}>
          <kbd>${keys[0]}</kbd><span>${title(ui)}</span>
        </button>`,
    )}
  </div>`;
}
