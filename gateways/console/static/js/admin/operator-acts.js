// What is done to the operators: the list, what is written, asked and taken back, and what came of it.

import { stepped } from '../shell/stepped.js';
import { either } from '../words/words.js';
import { answered, why } from './faults.js';
import { Form, unsaved } from './form.js';
import { Listed } from './listed.js';
import { FIELDS } from './operator-fields.js';

const PATH = '/v1/admin/operators';
const UNDO_MS = 10_000;

/** @type {Listed<OperatorsView>} */
export const list = new Listed(PATH);
export const state = {
  search: '',
  typing: 0,
  cursor: '',
  /** @type {Form} */
  form: null,
  editing: '', // whom the form changes; empty: it adds
  /** @type {SignOnLink} */
  link: null,
  /** @type {{ what: 'end' | 'remove', who: string }} */
  asked: null,
  /** @type {{ who: string, was: object, now: object, untilMs: number }} */
  undo: null,
  /** @type {[boolean, string]} */
  said: [true, ''],
};

export function clear() {
  list.clear();
  Object.assign(state, { search: '', cursor: '', form: null, editing: '', link: null });
  Object.assign(state, { asked: null, undo: null, said: [true, ''] });
}

export function found() {
  const plain = state.search.trim().toLowerCase();
  const all = list.said?.operators ?? [];
  return plain
    ? all.filter((one) => `${one.name} ${one.phone} ${one.id}`.toLowerCase().includes(plain))
    : all;
}

/** @param {Ui} ui @param {string} who */
export function point(ui, who) {
  state.cursor = who;
  ui.draw();
  document.querySelector(`.operators tr[data-key="${CSS.escape(who)}"]`)?.focus();
}

/** @param {Ui} ui @param {number} by */
export function move(ui, by) {
  const rows = found().map((one) => one.id);
  if (rows.length) point(ui, stepped(rows, state.cursor, by));
}

/** @param {string} who */
export const rowOf = (who) => list.said?.operators.find((one) => one.id === who);

/** @param {Ui} ui @param {OperatorRow} [row] */
export function edit(ui, row) {
  if (unsaved(ui, state.form)) return;
  state.editing = row?.id ?? '';
  state.link = null;
  state.form = new Form(
    'operator',
    FIELDS,
    row ?? { name: '', phone: '', role: 'operator', language: 'it', on_call: false },
  );
  ui.draw();
  state.form.focus();
}

/** @param {Ui} ui */
export function leave(ui) {
  state.form = null;
  state.editing = '';
  point(ui, state.cursor);
}

/** @param {Ui} ui @param {boolean} good @param {string} text */
export function say(ui, good, text) {
  state.said = [good, text];
  ui.draw();
}

/** Add who is written into the form, or change it. @param {Ui} ui */
export async function send(ui) {
  const { form, editing } = state;
  const fields = form.changed();
  if (editing && !fields.length) return leave(ui);
  form.busy = true;
  const part = (/** @type {Record<string, any>} */ all) =>
    Object.fromEntries(fields.map((name) => [name, all[name]]));
  const body = editing ? { was: part(form.was), now: part(form.now) } : form.now;
  const order = editing
    ? ui.feed.ask('PATCH', `${PATH}/${encodeURIComponent(editing)}`, body)
    : ui.feed.ask('POST', PATH, body);
  const answer = await answered(order);
  form.busy = false;
  if (!answer.said) {
    form.refuse(answer);
    return ui.draw();
  }
  await list.load(ui);
  if (editing) {
    changed(ui, answer.said, body);
    return leave(ui);
  }
  Object.assign(state, { form: null, cursor: answer.said.operator.id, link: answer.said.link });
  state.said = [true, either(`${answer.said.operator.name} c’è.`, `${answer.said.operator.name} is added.`)];
  ui.draw();
  document.querySelector('.once__copy')?.focus();
}

/** @param {Ui} ui @param {OperatorRow} row @param {any} body */
function changed(ui, row, { was, now }) {
  const back = Object.fromEntries(Object.keys(now).map((name) => [name, row[name]])); // as it is written
  state.undo = { who: row.id, was: back, now: was, untilMs: Date.now() + UNDO_MS };
  state.said = [true, either(`${row.name}: salvato.`, `${row.name}: saved.`)];
}

/**
 * Change one thing, or take a change back.
 * @param {Ui} ui @param {string} who @param {object} was @param {object} now
 */
export async function change(ui, who, was, now) {
  const answer = await answered(ui.feed.ask('PATCH', `${PATH}/${encodeURIComponent(who)}`, { was, now }));
  await list.load(ui);
  if (!answer.said) return say(ui, false, why(answer.code));
  changed(ui, answer.said, { was, now });
  return ui.draw();
}

/** @param {Ui} ui */
export async function takeBack(ui) {
  const { undo } = state;
  if (!undo || Date.now() > undo.untilMs) return;
  state.undo = null;
  await change(ui, undo.who, undo.was, undo.now);
  state.undo = null;
  if (state.said[0]) say(ui, true, either('Annullato.', 'Taken back.'));
}

/** @param {Ui} ui @param {string} who */
export async function link(ui, who) {
  if (unsaved(ui, state.form)) return undefined;
  const answer = await answered(ui.feed.ask('POST', `${PATH}/${encodeURIComponent(who)}/link`));
  if (!answer.said) return say(ui, false, why(answer.code));
  Object.assign(state, { link: answer.said, form: null, editing: '', said: [true, ''] });
  ui.draw();
  return document.querySelector('.once__copy')?.focus();
}

/** What was asked and is meant. @param {Ui} ui */
export async function confirmed(ui) {
  const { what, who } = state.asked;
  const name = rowOf(who)?.name ?? who;
  state.asked = null;
  const path = `${PATH}/${encodeURIComponent(who)}${what === 'end' ? '/sessions' : ''}`;
  const answer = await answered(ui.feed.ask('DELETE', path));
  await list.load(ui);
  if (!answer.said) return say(ui, false, why(answer.code));
  if (what === 'remove') move(ui, 0);
  return say(
    ui,
    true,
    what === 'remove'
      ? either(`${name} non c’è più.`, `${name} is removed.`)
      : either(`${name}: sessioni, token e link finiti.`, `${name}: sessions, token and link have ended.`),
  );
}
