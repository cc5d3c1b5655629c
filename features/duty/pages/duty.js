// The chapter of the on-call duty: people, the week, overrides and holidays of one roster. These people are
// called when the center itself has a fault.

import { html, nothing } from '../../vendor/lit.js';
import { say } from '../../js/words/words.js';
import { listPage } from '../../js/admin/frame/page.js';
import * as holidays from './holidays.js';
import { head } from './head.js';
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
let later = 0; // the drawn week: 0 this week, 1 the next

/** Return true if the operator of this page is an admin. @param {Ui} ui */
const isAdmin = (ui) => ui.feed.me.role === 'admin';
/** Return the part that is shown. */
const current = () => PARTS[shown].part;

export function clear() {
  for (const { part } of Object.values(PARTS)) part.rows.clear();
  roster.clear();
  shown = 'W';
}

/** Open the chapter. @param {Ui} ui */
export function enter(ui) {
  current().rows.question = null;
  again(ui);
}

/**
 * Request the roster again. An open form stays as it is: the form is sent whole, with the version that was
 * seen.
 * @param {Ui} ui
 */
export const again = (ui) => current().rows.list.load(ui);

/** Show a part of the roster. @param {Ui} ui @param {string} key */
function go(ui, key) {
  shown = key;
  current().rows.result = [true, ''];
  ui.draw();
}

/** Act on a key; return true if it belongs to this chapter. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  const { rows } = current();
  if (key === 'Z') roster.takeBack(ui, rows);
  else if (PARTS[key]) go(ui, key);
  else if (shown === 'W' && (key === 'ArrowLeft' || key === 'ArrowRight')) {
    later = key === 'ArrowRight' ? 1 : 0;
    ui.draw();
  } else if (rows.pressed(ui, key)) return true;
  else if (!isAdmin(ui) || !roster.dutyView()) return false;
  else if (key === 'G') {
    go(ui, 'D');
    overrides.swap(ui);
  } else return current().pressed(ui, key);
  return true;
}

/** Render the chapter. @param {Ui} ui */
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
    above: html`${head(ui, names, shown, shown === 'W' ? weeks(ui, later) : nothing)}${
      shown === 'W' ? week(later) : nothing
    }`,
  });
}
