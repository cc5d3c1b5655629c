// A field to write a note or a message: the drafts, by alert, and their delivery to the center.

import { html, live, ref } from '../../../vendor/lit.js';
import { newId } from '../../link/feed.js';
import { isKeyAlone } from '../../steps/visible-keys.js';

/** A text field with a draft for each alert. */
export class Writing {
  /**
   * @param {{ key: string, most: number, sends: (e: KeyboardEvent) => boolean,
   *   send: (ui: Ui, alert: string, text: string, id: string) =>
   *     Promise<{ ok: boolean, reason?: string }> }} of
   * `sends` returns true for the key that sends the field. `id` is the same if a text is sent again.
   */
  constructor({ key, most, sends, send }) {
    this.key = key;
    this.most = most;
    this.sends = sends;
    this.send = send;
    /** @type {Map<string, string>} */
    this.drafts = new Map();
    this.last = { text: '', id: '' }; // sent without an answer: it may have arrived
    /** @type {HTMLElement} */
    this.element = null;
    this.shown = ref((element) => {
      this.element = element ?? null;
    });
  }

  /** Focus the field. */
  focus() {
    this.element?.focus();
  }

  /** Forget all drafts. */
  clear() {
    this.drafts.clear();
  }

  /** Render the field. @param {Ui} ui @param {string} alert @param {string} label @param {string} hint */
  field(ui, alert, label, hint) {
    return html`<label class="notefield"
      ><kbd>${this.key}</kbd
      ><textarea
        rows="1"
        maxlength=${this.most}
        placeholder=${hint ? `${label} · ${hint}` : label}
        aria-label=${label}
        .value=${live(this.drafts.get(alert) ?? '')}
        ${this.shown}
        @input=${(e) => this.drafts.set(alert, e.target.value)}
        @keydown=${(e) => this.#pressed(ui, e, alert)}></textarea>
    </label>`;
  }

  /** Handle a key in the field. @param {Ui} ui @param {string} alert */
  #pressed(ui, e, alert) {
    if (e.key === 'Escape') {
      e.preventDefault();
      e.target.blur();
    }
    if (this.sends(e)) {
      e.preventDefault();
      this.#send(ui, alert);
    }
    e.stopPropagation();
  }

  /**
   * Send the field. It keeps the focus: what is typed next is text, never a command.
   * @param {Ui} ui @param {string} alert
   */
  async #send(ui, alert) {
    const text = (this.drafts.get(alert) ?? '').trim();
    if (!text) return;
    this.drafts.delete(alert);
    if (isKeyAlone(text)) {
      ui.commands.refuseTyped(text.toUpperCase(), alert);
      return;
    }
    ui.draw();
    const id = this.last.text === `${alert} ${text}` ? this.last.id : newId();
    this.last = { text: `${alert} ${text}`, id };
    const answer = await this.send(ui, alert, text, id);
    if (answer.ok) {
      this.last = { text: '', id: '' };
      return;
    }
    // A text that the center did not accept is put back, before what was typed meanwhile.
    this.drafts.set(alert, [text, this.drafts.get(alert) ?? ''].filter(Boolean).join('\n'));
    ui.commands.refuse(this.key, alert, answer.reason);
  }
}
