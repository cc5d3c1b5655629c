// The place where the center is administered: chapters, each a module with `enter`, `pressed` and `pane`, and
// where it has them `again` (what is asked for every few seconds) and `clear` (another operator sits here).
// Features have chapters of their own (`features/NAME/pages/feature.js`).

import { html } from '../../vendor/lit.js';
import { FEATURES } from '../features.js';
import { say } from '../words/words.js';
import * as about from './about.js';
import * as keys from './keys.js';
import * as lines from './lines/lines.js';
import * as nodes from './nodes/nodes.js';
import * as start from './start/start.js';

const AGAIN_MS = 3000; // so soon another admin's change is seen

/** No letter of a chapter is a key within one. @type {ListedChapter[]} */
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
let of = ''; // the operator who sits here
let asking = 0;

/** The chapters of the operator's role. @param {Ui} ui */
const open = (ui) => CHAPTERS.filter((one) => one.role !== 'admin' || ui.feed.me.role === 'admin');

/** @param {Ui} ui */
const current = (ui) => (open(ui).includes(shown) ? shown : open(ui)[0]);

/** What is still missing, when this place is opened next. */
export function begin() {
  shown = CHAPTERS.find((one) => one.key === 'S');
}

/** @param {Ui} ui */
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

/** @param {Ui} ui @param {ListedChapter} to */
function go(ui, to) {
  shown = to;
  to.chapter.enter(ui);
  ui.draw();
  document.querySelector('main h1')?.focus({ preventScroll: true });
}

/** @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (current(ui).chapter.pressed(ui, key)) return true;
  const to = open(ui).find((one) => one.key === key);
  if (to) go(ui, to);
  return Boolean(to);
}

/** @param {Ui} ui */
export const pane = (ui) =>
  html`<nav class="chapters" aria-label=${say`Administration`}>
      ${open(ui).map(
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
