// Which alerts are listed: the open ones, or those of a feature's place.

import { html, nothing } from '../../vendor/lit.js';
import { FEATURES } from '../features.js';
import { say } from '../words/words.js';

/** The places of features that are reached from the list of open alerts. */
const others = () =>
  FEATURES.flatMap(({ places = [] }) => places).filter((one) => one.below === 'queue' && one.keys);

/** True where the key leads to such a place. @param {Ui} ui @param {string} key */
export function chosen(ui, key) {
  const to = others().find((one) => one.keys.includes(key));
  if (!to) return false;
  ui.screen.go(to.name);
  to.place.pressed(ui, key);
  return true;
}

/** @param {Ui} ui */
export function choice(ui) {
  const listed = others();
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
