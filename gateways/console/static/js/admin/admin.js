// The administration: chapters, each a module with `enter`, `pressed` and `pane`, and optionally `again`
// (repeats its request every few seconds) and `clear` (another operator uses this page). Features add
// chapters of their own (`features/NAME/pages/feature.js`).

import { html } from '../../vendor/lit.js';
import { FEATURES } from '../features.js';
import { say } from '../words/words.js';
import * as about from './about.js';
import * as keys from './keys.js';
import * as lines from './lines/lines.js';
import * as nodes from './nodes/nodes.js';
import * as start from './start/start.js';

const AGAIN_MS = 3000; // until another admin's change is visible

/** The chapters. The letter of a chapter must not be a key within another chapter. @type {ListedChapter[]} */
const CHAPTERS = [
  { place: 10, key: 'S', name: () => say`Start`, role: 'admin', chapter: start },
  { place: 40, key: 'C', name: () => say`Keys`, role: 'admin', chapter: keys },
  { place: 60, key: 'L', name: () => say`Lines`, role: 'supervisor', chapter: lines },
  { place: 80, key: 'N', name: () => say`Nodes`, role: 'admin', chapter: nodes },
  { place: 100, key: 'V', name: () => say`Version`, role: 'supervisor', chapter: about },
  ...FEATURES.flatMap((one) => one.chapters ?? []),
];
CHAPTERS.sort((one, other) => one.place - other.place);

let shown = CHAPTERS.find((one) => one.key === 'O');
let of = ''; // the operator of this page
let asking = 0;

/** Return the chapters that the operator's role may open. @param {Ui} ui */
const openChapters = (ui) => CHAPTERS.filter((one) => one.role !== 'admin' || ui.feed.me.role === 'admin');

/** Return the chapter that is shown; the first if the role may not open it. @param {Ui} ui */
const current = (ui) => (openChapters(ui).includes(shown) ? shown : openChapters(ui)[0]);

/** Show the list of what is missing when the administration is opened next. */
export function showMissingNext() {
  shown = CHAPTERS.find((one) => one.key === 'S');
}

/** Open the administration, and repeat the request of the shown chapter. @param {Ui} ui */
export function enter(ui) {
  if (of !== ui.feed.me.operator) for (const { chapter } of CHAPTERS) chapter.clear?.();
  of = ui.feed.me.operator;
  current(ui).chapter.enter(ui);
  clearInterval(asking);
  asking = setInterval(() => {
    if (ui.screen.section !== 'admin' || !ui.feed.me) clearInterval(asking);
    else if (ui.feed.link === 'live' && !document.hidden) current(ui).chapter.again?.(ui);
  }, AGAIN_MS);
}

/** Open a chapter, and put the focus on its heading. @param {Ui} ui @param {ListedChapter} to */
function go(ui, to) {
  shown = to;
  to.chapter.enter(ui);
  ui.draw();
  document.querySelector('main h1')?.focus({ preventScroll: true });
}

/**
 * Act on a key of the shown chapter or of the chapters; return true if there is one.
 * @param {Ui} ui @param {string} key
 */
export function pressed(ui, key) {
  if (current(ui).chapter.pressed(ui, key)) return true;
  const to = openChapters(ui).find((one) => one.key === key);
  if (to) go(ui, to);
  return Boolean(to);
}

/** Render the chapters and the shown chapter. @param {Ui} ui */
export const pane = (ui) =>
  html`<nav class="chapters" aria-label=${say`Administration`}>
      ${openChapters(ui).map(
        (one) =>
          html`<button
            aria-keyshortcuts=${one.key}
            aria-current=${one === current(ui) ? 'page' : 'false'}
            @click=${() => go(ui, one)}>
            <kbd>${one.key}</kbd><span>${one.name()}</span>
          </button>`,
      )}
    </nav>
    ${current(ui).chapter.pane(ui)}`;
