// Invitations: a link that installs the app on a person's phone, for one number, shown, printed or sent by
// text message; and the list of open invitations, which can be revoked.

import { html, nothing } from '../../vendor/lit.js';
import { answerOf, why } from '../../js/admin/frame/faults.js';
import { Form, formPane } from '../../js/admin/frame/form.js';
import { PolledList } from '../../js/admin/frame/polled-list.js';
import { secretField } from '../../js/admin/frame/secret-field.js';
import { icon, qr, word } from '../../js/shell/parts.js';
import * as f from '../../js/words/format.js';
import { phrase, say } from '../../js/words/words.js';
import { nameOf, rows } from './list.js';

/** Return the end of an invitation: `until 28 Nov 17:40`. @param {InvitationRow} one */
function until(one) {
  const us = Date.parse(one.until) * 1000;
  return `${say`until##day`} ${f.shortDay(us)} ${f.minute(us)}`;
}

/** @type {Record<string, Phrase>} */
const DELIVERY = {
  sent: phrase`text message sent`,
  failed: phrase`text message not sent`,
  waits: phrase`the phone cannot be reached`,
  delivered: phrase`text message has arrived`,
  undelivered: phrase`text message has not arrived`,
};

/** Return the delivery of an invitation in words. @param {InvitationRow} one */
function how(one) {
  if (!one.text) return say`to be handed over`;
  return one.carried ? DELIVERY[one.carried]() : say`text message waits for a line`;
}

/** Return why a phone could not open the address; an empty string if it can. @param {string} address */
function addressFault(address) {
  const { protocol, hostname } = new URL(address);
  if (['localhost', '127.0.0.1', '[::1]'].includes(hostname))
    return say`This address is of this machine alone: set [http] public_url.`;
  return protocol === 'https:' ? '' : say`Without https a phone cannot keep a key: a certificate is needed.`;
}

/** Render the open invitations. @param {Ui} ui @param {InvitationRow[]} listed */
const openInvitations = (ui, listed) =>
  html`<section class="panel" aria-labelledby="invitations-h">
    <div class="panel__head">
      <h2 id="invitations-h">${say`Open invitations`}</h2>
      <span class="ink-2">${listed.length}</span>
    </div>
    <ul class="panel__body phones" tabindex="0">
      ${listed.map(
        (one) =>
          html`<li>
            <span
              ><b>${one.name || f.phone(one.phone)}</b> <span class="phone">${f.phone(one.phone)}</span
              ><br /><small class="ink-2">${how(one)}, ${until(one)}</small
            ></span><button class="btn" @click=${() => revoke(ui, one)}>
              <kbd>X</kbd>${say`Revoke##invitation`}
            </button>
          </li>`,
      )}
    </ul>
  </section>`;

/**
 * Render a new invitation, which is shown once.
 * @param {Ui} ui @param {InvitationMade} made @param {string} name
 */
const newInvitation = (ui, made, name) =>
  html`<section class="panel" aria-labelledby="invited-h">
    <div class="panel__head"><h2 id="invited-h">${say`Invitation for`} ${name}</h2></div>
    <div class="panel__body">
      ${qr(made.picture)}
      <p>
        ${say`Opens once, on the phone with ${f.phone(made.row.phone)}, ${until(made.row)}.`}
      </p>
      ${addressFault(made.link) ? html`<p>${word('warn', addressFault(made.link), 'ink-wait')}</p>` : nothing}
      ${secretField(made.link, () => ui.draw())}
      <p class="ink-2">${say`It is not shown again.`}</p>
      <div class="form__keys">
        <button class="btn" @click=${() => print(ui, made)}>
          <kbd>P</kbd>${icon('note')}${say`Print`}</button
        ><button class="btn" @click=${() => ui.press('Escape')}>
          <kbd>Esc</kbd>${say`Done`}
        </button>
      </div>
    </div>
  </section>`;

/** The invitation that is being printed. @type {InvitationMade | null} */
let onPaper = null;

addEventListener('afterprint', () => {
  onPaper = null;
});

/** Print an invitation. @param {Ui} ui @param {InvitationMade} made */
function print(ui, made) {
  onPaper = made;
  ui.draw();
  window.print();
}

/** Render an invitation for the printer only. A lost paper must not identify the center or the person. */
export function printView() {
  if (!onPaper) return nothing;
  const { row, picture: dots, link } = onPaper;
  return html`<article class="paper" aria-hidden="true">
    <header><span>…${row.phone.slice(-4)}</span></header>
    <h1>${say`Scan with the phone`}</h1>
    ${qr(dots)}
    <p>${link}</p>
    <footer>${say`Opens once,`} ${until(row)}.</footer>
  </article>`;
}

/** @typedef {{ kind: 'invite', person: PersonRow, form: Form, made: InvitationMade | null }} Inviting */

const PATH = '/v1/admin/invitations';
const DAYS = [1, 3, 7, 14, 30];

/** @type {PolledList<InvitationsView>} */
const list = new PolledList(PATH);
export const clear = () => list.clear();

/**
 * Request the invitations again while they are shown: the delivery of text messages changes.
 * @param {Ui} ui
 */
export const again = (ui) => (rows.side?.kind === 'invite' ? list.load(ui) : undefined);

/** Return the fields of the form. @param {PersonRow} person @returns {FormField[]} */
const fields = (person) => [
  {
    name: 'phone',
    label: () => say`For the number`,
    kind: 'select',
    choices: () => person.phones.map((one) => [one, f.phone(one)]),
  },
  {
    name: 'days',
    label: () => say`Good for`,
    kind: 'select',
    choices: () => DAYS.map((one) => [String(one), one === 1 ? say`1 day` : say`${one} days`]),
  },
  ...(list.data?.can_text
    ? [
        {
          name: 'text',
          label: () => say`Send it to this number by text message`,
          kind: /** @type {const} */ ('check'),
        },
      ]
    : []),
];

/** Open the form for a person. @param {Ui} ui @param {PersonRow} person */
export async function open(ui, person) {
  await list.load(ui);
  const form = new Form('invite', fields(person), { phone: person.phones[0], days: '7', text: false });
  rows.showSide(ui, { kind: 'invite', person, form, made: null });
  form.focus();
}

/** Make the invitation of the open form. @param {Ui} ui */
async function make(ui) {
  const { form } = /** @type {Inviting} */ (rows.side);
  const { phone, days, text } = form.now;
  form.busy = true;
  const answer = await answerOf(
    ui.feed.request('POST', PATH, { phone, days: Number(days), text: Boolean(text) }),
  );
  form.busy = false;
  if (answer.data) rows.side = { ...rows.side, made: answer.data };
  else form.refuse(answer);
  await list.load(ui);
  ui.draw();
  if (answer.data) /** @type {HTMLElement} */ (document.querySelector('.once__copy'))?.focus();
}

/** Revoke an invitation after a question. @param {Ui} ui @param {InvitationRow} one */
function revoke(ui, one) {
  const name = one.name || f.phone(one.phone);
  const question = say`Revoke the invitation of ${name}?`;
  rows.ask(ui, question, async () => {
    const answer = await answerOf(ui.feed.request('DELETE', `${PATH}/${encodeURIComponent(one.sign)}`));
    await list.load(ui);
    if (rows.side?.made?.row.sign === one.sign) rows.side = { ...rows.side, made: null };
    const done = say`Invitation of ${name} revoked.`;
    rows.showResult(ui, Boolean(answer.data), answer.data ? done : why(answer.code));
  });
}

/**
 * Act on a key: X revokes the focused invitation, P prints the new invitation.
 * @param {Ui} ui @param {KeyboardEvent} e
 */
function handleKey(ui, e) {
  const { made } = /** @type {Inviting} */ (rows.side);
  const key = e.key.toUpperCase();
  const button = e.target instanceof Element && e.target.closest('li')?.querySelector('button');
  if (key === 'X' && button) button.click();
  else if (key === 'P' && made) print(ui, made);
  else return;
  e.stopPropagation();
}

/** Render the invitations. @param {Ui} ui */
export function pane(ui) {
  const { person, form, made } = /** @type {Inviting} */ (rows.side);
  const listed = list.data?.invitations ?? [];
  return html`<div class="once invite" @keydown=${(/** @type {KeyboardEvent} */ e) => handleKey(ui, e)}>
    ${
      made
        ? newInvitation(ui, made, nameOf(person))
        : formPane(ui, form, {
            title: say`Invite ${nameOf(person)}`,
            label: say`Make the invitation`,
            send: () => make(ui),
            leave: () => ui.press('Escape'),
          })
    }
    ${listed.length ? openInvitations(ui, listed) : nothing}
  </div>`;
}
