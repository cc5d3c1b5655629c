// The head of a case: the user's name, number and position; the operators who view or listen; the recording.

import { html, nothing } from '../../vendor/lit.js';
import { icon, tag } from '../shell/parts.js';
import { channel, say } from '../words/words.js';
import { assuranceText } from '../words/assurance.js';
import { sourceName } from './briefing.js';
import * as f from '../words/format.js';
import * as s from './situation.js';

/** Render the other operators who view the case. @param {Ui} ui @param {CaseView} view */
function viewers(ui, view) {
  const names = (ui.feed.watching[view.alert] ?? [])
    .filter((one) => one !== ui.feed.me.operator)
    .map(ui.feed.names);
  return names.length
    ? html`<span
        class="who__others word"
        role="status"
        >${icon('user')}<span
          >${say`Also looking: ${names.join(', ')}`}</span
        ></span
      >`
    : nothing;
}

/**
 * Render the operator who listens in: visible to all who view the case.
 * @param {Ui} ui @param {CaseView} view
 */
function listenerLine(ui, view) {
  if (view.listener === null) return nothing;
  const me = view.listener === ui.feed.me.operator;
  const name = ui.feed.names(view.listener);
  const toYou = view.operator === ui.feed.me.operator;
  const hears = me ? say`You are listening` : say`${name} is listening`;
  const toOne = say`${name} speaks to the operator alone`;
  const toMe = say`${name} speaks to you alone`;
  const speaks = me ? say`The operator hears you` : toYou ? toMe : toOne;
  const listens = view.whispering ? speaks : hears;
  return html`<span class="who__listens word ink-wait" role="status"
    >${icon('headset')}<span
      >${view.listening ? listens : say`Calling ${name}, to listen`}</span
    ></span
  >`;
}

/** Render that the call is recorded, which the operator must know. @param {CaseView} view */
const recordingMark = (view) =>
  view.recorded
    ? html`<span class="who__listens word ink-2" role="status"
        >${icon('rec')}<span>${say`Recorded`}</span></span
      >`
    : nothing;

/** Render the head. @param {Ui} ui @param {CaseView} view */
export function caseHeader(ui, view) {
  const p = view.position;
  return html`<header class="who">
    <div class="who__name">
      ${tag(view.test)}
      <h1 id="case-h">${s.name(view)}</h1>
      <span class="who__phone phone">${s.phone(view)}</span
      >${recordingMark(view)}${listenerLine(ui, view)}${viewers(ui, view)}
    </div>
    <dl class="facts">
      <div>
        <dt>${say`Requested`}</dt>
        <dd>${f.day(view.raised_us)}, ${f.clock(view.raised_us)}</dd>
      </div>
      <div>
        <dt>${say`Position`}</dt>
        <dd>
          ${
            p
              ? html`<span class="wide phone">${f.coordinates(p)} </span>${[
                  f.accuracy(p.accuracy_m) || say`accuracy not known`,
                  sourceName(p),
                ]
                  .filter(Boolean)
                  .join(', ')}`
              : s.noPosition(view)
          }
        </dd>
      </div>
      <div>
        <dt>${say`Channel`}</dt>
        <dd>${channel(view.channel)}, ${assuranceText(view)}</dd>
      </div>
    </dl>
  </header>`;
}
