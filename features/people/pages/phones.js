// The enrolled phones of a person: each phone's number and last use; revoking a phone.

import { html, nothing } from '../../vendor/lit.js';
import * as f from '../../js/words/format.js';
import { phrase, say } from '../../js/words/words.js';
import { nameOf, read, rows } from './list.js';

/** @typedef {{ kind: 'phones', person: PersonAnswer }} Phones */

/** Open the phones of a person. @param {Ui} ui @param {string} id */
export async function open(ui, id) {
  const person = await read(ui, id);
  if (person) rows.showSide(ui, { kind: 'phones', person });
}

/**
 * Revoke a phone after a question: its signatures are then invalid.
 * @param {Ui} ui @param {PersonAnswer} person @param {PhoneRow} phone
 */
function revoke(ui, person, phone) {
  const name = phone.name || phone.device;
  const path = `${rows.pathOf(person.id)}/devices/${encodeURIComponent(phone.device)}`;
  rows.ask(ui, say`${name}: revoke? Alerts from there are not signed any more.`, async () => {
    const data = await rows.request(ui, 'DELETE', path);
    if (!data) return;
    rows.side = { kind: 'phones', person: data };
    rows.showResult(ui, true, say`${name}: revoked.`);
  });
}

/** @type {Record<string, Phrase>} */
const PROVED = {
  code: phrase` by a code by text message`,
  text: phrase` by an invitation by text message`,
  staff: phrase` by an invitation handed over`,
};

/** Return how the number was proved, in words; nothing if that was not stored. @param {PhoneRow} phone */
const proved = ({ proved_by }) => PROVED[proved_by]();

/** @type {Record<string, Phrase>} */
const DIFFERENCES = {
  enrolled: phrase` Added without the right PIN: to the app it looks verified, and it proves nothing.`,
  revoked: phrase` Ended without the right PIN: to the app it looks revoked, and it still proves the number.`,
};

/** Render the difference between the phone's state and the app's display. @param {PhoneRow} phone */
const difference = ({ seeming }) => (seeming ? html`<b>${DIFFERENCES[seeming]()}</b>` : nothing);

/** Return the day of a moment. @param {string} moment */
const day = (moment) => f.day(Date.parse(moment) * 1000);

/**
 * Return the interval of the phone's automatic checks, and the day of the last check, in words.
 * @param {PhoneRow} phone
 */
function checksText({ checked_on, check_days }) {
  if (!checked_on) return '';
  const often = {
    0: say`never by itself`,
    1: say`by itself each day`,
    7: say`by itself each week`,
  };
  return say`; checked on ${day(checked_on)}, ${often[check_days] ?? ''}`;
}

/** Render the phones. @param {Ui} ui */
export function pane(ui) {
  const { person } = /** @type {Phones} */ (rows.side);
  return html`<section class="panel once" aria-labelledby="phones-h">
    <div class="panel__head">
      <h2 id="phones-h">${say`Phones of`} ${nameOf(person)}</h2>
    </div>
    <div class="panel__body">
      ${person.devices.length ? nothing : html`<p class="empty">${say`None is enrolled`}</p>`}
      <ul class="phones">
        ${person.devices.map(
          (phone) =>
            html`<li>
              <span
                ><b>${phone.name || phone.device}</b> <span class="phone">${f.phone(phone.phone)}</span
                ><br /><small class="ink-2"
                  >${say`enrolled on`} ${day(phone.enrolled_at)}${proved(phone)},
                  ${
                    phone.last_alert_at ? say`last alert on ${day(phone.last_alert_at)}` : say`no alert yet`
                  }${checksText(phone)}${difference(phone)}</small
                ></span
              ><button class="btn" @click=${() => revoke(ui, person, phone)}>
                ${say`Revoke`}
              </button>
            </li>`,
        )}
      </ul>
      <button class="btn" @click=${() => ui.press('Escape')}><kbd>Esc</kbd>${say`Back`}</button>
    </div>
  </section>`;
}
