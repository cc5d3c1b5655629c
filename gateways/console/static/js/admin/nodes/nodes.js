// The chapter of the nodes: each node's resources, its state, and the actions on a node.

import { html, nothing } from '../../../vendor/lit.js';
import { word } from '../../shell/parts.js';
import { number, say } from '../../words/words.js';
import * as f from '../../words/format.js';
import { listPage } from '../frame/page.js';
import { Rows } from '../frame/rows.js';
import { askRestart, orderNode, orderText } from './order.js';

const CLOCK_MS = 500; // beyond this deviation the clock needs attention
const OVERLOADED = 2; // for each core: beyond this load calls are served late

/** @type {Rows<NodeRow>} */
const rows = new Rows('nodes', '/v1/admin/nodes', {
  rows: (/** @type {AdminNodes} */ data) => data.nodes,
  key: (one) => one.node,
  name: (one) => one.node,
});

export const clear = () => rows.clear();
/** Request the nodes. @param {Ui} ui */
export const enter = (ui) => rows.enter(ui);
/** Request the nodes again. @param {Ui} ui */
export const again = (ui) => rows.again(ui);

/** Act on a key; return true if it belongs to this chapter. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  const node = rows.row();
  if (key === 'Z' && node?.order) orderNode(ui, rows, node, null);
  else if (rows.pressed(ui, key)) return true;
  else if (key === 'D' && node) orderNode(ui, rows, node, node.order === 'drain' ? null : 'drain');
  else if (key === 'Q' && node) askRestart(ui, rows, node);
  else return false;
  return true;
}

/** Render the state of a node. @param {Ui} ui @param {NodeRow} one */
function state(ui, one) {
  const away = f.span(one.heard_s * 1e6);
  if (one.state === 'lost') return word('warn', say`Not heard for ${away}`, 'ink-bad');
  if (one.state === 'left') return word('pause', say`Stopped`, 'ink-2');
  return one.order ? word('clock', orderText(ui, one), 'ink-wait') : word('check', say`In service`, 'ink-ok');
}

/** Render the number of programs that run or wait for each core. @param {number} perCore */
const load = (perCore) =>
  html`<span class=${perCore > OVERLOADED ? 'ink-bad' : ''}>${number(perCore)}</span>${
    perCore > OVERLOADED ? html`<small class="ink-bad">${say`overloaded`}</small>` : nothing
  }`;

/** Render the cells of a node. @param {Ui} ui @param {NodeRow} one */
const cells = (ui, one) =>
  html`<td>
      <b>${one.node}</b>
      ${one.here ? html`<small>${say`this one##node`}</small>` : nothing}
      ${one.web ? html`<small>${one.web}</small>` : nothing}
    </td>
    <td>${state(ui, one)}</td>
    <td class="num">${one.alerts}</td>
    <td class="spare">${one.lines.join(', ') || '—'}</td>
    <td class="num">${one.state === 'alive' ? load(one.load) : nothing}</td>
    <td class="num ${Math.abs(one.ahead_ms) > CLOCK_MS ? 'ink-bad' : ''}">
      ${one.state === 'alive' ? f.seconds(one.ahead_ms * 1000) : nothing}
    </td>
    <td class="ink-2">
      ${one.version}${
        one.since
          ? html`<small>${f.shortDay(Date.parse(one.since) * 1000)}
            ${f.minute(Date.parse(one.since) * 1000)}</small>`
          : nothing
      }
    </td>`;

/** Return the keys of the node under the cursor. @returns {import('../frame/page.js').Act[]} */
function acts() {
  const node = rows.row();
  if (node?.order) return [['Z', say`Take the order back`]];
  if (node?.state !== 'alive') return [];
  const restart = say`Restart when no alert is open`;
  return [
    ['D', say`Drain: no new alerts`],
    ['Q', restart],
  ];
}

/** Render the chapter. @param {Ui} ui */
export const pane = (ui) =>
  listPage(ui, rows, {
    title: say`Nodes`,
    acts: [],
    rowActs: acts(),
    heads: [
      [say`Node`],
      [say`State`],
      [say`Alerts`, 'num'],
      [say`Lines`, 'spare'],
      [say`Load per core`, 'num'],
      [say`Clock`, 'num'],
      [say`Version, since`],
    ],
    cells: (one) => cells(ui, one),
    below:
      rows.list.data && !rows.list.data.shared
        ? html`<p class="empty">
            ${say`The centre has one node: there is none to leave alerts to.`}
          </p>`
        : nothing,
  });
