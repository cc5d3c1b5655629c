// A field in which something is written about a case, or to its user: what is being written, by alert, and
// its way to the center.

import { html, live, ref } from '../../../vendor/lit.js';
import { newId } from '../../link/feed.js';
import { isKeyAlone } from '../../steps/visible-keys.js';

export class Writing {
  /**
   * @param {{ key: string, most: number, sends: (e: KeyboardEvent) => boolean,
   *   send: (ui: Ui, alert: string, text: string, id: string) =>
   *     Promise<{ ok: boolean, reason?: string }> }} of
   * `sends`: whether this key sends what is in the field. `id` is the same where the same is sent again.
   */
  constructor({ key, most, sends, send }) {
    this.key = key;
    this.most = most;
    this.sends = sends;
    this.send = send;
    /** @type {Map<string, string>} */
    this.drafts = new Map();
    this.last = { text: '', id: '' }; // what may have arrived, though no answer has
    /** @type {HTMLElement} */
    this.element = null;
    this.shown = ref((element) => {
      this.element = element ?? null;
    });
  }

  focus() {
    this.element?.focus();
  }

  clear() {
    this.drafts.clear();
  }

  /** @param {Ui} ui @param {string} alert @param {string} label @param {string} hint */
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

  /** @param {Ui} ui @param {string} alert */
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
   * The field keeps the focus: what is typed next is written, too, and never a command.
   * @param {Ui} ui @param {string} alert
   */
  async #send(ui, alert) {
    const text = (this.drafts.get(alert) ?? '').trim();
    if (!text) return;
    this.drafts.delete(alert);
    if (isKeyAlone(text)) {
      ui.orders.notWritten(text.toUpperCase(), alert);
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
    // What the center has not got is put back, before what was written meanwhile.
    this.drafts.set(alert, [text, this.drafts.get(alert) ?? ''].filter(Boolean).join('\n'));
    ui.orders.refuse(this.key, alert, answer.reason);
  }
}
