// The warning to the last ready operator: shown while no other operator is ready, and sounded once when the
// last other operator leaves.

import { html, nothing } from '../../vendor/lit.js';
import { icon } from '../shell/parts.js';
import { say } from '../words/words.js';
import { nobodyOnCall, onCall } from './people.js';
import { isLastReady } from './shift.js';

/** The number of other ready operators at the last drawing; null before the first. @type {number | null} */
let othersBefore = null;

/** Return true if the operator of this page has just become the last ready operator. @param {Ui} ui */
export function becameLast(ui) {
  const { feed } = ui;
  const others = feed.operators.filter(
    (one) => one.operator !== feed.me.operator && one.state === 'ready',
  ).length;
  const became = (othersBefore ?? 0) > 0 && others === 0 && feed.myShift() === 'ready';
  othersBefore = others;
  return became;
}

/** Render the warning in the ready view. @param {Ui} ui */
export function lastReadyWarning(ui) {
  if (ui.feed.link !== 'live' || !isLastReady(ui)) return nothing;
  const calls = onCall(ui).join(', ');
  const then = nobodyOnCall()
    ? say`Without you an alert calls nobody.`
    : calls
      ? say`Without you an alert calls only: ${calls}.`
      : '';
  return html`<p class="ready__last ink-wait" role="status">
    ${icon('warn')}<span
      ><b>${say`You are the last one: nobody else is ready.`}</b>
      ${then}</span
    >
  </p>`;
}
