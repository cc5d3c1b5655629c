// A link that brings the app onto a person's phone: made for one number, shown, printed or sent by a text
// message; and those that are open, which can be revoked.

import { html, nothing } from '../../../vendor/lit.js';
import { say } from '../../../js/words/words.js';
import * as f from '../../../js/words/format.js';
import { answered, why } from '../../../js/admin/frame/faults.js';
import { Form, formPane } from '../../../js/admin/frame/form.js';
import { Listed } from '../../../js/admin/frame/listed.js';
import { nameOf } from './fields.js';
import { openOnes, print, told } from './invited.js';
import { rows } from './list.js';

/** @typedef {{ kind: 'invite', person: PersonRow, form: Form, made: InvitationMade | null }} Inviting */

const PATH = '/v1/admin/invitations';
const DAYS = [1, 3, 7, 14, 30];

/** @type {Listed<InvitationsView>} */
const list = new Listed(PATH);
export const clear = () => list.clear();

/** What became of a text message is told while somebody looks. @param {Ui} ui */
export const again = (ui) => (rows.once?.kind === 'invite' ? list.load(ui) : undefined);

/** @param {PersonRow} person @returns {FormField[]} */
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
  ...(list.said?.can_text
    ? [
        {
          name: 'text',
          label: () => say`Send it to this number by text message`,
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
  const question = say`Revoke the invitation of ${name}?`;
  rows.ask(ui, question, async () => {
    const answer = await answered(ui.feed.ask('DELETE', `${PATH}/${encodeURIComponent(one.sign)}`));
    await list.load(ui);
    if (rows.once?.made?.row.sign === one.sign) rows.once = { ...rows.once, made: null };
    const done = say`Invitation of ${name} revoked.`;
    rows.say(ui, Boolean(answer.said), answer.said ? done : why(answer.code));
  });
}

/**
 * X is of the invitation that has the focus, P of the one that was made.
 * @param {Ui} ui @param {KeyboardEvent} e
 */
function keyed(ui, e) {
  const { made } = /** @type {Inviting} */ (rows.once);
  const key = e.key.toUpperCase();
  const button = e.target instanceof Element && e.target.closest('li')?.querySelector('button');
  if (key === 'X' && button) button.click();
  else if (key === 'P' && made) print(ui, made);
  else return;
  e.stopPropagation();
}

/** @param {Ui} ui */
export function pane(ui) {
  const { person, form, made } = /** @type {Inviting} */ (rows.once);
  const listed = list.said?.invitations ?? [];
  return html`<div class="once invite" @keydown=${(/** @type {KeyboardEvent} */ e) => keyed(ui, e)}>
    ${
      made
        ? told(ui, made, nameOf(person))
        : formPane(ui, form, {
            title: say`Invite ${nameOf(person)}`,
            label: say`Make the invitation`,
            send: () => make(ui),
            leave: () => ui.press('Escape'),
          })
    }
    ${listed.length ? openOnes(listed, (one) => revoke(ui, one)) : nothing}
  </div>`;
}
