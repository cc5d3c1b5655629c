// The story of the alert that is chosen in the history, and the offer to reopen it.

import { html, nothing } from '../../vendor/lit.js';
import { tag } from '../shell/parts.js';
import { either, outcome, reason, t } from '../words/words.js';
import { log } from '../case/log.js';
import { give, state } from './past.js';
import * as f from '../words/format.js';
import * as s from '../case/situation.js';

const ERASED = 'person_erased'; // why an alert is reopened no more

/** The offer, the question, or why not. @param {Ui} ui @param {CaseView} view */
function reopening(ui, view) {
  if (view.closed_us === null) return nothing;
  if (view.reopen === ERASED) return html`<p class="history__reopen">${reason(ERASED)}</p>`;
  const { reopening: asked } = state;
  const user = view.person ? s.first(view) : t('user');
  const what = asked?.psap
    ? either(`Richiama ${user} e il 112`, `Calls ${user} and 112 again`)
    : either(`Richiama ${user}`, `Calls ${user} again`);
  const other = asked?.psap ? either('Senza il 112', 'Without 112') : either('Anche il 112', '112 as well');
  const button = (key, label) =>
    html`<button class="btn" aria-keyshortcuts=${key} @click=${() => ui.press(key)}>
      <kbd>${key === 'Enter' ? t('enter') : key === 'Escape' ? 'Esc' : key}</kbd><span>${label}</span>
    </button>`;
  return html`<p class="history__reopen" role="status">
    ${
      asked
        ? html`${button('Enter', what)}${button('E', other)}${button('Escape', t('back'))}`
        : html`${button('R', t('reopen'))}${
            state.said ? html`<span class="ink-bad">${state.said}</span>` : nothing
          }`
    }
  </p>`;
}

/** What a supervisor can hand out. @param {Ui} ui @param {CaseView} view */
function giving(ui, view) {
  if (!['supervisor', 'admin'].includes(ui.feed.me.role)) return nothing;
  const said = state.given.alert === view.alert && state.given.said;
  const button = (what, label) =>
    html`<button class="btn" ?disabled=${said === 'beingMade'} @click=${() => give(ui, view.alert, what)}>
      ${label}
    </button>`;
  return html`<p class="history__giving">
    ${button('dossier', either('Fascicolo per un giudice', 'Dossier for a court'))}
    ${view.person ? button('person', either('Tutti i dati della persona', 'All the person’s data')) : nothing}
    <span role="status" class=${said === 'notMade' ? 'ink-bad' : ''}>${said ? t(said) : nothing}</span>
  </p>`;
}

/** @param {Ui} ui @param {CaseView} view */
export function story(ui, view) {
  const at = view.steps;
  const since = (us) => (us === null ? '—' : f.seconds(Math.max(0, us - view.received_us)));
  // The case forgets the request when 112 hangs up.
  const asked = view.timeline.find((entry) => entry.what === 'psap.requested')?.at_us;
  const psap = at.psap_us === null || asked === undefined ? '—' : f.seconds(Math.max(0, at.psap_us - asked));
  return html`<section class="panel" aria-labelledby="story-h">
    <div class="panel__head">
      <h2 id="story-h">${s.name(view)}</h2>
      ${tag(view.test)}<span class="phone">${s.phone(view)}</span>
    </div>
    <dl class="facts history__facts">
      <div>
        <dt>${t('requested')}</dt>
        <dd>${f.day(view.raised_us)}, ${f.clock(view.raised_us)}</dd>
      </div>
      <div>
        <dt>${either('Esito', 'Outcome')}</dt>
        <dd class=${view.missed_us !== null ? 'ink-bad' : ''}>
          ${view.closed_us === null ? either('aperto', 'open') : outcome(view.outcome)}
        </dd>
      </div>
      <div>
        <dt>${t('operator')}</dt>
        <dd>${since(at.operator_us)}</dd>
      </div>
      <div>
        <dt>${t('phoneRang')}</dt>
        <dd>${since(at.ringing_us)}</dd>
      </div>
      <div>
        <dt>${either('112, dopo la richiesta', '112, once asked')}</dt>
        <dd>${psap}</dd>
      </div>
      <div class="wide">
        <dt>${either('Codice', 'Id')}</dt>
        <dd>${view.alert}</dd>
      </div>
    </dl>
    ${reopening(ui, view)} ${giving(ui, view)}
    <ol class="panel__body log history__log" aria-label=${t('whatHappened')} tabindex="0">
      ${log(ui, view)}
    </ol>
  </section>`;
}
