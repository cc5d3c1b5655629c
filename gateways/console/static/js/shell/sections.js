// The five places of the console, their tabs and keys. An incoming alert takes the screen whichever is shown.

import { html, nothing } from '../../vendor/lit.js';
import { icon } from './parts.js';
import { say } from '../words/words.js';
import { lostBanner } from '../link/lost.js';
import * as access from '../access/access.js';
import * as admin from '../admin/admin.js';
import { missing } from '../admin/start/start.js';
import * as availability from '../figures/availability.js';
import * as figures from '../figures/figures.js';
import * as history from '../alerts/history.js';
import * as questions from '../case/dialogue/questions.js';
import * as plant from '../plant/plant.js';
import * as queue from '../alerts/queue.js';
import * as review from '../review/review.js';

/** @type {{ key: string, name: Section }[]} */
const TABS = [
  { key: '1', name: 'case' },
  { key: '2', name: 'queue' },
  { key: '3', name: 'figures' },
  { key: '4', name: 'plant' },
  { key: '5', name: 'admin' },
];
const PLACES = { queue, history, figures, plant, admin, access, review, availability };

/** @param {Ui} ui @param {Section} name */
const label = (ui, name) =>
  ({
    case: ui.screen.selected() ? say`Case` : say`Shift`,
    queue: say`Alerts`,
    figures: say`Figures`,
    plant: say`Plant`,
    admin: say`Admin`,
  })[name];

/** @param {Section} section */
const tabOf = (section) =>
  ['history', 'review'].includes(section) ? 'queue' : section === 'availability' ? 'figures' : section;

/** A place comes into sight. @param {Ui} ui @param {Section} section */
export const entered = (ui, section) => PLACES[section]?.enter(ui);

/**
 * Whether the key was for the tabs, or for a place that is not the case.
 * @param {Ui} ui @param {string} key
 */
export function pressed(ui, key) {
  const tab = TABS.find((one) => one.key === key);
  if (tab) {
    ui.screen.go(tab.name);
    return true;
  }
  const place = PLACES[ui.screen.section];
  if (!place) return false;
  place.pressed(ui, key);
  return true;
}

/** Whether something was open in the place that is shown, and is closed. @param {Ui} ui @returns {boolean} */
export const closes = (ui) => Boolean(PLACES[ui.screen.section]?.pressed(ui, 'Escape'));

/** @param {Ui} ui */
export function tabs(ui) {
  const lost = ui.feed.link === 'lost' || ui.screen.incoming() !== null;
  const view = ui.screen.section === 'case' ? ui.screen.selected() : null;
  const keys = view === null || !questions.isOpen(view); // else they are the questions' own
  return html`<nav class="bar__nav" aria-label=${say`Sections`}>
    ${TABS.filter((tab) => ui.screen.may(tab.name)).map(
      (tab) =>
        html`<button
          aria-keyshortcuts=${keys ? tab.key : nothing}
          aria-current=${tabOf(ui.screen.section) === tab.name ? 'page' : nothing}
          aria-disabled=${lost ? 'true' : nothing}
          @click=${() => {
            if (!lost) ui.screen.go(tab.name);
          }}>
          ${keys ? html`<kbd>${tab.key}</kbd>` : nothing}<span>${label(ui, tab.name)}</span>
          ${count(ui, tab.name)}
        </button>`,
    )}
  </nav>`;
}

/** What is still missing before real use. @param {Ui} ui @param {Section} section */
function count(ui, section) {
  if (section !== 'admin') return nothing;
  const left = missing(ui);
  const text = say`${left} things are missing before real use`;
  return left
    ? html`<small class="bar__count" title=${text}>${left}<span class="sr">${text}</span></small>`
    : nothing;
}

/** The place that is shown; null for the case and the shift, which are drawn as ever. @param {Ui} ui */
export function pane(ui) {
  const place = PLACES[ui.screen.section];
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
