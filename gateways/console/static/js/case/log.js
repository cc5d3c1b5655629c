// The timeline of an alert, line by line, the oldest first: in the case and in the history.

import { html } from '../../vendor/lit.js';
import { icon } from '../shell/parts.js';
import * as f from '../words/format.js';
import * as s from './situation.js';
import { entryLine } from './timeline.js';

const LATE_US = 3600e6; // entries this late are shown with their day

/** Render the lines of the timeline. @param {Ui} ui @param {CaseView} view */
export function storyLines(ui, view) {
  const user = view.person?.first_name ?? '';
  const made = view.timeline.map((entry) => {
    const line = entryLine(
      entry,
      entry.what === 'user.identified' ? s.name(view) : user,
      ui.feed.names,
      view.test,
    );
    if (line === null) return null;
    const since = Math.max(0, entry.at_us - view.received_us);
    const tone = line.tone ? `ink-${line.tone}` : 'ink-3';
    return html`<li>
      <time>${f.clock(entry.at_us)}</time>${icon(line.icon, tone)}<span>${line.text}</span
      ><span class="log__since">${since < LATE_US ? `+${f.seconds(since)}` : f.shortDay(entry.at_us)}</span>
    </li>`;
  });
  return made.filter(Boolean);
}

/**
 * Render the notes from before an alert was reopened, which its present operator must see.
 * @param {Ui} ui @param {CaseView} view
 */
export function earlierNotes(ui, view) {
  const before = view.reopened_us ?? 0;
  const notes = view.timeline.filter((one) => one.what === 'note.added' && one.at_us < before);
  return storyLines(ui, { ...view, timeline: notes });
}
