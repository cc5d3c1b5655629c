// A link that brings the app onto a person's phone: made for one number, shown as a picture, on paper or sent
// by a text message; and those that are open, which can be revoked.

import { html, nothing } from '../../../vendor/lit.js';
import { picture } from '../../access/factors.js';
import { icon, word } from '../../shell/parts.js';
import { either } from '../../words/words.js';
import * as f from '../../words/format.js';
import { answered, why } from '../frame/faults.js';
import { Form, formPane } from '../frame/form.js';
import { Listed } from '../frame/listed.js';
import { once } from '../frame/once.js';
import { nameOf } from './fields.js';
import { rows } from './list.js';

/** @typedef {{ kind: 'invite', person: PersonRow, form: Form, made: InvitationMade | null }} Inviting */

const PATH = '/v1/admin/invitations';
const DAYS = [1, 3, 7, 14, 30];

/** @type {Listed<InvitationsView>} */
const list = new Listed(PATH);
/** What lies on paper, while it is printed. @type {{ name: string, made: InvitationMade } | null} */
let onPaper = null;

addEventListener('afterprint', () => {
  onPaper = null;
});

export const clear = () => list.clear();

/** What became of a text message is told while somebody looks. @param {Ui} ui */
export const again = (ui) => (rows.once?.kind === 'invite' ? list.load(ui) : undefined);

/** @param {PersonRow} person @returns {FormField[]} */
const fields = (person) => [
  {
    name: 'phone',
    label: () => either('Per il numero', 'For the number'),
    kind: 'select',
    choices: () => person.phones.map((one) => [one, f.phone(one)]),
  },
  {
    name: 'days',
    label: () => either('Vale', 'Good for'),
    kind: 'select',
    choices: () =>
      DAYS.map((one) => [
        String(one),
        one === 1 ? either('1 giorno', '1 day') : either(`${one} giorni`, `${one} days`),
      ]),
  },
  ...(list.said?.can_text
    ? [
        {
          name: 'text',
          label: () => either('Mandalo per SMS a questo numero', 'Send it to this number by text message'),
          kind: /** @type {const} */ ('check'),
        },
      ]
    : []),
];

/** @param {Ui} ui @param {PersonRow} person */
export async function open(ui, person) {
  await list.load(ui);
  const form = new Form('invite', fields(person), { phone: person.phones[0], days: '7', text: false });
  rows.tell(ui, { kind: 'invite', person, form, made: null });
  form.focus();
}

/** @param {Ui} ui */
async function make(ui) {
  const { form } = /** @type {Inviting} */ (rows.once);
  const { phone, days, text } = form.now;
  form.busy = true;
  const answer = await answered(
    ui.feed.ask('POST', PATH, { phone, days: Number(days), text: Boolean(text) }),
  );
  form.busy = false;
  if (answer.said) rows.once = { ...rows.once, made: answer.said };
  else form.refuse(answer);
  await list.load(ui);
  ui.draw();
  if (answer.said) /** @type {HTMLElement} */ (document.querySelector('.once__copy'))?.focus();
}

/** @param {Ui} ui @param {InvitationRow} one */
function revoke(ui, one) {
  const name = one.name || f.phone(one.phone);
  const question = either(`Ritiro l’invito di ${name}?`, `Revoke the invitation of ${name}?`);
  rows.ask(ui, question, async () => {
    const answer = await answered(ui.feed.ask('DELETE', `${PATH}/${encodeURIComponent(one.sign)}`));
    await list.load(ui);
    if (rows.once?.made?.row.sign === one.sign) rows.once = { ...rows.once, made: null };
    const done = either(`Invito di ${name} ritirato.`, `Invitation of ${name} revoked.`);
    rows.say(ui, Boolean(answer.said), answer.said ? done : why(answer.code));
  });
}

/** @param {Ui} ui */
function print(ui) {
  const { person, made } = /** @type {Inviting} */ (rows.once);
  onPaper = { name: nameOf(person), made };
  ui.draw();
  window.print();
}

/** `until 28 Nov 17:40`. @param {InvitationRow} one */
function until(one) {
  const us = Date.parse(one.until) * 1000;
  return `${either('fino al', 'until')} ${f.shortDay(us)} ${f.minute(us)}`;
}

/** @type {Record<string, Pair>} */
const CARRIED = {
  sent: ['SMS inviato', 'text message sent'],
  failed: ['SMS non inviato', 'text message not sent'],
  waits: ['il telefono non è raggiungibile', 'the phone cannot be reached'],
  delivered: ['SMS arrivato', 'text message has arrived'],
  undelivered: ['SMS non arrivato', 'text message has not arrived'],
};

/** How it goes to the person. @param {InvitationRow} one */
function how(one) {
  if (!one.text) return either('da consegnare', 'to be handed over');
  return one.carried
    ? either(...CARRIED[one.carried])
    : either('SMS in attesa di una linea', 'text message waits for a line');
}

/** Why a phone would not get there, or ''. @param {string} address */
function unfit(address) {
  const { protocol, hostname } = new URL(address);
  if (['localhost', '127.0.0.1', '[::1]'].includes(hostname))
    return either(
      'Questo indirizzo vale solo su questa macchina: imposta [http] public_url.',
      'This address is of this machine alone: set [http] public_url.',
    );
  return protocol === 'https:'
    ? ''
    : either(
        'Senza https il telefono non può tenere una chiave: serve un certificato.',
        'Without https a phone cannot keep a key: a certificate is needed.',
      );
}

/** @param {Ui} ui */
const openOnes = (ui) =>
  html`<section class="panel" aria-labelledby="invitations-h">
    <div class="panel__head">
      <h2 id="invitations-h">${either('Inviti aperti', 'Open invitations')}</h2>
      <span class="ink-2">${list.said?.invitations.length ?? nothing}</span>
    </div>
    <ul class="panel__body phones" tabindex="0">
      ${list.said?.invitations.map(
        (one) =>
          html`<li>
            <span
              ><b>${one.name || f.phone(one.phone)}</b> <span class="phone">${f.phone(one.phone)}</span
              ><br /><small class="ink-2">${how(one)}, ${until(one)}</small
            ></span><button class="btn" @click=${() => revoke(ui, one)}>
              <kbd>X</kbd>${either('Ritira', 'Revoke')}
            </button>
          </li>`,
      )}
    </ul>
  </section>`;

/** @param {Ui} ui @param {InvitationMade} made @param {string} name */
const told = (ui, made, name) =>
  html`<section class="panel" aria-labelledby="invited-h">
    <div class="panel__head"><h2 id="invited-h">${either('Invito per', 'Invitation for')} ${name}</h2></div>
    <div class="panel__body">
      ${picture(made.picture)}
      <p>
        ${either(
          `Si apre una volta, sul telefono con ${f.phone(made.row.phone)}, ${until(made.row)}.`,
          `Opens once, on the phone with ${f.phone(made.row.phone)}, ${until(made.row)}.`,
        )}
      </p>
      ${unfit(made.link) ? html`<p>${word('warn', unfit(made.link), 'ink-wait')}</p>` : nothing}
      ${once(made.link, () => ui.draw())}
      <p class="ink-2">${either('Qui non si rivede.', 'It is not shown again.')}</p>
      <div class="form__keys">
        <button class="btn" @click=${() => print(ui)}>
          <kbd>P</kbd>${icon('note')}${either('Stampa', 'Print')}</button
        ><button class="btn" @click=${() => ui.press('Escape')}><kbd>Esc</kbd>${either('Fatto', 'Done')}</button>
      </div>
    </div>
  </section>`;

/**
 * X is of the invitation that has the focus, P of the one that was made.
 * @param {Ui} ui @param {KeyboardEvent} e
 */
function keyed(ui, e) {
  const key = e.key.toUpperCase();
  const button = e.target instanceof Element && e.target.closest('li')?.querySelector('button');
  if (key === 'X' && button) button.click();
  else if (key === 'P' && /** @type {Inviting} */ (rows.once).made) print(ui);
  else return;
  e.stopPropagation();
}

/** @param {Ui} ui */
export function pane(ui) {
  const { person, form, made } = /** @type {Inviting} */ (rows.once);
  return html`<div class="once invite" @keydown=${(/** @type {KeyboardEvent} */ e) => keyed(ui, e)}>
    ${
      made
        ? told(ui, made, nameOf(person))
        : formPane(ui, form, {
            title: either(`Invita ${nameOf(person)}`, `Invite ${nameOf(person)}`),
            label: either('Crea l’invito', 'Make the invitation'),
            send: () => make(ui),
            leave: () => ui.press('Escape'),
          })
    }
    ${list.said?.invitations.length ? openOnes(ui) : nothing}
  </div>`;
}

/** What the printer gets; nothing on the screen. */
export function paper() {
  if (!onPaper) return nothing;
  const { name, made } = onPaper;
  return html`<article class="paper" aria-hidden="true">
    <header><b>securWoman</b><span>${name}</span><span>${f.phone(made.row.phone)}</span></header>
    <h1>${either('Inquadra con il telefono', 'Scan with the phone')}</h1>
    ${picture(made.picture)}
    <p>${made.link}</p>
    <footer>
      ${either('Si apre una volta,', 'Opens once,')} ${until(made.row)}.
    </footer>
  </article>`;
}
