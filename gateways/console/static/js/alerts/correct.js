// That a closed alert has ended otherwise than it was closed: the form, what comes of it, and how both
// outcomes are shown.

import { html, nothing } from '../../vendor/lit.js';
import { answered } from '../admin/frame/faults.js';
import { Form, formPane, unsaved } from '../admin/frame/form.js';
import { either, outcome, OUTCOMES, reason, t } from '../words/words.js';
import * as f from '../words/format.js';

const REASON_MAX = 500;

/** Why it is not done. @type {Record<string, Pair>} */
const WHY = {
  is_test: ['Una prova non ha altro esito.', 'A test has no other outcome.'],
  forgotten: [
    'I testi di questo allarme sono cancellati: il motivo non resterebbe.',
    'The words of this alert are erased: the reason would not be kept.',
  ],
  changed_meanwhile: [
    'Nel frattempo l’esito è cambiato, o è già questo.',
    'The outcome has changed meanwhile, or is this already.',
  ],
  needed: ['Scrivi il motivo.', 'Write the reason.'],
};

/** @type {{ alert: string, form: Form, said: string }} */
export const state = { alert: '', form: null, said: '' };

/** By which outcome the alert counts. @param {CaseView} view */
export const countsAs = (view) => view.corrected?.outcome ?? view.outcome;

/** @param {string} code */
const why = (code) => (WHY[code] ? either(...WHY[code]) : code === 'noConnection' ? t(code) : reason(code));

/** @param {Ui} ui */
const may = (ui) => ['supervisor', 'admin'].includes(ui.feed.me.role);

/** Why the outcome of this alert cannot be corrected; null where it can. @param {CaseView} view */
function whyNot(view) {
  if (view.closed_us === null) return 'not_closed';
  if (view.test) return 'is_test';
  return view.erased.includes('words') ? 'forgotten' : null;
}

/** O opens the form. True where the key was for that. @param {Ui} ui @param {CaseView} view */
export function open(ui, view) {
  if (!may(ui)) return false;
  if (state.form && state.alert !== view.alert && unsaved(ui, state.form)) return true;
  const no = whyNot(view);
  state.alert = view.alert;
  state.said = no ? why(no) : '';
  if (no) state.form = null;
  else if (!state.form || !unsaved(ui, state.form)) state.form = made(view);
  ui.draw();
  state.form?.focus();
  return true;
}

/** @param {CaseView} view */
function made(view) {
  const others = Object.keys(OUTCOMES).filter((one) => one !== 'test_done' && one !== countsAs(view));
  return new Form(
    'correct',
    [
      {
        name: 'now',
        label: () => either('È finito così', 'It ended so'),
        kind: 'select',
        choices: () => others.map((one) => [one, outcome(one)]),
      },
      {
        name: 'reason',
        label: () => either('Perché', 'Why'),
        kind: 'text',
        max: REASON_MAX,
        needed: true,
      },
    ],
    { now: others[0], reason: '' },
  );
}

/** @param {Ui} ui @param {CaseView} view @param {() => void} again */
async function send(ui, view, again) {
  const { form } = state;
  form.busy = true;
  const body = { was: countsAs(view), now: form.now.now, reason: form.now.reason };
  const path = `/v1/alerts/${encodeURIComponent(view.alert)}/outcome`;
  const { said, code } = await answered(ui.feed.ask('POST', path, body));
  form.busy = false;
  if (said) {
    state.form = null;
    state.said = '';
  } else form.faults = { '': why(code) };
  if (said || code === 'changed_meanwhile') again();
  ui.draw();
}

/** The form, or the offer of it. @param {Ui} ui @param {CaseView} view @param {() => void} again */
export function pane(ui, view, again) {
  if (!may(ui) || view.closed_us === null) return nothing;
  if (state.form && state.alert === view.alert)
    return formPane(ui, state.form, {
      title: either('Correggi l’esito', 'Correct the outcome'),
      label: either('Correggi', 'Correct'),
      send: () => void send(ui, view, again),
      leave: () => {
        state.form = null;
        document.querySelector('main h1')?.focus();
      },
    });
  return state.said && state.alert === view.alert
    ? html`<p class="history__giving ink-bad" role="status">${state.said}</p>`
    : nothing;
}

/**
 * The outcome that counts, with the first one and who has corrected it.
 * @param {Ui} ui @param {CaseView} view
 */
export function ended(ui, view) {
  const { corrected } = view;
  if (!corrected) return outcome(view.outcome);
  const own = corrected.own ? either(', che aveva il caso', ', who had the case') : '';
  const at = `${f.shortDay(corrected.at_us)} ${f.minute(corrected.at_us)}`;
  const by = `${ui.feed.names(corrected.by)}${own}, ${at}`;
  const first = outcome(view.outcome);
  return html`${outcome(corrected.outcome)}<small class="corrected"
      >${either(`Chiuso come: ${first}. Corretto da`, `Closed as: ${first}. Corrected by`)}
      ${by}${corrected.reason ? `: ${corrected.reason}` : ''}</small
    >`;
}
