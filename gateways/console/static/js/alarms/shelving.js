// Shelved alarms: alarms muted for planned work, with duration, operator and reason. A shelf expires by
// itself.

import { html, nothing } from '../../vendor/lit.js';
import { answerOf, why } from '../admin/frame/faults.js';
import { Form, formPane } from '../admin/frame/form.js';
import { word } from '../shell/parts.js';
import { say } from '../words/words.js';
import * as f from '../words/format.js';
import { kindOf, kindTexts } from './kinds.js';

const PATH = '/v1/alarms/quiet';
const MINUTES = [30, 60, 120, 240, 480, 1440];
const state = { form: /** @type {Form} */ (null), fault: '' };

/** @typedef {{ alarm: string, subject: string, node: string }} Slot an empty field matches any value */

/** Return true if the role may shelve alarms: supervisors and admins. @param {Ui} ui */
export const mayShelve = (ui) => ui.feed.me.role !== 'operator';

/** Close the form, and forget the last fault. */
export function clear() {
  Object.assign(state, { form: null, fault: '' });
}

/** Return the shelves that have not expired. @param {Ui} ui */
export const activeShelves = (ui) => ui.feed.quiet.filter((one) => one.until_us > ui.feed.nowUs());

/** Return the key of a shelf's row. @param {Slot} one */
export const shelfKey = (one) => `shelf/${one.alarm}/${one.subject}/${one.node}`;

/** Return in words what a shelf covers. @param {Slot} one */
function shelfName({ alarm, subject, node }) {
  if (!alarm && !subject) return say`Everything of node ${node}`;
  const covered = alarm
    ? kindTexts(kindOf(alarm, ''), subject || say`(all)`).short
    : say`Everything of line ${subject}`;
  return node ? `${covered}, ${say`node`} ${node}` : covered;
}

/**
 * Return what can be shelved: the alarms of the chosen row, then each line and each node.
 * @param {Ui} ui @param {AlarmGroup} [group]
 */
function choicesFor(ui, group) {
  /** @type {Slot[]} */
  const slots = [];
  if (group?.members[0].mayBeQuiet) {
    const [{ subject }] = group.members;
    if (group.members.length === 1) slots.push({ alarm: group.kind, subject, node: '' });
    slots.push({ alarm: group.kind, subject: '', node: '' });
  }
  for (const { line } of ui.feed.lines) slots.push({ alarm: '', subject: line, node: '' });
  for (const { node } of ui.feed.nodes) slots.push({ alarm: '', subject: '', node });
  return slots.map((slot) => [JSON.stringify(slot), shelfName(slot)]);
}

/**
 * Open the form: what to shelve, the duration, the reason.
 * @param {Ui} ui @param {AlarmGroup} [group] the chosen row
 */
export function open(ui, group) {
  const choices = choicesFor(ui, group);
  if (!choices.length) return;
  /** @type {FormField[]} */
  const fields = [
    { name: 'what', label: () => say`What`, kind: 'select', choices: () => choices },
    {
      name: 'minutes',
      label: () => say`For how long`,
      kind: 'select',
      choices: () => MINUTES.map((one) => [String(one), one < 60 ? `${one} min` : `${one / 60} h`]),
    },
    {
      name: 'reason',
      label: () => say`For which work`,
      kind: 'text',
      max: 200,
      needed: true,
    },
  ];
  state.form = new Form('quiet', fields, { what: choices[0][0], minutes: '60', reason: '' });
  ui.draw();
  state.form.focus();
}

/** Send the form. @param {Ui} ui */
async function send(ui) {
  const { form } = state;
  form.busy = true;
  const { what: covered, minutes, reason } = form.now;
  const body = { ...JSON.parse(covered), minutes: Number(minutes), reason };
  const answer = await answerOf(ui.feed.request('POST', PATH, body));
  form.busy = false;
  if (answer.data) closeForm(ui);
  else form.refuse(answer);
  ui.draw();
}

/** Close the form. @param {Ui} ui */
function closeForm(ui) {
  state.form = null;
  ui.draw();
  document.querySelector('main h1')?.focus({ preventScroll: true });
}

/** End a shelf before it expires. @param {Ui} ui @param {string} key the row's key */
export async function endShelf(ui, key) {
  const one = activeShelves(ui).find((each) => shelfKey(each) === key);
  if (!one) return;
  const query = new URLSearchParams({ alarm: one.alarm, subject: one.subject, node: one.node });
  const answer = await answerOf(ui.feed.request('DELETE', `${PATH}?${query}`));
  state.fault = answer.data ? '' : why(answer.code);
  ui.draw();
}

/** Render the open form; null if none is open. @param {Ui} ui */
export const sideForm = (ui) =>
  state.form
    ? formPane(ui, state.form, {
        title: say`Planned work`,
        label: say`Keep quiet`,
        send: () => send(ui),
        leave: () => closeForm(ui),
      })
    : null;

/**
 * Render the shelves.
 * @param {Ui} ui @param {(key: string) => void} pointed called when a row gets the focus
 */
export const rows = (ui, pointed) =>
  activeShelves(ui).map(
    (one) =>
      html`<li data-state="quiet">
        <button class="alarms__row" data-group=${shelfKey(one)} @focus=${() => pointed(shelfKey(one))}>
          ${word('hush', say`Quiet`, 'ink-2')}<span class="alarms__what"
            ><b>${shelfName(one)}</b><small>${one.reason}</small></span
          ><span class="ink-2">${ui.feed.names(one.by)}</span
          ><span class="ink-2"
            >${say`until ${f.minute(one.until_us)}`}</span
          >
        </button>
      </li>`,
  );

/** Render why the last shelf was not ended. */
export const fault = () =>
  state.fault ? html`<p role="alert">${word('warn', state.fault, 'ink-bad')}</p>` : nothing;
