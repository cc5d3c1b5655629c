// The chapter of the lines: the list, each line's state, and the actions on a line.

import { html, nothing } from '../../../vendor/lit.js';
import { stateWord, signalText, trunkName, usage } from '../../infrastructure/lines.js';
import { word } from '../../shell/parts.js';
import { say } from '../../words/words.js';
import { listPage } from '../frame/page.js';
import { acts, enter as enterLines, form, now, sidePane, pressed as ordered, rows } from './rows.js';
import { Check, check, checkPane } from './check.js';
import * as modem from '../start/modem.js';
import { unusedModems } from '../../infrastructure/modems.js';
import * as setUp from './set-up.js';

export const clear = () => rows.clear();
/** Request the lines. @param {Ui} ui */
export const enter = (ui) => enterLines(ui);
/** Request the lines again. @param {Ui} ui */
export const again = (ui) => rows.again(ui);
/** Act on a key; return true if it belongs to this chapter. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (key === 'M') {
    check(ui);
    return true;
  }
  if (ordered(ui, key)) return true;
  if (!isAdmin(ui) || !rows.list.data) return false;
  const row = rows.row();
  if (key === 'A') modem.openForm(ui, rows, rows.all().length);
  else if (key === 'Y') setUp.askLive(ui);
  else if (!row?.own) return false;
  else if (key === 'Enter') setUp.edit(ui, row);
  else if (key === 'P') setUp.askPin(ui);
  else return false;
  return true;
}

/** Return true if the operator of this page is an admin. @param {Ui} ui */
const isAdmin = (ui) => ui.feed.me.role === 'admin';

/**
 * Return the keys that set up the line under the cursor, with their labels.
 * @param {Ui} ui @returns {[string, string][]}
 */
const setUpActs = (ui) =>
  isAdmin(ui) && rows.row()?.own
    ? [
        ['Enter', say`Change`],
        ['P', say`PIN`],
      ]
    : [];

/** Return a gain with its sign. @param {number} db */
const dB = (db) => (db > 0 ? `+${db}` : String(db).replace('-', '−'));

/**
 * Return the line's modem: IMEI, port and dialect, or the node that has the line.
 * @param {import('./rows.js').Line} one
 */
const modemText = ({ own, node, imei, port, dialect }) =>
  own ? [imei, port.replace('/dev/', ''), dialect].filter(Boolean).join(' · ') : say`node ${node}`;

/** Render the cells of a line. @param {Ui} ui @param {import('./rows.js').Line} one */
function cells(ui, one) {
  const view = now(ui, one.line);
  return html`<td><b>${one.line}</b></td>
    <td class="ink-2">${trunkName(one)}</td>
    <td class="num">${one.number}</td>
    <td>${view ? html`${stateWord(ui, view)}${signalText(view)}` : ''}</td>
    <td class="ink-2 cut" title=${one.text}>
      ${view ? usage(ui, view) || one.text : one.text}${
        view?.state === 'pin_needed' ? html`<small lang="en">${one.text}</small>` : nothing
      }
    </td>
    <td class="num spare">
      ${dB(one.gains.in_db)} / ${dB(one.gains.out_db)}${
        one.pending ? html` ${word('clock', say`from the restart`, 'ink-wait')}` : ''
      }
    </td>
    <td class="ink-2 spare">${modemText(one)}</td>`;
}

/** Render the chapter. @param {Ui} ui */
export const pane = (ui) =>
  listPage(ui, rows, {
    title: say`Lines`,
    hint: say`Name, number or IMEI`,
    acts: [
      ['M', say`Check`, 'shield'],
      ...(isAdmin(ui)
        ? /** @type {import('../frame/page.js').Act[]} */ ([
            ['A', say`Add a modem`, 'phone'],
            ['Y', say`Real 112`, '112'],
          ])
        : []),
    ],
    rowActs: [...acts(ui), ...setUpActs(ui)],
    heads: [
      [say`Line`],
      [say`Trunk`],
      [say`Number`, 'num'],
      [say`State`],
      [say`For whom, why`, 'cut'],
      [say`dB in / out`, 'num spare'],
      [say`Modem`, 'spare'],
    ],
    cells: (one) => cells(ui, one),
    form: () => modem.form(ui, rows) ?? setUp.form(ui) ?? form(ui),
    side: () => (rows.side instanceof Check ? checkPane(ui, rows.side) : sidePane(ui)),
    empty: say`No lines`,
    below: rows.list.data ? html`${unusedModems(ui.feed.modems)}${setUp.live()}` : null,
  });
