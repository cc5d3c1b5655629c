// A case for the printer: requested anew without data that must not lie on a desk, and rendered only for
// printing.

import { html, nothing } from '../../../vendor/lit.js';
import { storyLines } from '../../../js/case/log.js';
import { channel, say } from '../../../js/words/words.js';
import { addressName } from '../../../js/position/address.js';
import { ended } from './correct.js';
import * as f from '../../../js/words/format.js';
import * as s from '../../../js/case/situation.js';

/** @type {{ view: CaseView, fault: string }} */
export const state = { view: null, fault: '' };

addEventListener('afterprint', () => {
  state.view = null;
});

/** Print a case at the key P; return true if the role may print. @param {Ui} ui @param {string} alert */
export function print(ui, alert) {
  if (!['supervisor', 'admin'].includes(ui.feed.me.role)) return false;
  void printCase(ui, alert);
  return true;
}

/** Request the case for paper, and print it. @param {Ui} ui @param {string} alert */
async function printCase(ui, alert) {
  const answer = await ui.feed.read(`/v1/alerts/${encodeURIComponent(alert)}/paper`).catch(() => null);
  state.view = answer?.ok ? await answer.json().catch(() => null) : null;
  state.fault = state.view ? '' : say`Not printed: try again`;
  ui.draw();
  if (state.view) window.print();
}

/** Return the position in words. @param {CaseView} view */
function where(view) {
  const { position } = view;
  if (!position) return say`unknown`;
  const street = position.address ? addressName(position.address) : '';
  return [street, f.coordinates(position), f.accuracy(position.accuracy_m), f.clock(position.at_us)]
    .filter(Boolean)
    .join(', ');
}

/** Render the case for the printer only. @param {Ui} ui */
export function printView(ui) {
  const { view } = state;
  if (!view) return nothing;
  const had = [
    ...new Set(view.timeline.filter((one) => one.what === 'operator.joined').map((one) => one.operator)),
  ];
  const rows = [
    [say`Requested`, `${f.longDay(view.raised_us)}, ${f.clock(view.raised_us)}`],
    [say`Who`, s.name(view)],
    [say`Number`, view.phone ? f.phone(view.phone) : '—'],
    [say`Position`, where(view)],
    [say`Channel`, channel(view.channel)],
    [say`Operator`, had.map((one) => ui.feed.names(one)).join(', ') || '—'],
    [say`Outcome`, view.closed_us === null ? say`open` : html`${ended(ui, view)}`],
    [say`Closed`, view.closed_us === null ? '—' : f.clock(view.closed_us)],
  ];
  return html`<article class="paper" aria-hidden="true">
    <header>
      <b>securWoman</b><span>${view.test ? say`TEST` : say`REAL`}</span><span>${view.alert}</span>
    </header>
    <h1>${s.name(view)}</h1>
    <dl>
      ${rows.map(
        ([name, text]) =>
          html`<dt>${name}</dt>
            <dd>${text}</dd>`,
      )}
    </dl>
    <h2>${say`What happened`}</h2>
    <ol class="log">
      ${storyLines(ui, view)}
    </ol>
    <footer>
      ${say`Printed by`} ${ui.feed.me.name}, ${f.day(ui.feed.nowUs())}
      ${f.clock(ui.feed.nowUs())}.
      ${say`Personal data: the print is entered in the audit.`}
    </footer>
  </article>`;
}
