// The rail: the open alerts beside a case and beside the shift, with the other operators and the lines.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { icon, word } from '../shell/parts.js';
import { say } from '../words/words.js';
import { shiftWord } from '../shift/shift.js';
import { isUnassigned } from './unassigned.js';
import * as f from '../words/format.js';
import * as s from '../case/situation.js';
import * as alarms from '../alarms/alarms.js';

/** Return the state of an alert: [icon, tone, words]. @param {Ui} ui @param {CaseView} view */
function railState(ui, view) {
  const { feed } = ui;
  const nowUs = feed.nowUs();
  if (view.closed_us !== null) return ['check', 'ink-2', say`Closed`];
  if (s.isOwnCase(view, feed.me))
    return ['headset', '', s.isTalking(view.psap) ? say`Yours, with 112` : say`Yours`];
  if (s.isCalledFor(view, feed.me)) return ['ring', 'ink-wait', say`Yours, calling you`];
  if (view.hand_over) return ['headset', 'ink-wait', say`Handing over`];
  if (view.operator) return [s.isTalking(view.psap) ? '112' : 'headset', '', ui.feed.names(view.operator)];
  if (view.left_us !== null) return ['112', '', say`Handed over`];
  if (s.isLate(view, nowUs)) return ['warn', 'ink-bad', say`Late`];
  if (isUnassigned(view)) return ['warn', 'ink-wait', say`Nobody has it`];
  if (view.reserved.length) return ['ring', '', view.reserved.map(ui.feed.names).join(', ')];
  // An unassigned alert that needs no operator: it continues with 112, or is being ended.
  return view.user_hears_psap ? ['112', '', say`Handed over`] : ['check', 'ink-2', say`Hanging up`];
}

/**
 * Return the time since the alert, or to the deadline: [text, tone].
 * @param {CaseView} view @param {number} nowUs
 */
function railTime(view, nowUs) {
  if (view.met_us !== null || view.closed_us !== null) {
    const tone = s.spokenTo(view) || view.closed_us !== null ? 'ink-ok' : 'ink-wait';
    return [f.span((view.closed_us ?? nowUs) - view.received_us), tone];
  }
  const left = Math.ceil((view.deadline_us - nowUs) / 1e6);
  return left < 0 ? [`+${-left} s`, 'ink-bad'] : [`${left} s`, left <= 20 ? 'ink-wait' : ''];
}

/** Render the list of alerts. @param {Ui} ui */
export function railList(ui) {
  const { feed } = ui;
  const nowUs = feed.nowUs();
  const listed = ui.screen.listed();
  const more = ui.feed.open - listed.filter((view) => view.closed_us === null).length;
  return html`<div class="rail__list" role="list">
      ${repeat(
        listed,
        (view) => view.alert,
        (view) => {
          const [ic, tone, text] = railState(ui, view);
          const [time, timeTone] = railTime(view, nowUs);
          return html`<div role="listitem">
            <button
              class="rail__item"
              data-alert=${view.alert}
              aria-current=${ui.screen.chosen === view.alert ? 'true' : nothing}
              @click=${() => ui.screen.open(view.alert)}>
              <span class="rail__name ${view.test ? 'ink-test' : ''}">${s.shortName(view)}</span
              ><span class="rail__time ${timeTone}">${time}</span>
              <span class="rail__state ${tone}">${icon(ic)}<span>${text}</span></span>
            </button>
          </div>`;
        },
      )}
    </div>
    ${
      more > 0
        ? html`<p class="rail__others ink-2">
            ${say`and ${more} more open`}
          </p>`
        : nothing
    }`;
}

/** Render the rail. @param {Ui} ui */
export function rail(ui) {
  const { feed } = ui;
  const others = feed.operators.filter((one) => one.operator !== feed.me.operator && one.state !== 'off');
  return html`<aside class="rail" aria-label=${say`Open alerts`}>
    <div class="rail__head">
      <h2>${say`Open alerts`}</h2>
      <span class="ink-2">${ui.feed.open}</span>
    </div>
    ${railList(ui)}
    <p class="rail__more"><kbd>↑</kbd><kbd>↓</kbd><span>${say`then Enter`}</span></p>
    ${
      others.length
        ? html`<section class="rail__block">
            <h2>${say`Operators`}</h2>
            <ul>
              ${others.map((one) => html`<li><span>${one.name}</span>${operatorState(ui, one)}</li>`)}
            </ul>
          </section>`
        : nothing
    }
    <section class="rail__block rail__block--lines">
      <h2>${say`Lines`}</h2>
      <ul>
        ${feed.lines.map((line) => html`<li><b>${line.line}</b>${lineState(ui, line)}</li>`)}
      </ul>
    </section>
  </aside>`;
}

/** Render the state of an operator. @param {Ui} ui @param {OperatorView} one */
export function operatorState(ui, one) {
  if (one.alert) return word('headset', say`On a case`, 'ink-2');
  return shiftWord(one, ui.feed.nowUs());
}

/** Render the state of a line. @param {Ui} ui @param {LineView} line */
export function lineState(ui, line) {
  if (alarms.unusableLines(ui.feed).has(line.line)) return word('warn', say`Out of use`, 'ink-bad');
  if (line.operator) return word('voice', ui.feed.names(line.operator), 'ink-2');
  if (!line.alert) return word('check', say`Free`, 'ink-ok');
  const view = ui.feed.cases.get(line.alert);
  if (line.party === 'user') return word('voice', view ? s.shortName(view) : say`User`, 'ink-2');
  if (line.party === 'listener') return word('headset', say`Listening in`, 'ink-2');
  if (line.party === 'psap') return word('112', '112', 'ink-2');
  return word(
    'headset',
    view && view.operator_leg.operator === ui.feed.me.operator ? say`You` : say`Operator`,
    'ink-2',
  );
}
