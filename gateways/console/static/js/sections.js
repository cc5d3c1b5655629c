// The four places of the console, their tabs and keys. An incoming alert takes the screen whichever is shown.

import { html, nothing } from '../vendor/lit.js';
import { icon } from './parts.js';
import { either } from './words.js';
import { lostBanner } from './case.js';
import * as figures from './figures.js';
import * as history from './history.js';
import * as plant from './plant.js';
import * as queue from './queue.js';

const TABS = [
  { key: '1', name: 'case' },
  { key: '2', name: 'queue' },
  { key: '3', name: 'figures' },
  { key: '4', name: 'plant' },
];
const PLACES = { queue, history, figures, plant };

const label = (ui, name) =>
  ({
    case: ui.selected() ? either('Caso', 'Case') : either('Turno', 'Shift'),
    queue: either('Allarmi', 'Alerts'),
    figures: either('Statistiche', 'Figures'),
    plant: either('Impianti', 'Plant'),
  })[name];

const tabOf = (section) => (section === 'history' ? 'queue' : section);
const may = (ui, name) => name !== 'figures' || ['supervisor', 'admin'].includes(ui.feed.me.role);

/** Show this place, and put the focus on its heading. */
export function go(ui, section) {
  if (!may(ui, section)) return;
  const from = ui.section;
  ui.section = section;
  if (section !== from) PLACES[section]?.enter(ui);
  ui.draw();
  document.querySelector('main h1')?.focus({ preventScroll: true });
}

/** Whether the key was for the tabs, or for a place that is not the case. */
export function pressed(ui, key) {
  const tab = TABS.find((one) => one.key === key);
  if (tab) {
    go(ui, tab.name);
    return true;
  }
  const place = PLACES[ui.section];
  if (!place) return false;
  if (!place.pressed(ui, key) && key === 'Escape') go(ui, 'case');
  return true;
}

export function tabs(ui) {
  const lost = ui.feed.link === 'lost' || ui.incoming() !== null;
  return html`<nav class="bar__nav" aria-label=${either('Sezioni', 'Sections')}>
    ${TABS.filter((tab) => may(ui, tab.name)).map(
      (tab) =>
        html`<button
          aria-keyshortcuts=${tab.key}
          aria-current=${tabOf(ui.section) === tab.name ? 'page' : nothing}
          aria-disabled=${lost ? 'true' : nothing}
          @click=${() => {
            if (!lost) go(ui, tab.name);
          }}>
          <kbd>${tab.key}</kbd><span>${label(ui, tab.name)}</span>
        </button>`,
    )}
  </nav>`;
}

/** The place that is shown; null for the case and the shift, which are drawn as ever. */
export function view(ui) {
  const place = PLACES[ui.section];
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
    ${place.view(ui)}
  </div>`;
}
