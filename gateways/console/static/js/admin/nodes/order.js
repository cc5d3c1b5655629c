// The orders to a node: drain (take no more alerts), and restart when no alert is open.

import { say } from '../../words/words.js';
import * as f from '../../words/format.js';

/** Return a node's order in words, with its progress. @param {Ui} ui @param {NodeRow} node */
export function orderText(ui, node) {
  const by = ui.feed.names(node.ordered_by);
  const at = f.minute(Date.parse(node.ordered_at) * 1000);
  const left = node.alerts === 1 ? say`1 open alert` : say`${node.alerts} open alerts`;
  if (node.order === 'restart')
    return node.alerts
      ? say`Restart ordered by ${by} at ${at}: waits, ${left}`
      : say`Restart ordered by ${by} at ${at}`;
  if (node.empty) return say`Drained by ${by} since ${at}: it can be switched off`;
  return say`Drains (${by}, ${at}): ${left}`;
}

/**
 * Send an order to a node; null takes the order back.
 * @param {Ui} ui @param {import('../frame/rows.js').Rows<any>} rows
 * @param {NodeRow} node @param {NodeOrder | null} order
 */
export async function orderNode(ui, rows, node, order) {
  const path = `/v1/admin/nodes/${encodeURIComponent(node.node)}`;
  const body = { was: { order: node.order }, now: { order } };
  if (await rows.request(ui, 'PATCH', path, body)) rows.showResult(ui, true, order ? '' : say`Taken back.`);
}

/**
 * Ask before a restart: without an open alert it happens within two seconds, too soon to take it back with Z.
 * @param {Ui} ui @param {import('../frame/rows.js').Rows<any>} rows @param {NodeRow} node
 */
export function askRestart(ui, rows, node) {
  const question = node.alerts
    ? say`Restart ${node.node} once no alert is open?`
    : say`Restart ${node.node} now?`;
  rows.ask(ui, question, () => orderNode(ui, rows, node, 'restart'));
}
