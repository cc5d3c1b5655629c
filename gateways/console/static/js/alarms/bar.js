// The alarms in the bar of every place: the gravest by name, and how many there are of each priority.

import { html, nothing } from '../../vendor/lit.js';
import { icon } from '../shell/parts.js';
import { say } from '../words/words.js';
import { alarms } from './alarms.js';
import { counted } from './groups.js';
import { SIGNS, soon } from './kinds.js';

/** What is kept quiet calls nobody; all of them are in the plant view. @param {Ui} ui */
export function bar(ui) {
  const all = alarms(ui).filter((one) => !one.quiet_us);
  const said = all.length ? `${say`Alarms`}: ${inWords(all)}` : '';
  return html`${all.length ? button(ui, all) : nothing}<span class="sr" role="status">${said}</span>`;
}

/** By priority, and the gravest whole. @param {Alarm[]} all */
function inWords(all) {
  const counts = counted(all)
    .filter(({ count }) => count)
    .map(({ priority, count }) => `${count} ${soon(priority).toLowerCase()}`);
  return [...counts, gravest(all).means].join('. ');
}

/** What still stands comes first, and of that what nobody has seen. @param {Alarm[]} all */
const gravest = (all) =>
  all.find((one) => !one.seen && !one.over_us) ?? all.find((one) => !one.over_us) ?? all[0];

/** @param {Ui} ui @param {Alarm[]} all */
function button(ui, all) {
  const first = gravest(all);
  const over = Boolean(first.over_us); // then all are
  const short = over ? `${say`Resolved`}: ${first.short}` : first.short;
  const open = () => {
    if (ui.feed.link !== 'lost' && !ui.screen.incoming()) ui.screen.go('plant');
  };
  const counts = counted(all).filter(({ count }) => count);
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
    }<span class="sr">. ${inWords(all)}. ${say`Key 4`}</span>
  </button>`;
}
