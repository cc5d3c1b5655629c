// The chapter of the backups: faults, the last and the next backup, a backup on demand, the trial restore.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../../js/shell/parts.js';
import { number, say } from '../../js/words/words.js';
import { answerOf, why } from '../../js/admin/frame/faults.js';
import { PolledList } from '../../js/admin/frame/polled-list.js';
import { button } from '../../js/admin/frame/page.js';
import { moment, size, runState, wrong } from './words.js';

const PATH = '/v1/admin/backups';

/** @type {PolledList<BackupsView>} */
const list = new PolledList(PATH);
let refused = '';

export function clear() {
  list.clear();
  refused = '';
}

/** Request the backups. @param {Ui} ui */
export function enter(ui) {
  refused = '';
  list.load(ui);
}

/**
 * Request the backups again. During a run the page is drawn each time, because its elapsed time grows.
 * @param {Ui} ui
 */
export async function again(ui) {
  await list.load(ui);
  if (list.data?.backup_run?.running || list.data?.check_run?.running) ui.draw();
}

/** Start a backup or a trial restore. @param {Ui} ui @param {'backup' | 'check'} work */
async function begin(ui, work) {
  if (list.data?.wrong.includes('no_place')) {
    refused = wrong('no_place');
    ui.draw();
    return;
  }
  const answer = await answerOf(ui.feed.request('POST', `${PATH}/${work}`));
  refused = answer.data ? '' : why(answer.code);
  await list.load(ui);
  ui.draw();
}

/** Act on a key; return true if it belongs to this chapter. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (key !== 'A' && key !== 'T') return false;
  begin(ui, key === 'A' ? 'backup' : 'check');
  return true;
}

/**
 * Render the state of a run.
 * @param {Ui} ui @param {string} name @param {BackupRunView | null} run @param {number} before
 */
function state(ui, name, run, before) {
  const text = runState(run, ui.feed.nowUs(), before);
  if (!text) return nothing;
  const bad = run.failed || run.cut_off || run.unheard;
  return word(bad ? 'warn' : 'clock', `${name}: ${text}`, bad ? 'ink-bad' : '');
}

/** Render the place, the recipients and the times of the backups. @param {Ui} ui @param {BackupsView} data */
function facts(ui, data) {
  const last = data.backups.find((one) => one.file === data.file);
  const rows = [
    [say`Where`, data.file || '—'],
    [say`Who can open it`, data.to.join(', ') || '—'],
    [
      say`The last`,
      last ? `${moment(last.made_at)} · ${size(last.bytes)} · ${number(last.seconds, 1)}\u00a0s` : say`none`,
    ],
    [say`The next`, moment(data.backup_next)],
    [
      say`Restored for trial`,
      last?.checked_at ? `${moment(last.checked_at)} · ${number(last.check_seconds, 1)}\u00a0s` : say`never`,
    ],
    [say`The next trial`, moment(data.check_next)],
  ];
  return html`<dl class="backups__facts">
    ${rows.map(
      ([name, text]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${text}</dd>
        </div>`,
    )}
  </dl>`;
}

/** Render a backup. @param {BackupRow} one */
const row = (one) =>
  html`<tr>
    <td>
      <b>${one.file}</b> ${one.is_there ? nothing : word('warn', say`not there`, 'ink-bad')}
    </td>
    <td>${moment(one.made_at)}</td>
    <td>${size(one.bytes)}</td>
    <td class="spare">${one.events}</td>
    <td>${one.checked_at ? moment(one.checked_at) : say`never`}</td>
  </tr>`;

/** Render the table of backups. @param {BackupsView} data */
const table = (data) =>
  html`<table class="table">
    <thead>
      <tr>
        <th>${say`File`}</th>
        <th>${say`Made`}</th>
        <th>${say`Size`}</th>
        <th class="spare">${say`Events`}</th>
        <th>${say`Tried`}</th>
      </tr>
    </thead>
    <tbody>
      ${data.backups.map(row)}
    </tbody>
  </table>`;

/** Render the chapter. @param {Ui} ui */
export function pane(ui) {
  const { data } = list;
  const before = data?.backups.find((one) => one.file === data.file)?.bytes ?? 0;
  const fault = list.fault ? why(list.fault) : refused;
  return html`<section class="view chapter backups" aria-labelledby="backups-h">
    <header class="page-head">
      <h1 id="backups-h" tabindex="-1">${say`Backups`}</h1>
      <p role=${fault ? 'alert' : 'status'}>
        ${fault ? word('warn', fault, 'ink-bad') : nothing}
        ${data && !data.wrong.length ? word('check', say`Everything is as it should be.`, 'ink-ok') : nothing}
      </p>
      <div class="page-head__end">
        ${button(ui, ['A', say`Make one now`, 'shield'])}
        ${button(ui, ['T', say`Restore for trial`, 'check'])}
      </div>
    </header>
    <section class="panel" aria-label=${say`State`}>
      <div class="panel__body chapter__list" tabindex="0">
        ${
          data
            ? html`<div class="backups__runs" role="status">
                  ${state(ui, say`Backup`, data.backup_run, before)}
                  ${state(ui, say`Trial`, data.check_run, 0)}
                </div>
                ${
                  data.wrong.length
                    ? html`<h2>${say`To be seen to`}</h2>
                        <ul class="backups__wrong">
                          ${data.wrong.map((one) => html`<li>${word('warn', wrong(one), 'ink-wait')}</li>`)}
                        </ul>`
                    : nothing
                }
                ${facts(ui, data)} ${data.backups.length ? table(data) : nothing}`
            : nothing
        }
      </div>
    </section>
  </section>`;
}
