// A test call: its progress with the levels, and its findings about the line.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../../js/shell/parts.js';
import { litSegments } from '../../js/sound/meters.js';
import { causeInWords } from '../../js/words/causes.js';
import { say } from '../../js/words/words.js';
import { answerOf, why } from '../../js/admin/frame/faults.js';
import { Form } from '../../js/admin/frame/form.js';
import { button } from '../../js/admin/frame/page.js';
import { rows } from '../../js/admin/lines/rows.js';
import { findings, ways } from './findings.js';

const AGAIN_MS = 300; // the interval of the levels
const SEGMENTS = Array.from({ length: 20 });

const FORM = 'line-trial';
/** @type {FormField[]} */
const FIELDS = [
  {
    name: 'to',
    label: () => say`A number, or the name of another line`,
    kind: 'text',
    max: 64,
    needed: true,
  },
];

/** The test call beside the lines: the newest state, and the fault of the last request. */
class ShownCall {
  fault = '';

  /** @param {LineTrial} trial @param {string} path */
  constructor(trial, path) {
    this.trial = trial;
    this.path = path;
  }

  /**
   * Request the state until the call has ended, or is no longer shown.
   * @param {Ui} ui @param {() => boolean} looked
   */
  async follow(ui, looked) {
    const answer = await answerOf(ui.feed.read(this.path));
    if (!looked()) return;
    const { trial } = answer.data ?? {};
    // Until the call begins, the center reports the call before.
    if (trial?.trial === this.trial.trial) this.trial = trial;
    this.fault = answer.code;
    ui.draw();
    if (!this.trial.ended_at) setTimeout(() => this.follow(ui, looked), AGAIN_MS);
  }
}

/** Return seconds with one decimal. @param {number} us */
const seconds = (us) => (us / 1e6).toFixed(1).replace('.', say`.`);

/** Render a step of the call. @param {string} text @param {number | null} at @param {LineTrial} trial */
const step = (text, at, trial) =>
  at
    ? html`<li>
        ${word('check', text, 'ink-ok')} <span class="num">${seconds(at - trial.begun_at)} s</span>
      </li>`
    : html`<li>${word('todo', text, 'ink-2')}</li>`;

/** Return the reason of the call's end in words. @param {LineTrial} trial */
function endReason({ ends, cause }) {
  switch (ends) {
    case 'released':
      return cause === null ? say`Ended.` : causeInWords(cause);
    case 'ordered':
      return say`Ended by you.`;
    case 'done':
      return say`Ended: it was as long as wanted.`;
    case 'time':
      return say`Ended after a minute.`;
    case 'alert':
      return say`Ended: an alert needs the line.`;
    default:
      return say`The modem answers no more.`;
  }
}

/** Render the level of one direction. @param {string} text @param {number} dbfs */
const way = (text, dbfs) =>
  html`<div class="trial__way">
    <span>${text}</span
    ><span class="meter" data-voice aria-hidden="true"
      >${SEGMENTS.map((_, at) => html`<i class=${at < litSegments({ dbfs }) ? 'on' : ''}></i>`)}</span
    ><span class="num">${String(dbfs).replace('-', '−')} dBFS</span>
  </div>`;

/**
 * Render the voice of a line: the present levels, or the findings of the whole call.
 * @param {LineTrial} trial @param {string} line
 */
function voice(trial, line) {
  const now = trial.now.find((one) => one.line === line);
  const shown = trial.voices.find((one) => one.line === line);
  const [into, out] = now ? [now.into, now.out] : [shown?.into.dbfs, shown?.out.dbfs];
  return html`<section class="trial__line" aria-label=${line}>
    <h3>${line}</h3>
    ${
      into === undefined || (shown && !shown.seconds)
        ? nothing
        : html`${way(say`In`, Math.round(into))}${way(say`Out`, Math.round(out))}`
    }
    ${
      shown
        ? findings(shown).map(
            (text) =>
              html`<p>${word(shown.proved ? 'check' : 'warn', text, shown.proved ? '' : 'ink-wait')}</p>`,
          )
        : nothing
    }
  </section>`;
}

/** Render the call. @param {Ui} ui @param {ShownCall} shown */
function trialPane(ui, { trial, fault }) {
  const lines = [trial.line, ...(trial.other ? [trial.other] : [])];
  return html`<section class="panel once trial" aria-labelledby="trial-h">
    <div class="panel__head">
      <h2 id="trial-h">${say`Test call`}: ${lines.join(' → ')}</h2>
    </div>
    <div class="panel__body">
      <ol class="trial__steps">
        ${step(say`Rings`, trial.ringing_at, trial)}${step(say`Answered`, trial.answered_at, trial)}
      </ol>
      ${ways(trial)} ${lines.map((line) => voice(trial, line))}
      <p role="status">
        ${
          trial.ended_at
            ? word('done', endReason(trial))
            : fault
              ? word('warn', why(fault), 'ink-bad')
              : trial.ends
                ? word('clock', say`Ending…`)
                : nothing
        }
      </p>
      <div class="form__keys">
        ${trial.ended_at ? nothing : button(ui, ['E', say`Hang up`])}
        <button class="btn" @click=${() => ui.press('Escape')}><kbd>Esc</kbd>${say`Back`}</button>
      </div>
    </div>
  </section>`;
}

/** Show a call, and follow it. @param {Ui} ui @param {LineTrial} trial */
function show(ui, trial) {
  const shown = new ShownCall(trial, `${rows.pathOf(trial.line)}/trial`);
  rows.showSide(ui, shown);
  shown.follow(ui, () => rows.side === shown && ['plant', 'admin'].includes(ui.screen.section));
}

/** Start the call of the open form. @param {Ui} ui */
async function tryLine(ui) {
  const data = await rows.send(ui, 'POST', `${rows.pathOf(rows.cursor)}/trial`, rows.form.now);
  if (!data) return;
  rows.form = null;
  show(ui, data.trial);
}

/**
 * Open the form for the number; if a call is in progress, show the call.
 * @param {Ui} ui @param {LineRow} row
 */
async function askTrial(ui, { line }) {
  const { data } = await answerOf(ui.feed.read(`${rows.pathOf(line)}/trial`));
  if (data?.trial && !data.trial.ended_at) show(ui, data.trial);
  else rows.open(ui, new Form(FORM, FIELDS, { to: '' }));
}

/** End the call. @param {Ui} ui @param {ShownCall} shown */
const hangUp = (ui, shown) => rows.request(ui, 'DELETE', shown.path);

/** @type {LineAction} */
export const lineAction = {
  act: () => ['T', say`Test call`],
  pressed(ui, key, row) {
    if (key === 'E' && rows.side instanceof ShownCall) hangUp(ui, rows.side);
    else if (row && key === 'T') askTrial(ui, row);
    else return false;
    return true;
  },
  form: (ui) =>
    rows.form.id === FORM
      ? {
          title: say`Test call from ${rows.cursor}`,
          label: say`Call`,
          send: () => tryLine(ui),
        }
      : null,
  pane: (ui) => (rows.side instanceof ShownCall ? trialPane(ui, rows.side) : null),
};
