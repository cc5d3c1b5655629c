// What is ordered of a node: to take no more alerts, or to start again once it has none.

import { say } from '../../words/words.js';
import * as f from '../../words/format.js';

/** @param {Ui} ui @param {NodeRow} node */
export function orderSaid(ui, node) {
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
 * @param {Ui} ui @param {import('../frame/rows.js').Rows<any>} rows
 * @param {NodeRow} node @param {NodeOrder | null} order
 */
export async function orderNode(ui, rows, node, order) {
  const path = `/v1/admin/nodes/${encodeURIComponent(node.node)}`;
  const body = { was: { order: node.order }, now: { order } };
  if (await rows.order(ui, 'PATCH', path, body)) rows.say(ui, true, order ? '' : say`Taken back.`);
}

/**
 * Asked first: where no alert is open it is done within two seconds, and Z comes too late.
 * @param {Ui} ui @param {import('../frame/rows.js').Rows<any>} rows @param {NodeRow} node
 */
export function askRestart(ui, rows, node) {
  const question = node.alerts
    ? say`Restart ${node.node} once no alert is open?`
    : say`Restart ${node.node} now?`;
  rows.ask(ui, question, () => orderNode(ui, rows, node, 'restart'));
}
