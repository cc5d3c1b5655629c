// The correction of a closed alert's outcome: the form, the result, and the display of both outcomes.

import { html, nothing } from '../../../vendor/lit.js';
import { answerOf } from '../../../js/admin/frame/faults.js';
import { Form, formPane, unsaved } from '../../../js/admin/frame/form.js';
import { outcome, OUTCOMES, phrase, reason, say } from '../../../js/words/words.js';
import * as f from '../../../js/words/format.js';

const REASON_MAX = 500;

/** Reasons of a refusal. @type {Record<string, Phrase>} */
const WHY = {
  is_test: phrase`A test has no other outcome.`,
  forgotten: phrase`The words of this alert are erased: the reason would not be kept.`,
  changed_meanwhile: phrase`The outcome has changed meanwhile, or is this already.`,
  needed: phrase`Write the reason.`,
};

/** @type {{ alert: string, form: Form, refusal: string }} */
export const state = { alert: '', form: null, refusal: '' };

/** Return the outcome for which the alert counts. @param {CaseView} view */
export const countsAs = (view) => view.corrected?.outcome ?? view.outcome;

/** Return the reason of a refusal in words. @param {string} code */
const why = (code) => (WHY[code] ? WHY[code]() : code === 'noConnection' ? say`No connection` : reason(code));

/** Return true if the role may correct outcomes. @param {Ui} ui */
const mayCorrect = (ui) => ['supervisor', 'admin'].includes(ui.feed.me.role);

/** Return why the outcome of this alert cannot be corrected; null if it can. @param {CaseView} view */
function whyNot(view) {
  if (view.closed_us === null) return 'not_closed';
  if (view.test) return 'is_test';
  return view.erased.includes('words') ? 'forgotten' : null;
}

/**
 * Open the form at the key O; return true if the role may correct outcomes.
 * @param {Ui} ui @param {CaseView} view
 */
export function open(ui, view) {
  if (!mayCorrect(ui)) return false;
  if (state.form && state.alert !== view.alert && unsaved(ui, state.form)) return true;
  const no = whyNot(view);
  state.alert = view.alert;
  state.refusal = no ? why(no) : '';
  if (no) state.form = null;
  else if (!state.form || !unsaved(ui, state.form)) state.form = newForm(view);
  ui.draw();
  state.form?.focus();
  return true;
}

/** Return the form for an alert. @param {CaseView} view */
function newForm(view) {
  const others = Object.keys(OUTCOMES).filter((one) => one !== 'test_done' && one !== countsAs(view));
  return new Form(
    'correct',
    [
      {
        name: 'now',
        label: () => say`It ended so`,
        kind: 'select',
        choices: () => others.map((one) => [one, outcome(one)]),
      },
      {
        name: 'reason',
        label: () => say`Why`,
        kind: 'text',
        max: REASON_MAX,
        needed: true,
      },
    ],
    { now: others[0], reason: '' },
  );
}

/**
 * Send the correction. `again` requests the alert anew.
 * @param {Ui} ui @param {CaseView} view @param {() => void} again
 */
async function send(ui, view, again) {
  const { form } = state;
  form.busy = true;
  const body = { was: countsAs(view), now: form.now.now, reason: form.now.reason };
  const path = `/v1/alerts/${encodeURIComponent(view.alert)}/outcome`;
  const { data, code } = await answerOf(ui.feed.request('POST', path, body));
  form.busy = false;
  if (data) {
    state.form = null;
    state.refusal = '';
  } else form.faults = { '': why(code) };
  if (data || code === 'changed_meanwhile') again();
  ui.draw();
}

/**
 * Render the form, or the reason why there is none.
 * @param {Ui} ui @param {CaseView} view @param {() => void} again
 */
export function pane(ui, view, again) {
  if (!mayCorrect(ui) || view.closed_us === null) return nothing;
  if (state.form && state.alert === view.alert)
    return formPane(ui, state.form, {
      title: say`Correct the outcome`,
      label: say`Correct`,
      send: () => void send(ui, view, again),
      leave: () => {
        state.form = null;
        document.querySelector('main h1')?.focus();
      },
    });
  return state.refusal && state.alert === view.alert
    ? html`<p class="history__giving ink-bad" role="status">${state.refusal}</p>`
    : nothing;
}

/**
 * Render the outcome that counts, with the first outcome and the operator who corrected it.
 * @param {Ui} ui @param {CaseView} view
 */
export function ended(ui, view) {
  const { corrected } = view;
  if (!corrected) return outcome(view.outcome);
  const own = corrected.own ? say`, who had the case` : '';
  const at = `${f.shortDay(corrected.at_us)} ${f.minute(corrected.at_us)}`;
  const by = `${ui.feed.names(corrected.by)}${own}, ${at}`;
  const first = outcome(view.outcome);
  return html`${outcome(corrected.outcome)}<small class="corrected"
      >${say`Closed as: ${first}. Corrected by`}
      ${by}${corrected.reason ? `: ${corrected.reason}` : ''}</small
    >`;
}
