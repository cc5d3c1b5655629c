// The close-up: the user's movement and its accuracy to scale, without a map, for detail finer than the base
// map.

import { html, nothing, svg } from '../../vendor/lit.js';
import { distanceKm, bearingDeg } from './wording.js';
import * as f from '../words/format.js';

const REACH = 84; // units; half a side is 100
const LEAST_M = 40;

/**
 * Render a square with the newest position in its middle. The scale follows from the farthest position.
 * @param {CaseView} view
 */
export function closeup(view) {
  const p = view.position;
  const way = view.positions.map((one) => ({ ...metres(p, one), at_us: one.at_us }));
  const far = Math.max(LEAST_M, (p.accuracy_m ?? 0) * 1.4, ...way.map((one) => Math.hypot(one.x, one.y)));
  const perUnit = far / REACH;
  const at = way.map((one) => ({ x: one.x / perUnit, y: one.y / perUnit, at_us: one.at_us }));
  const bar = roundLength(perUnit * 70);
  const first = at[0];
  return html`<figure class="closeup" aria-hidden="true">
    <svg viewBox="-100 -100 200 200">
      ${svg`
    ${p.accuracy_m ? svg`<circle class="map__circle" r=${p.accuracy_m / perUnit}></circle>` : nothing}
    <polyline class="map__trail" points=${at
      .map((one) => `${one.x.toFixed(1)},${one.y.toFixed(1)}`)
      .join(' ')}></polyline>
    ${at
      .filter((one) => one.at_us !== p.at_us)
      .map(
        (one) =>
          svg`<circle class="map__was" r="3.5" cx=${one.x.toFixed(1)} cy=${one.y.toFixed(1)}></circle>`,
      )}
    <circle class="map__here" r="5"></circle>
    ${
      first && Math.hypot(first.x, first.y) > 30
        ? svg`<text x=${Math.max(-74, Math.min(74, first.x)).toFixed(1)} y=${(first.y > 50
            ? first.y - 12
            : first.y + 22
          ).toFixed(1)} text-anchor="middle">${f.minute(first.at_us)}</text>`
        : nothing
    }
    <path class="closeup__bar" d=${`M-92 86v6h${(bar / perUnit).toFixed(1)}v-6`}></path>
    <text x=${-88 + bar / perUnit} y="93">${f.metres(bar)}</text>
    <path class="closeup__north" d="M88-74V-92M82-85l6-8 6 8"></path>
    <text x="88" y="-60" text-anchor="middle">N</text>`}
    </svg>
  </figure>`;
}

/**
 * Return a position relative to `centre`: metres east and south, the axes of the screen.
 * @param {PositionView} one
 */
function metres(centre, one) {
  const m = distanceKm(centre, one) * 1000;
  const angle = (bearingDeg(centre, one) * Math.PI) / 180;
  return { x: m * Math.sin(angle), y: -m * Math.cos(angle) };
}

/** Return the greatest of 1, 2, 5, 10, … that is at most `most`. */
function roundLength(most) {
  const ten = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].find((n) => n * ten <= most) * ten;
}
