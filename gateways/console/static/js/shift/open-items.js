// Open items when a shift begins or ends, besides the notes: alarms, unusable lines, pending callbacks, items
// of features. Each item is a text with a button that leads to it.

import { html, nothing } from '../../vendor/lit.js';
import * as alarms from '../alarms/alarms.js';
import { grouped } from '../alarms/groups.js';
import { FEATURES } from '../features.js';
import { why } from '../plant/lines.js';
import { icon } from '../shell/parts.js';
import { outcome, say } from '../words/words.js';
import * as f from '../words/format.js';

const BROKEN_MAX = 5; // the others are in the infrastructure view

/**
 * Render an open item.
 * @param {string} ic @param {string} tone @param {Drawn} text @param {Drawn} more @param {Drawn} [button]
 */
export const matter = (ic, tone, text, more, button = nothing) =>
  html`<article class="handed__matter">
    ${icon(ic, tone)}
    <div>
      <p>${text}</p>
      <small>${more}</small>
    </div>
    ${button}
  </article>`;

/** Render all open items, the most serious first. @param {Ui} ui @param {ShiftView} told */
export function matters(ui, told) {
  return [
    ...broken(ui),
    ...(told?.owed ?? []).map((one) => owed(ui, one)),
    ...FEATURES.flatMap(({ inShift }) => inShift?.matters(told) ?? []),
  ];
}

/** @param {number | null} us */
const since = (us) => (us ? say`since ${f.clock(us)}` : '');

/** Render the alarms and the unusable lines. @param {Ui} ui @returns {Drawn[]} */
function broken(ui) {
  const all = grouped(alarms.alarms(ui)).filter((one) => one.state === 'stands');
  const said = new Set(all.flatMap((one) => one.members.map((each) => each.subject)));
  const unusable = alarms.unusable(ui.feed);
  const lines = ui.feed.lines.filter((one) => unusable.has(one.line) && (one.out || !said.has(one.line)));
  const found = [
    ...all.map((one) => matter('warn', 'ink-bad', one.means, since(one.members[0].since_us))),
    ...lines.map((one) =>
      matter(
        one.out ? 'pause' : 'warn',
        one.out ? 'ink-wait' : 'ink-bad',
        `${one.line}: ${one.out ? say`Out of service` : say`Out of use`}`,
        [why(ui, one), since(one.out?.since_us ?? one.since_us)].filter(Boolean).join(' · '),
      ),
    ),
  ];
  const more = found.length - BROKEN_MAX;
  if (more <= 0) return found;
  const text = say`${more} more`;
  return [...found.slice(0, BROKEN_MAX), matter('warn', 'ink-bad', text, say`Key 4`)];
}

/** Render a pending callback. @param {Ui} ui @param {ShiftView['owed'][number]} one */
function owed(ui, one) {
  const at = `${f.shortDay(one.received_us)} ${f.minute(one.received_us)}`;
  const label = say`Open`;
  const buttons = FEATURES.filter((feature) => feature.showsAlert).map(
    ({ showsAlert }) =>
      html`<button class="btn" aria-label=${`${label}: ${at}`} @click=${() => showsAlert(ui, one.alert)}>
        ${label}
      </button>`,
  );
  return matter(
    'ring',
    'ink-wait',
    say`To be called back: alert of ${at}`,
    [outcome(one.outcome), one.operator ? ui.feed.names(one.operator) : ''].filter(Boolean).join(' · '),
    buttons,
  );
}
