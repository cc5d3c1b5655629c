// A form: labels and fields, each fault beside its field. Enter sends; Escape leaves, and asks first if there
// are changes. Typed text stays while another place, or an alert, has the screen.

import { html, nothing } from '../../../vendor/lit.js';
import { icon, word } from '../../shell/parts.js';
import { say } from '../../words/words.js';
import { meanwhile, why } from './faults.js';

export class Form {
  /** @type {Record<string, string>} */
  faults = {}; // by field; '' for the whole form
  busy = false;
  leaving = false; // Escape was pressed with unsaved changes

  /**
   * `was`: the stored values of the fields; for a new row, the initial values.
   * @param {string} id @param {FormField[]} fields @param {Record<string, any>} was
   */
  constructor(id, fields, was) {
    this.id = id;
    this.fields = fields;
    this.was = Object.fromEntries(fields.map(({ name }) => [name, was[name]]));
    this.now = { ...this.was };
  }

  /** Return the names of the changed fields. */
  changed() {
    return this.fields.map(({ name }) => name).filter((name) => this.now[name] !== this.was[name]);
  }

  /** Update the unchanged fields to the stored row. @param {Record<string, any>} row */
  follow(row) {
    const touched = this.changed();
    for (const { name } of this.fields)
      if (!touched.includes(name)) this.now[name] = this.was[name] = row[name];
  }

  /**
   * Show the center's refusal at the field.
   * @param {{ code: string, path: string, isNow: string, reason?: string }} said
   */
  refuse({ code, path, isNow, reason }) {
    const name = this.fields.length === 1 ? this.fields[0].name : path.split('.').pop();
    const known = this.fields.some((field) => field.name === name);
    this.faults = { [known ? name : '']: isNow ? meanwhile(isNow) : why(code, { path, reason }) };
    // The value of the other admin was seen: sent again, the change is intended..
    if (known && isNow) this.was[name] = isNow;
    this.focus(known ? name : this.fields[0].name);
  }

  /** Return true if all required fields are filled; else show the fault at the first empty field. */
  complete() {
    const empty = this.fields.find((field) => field.needed && !String(this.now[field.name] ?? '').trim());
    this.faults = empty ? { [empty.name]: why('needed') } : {};
    if (empty) this.focus(empty.name);
    return !empty;
  }

  /** Focus a field after the drawing. @param {string} [name] */
  focus(name = this.fields[0].name) {
    document.getElementById(`${this.id}-${name}`)?.focus();
  }
}

/**
 * Return true if the form has unsaved changes, and show them: nothing may replace the form.
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
 * Render a form. `send` and `leave` are called on Enter and Escape; `label`: the effect of Enter; `lead`: an
 * introduction.
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
  const onKey = (e) => {
    e.stopPropagation(); // a key within a form is never a command
    if (e.key === 'Escape') away();
    else if (e.key === 'Enter' && !(e.target instanceof HTMLButtonElement || newLine(e))) submit(e);
  };
  return html`<form
    class="panel form"
    novalidate
    aria-labelledby="${form.id}-h"
    @submit=${submit}
    @keydown=${onKey}>
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

/** Return true for Shift and Enter in a text area: they begin another line. @param {KeyboardEvent} e */
const newLine = (e) => e.shiftKey && e.target instanceof HTMLTextAreaElement;

/**
 * Return the choices of a field, including its present value.
 * @param {FormField} field @param {string} value
 */
function choicesOf(field, value) {
  const choices = field.choices();
  return choices.some(([key]) => key === value) ? choices : [...choices, [value, value]];
}

/** Render a field with its label and fault. @param {Ui} ui @param {Form} form @param {FormField} field */
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
        ${choicesOf(field, value).map(
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
