// Open items when a shift begins or ends, besides the notes: alarms, unusable lines, pending callbacks, items
// of features. Each item is a text with a button that leads to it.

import { html, nothing } from '../../vendor/lit.js';
import * as alarms from '../alarms/alarms.js';
import { groupAlarms } from '../alarms/groups.js';
import { FEATURES } from '../features.js';
import { usage } from '../infrastructure/lines.js';
import { icon } from '../shell/parts.js';
import { outcome, say } from '../words/words.js';
import * as f from '../words/format.js';

const BROKEN_MAX = 5; // the others are in the infrastructure view

/**
 * Render an open item.
 * @param {string} ic @param {string} tone @param {Drawn} text @param {Drawn} more @param {Drawn} [button]
 */
export const openItem = (ic, tone, text, more, button = nothing) =>
  html`<article class="handed__matter">
    ${icon(ic, tone)}
    <div>
      <p>${text}</p>
      <small>${more}</small>
    </div>
    ${button}
  </article>`;

/** Render all open items, the most serious first. @param {Ui} ui @param {ShiftView} handover */
export function openItems(ui, handover) {
  return [
    ...faults(ui),
    ...(handover?.owed ?? []).map((one) => pendingCallback(ui, one)),
    ...FEATURES.flatMap(({ shiftAction }) => shiftAction?.openItems(handover) ?? []),
  ];
}

/** @param {number | null} us */
const since = (us) => (us ? say`since ${f.clock(us)}` : '');

/** Render the alarms and the unusable lines. @param {Ui} ui @returns {Drawn[]} */
function faults(ui) {
  const all = groupAlarms(alarms.allAlarms(ui)).filter((one) => one.state === 'stands');
  const alarmed = new Set(all.flatMap((one) => one.members.map((each) => each.subject)));
  const unusable = alarms.unusableLines(ui.feed);
  const lines = ui.feed.lines.filter((one) => unusable.has(one.line) && (one.out || !alarmed.has(one.line)));
  const found = [
    ...all.map((one) => openItem('warn', 'ink-bad', one.means, since(one.members[0].since_us))),
    ...lines.map((one) =>
      openItem(
        one.out ? 'pause' : 'warn',
        one.out ? 'ink-wait' : 'ink-bad',
        `${one.line}: ${one.out ? say`Out of service` : say`Out of use`}`,
        [usage(ui, one), since(one.out?.since_us ?? one.since_us)].filter(Boolean).join(' · '),
      ),
    ),
  ];
  const more = found.length - BROKEN_MAX;
  if (more <= 0) return found;
  const text = say`${more} more`;
  return [...found.slice(0, BROKEN_MAX), openItem('warn', 'ink-bad', text, say`Key 4`)];
}

/** Render a pending callback. @param {Ui} ui @param {ShiftView['owed'][number]} one */
function pendingCallback(ui, one) {
  const at = `${f.shortDay(one.received_us)} ${f.minute(one.received_us)}`;
  const label = say`Open`;
  const buttons = FEATURES.filter((feature) => feature.showAlert).map(
    ({ showAlert }) =>
      html`<button class="btn" aria-label=${`${label}: ${at}`} @click=${() => showAlert(ui, one.alert)}>
        ${label}
      </button>`,
  );
  return openItem(
    'ring',
    'ink-wait',
    say`To be called back: alert of ${at}`,
    [outcome(one.outcome), one.operator ? ui.feed.names(one.operator) : ''].filter(Boolean).join(' · '),
    buttons,
  );
}
