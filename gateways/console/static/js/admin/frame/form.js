// A form: label and field, what is wrong beside the field, Enter sends, Escape leaves and asks first where
// something was typed. What was typed stays while another place, or an alert, has the screen.

import { html, nothing } from '../../../vendor/lit.js';
import { icon, word } from '../../shell/parts.js';
import { say } from '../../words/words.js';
import { meanwhile, why } from './faults.js';

export class Form {
  /** @type {Record<string, string>} */
  faults = {}; // by field; of the whole form by ''
  busy = false;
  leaving = false; // Escape was pressed over what is not saved

  /**
   * `was` is what the fields hold: of one that is not there yet, what they begin with.
   * @param {string} id @param {FormField[]} fields @param {Record<string, any>} was
   */
  constructor(id, fields, was) {
    this.id = id;
    this.fields = fields;
    this.was = Object.fromEntries(fields.map(({ name }) => [name, was[name]]));
    this.now = { ...this.was };
  }

  /** The names of the fields in which something else was written. */
  changed() {
    return this.fields.map(({ name }) => name).filter((name) => this.now[name] !== this.was[name]);
  }

  /** What was left alone follows what others write. @param {Record<string, any>} row */
  follow(row) {
    const touched = this.changed();
    for (const { name } of this.fields)
      if (!touched.includes(name)) this.now[name] = this.was[name] = row[name];
  }

  /**
   * What the center has found wrong.
   * @param {{ code: string, path: string, isNow: string, reason?: string }} said
   */
  refuse({ code, path, isNow, reason }) {
    const name = this.fields.length === 1 ? this.fields[0].name : path.split('.').pop();
    const known = this.fields.some((field) => field.name === name);
    this.faults = { [known ? name : '']: isNow ? meanwhile(isNow) : why(code, { path, reason }) };
    if (known && isNow) this.was[name] = isNow; // it was seen: sent again it is meant
    this.focus(known ? name : this.fields[0].name);
  }

  /** Whether everything that is needed is there; says so where it is not. */
  complete() {
    const empty = this.fields.find((field) => field.needed && !String(this.now[field.name] ?? '').trim());
    this.faults = empty ? { [empty.name]: why('needed') } : {};
    if (empty) this.focus(empty.name);
    return !empty;
  }

  /** After it is drawn. @param {string} [name] */
  focus(name = this.fields[0].name) {
    document.getElementById(`${this.id}-${name}`)?.focus();
  }
}

/**
 * Whether something is not saved; then it is shown and said, and nothing is to take its place.
 * @param {Ui} ui @param {Form} form
 */
export function unsaved(ui, form) {
  if (!form?.changed().length) return false;
  form.leaving = true;
  ui.draw();
  form.focus();
  return true;
}

/**
 * `send` and `leave` are called once it is time; `label`: what Enter does; `lead`: what to know before.
 * @param {Ui} ui @param {Form} form
 * @param {{ title: string, label: string, send: () => void, leave: () => void, lead?: any }} on
 */
export function formPane(ui, form, { title, label, send, leave, lead }) {
  const submit = (/** @type {Event} */ e) => {
    e.preventDefault();
    if (!form.busy && form.complete()) send();
    ui.draw();
  };
  const away = () => {
    if (form.changed().length && !form.leaving) form.leaving = true;
    else leave();
    ui.draw();
  };
  /** @param {KeyboardEvent} e */
  const keyed = (e) => {
    e.stopPropagation(); // no key within a form is a command, on its buttons neither
    if (e.key === 'Escape') away();
    else if (e.key === 'Enter' && !(e.target instanceof HTMLButtonElement || newLine(e))) submit(e);
  };
  return html`<form
    class="panel form"
    novalidate
    aria-labelledby="${form.id}-h"
    @submit=${submit}
    @keydown=${keyed}>
    <div class="panel__head"><h2 id="${form.id}-h">${title}</h2></div>
    <div class="panel__body">
      ${lead ?? nothing} ${form.fields.map((field) => fieldPane(ui, form, field))}
      ${
        form.faults['']
          ? html`<p role="alert">${word('warn', form.faults[''], 'ink-bad')}</p>`
          : form.leaving
            ? html`<p role="alert">
                ${word('warn', say`Not saved: Esc leaves, Enter saves.`, 'ink-wait')}
              </p>`
            : nothing
      }
      <div class="form__keys">
        <button class="btn" aria-disabled=${form.busy ? 'true' : nothing}>
          <kbd>${say`Enter`}</kbd>${label}</button
        ><button type="button" class="btn" @click=${away}><kbd>Esc</kbd>${say`Leave`}</button>
      </div>
    </div>
  </form>`;
}

/** Within several lines Shift and Enter begin another one. @param {KeyboardEvent} e */
const newLine = (e) => e.shiftKey && e.target instanceof HTMLTextAreaElement;

/**
 * What can be chosen: also what is there and is none of it.
 * @param {FormField} field @param {string} value
 */
function offered(field, value) {
  const choices = field.choices();
  return choices.some(([key]) => key === value) ? choices : [...choices, [value, value]];
}

/** @param {Ui} ui @param {Form} form @param {FormField} field */
function fieldPane(ui, form, field) {
  const id = `${form.id}-${field.name}`;
  const fault = form.faults[field.name];
  const put = (/** @type {any} */ value) => {
    form.now[field.name] = value;
    form.leaving = false;
    delete form.faults[field.name];
  };
  const invalid = fault ? 'true' : nothing;
  const described = fault ? `${id}-fault` : nothing;
  const value = form.now[field.name];
  const input =
    {
      select: () =>
        html`<select
        id=${id}
        aria-invalid=${invalid}
        aria-describedby=${described}
        @change=${(e) => put(e.target.value)}>
        ${offered(field, value).map(
          ([key, text]) => html`<option value=${key} .selected=${key === value}>${text}</option>`,
        )}
      </select>`,
      check: () =>
        html`<input
        id=${id}
        type="checkbox"
        .checked=${Boolean(value)}
        @change=${(e) => put(e.target.checked)} />`,
      area: () =>
        html`<textarea
        id=${id}
        rows="4"
        spellcheck="false"
        maxlength=${field.max}
        aria-invalid=${invalid}
        aria-describedby=${described}
        .value=${value ?? ''}
        @input=${(e) => put(e.target.value)}></textarea>`,
    }[field.kind] ??
    (() =>
      html`<input
      id=${id}
      type=${field.kind}
      autocomplete="off"
      spellcheck="false"
      maxlength=${field.max}
      aria-required=${field.needed ? 'true' : nothing}
      aria-invalid=${invalid}
      aria-describedby=${described}
      .value=${value ?? ''}
      @input=${(e) => put(e.target.value)} />`);
  return html`<div class="form__field" data-kind=${field.kind}>
    <label for=${id}>${field.label()}</label>${input()}${
      fault
        ? html`<small id="${id}-fault" class="ink-bad" role="alert">${icon('warn')}${fault}</small>`
        : nothing
    }
  </div>`;
}
