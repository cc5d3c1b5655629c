// The story of the alert chosen in the history, with its notes and its reopening.

import { html, nothing } from '../../../vendor/lit.js';
import { FEATURES } from '../../../js/features.js';
import { tag } from '../../../js/shell/parts.js';
import { KEY } from '../../../js/words/center.js';
import { phrase, reason, say } from '../../../js/words/words.js';
import { storyLines } from '../../../js/case/log.js';
import { noteField } from '../../../js/case/notes.js';
import * as correct from './correct.js';
import { state as printed } from './print.js';
import { choose, handOut, load, state } from './state.js';
import { offer } from '../../../js/alerts/reopening.js';
import * as f from '../../../js/words/format.js';
import * as s from '../../../js/case/situation.js';

/** Render the refusal of a note, and the field for a note (N). @param {Ui} ui @param {CaseView} view */
function note(ui, view) {
  if (view.note) return html`<p class="history__reopen ink-2">${reason(view.note)}</p>`;
  const refused = ui.commands.refusalIn(view, KEY.note);
  return html`${refused ? html`<p class="history__reopen ink-bad" role="status">${refused}</p>` : nothing}
  ${noteField(ui, view.alert, false)}`;
}

/** Return the files that features hand out to supervisors for an alert. */
const allArchives = () => FEATURES.flatMap(({ archives = [] }) => archives);
/** @type {Record<string, Phrase>} */
const HANDING_OUT = {
  beingMade: phrase`It is being made…`,
  downloaded: phrase`Downloaded`,
  notMade: phrase`It has not worked: try again`,
};

/** Return true if the role may hand out files. @param {Ui} ui */
const mayHandOut = (ui) => ['supervisor', 'admin'].includes(ui.feed.me.role);

/** Return the files that exist for this alert. @param {CaseView} view */
const archivesOf = (view) => allArchives().filter(({ has }) => !has || has(view));

/** Return the keys of the files for the list of keys. @returns {[string, string][]} */
export function listed() {
  const archives = allArchives();
  const names = archives.map((one) => one.listed()).join(', ');
  return archives.length ? [[archives.map(({ key }) => key).join(' '), say`History: ${names}`]] : [];
}

/** Hand out the file of a key, and return true. @param {Ui} ui @param {string} key @param {CaseView} view */
export function handOutKey(ui, key, view) {
  const archive = mayHandOut(ui) && archivesOf(view).find((one) => one.key === key);
  if (archive) handOut(ui, view.alert, archive.what);
  return Boolean(archive);
}

/** Render a supervisor's actions on an alert. @param {Ui} ui @param {CaseView} view */
function supervisorActions(ui, view) {
  if (!mayHandOut(ui)) return nothing;
  const result = state.handedOut.alert === view.alert && state.handedOut.result;
  const button = (key, label) =>
    html`<button
      class="btn"
      aria-keyshortcuts=${key}
      ?disabled=${result === 'beingMade'}
      @click=${() => ui.press(key)}>
      <kbd>${key}</kbd>${label}
    </button>`;
  return html`<p class="history__giving">
    <button class="btn" aria-keyshortcuts="O" @click=${() => ui.press('O')}>
      <kbd>O</kbd>${say`Correct the outcome`}</button
    ><button class="btn" aria-keyshortcuts="P" @click=${() => ui.press('P')}>
      <kbd>P</kbd>${say`Print`}</button
    >${archivesOf(view).map(({ key, label }) => button(key, label()))}
    <span role="status" class=${result === 'notMade' || printed.fault ? 'ink-bad' : ''}
      >${HANDING_OUT[result]?.() ?? (printed.fault || nothing)}</span
    >
  </p>`;
}

/** Render the story. @param {Ui} ui @param {CaseView} view */
export function story(ui, view) {
  const at = view.steps;
  const since = (us) => (us === null ? '—' : f.seconds(Math.max(0, us - view.received_us)));
  // The case drops the request when 112 hangs up: its time is in the timeline.
  const requestedUs = view.timeline.find((entry) => entry.what === 'psap.requested')?.at_us;
  const psap =
    at.psap_us === null || requestedUs === undefined ? '—' : f.seconds(Math.max(0, at.psap_us - requestedUs));
  return html`<section class="panel" aria-labelledby="story-h">
    <div class="panel__head">
      <h2 id="story-h">${s.name(view)}</h2>
      ${tag(view.test)}<span class="phone">${s.phone(view)}</span>
    </div>
    <dl class="facts history__facts">
      <div>
        <dt>${say`Requested`}</dt>
        <dd>${f.day(view.raised_us)}, ${f.clock(view.raised_us)}</dd>
      </div>
      <div>
        <dt>${say`Outcome`}</dt>
        <dd class=${view.missed_us !== null ? 'ink-bad' : ''}>
          ${view.closed_us === null ? say`open` : correct.ended(ui, view)}
        </dd>
      </div>
      <div>
        <dt>${say`Operator`}</dt>
        <dd>${since(at.operator_us)}</dd>
      </div>
      <div>
        <dt>${say`Phone rang`}</dt>
        <dd>${since(at.ringing_us)}</dd>
      </div>
      <div>
        <dt>${say`112, once asked`}</dt>
        <dd>${psap}</dd>
      </div>
      <div class="wide">
        <dt>${say`Id`}</dt>
        <dd>${view.alert}</dd>
      </div>
    </dl>
    <div class="history__acts">${
      view.closed_us === null
        ? nothing
        : offer(
            ui,
            view.alert,
            s.staysQuiet(view) ? '' : view.person ? s.firstName(view) : say`User`,
            view.reopen ?? null,
          )
    }${supervisorActions(ui, view)}</div>
    ${correct.pane(ui, view, () => (load(ui), choose(ui, view.alert)))}
    <ol class="panel__body log history__log" aria-label=${say`What happened`} tabindex="0">
      ${storyLines(ui, view)}
    </ol>
    ${note(ui, view)}
  </section>`;
}
