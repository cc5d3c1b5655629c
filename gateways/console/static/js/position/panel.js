// The user's position in a case: the map, a line of words, and the other forms for 112.

import { html, nothing } from '../../vendor/lit.js';
import { FEATURES } from '../features.js';
import { icon } from '../shell/parts.js';
import { say } from '../words/words.js';
import { addressIn, townAfter } from './address.js';
import { closeup } from './closeup.js';
import * as f from '../words/format.js';
import { mayAsk } from '../case/situation.js';
import * as wording from './wording.js';
import { whereabouts } from './towns.js';

/** Return the maps of the features. */
const featureMaps = () => FEATURES.flatMap(({ map }) => map ?? []);

/** Return the distance from the town's centre: `0.8 km south of its centre`; and from a well-known city. */
function distanceText({ near, city }) {
  if (!near) return '';
  return city ? `${wording.fromCentre(near)}; ${wording.fromTown(city)}` : wording.fromCentre(near);
}

/** Return the reason why there is no position. @param {CaseView} view */
const noPositionText = (view) =>
  ({
    voice: say`Position: none, voice alert`,
    sms: say`Position: none, alert by SMS`,
  })[view.channel] ?? say`Position: none, her phone has not sent one`;

/**
 * Render the panel at the left of the case: a feature's map, else the close-up; and the line of words.
 * @param {Ui} ui @param {CaseView} view @param {number} nowUs
 */
export function positionPanel(ui, view, nowUs) {
  const p = view.position;
  if (!p) {
    return html`<section class="panel">
      <div class="map map--none">
        <p class="word">${icon('pin')}<span>${noPositionText(view)}</span></p>
        <p class="ink-2">
          ${mayAsk(view) ? say`Ask her where she is.` : ''}
          ${say`If her phone sends a position, it appears here.`}
        </p>
      </div>
    </section>`;
  }
  const where = whereabouts(p);
  const drawn = featureMaps();
  return html`<section class="panel">
    ${
      drawn.length
        ? drawn.map((one) => one.pane(ui, view))
        : html`<div class="map map--way">${closeup(view)}</div>`
    }
    <p class="place">
      ${p.address ? html`<b>${addressIn(p.address, where.near?.name)}</b>` : nothing}
      ${where.near ? html`<b>${townAfter(p.address, wording.townName(where.near))}</b>` : nothing}
      <span class="phone"
        >${f.coordinates(p)}</span
      ><span class="ink-2"
        >${[f.accuracy(p.accuracy_m), f.age(nowUs - p.at_us)].filter(Boolean).join(', ')}</span
      ><span class="ink-2">${distanceText(where)}</span>
    </p>
  </section>`;
}

/**
 * Return the town and the distance from its centre as sentences; empty if no town is known.
 * @param {CaseView} view
 */
export function positionSentences(view) {
  const where = view.position ? whereabouts(view.position) : { near: null };
  return where.near ? [`${wording.townName(where.near)}.`, `${capital(distanceText(where))}.`] : [];
}

/** Render the position in other forms, beside the text that is read to 112. @param {CaseView} view */
export function otherForms(view) {
  const p = view.position;
  const { near, city } = p ? whereabouts(p) : { near: null, city: null };
  const town = (one) => `${one.name}, ${wording.distance(one.km)} ${say`${one.bearing}##direction`}`;
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
        ['Plus code', wording.plusCode(p.lat, p.lon)],
        [
          say`Nearest town`,
          near ? html`${town(near)}${city ? html`<br />${wording.fromTown(city)}` : nothing}` : '',
        ],
        [say`Last moved`, wording.movementText(view.positions)],
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
          : html`<p>${noPositionText(view)}</p>`
      }
    </div>`;
}

/** Return the text with a capital first letter. @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
