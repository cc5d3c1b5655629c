// The lines: which there are, how each is, and what is ordered of them.

import { html } from '../../../vendor/lit.js';
import { said, signal, trunkName, why } from '../../plant/lines.js';
import { either, t } from '../../words/words.js';
import { listPage } from '../frame/page.js';
import { acts, form, now, once, pressed as ordered, rows } from './rows.js';

export const clear = () => rows.clear();
/** @param {Ui} ui */
export const enter = (ui) => rows.enter(ui);
/** @param {Ui} ui */
export const again = (ui) => rows.again(ui);
/** @param {Ui} ui @param {string} key */
export const pressed = (ui, key) => ordered(ui, key);

/** @param {number} db */
const dB = (db) => (db > 0 ? `+${db}` : String(db).replace('-', '−'));

/** @param {LineRow} one */
const modem = ({ own, node, imei, port, dialect }) =>
  own
    ? [imei, port.replace('/dev/', ''), dialect].filter(Boolean).join(' · ')
    : either(`nodo ${node}`, `node ${node}`);

/** @param {Ui} ui @param {LineRow} one */
function cells(ui, one) {
  const view = now(ui, one.line);
  return html`<td><b>${one.line}</b></td>
    <td class="ink-2">${trunkName(one)}</td>
    <td class="num">${one.number}</td>
    <td>${view ? html`${said(ui, view)}${signal(view)}` : ''}</td>
    <td class="ink-2 cut">${view ? why(ui, view) || one.text : one.text}</td>
    <td class="num spare">${dB(one.gains.in_db)} / ${dB(one.gains.out_db)}</td>
    <td class="ink-2 spare">${modem(one)}</td>`;
}

/** @param {Ui} ui */
export const pane = (ui) =>
  listPage(ui, rows, {
    title: t('lines'),
    hint: either('Nome, numero o IMEI', 'Name, number or IMEI'),
    acts: [],
    rowActs: acts(ui),
    heads: [
      [t('line')],
      [t('trunk')],
      [either('Numero', 'Number'), 'num'],
      [t('state')],
      [either('Per chi, perché', 'For whom, why'), 'cut'],
      [either('dB entra / esce', 'dB in / out'), 'num spare'],
      [either('Modem', 'Modem'), 'spare'],
    ],
    cells: (one) => cells(ui, one),
    form: () => form(ui),
    once: () => once(ui),
    empty: either('Nessuna linea', 'No lines'),
  });
