// The operators on shift with their activities, and the operators on call.

import { html, nothing } from '../../vendor/lit.js';
import { operatorState } from '../alerts/rail.js';
import { word } from '../shell/parts.js';
import { roleName, say } from '../words/words.js';
import { handover } from './handover.js';
import * as f from '../words/format.js';
import * as s from '../case/situation.js';

const DAY_US = 86_400e6;

/** Return the names of the operators on call. @param {Ui} ui */
export const onCall = (ui) =>
  (handover()?.staff ?? []).filter((one) => one.on_call).map((one) => ui.feed.names(one.operator));

/** Return true if the center has reported that no operator is on call. */
export const nobodyOnCall = () => handover()?.staff.every((one) => !one.on_call) ?? false;

/**
 * Render an operator's activity: the case, else the state of the shift.
 * @param {Ui} ui @param {OperatorView} one
 */
function activity(ui, one) {
  const view = one.alert ? ui.feed.cases.get(one.alert) : null;
  return view ? word('headset', s.shortName(view), 'ink-2') : operatorState(ui, one);
}

/**
 * Return the end of a period, `until 08:00`; with the day if it is a day away or more.
 * @param {Ui} ui @param {number} us
 */
function untilText(ui, us) {
  const time = f.minute(us);
  if (us - ui.feed.nowUs() < DAY_US) return say`until ${time}`;
  return say`until ${f.weekday(us)}, ${time}`;
}

/** Render the operators who are called when something is wrong with the center itself. @param {Ui} ui */
function duty(ui) {
  const now = handover()?.duty;
  if (!now) return nothing;
  const until = now.until_us === null ? '' : `, ${untilText(ui, now.until_us)}`;
  return html`<p class="ready__duty ink-2">
    ${say`The centre’s alarms, called:`}
    <b>${now.names.join(' → ')}</b>${until}${
      now.covered ? nothing : html` ${word('warn', say`nobody has this time`, 'ink-wait')}`
    }
  </p>`;
}

/** Render the operators on shift. @param {Ui} ui */
export function panel(ui) {
  const { feed } = ui;
  const roles = new Map((handover()?.staff ?? []).map((one) => [one.operator, one.role]));
  /**
   * Return the role of a supervisor or admin, and mark the operator of this page.
   * @param {OperatorView} one
   */
  const is = (one) =>
    [
      one.operator === feed.me.operator ? say`You`.toLowerCase() : '',
      ['supervisor', 'admin'].includes(roles.get(one.operator)) ? roleName(roles.get(one.operator)) : '',
    ]
      .filter(Boolean)
      .join(', ');
  const calls = onCall(ui);
  return html`<section class="panel ready__people" aria-labelledby="people-h">
    <div class="panel__head">
      <h2 id="people-h">${say`Who is here`}</h2>
      <span class="ink-2"
        >${
          handover()
            ? calls.length
              ? say`Operators on call: ${calls.join(', ')}`
              : say`No operator on call`
            : nothing
        }</span
      >
    </div>
    <div class="panel__body" tabindex="0" role="group" aria-labelledby="people-h">
      <table class="table">
        <tbody>
          ${feed.operators
            .filter((one) => one.state !== 'off')
            .map(
              (one) =>
                html`<tr>
                  <td><b>${one.name}</b></td>
                  <td class="ink-2">${is(one)}</td>
                  <td>${activity(ui, one)}</td>
                  <td class="num ink-2">
                    ${one.since_us ? `${say`since`} ${f.clock(one.since_us)}` : ''}
                  </td>
                </tr>`,
            )}
        </tbody>
      </table>
    </div>
    ${duty(ui)}
  </section>`;
}
