// Who is called when the center itself needs somebody: people, the week, overrides, holidays; one roster.

import { html, nothing } from '../../vendor/lit.js';
import { say } from '../../js/words/words.js';
import { listPage } from '../../js/admin/frame/page.js';
import * as holidays from './holidays.js';
import { above } from './now.js';
import * as overrides from './overrides.js';
import * as people from './people.js';
import * as roster from './roster.js';
import * as shifts from './shifts.js';
import { week, weeks } from './week.js';

/** @typedef {{ rows: any, pressed: (ui: Ui, key: string) => boolean, parts: any }} Part */

/** @type {Record<string, { part: Part, name: () => string }>} */
const PARTS = {
  W: { part: shifts, name: () => say`Week` },
  P: { part: people, name: () => say`People` },
  D: { part: overrides, name: () => say`Overrides` },
  H: { part: holidays, name: () => say`Holidays` },
};

let shown = 'W';
let later = 0; // the week that is drawn: this one, or the next

/** @param {Ui} ui */
const isAdmin = (ui) => ui.feed.me.role === 'admin';
const current = () => PARTS[shown].part;

export function clear() {
  for (const { part } of Object.values(PARTS)) part.rows.clear();
  roster.clear();
  shown = 'W';
}

/** @param {Ui} ui */
export function enter(ui) {
  current().rows.asked = null;
  again(ui);
}

/** What is open in a form stays as it is: it is sent whole, with the version that was seen. @param {Ui} ui */
export const again = (ui) => current().rows.list.load(ui);

/** @param {Ui} ui @param {string} key */
function go(ui, key) {
  shown = key;
  current().rows.said = [true, ''];
  ui.draw();
}

/** @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  const { rows } = current();
  if (key === 'Z') roster.takeBack(ui, rows);
  else if (PARTS[key]) go(ui, key);
  else if (shown === 'W' && (key === 'ArrowLeft' || key === 'ArrowRight')) {
    later = key === 'ArrowRight' ? 1 : 0;
    ui.draw();
  } else if (rows.pressed(ui, key)) return true;
  else if (!isAdmin(ui) || !roster.said()) return false;
  else if (key === 'G') {
    go(ui, 'D');
    overrides.swap(ui);
  } else return current().pressed(ui, key);
  return true;
}

/** @param {Ui} ui */
export function pane(ui) {
  const { rows, parts } = current();
  const names = Object.entries(PARTS).map(([key, { name }]) => [key, name()]);
  return listPage(ui, rows, {
    title: say`On duty`,
    acts: isAdmin(ui)
      ? [
          ['G', say`Swap now`, 'user'],
          ['A', say`Add`],
        ]
      : [],
    rowActs: isAdmin(ui) ? parts.acts() : [],
    heads: parts.heads(),
    cells: parts.cells,
    form: () => parts.form(ui),
    empty: parts.empty(),
    above: html`${above(ui, names, shown, shown === 'W' ? weeks(ui, later) : nothing)}${
      shown === 'W' ? week(later) : nothing
    }`,
  });
}
