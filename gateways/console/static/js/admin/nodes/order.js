// What is ordered of a node: to take no more alerts, or to start again once it has none.

import { either } from '../../words/words.js';
import * as f from '../../words/format.js';

/** @param {Ui} ui @param {NodeRow} node */
export function orderSaid(ui, node) {
  const by = ui.feed.names(node.ordered_by);
  const at = f.minute(Date.parse(node.ordered_at) * 1000);
  const left =
    node.alerts === 1
      ? either('1 allarme aperto', '1 open alert')
      : either(`${node.alerts} allarmi aperti`, `${node.alerts} open alerts`);
  if (node.order === 'restart')
    return node.alerts
      ? either(
          `Riavvio chiesto da ${by} alle ${at}: aspetta, ${left}`,
          `Restart ordered by ${by} at ${at}: waits, ${left}`,
        )
      : either(`Riavvio chiesto da ${by} alle ${at}`, `Restart ordered by ${by} at ${at}`);
  if (node.empty)
    return either(
      `Svuotato da ${by} dalle ${at}: si può spegnere`,
      `Drained by ${by} since ${at}: it can be switched off`,
    );
  return either(`Si svuota (${by}, ${at}): ${left}`, `Drains (${by}, ${at}): ${left}`);
}

/**
 * @param {Ui} ui @param {import('../frame/rows.js').Rows<any>} rows
 * @param {NodeRow} node @param {NodeOrder | null} order
 */
export async function orderNode(ui, rows, node, order) {
  const path = `/v1/admin/nodes/${encodeURIComponent(node.node)}`;
  const body = { was: { order: node.order }, now: { order } };
  if (await rows.order(ui, 'PATCH', path, body))
    rows.say(ui, true, order ? '' : either('Annullato.', 'Taken back.'));
}

/**
 * Asked first: where no alert is open it is done within two seconds, and Z comes too late.
 * @param {Ui} ui @param {import('../frame/rows.js').Rows<any>} rows @param {NodeRow} node
 */
export function askRestart(ui, rows, node) {
  const question = node.alerts
    ? either(`Riavvio ${node.node} appena è libero?`, `Restart ${node.node} once no alert is open?`)
    : either(`Riavvio ${node.node} adesso?`, `Restart ${node.node} now?`);
  rows.ask(ui, question, () => orderNode(ui, rows, node, 'restart'));
}
