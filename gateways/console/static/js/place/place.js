// Where the user is, as the case shows it: the map with its line of words, and the forms that 112 may ask
// for.

import { html, nothing } from '../../vendor/lit.js';
import { icon } from '../shell/parts.js';
import { language, say } from '../words/words.js';
import { addressIn, townAfter } from './address.js';
import { atlas, load } from './atlas.js';
import { closeup } from './closeup.js';
import { mapKey } from './map.js';
import { tiles } from './tiles.js';
import * as f from '../words/format.js';
import { mayAsk } from '../case/situation.js';
import * as g from './places.js';

load(); // before the first case: its lines are not to move when the names come

let asked = { lat: null, lon: null, language: null };
let found = null;

/**
 * {near, city} of a position, either may be null; looked up once for each position.
 * @param {PositionView} p
 */
export function whereabouts(p) {
  load();
  if (!atlas.towns.length) return { near: null, city: null };
  if (asked.lat !== p.lat || asked.lon !== p.lon || asked.language !== language()) {
    asked = { lat: p.lat, lon: p.lon, language: language() };
    const near = g.nearestTown(p.lat, p.lon, atlas.towns);
    found = { near, city: near && g.nearbyCity(p.lat, p.lon, atlas.towns, near) };
  }
  return found;
}

/** `0.8 km south of its centre`, or of the city that everybody knows. */
function aside({ near, city }) {
  if (!near) return '';
  return city ? `${g.fromCentre(near)}; ${g.fromTown(city)}` : g.fromCentre(near);
}

/** @param {CaseView} view */
const unknown = (view) =>
  ({
    voice: say`Position: none, voice alert`,
    sms: say`Position: none, alert by SMS`,
  })[view.channel] ?? say`Position: none, her phone has not sent one`;

/**
 * The panel at the left of the case's body. @param {CaseView} view @param {number} nowUs
 * @param {MapView} streets
 */
export function mapPanel(view, nowUs, streets) {
  const p = view.position;
  if (!p) {
    return html`<section class="panel">
      <div class="map map--none">
        <p class="word">${icon('pin')}<span>${unknown(view)}</span></p>
        <p class="ink-2">
          ${mayAsk(view) ? say`Ask her where she is.` : ''}
          ${say`If her phone sends a position, it appears here.`}
        </p>
      </div>
    </section>`;
  }
  const where = whereabouts(p);
  return html`<section class="panel">
    <div class="map">
      <sw-map
        tabindex="0"
        role="region"
        aria-keyshortcuts="+ - 0"
        aria-label=${mapLabel(p, where)}
        .tiles=${streets}
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
      <small class="map__credit">${credit(streets)}</small>
    </div>
    <p class="place">
      ${p.address ? html`<b>${addressIn(p.address, where.near?.name)}</b>` : nothing}
      ${where.near ? html`<b>${townAfter(p.address, g.townName(where.near))}</b>` : nothing}
      <span class="phone"
        >${f.coordinates(p)}</span
      ><span class="ink-2"
        >${[f.accuracy(p.accuracy_m), f.age(nowUs - p.at_us)].filter(Boolean).join(', ')}</span
      ><span class="ink-2">${aside(where)}</span>
    </p>
  </section>`;
}

/**
 * Whose map it is; and once, in small words, that there are no streets where there should be.
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

/** @param {PositionView} p */
const mapLabel = (p, { near }) =>
  [
    say`Map`,
    near ? g.townName(near) : '',
    p.accuracy_m === null ? '' : say`uncertainty ${Math.round(p.accuracy_m)} metres`,
  ]
    .filter(Boolean)
    .join(', ');

/**
 * What is known of the place by name, in sentences: the town, then how far from its centre. Empty while
 * nothing is.
 * @param {CaseView} view
 */
export function placeSentences(view) {
  const where = view.position ? whereabouts(view.position) : { near: null };
  return where.near ? [`${g.townName(where.near)}.`, `${capital(aside(where))}.`] : [];
}

/** At the right while the text is read: the same place in other forms. @param {CaseView} view */
export function otherForms(view) {
  const p = view.position;
  const { near, city } = p ? whereabouts(p) : { near: null, city: null };
  const town = (one) => `${one.name}, ${g.length(one.km)} ${say`${one.bearing}##direction`}`;
  const rows = !p
    ? []
    : [
        [say`Decimal degrees`, `${p.lat.toFixed(5)}, ${p.lon.toFixed(5)}`],
        [
          say`Degrees, minutes, seconds`,
          html`<span class="nowrap">${f.dms(p.lat, 'N', 'S')}</span> <span class="nowrap"
              >${f.dms(p.lon, 'E', say`W`)}</span
            >`,
        ],
        ['Plus code', g.plusCode(p.lat, p.lon)],
        [
          say`Nearest town`,
          near ? html`${town(near)}${city ? html`<br />${g.fromTown(city)}` : nothing}` : '',
        ],
        [say`Last moved`, g.lastMoved(view.positions)],
      ];
  return html`<div class="panel__head">
      <h2>${say`If 112 asks for another form`}</h2>
    </div>
    ${p ? html`<div class="map codes-map">${closeup(view)}</div>` : nothing}
    <div class="panel__body" tabindex="0">
      ${
        p
          ? html`<dl class="codes">
              ${rows
                .filter(([, value]) => value)
                .map(
                  ([label, value]) =>
                    html`<div>
                      <dt>${label}</dt>
                      <dd>${value}</dd>
                    </div>`,
                )}
            </dl>`
          : html`<p>${unknown(view)}</p>`
      }
    </div>`;
}

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
