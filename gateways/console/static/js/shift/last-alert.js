// The operator's last alert after the operator's part has ended: a field for notes during the wrap-up, and
// the call back.

import { html, nothing } from '../../vendor/lit.js';
import * as reopening from '../alerts/reopening.js';
import * as notes from '../case/notes.js';
import { KEY } from '../words/center.js';
import { outcome, reason, say } from '../words/words.js';
import { handover } from './handover.js';
import * as f from '../words/format.js';
import * as s from '../case/situation.js';

/** For this long after the operator left the alert, the alert is shown, microseconds. */
const SHOWN_US = 12 * 3600 * 1e6;

/** Times of the last note added here, by alert. @type {Map<string, number>} */
const noteTimes = new Map();
notes.onNote((ui, alert) => noteTimes.set(alert, ui.feed.nowUs()));

/** Return the operator's last alert while it is recent; else null. @param {Ui} ui */
function recentAlert(ui) {
  const own = handover()?.own ?? null;
  return own && ui.feed.nowUs() - own.left_us < SHOWN_US ? own : null;
}

/**
 * Act on a key and return true: N focuses the field for a note, R calls the user again.
 * @param {Ui} ui @param {string} key
 */
export function pressed(ui, key) {
  const own = recentAlert(ui);
  if (!own) return false;
  if (own.closed_us !== null && reopening.pressed(ui, key, own, own.reopen)) return true;
  if (key !== KEY.note || own.note) return false;
  notes.focus();
  return true;
}

/** Return the user's first name, if the page has received it. @param {CaseView} view */
const user = (view) => (view?.person ? s.firstName(view) : say`User`);

/** Render the operator's last alert. @param {Ui} ui */
export function panel(ui) {
  const own = recentAlert(ui);
  if (!own) return nothing;
  const view = ui.feed.cases.get(own.alert) ?? null;
  const ended =
    own.closed_us === null
      ? say`still open`
      : view?.outcome
        ? outcome(view.outcome)
        : say`closed at ${f.minute(own.closed_us)}`;
  const refused = ui.commands.refusalIn({ alert: own.alert }, KEY.note);
  const added = noteTimes.get(own.alert);
  const called = own.quiet ? '' : user(view);
  return html`<section class="ready__own" aria-labelledby="own-h">
    <h2 id="own-h">
      ${say`Your last alert`}<small
        >${[view?.person ? user(view) : '', f.minute(own.left_us), ended].filter(Boolean).join(' · ')}</small
      ><small class="ink-ok" role="status"
        >${added && !refused ? say`Note added at ${f.clock(added)}` : ''}</small
      >
    </h2>
    ${own.note ? html`<p>${reason(own.note)}</p>` : notes.noteField(ui, own.alert, false)}
    ${refused ? html`<p class="ink-bad" role="status">${refused}</p>` : nothing}
    ${own.closed_us === null ? nothing : reopening.offer(ui, own.alert, called, own.reopen)}
  </section>`;
}
