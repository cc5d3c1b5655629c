// The data delivered to the systems of 112, shown only as confirmed. Failures come first.

import { html, nothing } from '../../vendor/lit.js';
import { say } from '../words/words.js';
import * as f from '../words/format.js';
import { icon } from '../shell/parts.js';

/** Render the deliveries. @param {CaseView} view */
export function dataDeliveries(view) {
  if (!view.data.length) return nothing;
  const label = say`Data to 112’s systems`;
  return html`<ul class="given" aria-label=${label}>
    ${view.data.toSorted((a, b) => rank(a) - rank(b)).map(line)}
  </ul>`;
}

/** Return the order of a delivery: refused, sent, received. @param {DataView} one */
const rank = (one) => (one.received_us !== null ? 2 : one.refused_us !== null ? 0 : 1);

/** Render one delivery. @param {DataView} one */
function line(one) {
  const [look, sign, words] = deliveryState(one);
  return html`<li data-target=${one.target} title=${words}>
    <b>${one.target}</b> <span class="word ${look}">${icon(sign)}<span>${words}</span></span>
  </li>`;
}

/**
 * Return the state of a delivery: [tone, icon, words].
 * @param {DataView} one @returns {[string, string, string]}
 */
function deliveryState(one) {
  if (one.received_us !== null) {
    const at = f.clock(one.received_us);
    return ['ink-ok', 'check', say`received ${at}`];
  }
  const had = one.had_us === null ? '' : say`; the last ${f.clock(one.had_us)}`;
  if (one.refused_us !== null) {
    const why = [one.status || '', one.reason].filter(Boolean).join(' ');
    return ['ink-bad', 'warn', say`refused (${why})${had}`];
  }
  const at = f.clock(one.sent_us);
  return ['ink-wait', 'clock', say`sent ${at}, not received${had}`];
}
