// A drill started from the ready view, and its result as the center reads it from its journal.

import { html, nothing } from '../../vendor/lit.js';
import { openItem } from '../../js/shift/open-items.js';
import { icon } from '../../js/shell/parts.js';
import { phrase, say } from '../../js/words/words.js';
import * as f from '../../js/words/format.js';

const AGAIN_MS = 2000;
const state = { data: /** @type {DrillView} */ (null), atMs: 0, asking: false };

/** Start a drill. @param {Ui} ui */
export async function begin(ui) {
  const answer = await ui.feed.change('/v1/drill', {});
  if (!answer.ok) {
    ui.commands.refuse('D', null, answer.reason);
    return;
  }
  await poll(ui);
}

/** Request the state of the drill. @param {Ui} ui */
async function poll(ui) {
  state.asking = true;
  state.atMs = Date.now();
  try {
    const answer = await ui.feed.read('/v1/drill');
    if (answer.ok) state.data = await answer.json();
  } catch {
    /** requested again later */
  }
  state.asking = false;
  ui.draw();
}

/** @type {Record<string, Phrase>} */
const STEPS = {
  'operator joined': phrase`operator`,
  "user's phone rang": phrase`ringing`,
  'in conversation': phrase`in conversation`,
  '112 in conference': phrase`test 112`,
  closed: phrase`closed`,
};

/** Render the progress or the result of the last drill. @param {Ui} ui */
export function line(ui) {
  const { data } = state;
  if (data?.running && !state.asking && ui.feed.link === 'live' && Date.now() - state.atMs > AGAIN_MS)
    poll(ui);
  return data?.alert ? drillText(ui, data) : nothing;
}

/** Return the open item of a due drill, with the day of the last drill. @param {ShiftView} shift */
export function openItems(shift) {
  if (!shift?.drill_due) return [];
  const last = shift.drill_us === null ? say`None so far` : say`Last: ${f.day(shift.drill_us)}`;
  return [openItem('flask', 'ink-wait', say`A drill is due: D`, last)];
}

/** Render a drill. @param {Ui} ui @param {DrillView} data */
function drillText(ui, data) {
  if (data.running) {
    const text = data.overdue ? say`The drill has not ended in time` : say`A drill is running`;
    return html`<span class="word ${data.overdue ? 'ink-bad' : 'ink-test'}"
      >${icon(data.overdue ? 'warn' : 'flask')}<span
        >${text}, ${f.span(Math.max(0, ui.feed.nowUs() - data.begun_us))}</span
      ></span
    >`;
  }
  const steps = data.steps.map(({ step, after_s: afterS }) => {
    const after = afterS === null ? say`never` : f.seconds(afterS * 1e6);
    return `${STEPS[step]?.() ?? step} ${after}`;
  });
  return html`<span class="word ${data.ok ? 'ink-ok' : 'ink-bad'}"
      >${icon(data.ok ? 'check' : 'warn')}<span
        >${data.ok ? say`The drill has succeeded` : say`The drill has failed`}</span
      ></span
    >
    <span>${steps.join(' · ')}</span>`;
}
