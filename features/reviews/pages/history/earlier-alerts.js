// The user's earlier alerts, in a line of the case. Requested when the case is first shown, and again when
// the user is identified.

import { html } from '../../../vendor/lit.js';
import * as f from '../../../js/words/format.js';
import { outcome, say } from '../../../js/words/words.js';
import { markTest } from '../../../js/case/situation.js';

const AGAIN_MS = 10000;
const ENTRIES_MAX = 50;
const requests = new Map(); // by alert: {key, data, atMs}

/**
 * Return the number of earlier alerts; until the answer, a placeholder.
 * @param {Ui} ui @param {CaseView} view
 */
export function howMany(ui, view) {
  const data = answer(ui, view);
  if (!data) return '…';
  if (!data.count) return say`none`;
  return [`${data.count}${data.more ? '+' : ''}`, danger(data.alerts[0])].filter(Boolean).join(': ');
}

/**
 * Return the reason why the user's phone may still have to stay quiet.
 * @param {{ duress: boolean, silent: boolean }} last
 */
function danger(last) {
  if (last.duress) return say`the last one under duress`;
  return last.silent ? say`the last one silent` : '';
}

/**
 * Render the number and the alerts in one line, the newest first: the line's end is cut off.
 * @param {Ui} ui @param {CaseView} view
 */
export function earlier(ui, view) {
  const alerts = answer(ui, view)?.alerts ?? [];
  return html`<span class="about__line"
    >${howMany(ui, view)}${alerts.map(
      (one) =>
        html` · ${day(one.received_us)}
        ${markTest(one.test, ended(one))}`,
    )}</span
  >`;
}

/** Return the outcome of an alert in words. @param {PastAlert} one */
const ended = (one) => (one.closed_us === null ? say`open` : outcome(one.outcome));

/** Return a day, with the year if it is another year. @param {number} us */
function day(us) {
  const date = new Date(us / 1000);
  return date.getFullYear() === new Date().getFullYear() ? f.shortDay(us) : f.day(us);
}

/**
 * Return the center's answer for the case, and request it if necessary.
 * @param {Ui} ui @param {CaseView} view
 */
function answer(ui, view) {
  // The user is named only with the whole case; and each request is an entry of the audit..
  if (view.withheld) return null;
  const key = `${view.identified}/${view.phone}`;
  const known = requests.get(view.alert);
  if (!known || known.key !== key || (known.data === null && Date.now() - known.atMs > AGAIN_MS))
    ask(ui, view.alert, key, known?.data ?? null);
  return requests.get(view.alert).data;
}

/** Request the earlier alerts. @param {Ui} ui @param {string} alert @param {string} key */
async function ask(ui, alert, key, before) {
  const entry = { key, data: before, atMs: Date.now() };
  requests.set(alert, entry);
  if (requests.size > ENTRIES_MAX) requests.delete(requests.keys().next().value);
  try {
    const found = await ui.feed.read(`/v1/alerts/${encodeURIComponent(alert)}/earlier`);
    if (found.ok) entry.data = await found.json();
  } catch {
    /** requested again later */
  }
  ui.draw();
}
