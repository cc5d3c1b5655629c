// The queue: all open alerts, in the order of urgency.js.

import { html, nothing, repeat, svg } from '../../vendor/lit.js';
import { openBelow } from '../shell/subplaces.js';
import { act, icon, word } from '../shell/parts.js';
import { channel, say } from '../words/words.js';
import { byUrgency } from './urgency.js';
import { alertState } from './alert-state.js';
import { listChoice } from './list-choice.js';
import { isUnassigned } from './unassigned.js';
import * as f from '../words/format.js';
import * as claims from '../words/claims.js';
import * as s from '../case/situation.js';

const ROWS_MAX = 100;

const WARN_S = 20;

/** Return the open alerts, the most urgent first; at most 100. @param {Ui} ui */
export function openAlerts(ui) {
  return [...ui.feed.cases.values()]
    .filter((view) => view.closed_us === null)
    .sort(byUrgency)
    .slice(0, ROWS_MAX);
}

/** Open the queue at the operator's own case. @param {Ui} ui */
export function enter(ui) {
  ui.screen.point(ui.screen.ownCase()?.alert ?? null);
}

/** Handle a key of the queue. Return true if the key was used. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (openBelow(ui, 'queue', key)) return true;
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    const all = openAlerts(ui);
    if (!all.length) return true;
    const at = all.findIndex((view) => view.alert === ui.screen.cursor);
    const down = key === 'ArrowDown';
    const to = at < 0 ? (down ? 0 : all.length - 1) : (at + (down ? 1 : -1) + all.length) % all.length;
    ui.screen.point(all[to].alert);
    ui.draw();
    document.querySelector(`.q--row[data-alert="${CSS.escape(ui.screen.cursor)}"]`)?.focus();
    return true;
  }
  if (key === 'Enter') {
    const alert = ui.feed.cases.has(ui.screen.cursor) ? ui.screen.cursor : ui.screen.ownCase()?.alert;
    if (alert) ui.screen.open(alert);
    else ui.screen.go('case');
    return true;
  }
  return false;
}

/**
 * Render the time to the deadline, or that the deadline was met.
 * @param {CaseView} view @param {number} nowUs @param {number} totalUs
 */
function deadlineCell(view, nowUs, totalUs) {
  if (s.waitsAlone(view))
    return html`<div class="ink-wait">
      ${word('voice', claims.claimText({ view, nowUs }, 'waitsAlone'))}
    </div>`;
  if (view.met_us !== null) {
    if (s.spokenTo(view)) return html`<div class="ink-ok">${word('done', say`Reached`)}</div>`;
    return html`<div class="ink-wait">
      ${word('ring', view.rang_us === null ? say`Taken up` : say`Phone rang`)}<small
        >${say`Nobody has spoken to her`}</small>
    </div>`;
  }
  const left = Math.ceil((view.deadline_us - nowUs) / 1e6);
  const late = left < 0;
  const tone = late ? 'ink-bad' : view.test ? 'ink-test' : left <= WARN_S ? 'ink-wait' : 'ink-action';
  const share = late ? 1 : Math.max(0, Math.min(1, (view.deadline_us - nowUs) / totalUs));
  return html`<div class=${tone}>
    <div class="q__time">
      <b>${late ? `+${-left} s` : `${left} s`}</b>${
        late
          ? word('warn', say`late`)
          : view.test
            ? word('flask', say`TEST`)
            : left <= WARN_S
              ? word('clock', say`running out`)
              : nothing
      }
    </div>
    <svg class="q__bar" aria-hidden="true">
      ${svg`<rect class="rest" width="100%" height="100%" rx="3"></rect>
        <rect class="full" width="${share * 100}%" height="100%" rx="3"></rect>`}
    </svg>
  </div>`;
}

/** Render the queue. @param {Ui} ui */
export function pane(ui) {
  const { feed } = ui;
  const nowUs = feed.nowUs();
  const all = openAlerts(ui);
  const late = all.filter((one) => s.isLate(one, nowUs)).length;
  const waiting = all.filter((one) => isUnassigned({ ...one, reserved: [] })).length;
  const my = ui.screen.ownCase();
  const more = ui.feed.open - all.length;
  return html`<section class="view queue" aria-labelledby="q-h">
    <header class="page-head">
      <h1 id="q-h" tabindex="-1">${say`Open alerts`}</h1>
      <p>
        <span>${ui.feed.open} ${ui.feed.open === 1 ? say`open` : say`open##several`}</span
        >${late ? word('warn', say`${late} late`, 'ink-bad') : nothing}${
          waiting ? word('clock', say`${waiting} waiting`, 'ink-wait') : nothing
        }
      </p>
      <p class="wide">
        <span
          >${say`First those who have spoken to nobody`}</span
        ><span class="word"><kbd>↑</kbd><kbd>↓</kbd><kbd>${say`Enter`}</kbd></span>
      </p>
      ${listChoice(ui)}
    </header>
    <div class="panel">
      <div class="q q--head" aria-hidden="true">
        <span>${say`To the deadline`}</span><span>${say`Who`}</span
        ><span>${say`Where`}</span><span>${say`Now##list`}</span><span>${say`Operator`}</span>
      </div>
      ${
        all.length
          ? html`<div class="q__rows" role="list">
              ${repeat(
                all,
                (one) => one.alert,
                (one) => row(ui, one, nowUs),
              )}${
                more > 0
                  ? html`<p class="q__more ink-2">
                      ${say`and ${more} more open`}
                    </p>`
                  : nothing
              }
            </div>`
          : html`<p class="empty">${say`No open alerts`}</p>`
      }
    </div>
    ${
      my
        ? html`<footer class="dock dock--back" aria-label=${say`Actions`}>
            ${act({
              key: 'Enter',
              label: my.test ? say`Back to ${s.theAlert(my)}` : say`Back to ${s.shortName(my)}`,
              sub: say`Your case`,
              tone: 'primary',
              step: true,
              press: () => ui.screen.open(my.alert),
            })}
            <p class="ink-2">${alertState(ui, my, nowUs)[2]}</p>
          </footer>`
        : nothing
    }
  </section>`;
}

/** Render one alert of the queue. @param {Ui} ui @param {CaseView} view @param {number} nowUs */
function row(ui, view, nowUs) {
  const [ic, tone, text, small] = alertState(ui, view, nowUs);
  const p = view.position;
  const holder =
    view.operator === ui.feed.me.operator
      ? say`You`
      : view.operator
        ? ui.feed.names(view.operator)
        : say`Nobody yet`;
  const operator = view.hand_over
    ? `${holder} → ${view.hand_over.to ? ui.feed.names(view.hand_over.to) : '…'}`
    : holder;
  return html`<div role="listitem">
    <button
      class="q q--row"
      data-alert=${view.alert}
      aria-current=${ui.screen.cursor === view.alert ? 'true' : nothing}
      @click=${() => ui.screen.open(view.alert)}>
      ${deadlineCell(view, nowUs, ui.feed.center.deadline_s * 1e6)}
      <div>
        <div class="q__name">${s.name(view)}</div>
        <small class="phone">${s.phone(view)}</small>
      </div>
      <div>
        <div class="phone">
          ${
            p
              ? html`${f.coordinates(p)} ${f.accuracy(p.accuracy_m)}`
              : view.withheld
                ? say`Once opened`
                : say`No position`
          }
        </div>
        <small>${channel(view.channel)}</small>
      </div>
      <div>
        <div class="word ${view.test ? 'ink-test' : tone}">
          ${icon(view.test ? 'flask' : ic)}<span>${text}</span>
        </div>
        <small>${view.test ? say`A test: never to 112` : small}</small>
      </div>
      <div>
        <b>${operator}</b><small>${view.operator ? '' : view.reserved.map(ui.feed.names).join(', ')}</small>
      </div>
    </button>
  </div>`;
}
