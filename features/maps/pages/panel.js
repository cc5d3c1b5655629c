// The map in a case, with its keys, the close-up and the credits.

import { html, nothing } from '../../vendor/lit.js';
import { closeup } from '../../js/position/closeup.js';
import { townName } from '../../js/position/wording.js';
import { whereabouts } from '../../js/position/towns.js';
import { say } from '../../js/words/words.js';
import { mapKey } from './map.js';
import { tiles } from './tiles.js';

/** Render the map of a case. @param {Ui} ui @param {CaseView} view */
export const pane = ({ feed }, view) =>
  html`<div class="map">
    <sw-map
      tabindex="0"
      role="region"
      aria-keyshortcuts="+ - 0"
      aria-label=${mapLabel(view.position)}
      .tiles=${feed.center.map}
      .view=${view}></sw-map>
    <div class="map__keys">
      <button
        class="btn"
        aria-keyshortcuts="+"
        aria-label=${say`Map nearer`}
        @click=${() => mapKey('+')}>
        <kbd>+</kbd></button
      ><button
        class="btn"
        aria-keyshortcuts="-"
        aria-label=${say`Map further`}
        @click=${() => mapKey('-')}>
        <kbd>−</kbd>
      </button>
      <button class="btn" aria-keyshortcuts="0" @click=${() => mapKey('0')}>
        <kbd>0</kbd><span>${say`Centre`}</span>
      </button>
    </div>
    <div class="map__close"><span>${say`Close up`}</span>${closeup(view)}</div>
    <small class="map__credit">${credit(feed.center.map)}</small>
  </div>`;

/**
 * Return the map's credits, with a short notice if the center's streets are not available.
 * @param {MapView} streets
 */
function credit(streets) {
  const own = say`Places © GeoNames, CC BY 4.0 · Coast (± 1 km) and borders: Natural Earth`;
  if (!streets) return own;
  if (tiles.shown === 'none')
    return html`${
      tiles.failing ? html`<b role="status">${say`Streets not available`}</b> · ` : nothing
    }${own}`;
  return [streets.attribution, tiles.shown === 'all' ? say`Places © GeoNames, CC BY 4.0` : own]
    .filter(Boolean)
    .join(' · ');
}

/** Return the map's label for screen readers. @param {PositionView} p */
function mapLabel(p) {
  const { near } = whereabouts(p);
  return [
    say`Map`,
    near ? townName(near) : '',
    p.accuracy_m === null ? '' : say`uncertainty ${Math.round(p.accuracy_m)} metres`,
  ]
    .filter(Boolean)
    .join(', ');
}
