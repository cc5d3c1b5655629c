// The ready view, between alerts: the shift, the sound, the open alerts and the other operators.

import { html, nothing } from '../../vendor/lit.js';
import { notice } from '../access/access.js';
import { FEATURES } from '../features.js';
import { act, icon } from '../shell/parts.js';
import { say } from '../words/words.js';
import { lostBanner } from '../link/lost-banner.js';
import { phoneAdvice, question, soundState, why } from './prompts.js';
import { lastReadyWarning } from './last-ready.js';
import { railList } from '../alerts/rail.js';
import * as headset from '../voice/headset.js';
import * as voice from '../voice/voice.js';
import * as f from '../words/format.js';
import * as handed from './handover.js';
import * as own from './last-alert.js';
import * as people from './people.js';
import * as wrapup from './wrap-up.js';

/**
 * Return the label of the time when the shift's state began; a pause and its end begin a new state.
 * @param {string} shift
 */
const since = (shift) =>
  ({
    ready: say`Ready since`,
    paused: say`Paused since`,
  })[shift] ?? say`Shift`;

/** Render the ready view. @param {Ui} ui */
export function readyView(ui) {
  const { feed } = ui;
  const lost = feed.link === 'lost';
  const shift = ui.feed.myShift();
  const mine = feed.ownView();
  const notes = wrapup.inWrapUp(ui) ? wrapup.readyContent(ui) : null;
  const text =
    notes?.text ??
    {
      ready: headset.hearsAlerts(feed)
        ? headset.readyText()
        : say`No alert is yours. A new one takes the whole screen and rings your phone.`,
      paused: say`Your phone does not ring until you resume.`,
      off: voice.usesHeadset(feed)
        ? headset.offText()
        : say`Your phone does not ring until you start your shift.`,
    }[shift];
  const startSub = voice.usesHeadset(feed)
    ? headset.startSub()
    : say`From now on your phone may ring. Turns the sound on, too.`;
  const banner = lost ? lostBanner(ui) : null;
  const start = {
    off: [say`Start shift`, startSub],
    paused: [say`Resume shift`, startSub],
  }[shift];
  return html`<section class="view ready" aria-labelledby="ready-h">
    <div class="ready__main">
      <div class="panel ready__hero">
        ${
          banner
            ? html`<div class="banner" role="alert" data-tone="bad">
                ${icon(banner.icon)}<b>${banner.title}</b
                ><span class="banner__aside word">${icon('clock')}${banner.aside}</span>
              </div>`
            : nothing
        }
        ${notice(ui)}
        <div>
          <h1 id="ready-h">
            ${
              lost
                ? icon('nolink', 'ink-3')
                : notes
                  ? icon('note', 'ink-wait')
                  : shift === 'ready'
                    ? icon('done')
                    : icon(shift === 'paused' ? 'pause' : 'todo', 'ink-3')
            }<span
              >${
                lost
                  ? say`Not known`
                  : (notes?.title ?? { ready: say`Ready`, paused: say`Paused`, off: say`Off shift` }[shift])
              }</span
            >
          </h1>
          <p>${why(mine)}${text}</p>
          ${lastReadyWarning(ui)}
        </div>
        <dl class="ready__shift">
          <div>
            <dt>${since(shift)}</dt>
            <dd>
              ${mine?.since_us ? html`${f.clock(mine.since_us)}<small>${f.day(mine.since_us)}</small>` : '—'}
            </dd>
          </div>
          ${
            voice.usesHeadset(feed)
              ? html`<div>
                  <dt>${say`Your headset`}</dt>
                  <dd>${headset.headsetPanel()}</dd>
                </div>`
              : html`<div>
                  <dt>${say`Your phone`}</dt>
                  <dd class="phone">
                    ${feed.me.number ? f.phone(feed.me.number) : '—'}<small>${phoneAdvice(shift)}</small>
                  </dd>
                </div>`
          }
          <div>
            <dt>${say`Alarm sound`}</dt>
            <dd>${soundState()}</dd>
          </div>
          <div>
            <dt>${say`Open alerts`}</dt>
            <dd>${ui.feed.open}</dd>
          </div>
        </dl>
        ${
          notes
            ? act({
                ...notes.step,
                refused: ui.commands.refusalOf('Enter'),
                tone: 'primary',
                step: true,
                press: () => ui.press('Enter'),
              })
            : nothing
        }
        ${
          start
            ? act({
                key: 'P',
                label: start[0],
                sub: start[1],
                refused: ui.commands.refusalOf('P'),
                why: lost ? say`No connection` : null,
                tone: 'primary',
                step: true,
                press: () => ui.press('P'),
              })
            : nothing
        }
        ${own.panel(ui)} ${question(ui) ?? keys(ui, shift)}${below(ui)}
      </div>
    </div>
    ${side(ui)}
  </section>`;
}

/** Return the actions of features between alerts. */
export const shiftActions = () => FEATURES.flatMap((one) => one.shiftAction ?? []);

/** Render the line below the keys, which keeps its height while it is empty. @param {Ui} ui */
function below(ui) {
  const refused = refusedHere(ui);
  const lines = shiftActions().map((one) => one.line(ui));
  return html`<p class="ready__drill" role="status">
    ${refused ? html`<span class="ink-bad">${refused}</span>` : lines}
  </p>`;
}

/** Return the refusal of a key that has no place of its own to show a refusal. @param {Ui} ui */
function refusedHere(ui) {
  const { refusal } = ui.commands;
  const placed = ['Enter', 'W', 'B', ...(ui.feed.myShift() === 'ready' ? [] : ['P'])];
  return refusal?.alert === null && !placed.includes(refusal.key) ? refusal.text : '';
}

/** Render the keys of the ready view. @param {Ui} ui @param {ShiftState} shift */
function keys(ui, shift) {
  const button = (key, label) =>
    html`<button aria-keyshortcuts=${key} @click=${() => ui.press(key)}>
      <kbd>${key}</kbd><span>${label}</span>
    </button>`;
  return html`<div class="ready__keys">
    ${shift === 'ready' ? button('P', say`Pause`) : nothing}
    ${shift === 'off' ? nothing : button('O', say`End shift`)} ${button('S', say`Try the sound`)}
    ${shift === 'off' ? nothing : shiftActions().map(({ key, name }) => button(key, name()))}
    ${button('?', say`All keys`)}
  </div>`;
}

/** Render the open alerts, the handover and the other operators. @param {Ui} ui */
function side(ui) {
  return html`<div class="ready__side">
    <section class="panel">
      <div class="panel__head">
        <h2>${say`Open alerts`}</h2>
        <span class="ink-2">${ui.feed.open}</span>
      </div>
      ${ui.screen.listed().length ? html`<div class="panel__body">${railList(ui)}</div>` : nothing}
    </section>
    ${handed.panel(ui)} ${people.panel(ui)}
  </div>`;
}
