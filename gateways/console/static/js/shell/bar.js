// The bar above every place: tabs, alarms, the lines, the link, the operator's state.

import { html, nothing } from '../../vendor/lit.js';
import { icon, word } from './parts.js';
import { say } from '../words/words.js';
import { psapInBar } from './notices.js';
import * as headset from '../voice/headset.js';
import * as f from '../words/format.js';
import * as s from '../case/situation.js';
import { noLineAlarm, unusableLines } from '../alarms/alarms.js';
import { bar as alarmsInBar } from '../alarms/bar.js';
import { bar as calledInBar } from '../alarms/callouts.js';
import * as sections from './sections.js';
import { isLastReady } from '../shift/shift.js';
import * as wrapup from '../shift/wrap-up.js';

/** Render the bar. @param {Ui} ui @param {CaseView} incoming */
export function bar(ui, incoming) {
  const { feed } = ui;
  const lost = feed.link === 'lost';
  const out = unusableLines(feed);
  // The line of "112: no line" is not counted with the other lines.
  const none = noLineAlarm(feed) !== null;
  const lines = feed.lines.filter((one) => !none || !one.emergency);
  const bad = lines.filter((one) => out.has(one.line)).length;
  const total = lines.length;
  const name = none ? say`Other lines` : say`Lines`;
  const oldS = Math.round((Date.now() - feed.receivedAtMs) / 1000);
  const me = ui.screen.ownCase();
  const shift = ui.feed.myShift();
  const state = lost
    ? word('nolink', say`Not known`, 'ink-2')
    : incoming || (me && s.isCalledFor(me, feed.me))
      ? word('bell', say`Being called##operator`, 'ink-wait')
      : me
        ? word('headset', say`On a case`, 'ink-ok')
        : wrapup.inWrapUp(ui)
          ? wrapup.inBar(ui)
          : {
              ready: isLastReady(ui)
                ? word('warn', html`<span class="wide">${say`Ready`} · </span>${say`only you`}`, 'ink-wait')
                : word('done', say`Ready`, 'ink-ok'),
              paused: word('pause', say`Paused`, 'ink-wait'),
              off: word('todo', say`Off shift`, 'ink-2'),
            }[shift];
  return html`<header class="bar">
    <span class="bar__brand">${icon('mark')}<span class="bar__name">securWoman</span></span>
    ${sections.tabs(ui)}
    <div class="bar__health" aria-label=${say`Equipment state`}>
      ${alarmsInBar(ui)} ${calledInBar(ui)} ${psapInBar(feed)}
      ${
        total
          ? html`<span class=${bad ? 'ink-bad' : ''}
              >${icon(bad ? 'warn' : 'check')}<span
                >${say`${name} ${total - bad} of ${total}##count`}</span
              ></span
            >`
          : nothing
      }
      ${headset.barItem(ui)}
      <span class=${lost ? 'ink-bad' : ''} data-link=${feed.link}
        >${icon(lost ? 'nolink' : 'link', lost ? '' : 'ink-ok')}<span
          >${lost ? say`Disconnected ${oldS} s` : say`Centre connected`}</span
        ></span
      >
    </div>
    <div class="bar__me">
      <span><span class="wide ink-2">${feed.me.name} · </span>${state}</span>
    </div>
    <time class="bar__clock">${f.clock(lost ? Date.now() * 1000 : feed.nowUs())}</time>
  </header>`;
}
