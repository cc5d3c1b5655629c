// The rows of a chapter: which is pointed at, what is asked before it is done, what came of it and until when
// it is taken back, and the form that is open. The keys that every list has are here; a chapter adds its own.

import { stepped } from '../../shell/next-row.js';
import { say } from '../../words/words.js';
import { answered, why } from './faults.js';
import { unsaved } from './form.js';
import { Listed } from './listed.js';

const UNDO_MS = 10_000;

/** @template T */
export class Rows {
  cursor = ''; // the key of the row that is pointed at
  search = '';
  typing = 0;
  /** @type {import('./form.js').Form} */
  form = null;
  editing = ''; // the key of the row that the form changes; empty: it adds
  /** @type {any} */
  once = null; // what is told once, and stands beside the list until Escape
  /** @type {{ text: string, then: () => void }} */
  asked = null;
  /** @type {{ key: string, was: object, now: object, untilMs: number }} */
  undo = null;
  /** @type {[boolean, string]} */
  said = [true, ''];

  /**
   * `id`: the class and the begin of the ids of the chapter's page. `rows`: what the answer of `path` lists.
   * `text`: what a search looks into, and without it nothing is searched here.
   * @param {string} id @param {string} path
   * @param {{ rows: (said: any) => T[], key: (row: T) => string, name: (row: T) => string,
   *           text?: (row: T) => string }} of
   */
  constructor(id, path, of) {
    this.id = id;
    this.path = path;
    this.list = new Listed(path);
    this.of = of;
  }

  /** Another operator sits here. */
  clear() {
    this.list.clear();
    Object.assign(this, { cursor: '', search: '', form: null, editing: '', once: null });
    Object.assign(this, { asked: null, undo: null, said: [true, ''] });
  }

  /** @returns {T[]} */
  all() {
    return this.list.said ? this.of.rows(this.list.said) : [];
  }

  /** Those in which what is searched for is found. */
  found() {
    const plain = this.search.trim().toLowerCase();
    const { text } = this.of;
    return plain && text ? this.all().filter((one) => text(one).toLowerCase().includes(plain)) : this.all();
  }

  /** @param {string} [key] */
  row(key = this.cursor) {
    return this.all().find((one) => this.of.key(one) === key);
  }

  /** @param {string} key */
  nameOf(key) {
    const row = this.row(key);
    return row ? this.of.name(row) : key;
  }

  /** @param {string} key */
  pathOf(key) {
    return `${this.path}/${encodeURIComponent(key)}`;
  }

  /** @param {Ui} ui */
  enter(ui) {
    this.asked = null;
    this.again(ui);
  }

  /** The form follows what others write. @param {Ui} ui */
  async again(ui) {
    const row = (await this.list.load(ui)) && this.editing && this.row(this.editing);
    if (!row) return;
    this.form.follow(row);
    ui.draw();
  }

  /** @param {Ui} ui @param {string} key */
  point(ui, key) {
    this.cursor = key;
    ui.draw();
    document.querySelector(`.${this.id} tr[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  /** @param {Ui} ui @param {number} by */
  move(ui, by) {
    const keys = this.found().map(this.of.key);
    if (keys.length) this.point(ui, stepped(keys, this.cursor, by));
  }

  /** @param {Ui} ui @param {boolean} good @param {string} text */
  say(ui, good, text) {
    this.said = [good, text];
    ui.draw();
  }

  /**
   * `then` is done at Enter; any other key lets it be.
   * @param {Ui} ui @param {string} text @param {() => void} then
   */
  ask(ui, text, then) {
    this.asked = { text, then };
    this.point(ui, this.cursor); // on a button Enter would press that
  }

  /** What every list does; false where the key is the chapter's own. @param {Ui} ui @param {string} key */
  pressed(ui, key) {
    const { asked } = this;
    this.asked = null;
    if (asked && key === 'Enter') asked.then();
    else if (asked && key === 'Escape') this.say(ui, true, '');
    else if (key === 'Escape' && this.once) {
      this.once = null;
      this.point(ui, this.cursor);
    } else if (key === 'ArrowDown' || key === 'ArrowUp') this.move(ui, key === 'ArrowDown' ? 1 : -1);
    else if (key === '/') document.getElementById(`${this.id}-search`)?.focus();
    else if (key === 'Z') this.takeBack(ui);
    else return false;
    return true;
  }

  /**
   * Open a form, unless one is open that is not saved. `editing`: the row that it changes.
   * @param {Ui} ui @param {import('./form.js').Form} form @param {string} [editing]
   */
  open(ui, form, editing = '') {
    if (unsaved(ui, this.form)) return;
    Object.assign(this, { form, editing, once: null });
    ui.draw();
    form.focus();
  }

  /** Close the form. @param {Ui} ui */
  leave(ui) {
    Object.assign(this, { form: null, editing: '' });
    this.point(ui, this.cursor);
  }

  /** Show what is told once, unless a form is open that is not saved. @param {Ui} ui @param {object} told */
  tell(ui, told) {
    if (unsaved(ui, this.form)) return;
    Object.assign(this, { form: null, editing: '', once: told, said: [true, ''] });
    ui.draw();
    /** @type {HTMLElement} */ (document.querySelector('.once__copy'))?.focus();
  }

  /**
   * Send what is in the form. What the center has answered; null where it refuses, which the form says then.
   * @param {Ui} ui @param {string} method @param {string} path @param {object} body
   */
  async send(ui, method, path, body) {
    const { form } = this;
    form.busy = true;
    const answer = await answered(ui.feed.ask(method, path, body));
    form.busy = false;
    if (answer.said) await this.list.load(ui);
    else form.refuse(answer);
    ui.draw();
    return answer.said;
  }

  /**
   * Write what was changed in the form, with what was seen there (decision 145). `wire`: what is sent for
   * what stands in the fields, `seen` where that is what was there; else those that were changed, as is.
   * @param {Ui} ui @param {(fields: Record<string, any>, seen: boolean) => object} [wire]
   */
  async save(ui, wire) {
    const fields = this.form.changed();
    if (!fields.length) return this.leave(ui);
    const part = (/** @type {Record<string, any>} */ all) =>
      Object.fromEntries(fields.map((name) => [name, all[name]]));
    const of = wire ?? part;
    const body = { was: of(this.form.was, true), now: of(this.form.now, false) };
    const { editing } = this;
    const row = await this.send(ui, 'PATCH', this.pathOf(editing), body);
    if (!row) return undefined;
    this.#changed(editing, row, body);
    return this.leave(ui);
  }

  /**
   * Change what needs no form, or take a change back.
   * @param {Ui} ui @param {string} key @param {object} was @param {object} now
   */
  async change(ui, key, was, now) {
    const row = await this.order(ui, 'PATCH', this.pathOf(key), { was, now });
    if (!row) return;
    this.#changed(key, row, { was, now });
    ui.draw();
  }

  /**
   * Order what needs no form, then read the list again. What the center has answered; null where it refuses,
   * which is said then.
   * @param {Ui} ui @param {string} method @param {string} path @param {object} [body]
   */
  async order(ui, method, path, body) {
    const answer = await answered(ui.feed.ask(method, path, body));
    await this.list.load(ui);
    if (!answer.said) this.say(ui, false, why(answer.code, answer));
    return answer.said;
  }

  /** @param {string} key @param {any} row as it is written @param {{ was: object, now: object }} body */
  #changed(key, row, { was, now }) {
    const back = Object.fromEntries(Object.keys(now).map((name) => [name, row[name]]));
    this.undo = { key, was: back, now: was, untilMs: Date.now() + UNDO_MS };
    const name = this.of.name(row);
    this.said = [true, say`${name}: saved.`];
  }

  /** @param {Ui} ui */
  async takeBack(ui) {
    const { undo } = this;
    this.undo = null;
    if (!undo || Date.now() > undo.untilMs) return;
    await this.change(ui, undo.key, undo.was, undo.now);
    this.undo = null;
    if (this.said[0]) this.say(ui, true, say`Taken back.`);
  }
}
