// The rows of a chapter: the cursor, the question before an action, the action's result and the time until
// which it can be taken back, the open form. This module has the keys of every list; a chapter adds its own.

import { nextRow } from '../../shell/next-row.js';
import { say } from '../../words/words.js';
import { answerOf, why } from './faults.js';
import { unsaved } from './form.js';
import { PolledList } from './polled-list.js';

const UNDO_MS = 10_000;

/** @template T */
export class Rows {
  cursor = ''; // the key of the row under the cursor
  search = '';
  typing = 0;
  /** @type {import('./form.js').Form} */
  form = null;
  editing = ''; // the key of the row that the form changes; empty: it adds a row
  /** @type {any} */
  side = null; // the pane beside the list until Escape, such as a secret
  /** @type {{ text: string, then: () => void }} */
  question = null;
  /** @type {{ key: string, was: object, now: object, untilMs: number }} */
  undo = null;
  /** @type {[boolean, string]} */
  result = [true, ''];

  /**
   * `id`: the page's class, and the beginning of its ids. `rows`: the rows in the answer of `path`. `text`:
   * the text that the search matches; without it there is no search.
   * @param {string} id @param {string} path
   * @param {{ rows: (answer: any) => T[], key: (row: T) => string, name: (row: T) => string,
   *   text?: (row: T) => string }} options
   */
  constructor(id, path, options) {
    this.id = id;
    this.path = path;
    this.list = new PolledList(path);
    this.options = options;
  }

  /** Clear the rows: another operator uses this page. */
  clear() {
    this.list.clear();
    Object.assign(this, { cursor: '', search: '', form: null, editing: '', side: null });
    Object.assign(this, { question: null, undo: null, result: [true, ''] });
  }

  /** Return all rows of the last answer. @returns {T[]} */
  all() {
    return this.list.data ? this.options.rows(this.list.data) : [];
  }

  /** Return the rows that match the search. */
  found() {
    const plain = this.search.trim().toLowerCase();
    const { text } = this.options;
    return plain && text ? this.all().filter((one) => text(one).toLowerCase().includes(plain)) : this.all();
  }

  /** Return the row of a key; by default, the row under the cursor. @param {string} [key] */
  row(key = this.cursor) {
    return this.all().find((one) => this.options.key(one) === key);
  }

  /** Return the name of a row. @param {string} key */
  nameOf(key) {
    const row = this.row(key);
    return row ? this.options.name(row) : key;
  }

  /** Return the path of a row. @param {string} key */
  pathOf(key) {
    return `${this.path}/${encodeURIComponent(key)}`;
  }

  /** Open the chapter. @param {Ui} ui */
  enter(ui) {
    this.question = null;
    this.again(ui);
  }

  /** Request the rows again, and update the form to the stored row. @param {Ui} ui */
  async again(ui) {
    const row = (await this.list.load(ui)) && this.editing && this.row(this.editing);
    if (!row) return;
    this.form.follow(row);
    ui.draw();
  }

  /** Move the cursor to a row. @param {Ui} ui @param {string} key */
  point(ui, key) {
    this.cursor = key;
    ui.draw();
    document.querySelector(`.${this.id} tr[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  /** Move the cursor by `by` rows. @param {Ui} ui @param {number} by */
  move(ui, by) {
    const keys = this.found().map(this.options.key);
    if (keys.length) this.point(ui, nextRow(keys, this.cursor, by));
  }

  /** Show the result of an action. @param {Ui} ui @param {boolean} good @param {string} text */
  showResult(ui, good, text) {
    this.result = [good, text];
    ui.draw();
  }

  /**
   * Ask a question. Enter runs `then`; any other key cancels.
   * @param {Ui} ui @param {string} text @param {() => void} then
   */
  ask(ui, text, then) {
    this.question = { text, then };
    this.point(ui, this.cursor); // with the focus on a button, Enter would press it
  }

  /** Act on a key of every list; return false for other keys. @param {Ui} ui @param {string} key */
  pressed(ui, key) {
    const { question } = this;
    this.question = null;
    if (question && key === 'Enter') question.then();
    else if (question && key === 'Escape') this.showResult(ui, true, '');
    else if (key === 'Escape' && this.side) {
      this.side = null;
      this.point(ui, this.cursor);
    } else if (key === 'ArrowDown' || key === 'ArrowUp') this.move(ui, key === 'ArrowDown' ? 1 : -1);
    else if (key === '/') document.getElementById(`${this.id}-search`)?.focus();
    else if (key === 'Z') this.takeBack(ui);
    else return false;
    return true;
  }

  /**
   * Open a form, unless another form has unsaved changes. `editing`: the row that the form changes.
   * @param {Ui} ui @param {import('./form.js').Form} form @param {string} [editing]
   */
  open(ui, form, editing = '') {
    if (unsaved(ui, this.form)) return;
    Object.assign(this, { form, editing, side: null });
    ui.draw();
    form.focus();
  }

  /** Close the form. @param {Ui} ui */
  leave(ui) {
    Object.assign(this, { form: null, editing: '' });
    this.point(ui, this.cursor);
  }

  /** Show a pane beside the list, unless a form has unsaved changes. @param {Ui} ui @param {object} side */
  showSide(ui, side) {
    if (unsaved(ui, this.form)) return;
    Object.assign(this, { form: null, editing: '', side, result: [true, ''] });
    ui.draw();
    /** @type {HTMLElement} */ (document.querySelector('.once__copy'))?.focus();
  }

  /**
   * Send a request of the open form. Return the center's answer; null on a refusal, which the form shows.
   * @param {Ui} ui @param {string} method @param {string} path @param {object} body
   */
  async send(ui, method, path, body) {
    const { form } = this;
    form.busy = true;
    const answer = await answerOf(ui.feed.request(method, path, body));
    form.busy = false;
    if (answer.data) await this.list.load(ui);
    else form.refuse(answer);
    ui.draw();
    return answer.data;
  }

  /**
   * Send the changed fields with the values seen before (decision 145). `wire` converts the fields for the
   * request, with `seen` for the values before; without `wire` the fields are sent as they are.
   * @param {Ui} ui @param {(fields: Record<string, any>, seen: boolean) => object} [wire]
   */
  async save(ui, wire) {
    const fields = this.form.changed();
    if (!fields.length) return this.leave(ui);
    const part = (/** @type {Record<string, any>} */ all) =>
      Object.fromEntries(fields.map((name) => [name, all[name]]));
    const convert = wire ?? part;
    const body = { was: convert(this.form.was, true), now: convert(this.form.now, false) };
    const { editing } = this;
    const row = await this.send(ui, 'PATCH', this.pathOf(editing), body);
    if (!row) return undefined;
    this.#changed(editing, row, body);
    return this.leave(ui);
  }

  /**
   * Send a change that needs no form, or take a change back.
   * @param {Ui} ui @param {string} key @param {object} was @param {object} now
   */
  async change(ui, key, was, now) {
    const row = await this.request(ui, 'PATCH', this.pathOf(key), { was, now });
    if (!row) return;
    this.#changed(key, row, { was, now });
    ui.draw();
  }

  /**
   * Send a request that needs no form, then request the list again. Return the center's answer; null on a
   * refusal, which is shown.
   * @param {Ui} ui @param {string} method @param {string} path @param {object} [body]
   */
  async request(ui, method, path, body) {
    const answer = await answerOf(ui.feed.request(method, path, body));
    await this.list.load(ui);
    if (!answer.data) this.showResult(ui, false, why(answer.code, answer));
    return answer.data;
  }

  /**
   * Store how the change can be taken back, and show that it is saved.
   * @param {string} key @param {any} row as it is written @param {{ was: object, now: object }} body
   */
  #changed(key, row, { was, now }) {
    const back = Object.fromEntries(Object.keys(now).map((name) => [name, row[name]]));
    this.undo = { key, was: back, now: was, untilMs: Date.now() + UNDO_MS };
    const name = this.options.name(row);
    this.result = [true, say`${name}: saved.`];
  }

  /** Take the last change back, within its time. @param {Ui} ui */
  async takeBack(ui) {
    const { undo } = this;
    this.undo = null;
    if (!undo || Date.now() > undo.untilMs) return;
    await this.change(ui, undo.key, undo.was, undo.now);
    this.undo = null;
    if (this.result[0]) this.showResult(ui, true, say`Taken back.`);
  }
}
