// The very first sign-on: the user with the link that the installation printed enters a name and a telephone
// number, and becomes the first admin. The page then continues as after a sign-on link: a password or
// passkey, then the list of what is missing.

import { html, nothing } from '../../vendor/lit.js';
import { answerOf, why } from '../admin/frame/faults.js';
import * as sound from '../sound/sound.js';
import { language, say } from '../words/words.js';
import { languageButton } from './appearance.js';
import { icon } from './parts.js';

let code = ''; // the code of the link
let fault = '';
let at = ''; // the name of the invalid field
let busy = false;
let continues = false; // the first admin is on the way to the list of what is missing

/** Keep the code of the installation's link. @param {string} given */
export const keepLinkCode = (given) => {
  code = given;
};

/** Return true while the page has the code of the installation's link. */
export const hasLinkCode = () => Boolean(code);

/**
 * Return true once, when the first admin has a password or passkey: the page then opens the list of what is
 * missing.
 * @param {Ui} ui
 */
export function opensMissingList(ui) {
  if (ui.feed.me) code = fault = at = '';
  if (!continues || !ui.feed.me || ui.feed.signedOn?.way === 'recovery') return false;
  continues = false;
  return true;
}

/** Return the field's name: the last part of the path. @param {string} path */
const nameOf = (path) => path.split('.').pop();

/**
 * Create the first admin, then sign on with the code that the center returns.
 * @param {Ui} ui @param {SubmitEvent} e
 */
async function submit(ui, e) {
  e.preventDefault();
  if (busy) return;
  const form = /** @type {HTMLFormElement} */ (e.target);
  const given = new FormData(form);
  busy = true;
  ui.draw();
  sound.unlock();
  const body = {
    code,
    name: String(given.get('name')).trim(),
    phone: String(given.get('phone')).trim(),
    language: language(),
  };
  const { data, code: reason, path } = await answerOf(ui.feed.request('POST', '/v1/first-admin', body));
  if (data) {
    continues = true;
    await ui.feed.signOn({ token: data.code });
    // This form stays until the console is shown: another form in between could be typed into.
    if (ui.feed.signOnFault) code = '';
  }
  busy = false;
  if (data) return ui.draw();
  at = nameOf(path);
  fault =
    reason === 'firstLink' || reason === 'notDone'
      ? say`This link is not good any more. On the machine scripts/install prints another.`
      : why(reason);
  ui.draw();
  return (form.querySelector(`[name="${at}"]`) ?? form.querySelector('input')).focus();
}

/** @param {string} name */
const invalid = (name) => (fault && at === name ? 'true' : nothing);

/** Render the form of the first sign-on. @param {Ui} ui */
export const firstSignOnForm = (ui) =>
  html`<main class="gate">
    <form class="gate__card" aria-labelledby="first-h" @submit=${(e) => submit(ui, e)}>
      <h1 id="first-h">${icon('mark')}${say`Welcome to securWoman`}</h1>
      <p>
        ${say`The centre is installed. Whoever gives a name here becomes its first admin.`}
      </p>
      <label
        >${say`First and last name`}<input
          name="name"
          autocomplete="name"
          maxlength="100"
          required
          autofocus
          aria-invalid=${invalid('name')}
          aria-describedby=${fault ? 'first-fault' : nothing}
      /></label>
      <label
        >${say`Telephone, where the centre calls you`}<input
          name="phone"
          type="tel"
          autocomplete="tel"
          placeholder="+39 …"
          maxlength="40"
          required
          aria-invalid=${invalid('phone')}
          aria-describedby=${fault ? 'first-fault' : nothing}
      /></label>
      ${
        fault
          ? html`<p id="first-fault" class="word ink-bad gate__fault" role="alert">
              ${icon('warn')}<span>${fault}</span>
            </p>`
          : nothing
      }
      <button class="act act--step" data-tone="primary" aria-disabled=${busy ? 'true' : nothing}>
        <kbd>${say`Enter`}</kbd><b>${say`Go on`}</b
        ><small>${say`Then you choose a password or passkey`}</small>
      </button>
      <div class="gate__more">
        ${languageButton(ui.draw)}
      </div>
    </form>
  </main>`;
