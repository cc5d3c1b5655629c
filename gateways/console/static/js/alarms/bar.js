// The alarms in the bar above every place: the alarm of the highest priority by name, and the count of each
// priority.

import { html, nothing } from '../../vendor/lit.js';
import { icon } from '../shell/parts.js';
import { say } from '../words/words.js';
import { allAlarms } from './alarms.js';
import { countByPriority } from './groups.js';
import { SIGNS, priorityName } from './kinds.js';

/**
 * Render the alarms in the bar, without shelved alarms: these are shown in the infrastructure's place only.
 * @param {Ui} ui
 */
export function bar(ui) {
  const all = allAlarms(ui).filter((one) => !one.quiet_us);
  const announcement = all.length ? `${say`Alarms`}: ${summary(all)}` : '';
  return html`${all.length ? button(ui, all) : nothing}<span class="sr" role="status">${announcement}</span>`;
}

/** Return the counts by priority in words, and the meaning of the gravest alarm. @param {Alarm[]} all */
function summary(all) {
  const counts = countByPriority(all)
    .filter(({ count }) => count)
    .map(({ priority, count }) => `${count} ${priorityName(priority).toLowerCase()}`);
  return [...counts, gravest(all).means].join('. ');
}

/**
 * Return the alarm to name: active and unacknowledged first, then active, then ended.
 * @param {Alarm[]} all
 */
const gravest = (all) =>
  all.find((one) => !one.seen && !one.over_us) ?? all.find((one) => !one.over_us) ?? all[0];

/** Render the button that opens the infrastructure's place. @param {Ui} ui @param {Alarm[]} all */
function button(ui, all) {
  const first = gravest(all);
  const over = Boolean(first.over_us); // the first has ended only if all have
  const short = over ? `${say`Resolved`}: ${first.short}` : first.short;
  const open = () => {
    if (ui.feed.link !== 'lost' && !ui.screen.incoming()) ui.screen.go('plant');
  };
  const counts = countByPriority(all).filter(({ count }) => count);
  return html`<button
    class="alarm ${over ? 'ink-2' : 'ink-bad'}"
    data-alarm=${first.kind}
    data-priority=${first.priority}
    data-over=${over ? '' : nothing}
    data-fresh=${!over && all.some((one) => !one.seen) ? '' : nothing}
    title=${first.means}
    @click=${open}>
    ${icon('warn')}<span>${short}</span>${
      all.length > 1
        ? counts.map(({ priority, count }) => html`<b aria-hidden="true">${SIGNS[priority]}${count}</b>`)
        : nothing
    }<span class="sr">. ${summary(all)}. ${say`Key 4`}</span>
  </button>`;
}
