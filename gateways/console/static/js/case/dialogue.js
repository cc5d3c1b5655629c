// The dialogue without a voice: what user and operator have written to each other, and what has become of it.

import { html, nothing } from '../../vendor/lit.js';
import { icon } from '../shell/parts.js';
import { either, reason, t } from '../words/words.js';
import * as f from '../words/format.js';
import * as s from './situation.js';
import { Writing } from './writing.js';

/** A user's short answers to a question, as the app sends them. @type {Record<string, Word>} */
const ANSWERS = { yes: 'yes', no: 'no' };

const writing = new Writing({
  key: 'W',
  most: 1000,
  sends: (e) => e.key === 'Enter' && !e.shiftKey,
  // A question is answered in the app by one key.
  send: (ui, alert, text, id) => ui.feed.command(alert, 'write', { text, id, asks: text.endsWith('?') }),
});
/** By alert: the number of the last message at which the operator has put the dialogue away. */
const away = new Map();
/** By alert: up to which message the center was told that it was read. */
const told = new Map();

export function clear() {
  writing.clear();
  away.clear();
  told.clear();
}

/** @param {CaseView} view */
const lastOfUser = (view) => view.dialogue.findLast((one) => !one.by)?.number ?? 0;

/** Whether the dialogue has the panel: it is open, or something new has come. @param {CaseView} view */
export const isOpen = (view) => {
  const put = away.get(view.alert);
  return put === undefined ? view.dialogue.length > 0 : lastOfUser(view) > put;
};

/** @param {Ui} ui @param {CaseView} view */
export function open(ui, view) {
  away.set(view.alert, -1);
  ui.draw();
  writing.focus();
}

/** Esc puts it away. True where there was something to put away. @param {Ui} ui @param {CaseView} view */
export function close(ui, view) {
  if (!isOpen(view)) return false;
  away.set(view.alert, view.dialogue.length);
  ui.draw();
  return true;
}

/** How much of it the operator has not seen yet. @param {CaseView} view */
export const unread = (view) => view.dialogue.filter((one) => !one.by && one.read_us === null).length;

/** What is on this screen of an operator's own case was read. @param {Ui} ui @param {CaseView} view */
function haveRead(ui, view) {
  const upto = lastOfUser(view);
  if (!s.mine(view, ui.feed.me) || document.hidden || !unread(view) || told.get(view.alert) === upto) return;
  told.set(view.alert, upto);
  ui.feed.command(view.alert, 'have_read', { upto }).then((answer) => {
    if (!answer.ok) told.delete(view.alert);
  });
}

/** How far a message of the operator's has come. @param {SaidView} one */
function state(one) {
  if (one.by === '') return nothing;
  const [symbol, tone, word] =
    one.read_us !== null
      ? ['check', 'ok', either('letto', 'read')]
      : one.arrived_us !== null
        ? ['check', '', either('arrivato', 'arrived')]
        : ['clock', 'wait', either('non ancora arrivato', 'not arrived yet')];
  return html`<span class="word said__state ${tone ? `ink-${tone}` : 'ink-3'}">${icon(symbol)}${word}</span>`;
}

/** @param {Ui} ui @param {CaseView} view @param {SaidView} one */
function message(ui, view, one) {
  const by = one.by ? ui.feed.names(one.by) : s.first(view);
  const short = ANSWERS[one.text.toLowerCase()];
  const text = one.text ? (short && !one.by ? t(short) : one.text) : s.gone(view, 'words');
  return html`<li class="said" data-by=${one.by ? 'operator' : 'user'} data-number=${one.number}>
    <span class="said__by">${s.capital(by)} <time>${f.clock(one.at_us)}</time></span>
    <p class=${short && !one.by ? 'said__short' : ''}>${text}</p>
    ${state(one)}
  </li>`;
}

/** @param {Ui} ui @param {CaseView} view @param {Allowed} allowed */
export function panel(ui, view, allowed) {
  haveRead(ui, view);
  const why = allowed.write ?? null;
  return html`<div class="panel__head">
      <h2>${either(`Messaggi con ${s.asObject(view)}`, `Messages with ${s.asObject(view)}`)}</h2>
      <button class="btn" @click=${() => close(ui, view)}><kbd>Esc</kbd><span>${t('back')}</span></button>
    </div>
    <div class="panel__body dialogue" role="log" tabindex="0" aria-label=${either('Messaggi', 'Messages')}>
      <ol>
        ${view.dialogue.toReversed().map((one) => message(ui, view, one))}
      </ol>
      ${
        view.dialogue.length
          ? nothing
          : html`<p class="ink-3">
              ${t('noMessages')}
            </p>`
      }
    </div>
    ${
      why === null
        ? writing.field(
            ui,
            view.alert,
            either(`Scrivi a ${s.asObject(view)}`, `Write to ${s.asObject(view)}`),
            either('Invio manda', 'Enter sends'),
          )
        : html`<p class="ink-wait dialogue__why">${reason(why)}</p>`
    }`;
}
