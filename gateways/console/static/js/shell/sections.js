// The places of the console with their tabs and keys; features add places of their own
// (`features/NAME/pages/feature.js`). An incoming alert takes the screen from every place.

import { html, nothing } from '../../vendor/lit.js';
import { FEATURES } from '../features.js';
import { icon } from './parts.js';
import { say } from '../words/words.js';
import { lostBanner } from '../link/lost-banner.js';
import * as access from '../access/access.js';
import * as admin from '../admin/admin.js';
import { missing } from '../admin/start/start.js';
import * as questions from '../case/dialogue/questions.js';
import * as plant from '../infrastructure/infrastructure.js';
import * as queue from '../alerts/queue.js';

/** @type {ListedPlace[]} */
const PLACES = [
  { name: 'case', title: (ui) => (ui.screen.selected() ? say`Case` : say`Shift`), keys: ['1'] },
  { name: 'queue', title: () => say`Alerts`, keys: ['2'], place: queue },
  ...FEATURES.flatMap(({ places = [] }) => places),
  { name: 'plant', title: () => say`Equipment`, keys: ['4'], place: plant },
  { name: 'admin', title: () => say`Admin`, keys: ['5'], place: admin, role: 'supervisor' },
  { name: 'access', place: access },
];
const TABS = PLACES.filter((one) => one.keys && !one.below);

/** Return the row of a place. @param {Section} section */
const listed = (section) => PLACES.find((one) => one.name === section);

/** Return the module of a place; null for the case. @param {Section} section */
const placeOf = (section) => listed(section)?.place ?? null;

/** Return the keys of all tabs, for the list of keys. */
export const keys = () => TABS.flatMap((one) => one.keys).join(' ');

/**
 * Return true if this place exists and the role may open it.
 * @param {Section} section @param {StaffRole} role
 */
export function isFor(section, role) {
  const place = listed(section);
  return Boolean(place && (!place.role || [place.role, 'admin'].includes(role)));
}

/** Prepare a place that has just been opened. @param {Ui} ui @param {Section} section */
export const entered = (ui, section) => placeOf(section)?.enter(ui);

/**
 * Act on a key of the tabs or of the shown place, and return true; return false in the case.
 * @param {Ui} ui @param {string} key
 */
export function pressed(ui, key) {
  const tab = TABS.find((one) => one.keys.includes(key));
  if (tab) {
    ui.screen.go(tab.name);
    return true;
  }
  const place = placeOf(ui.screen.section);
  if (!place) return false;
  place.pressed(ui, key);
  return true;
}

/**
 * Close what is open in the shown place; return true if something was open.
 * @param {Ui} ui @returns {boolean}
 */
export const closeOpen = (ui) => Boolean(placeOf(ui.screen.section)?.pressed(ui, 'Escape'));

/** Render the tabs that the operator's role may open. @param {Ui} ui */
export function tabs(ui) {
  const lost = ui.feed.link === 'lost' || ui.screen.incoming() !== null;
  const view = ui.screen.section === 'case' ? ui.screen.selected() : null;
  const keyed = view === null || !questions.isOpen(view); // else the questions use the keys
  const { section } = ui.screen;
  const shown = listed(section)?.below ?? section;
  return html`<nav class="bar__nav" aria-label=${say`Sections`}>
    ${TABS.filter((tab) => ui.screen.may(tab.name)).map(
      (tab) =>
        html`<button
          aria-keyshortcuts=${keyed ? tab.keys[0] : nothing}
          aria-current=${shown === tab.name ? 'page' : nothing}
          aria-disabled=${lost ? 'true' : nothing}
          @click=${() => {
            if (!lost) ui.screen.go(tab.name);
          }}>
          ${keyed ? html`<kbd>${tab.keys[0]}</kbd>` : nothing}<span>${tab.title(ui)}</span>
          ${count(ui, tab.name)}
        </button>`,
    )}
  </nav>`;
}

/** Render the number of things that are missing before real use. @param {Ui} ui @param {Section} section */
function count(ui, section) {
  if (section !== 'admin') return nothing;
  const left = missing(ui);
  const text = say`${left} things are missing before real use`;
  return left
    ? html`<small class="bar__count" title=${text}>${left}<span class="sr">${text}</span></small>`
    : nothing;
}

/**
 * Render the place that is shown; return null for the case and the shift, which the page renders itself.
 * @param {Ui} ui
 */
export function pane(ui) {
  const place = placeOf(ui.screen.section);
  if (!place) return null;
  const banner = ui.feed.link === 'lost' ? lostBanner(ui) : null;
  return html`<div class="pane">
    ${
      banner
        ? html`<div class="banner" role="alert" data-tone="bad">
            ${icon(banner.icon)}<b>${banner.title}</b>
            <p>${banner.text}</p>
            <span class="banner__aside word">${icon('clock')}${banner.aside}</span>
          </div>`
        : nothing
    }
    ${place.pane(ui)}
  </div>`;
}
