// The clock of the deadline, and the steps of the alert.

import { html, nothing } from '../../vendor/lit.js';
import { icon, track, word } from '../shell/parts.js';
import { say } from '../words/words.js';
import { endingName, endingOf } from './call-ending.js';
import * as f from '../words/format.js';
import * as due from './deadline.js';

/** Render the clock and the steps. @param {CaseView} view @param {number} nowUs @param {CenterView} center */
export function deadline(view, nowUs, center) {
  const d = due.deadline(view, nowUs);
  const total = center.deadline_s * 1.2e6;
  const end = view.met_us ?? view.closed_us ?? nowUs;
  const limit = (view.deadline_us - view.received_us) / total;
  return html`<section class="deadline" data-tone=${d.tone} aria-label=${say`Deadline`}>
    <div class="deadline__clock ink-${d.tone}" role="timer">
      <b>${d.value}<i>${d.unit}</i></b
      ><span>${word({ ok: 'done', bad: 'warn' }[d.tone] ?? 'clock', d.word)}<small>${d.small}</small></span>
    </div>
    <div>
      ${track((end - view.received_us) / total, limit, `${Math.round(center.deadline_s)} s`, d.tone)}
      <ol class="steps">
        ${steps(view)}
      </ol>
    </div>
  </section>`;
}

/** Render the steps, each with its time since the alert. @param {CaseView} view */
function steps(view) {
  const at = view.steps;
  /** @type {[string, number][]} */
  const all = [
    [say`Received`, at.received_us],
    [say`Operator`, at.operator_us],
    [say`Ringing`, at.ringing_us],
    [say`Answers`, at.answered_us],
    ['112', at.psap_us],
    [say`Handed over`, at.handed_over_us],
  ];
  const failed = view.user.state === 'released' && view.user.answered_us === null && at.answered_us === null;
  return all.map(([label, us], i) => {
    const bad = i === 3 && us === null && failed;
    const is = us !== null ? 'done' : bad ? 'bad' : '';
    return html`<li data-is=${is}>
      ${icon(is === 'done' ? 'done' : bad ? 'warn' : 'todo')}<span
        >${bad ? endingName(endingOf(view.user)) : label}</span
      >
      ${us !== null ? html`<b>${f.seconds(Math.max(0, us - view.received_us))}</b>` : nothing}
    </li>`;
  });
}
