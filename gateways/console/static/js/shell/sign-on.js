// The sign-on form: name and password, with the code of an app if the center requests one; a passkey; a
// token. The form shows the center's answer in words; this module stores nothing.

import { html, nothing, ref } from '../../vendor/lit.js';
import * as passkeys from '../access/passkeys.js';
import * as sound from '../sound/sound.js';
import { inWords } from './sign-on-faults.js';
import { languageButton } from './appearance.js';
import { icon } from './parts.js';
import { say } from '../words/words.js';

let byToken = false;
let busy = false;
let waited = false; // a wait was imposed, and has ended
let ticking = null;

/** Return the seconds until the next attempt is allowed. @param {Feed} feed */
const secondsLeft = (feed) => Math.max(0, Math.ceil((feed.signOnAgainMs - Date.now()) / 1000));

/** Faults that end with their wait. */
const WAIT_FAULTS = ['tooOften', 'many_at_once'];

/** Render the sign-on form. @param {Ui} ui */
export function signOnForm(ui) {
  const { feed } = ui;
  if (feed.link === 'starting')
    return html`<main class="gate"><p class="ink-2" role="status">securWoman</p></main>`;
  const wait = secondsLeft(feed);
  if (wait > 0) {
    waited = true;
    ticking ??= setTimeout(() => {
      ticking = null;
      ui.draw();
    }, 250);
  }
  const fault = WAIT_FAULTS.includes(feed.signOnFault) && wait === 0 ? '' : feed.signOnFault;
  const why = wait > 0 ? say`Again in ${wait} s` : busy ? say`One moment…` : '';
  return html`<main class="gate">
    <form class="gate__card" aria-labelledby="gate-h" @submit=${(e) => submit(ui, e)}>
      <h1 id="gate-h">${icon('mark')}${say`Sign on`}</h1>
      ${
        codeRequired(fault)
          ? nothing
          : html`<p>
              ${
                byToken
                  ? say`Paste your personal token. The centre’s administrator gives it to you.`
                  : say`Your name and password, as the centre’s administrator gave them to you.`
              }
            </p>`
      }
      ${byToken ? tokenFields(fault) : passwordFields(fault)}
      ${codeRequired(fault) ? codeField(fault) : nothing}
      ${
        fault
          ? html`<p
              id="gate-fault"
              class="word ${isNextStep(fault) ? 'ink-wait' : 'ink-bad gate__fault'}"
              role="alert">
              ${icon(isNextStep(fault) ? 'shield' : 'warn')}<span>${inWords(fault, byToken)}</span>
            </p>`
          : waited && wait === 0
            ? html`<p role="status">${say`You can try again now.`}</p>`
            : nothing
      }
      <button class="act act--step" data-tone=${why ? '' : 'primary'} aria-disabled=${why ? 'true' : nothing}>
        <kbd>${say`Enter`}</kbd
        ><b>${say`Sign on`}</b>${why ? html`<small role="timer">${why}</small>` : nothing}
      </button>
      <div class="gate__more">
        <button type="button" data-passkey class="btn" @click=${() => byPasskey(ui)}>
          ${icon('shield')}${say`Use a passkey`}
        </button>
        <button type="button" data-other class="btn" @click=${() => switchMethod(ui)}>
          ${icon(byToken ? 'user' : 'copy')}${byToken ? say`Use name and password` : say`Use a token instead`}
        </button>
        ${languageButton(ui.draw)}
      </div>
    </form>
  </main>`;
}

let known = null;
/**
 * Focus the first field as soon as it is rendered: `autofocus` works once in a page.
 * @param {HTMLElement} element
 */
function focusOnce(element) {
  if (element && element !== known) queueMicrotask(() => element.focus());
  known = element ?? null;
}

/** @param {string} fault */
const described = (fault) => (fault ? 'gate-fault' : nothing);
/** @param {string} fault */
const invalid = (fault) => (fault === 'tokenWrong' || fault === 'passwordWrong' ? 'true' : nothing);
/** Return true if the center requests the code of an app. @param {string} fault */
const codeRequired = (fault) => !byToken && (fault === 'code_needed' || fault === 'code_wrong');
/** Return true if nothing is wrong and the center requests one more entry. @param {string} fault */
const isNextStep = (fault) => ['code_needed', 'passkey_needed', 'name_shared'].includes(fault);

/** Render the fields for name and password. @param {string} fault */
function passwordFields(fault) {
  return html`<label
      >${say`Name`}<input
        name="operator"
        autocomplete="username"
        autocapitalize="none"
        spellcheck="false"
        maxlength="200"
        required
        ${ref(focusOnce)}
        aria-invalid=${invalid(fault)}
        aria-describedby=${described(fault)}
    /></label>
    <label
      >${say`Password`}<input
        name="password"
        type="password"
        autocomplete="current-password"
        maxlength="512"
        required
        aria-invalid=${invalid(fault)}
        aria-describedby=${described(fault)}
    /></label>`;
}

/** Render the field for a token. @param {string} fault */
function tokenFields(fault) {
  return html`<label
    >${say`Personal token`}<input
      name="token"
      type="password"
      autocomplete="off"
      maxlength="512"
      required
      aria-invalid=${invalid(fault)}
      aria-describedby=${described(fault)}
  /></label>`;
}

/** Render the field for the code of an app. @param {string} fault */
function codeField(fault) {
  return html`<label
    >${say`6-digit code`}<input
      name="code"
      inputmode="numeric"
      autocomplete="one-time-code"
      maxlength="7"
      required
      aria-invalid=${fault === 'code_wrong' ? 'true' : nothing}
      aria-describedby="gate-fault"
  /></label>`;
}

/** Sign on with a passkey. @param {Ui} ui */
async function byPasskey(ui) {
  const { feed } = ui;
  if (busy) return;
  busy = true;
  ui.draw();
  sound.unlock();
  const answer = await feed.read('/v1/console/session/challenge').catch(() => null);
  const options = await answer?.json().catch(() => null);
  const passkey = answer?.ok && passkeys.isSupported() ? await passkeys.sign(options) : null;
  if (passkey) await feed.signOn({ passkey });
  else
    feed.setSignOnFault(
      !answer
        ? 'noCentre'
        : !answer.ok
          ? options?.code || 'noCentre'
          : passkeys.isSupported()
            ? 'passkey_none'
            : 'no_passkeys_known',
    );
  busy = false;
  ui.draw();
}

/** Switch between password and token. @param {Ui} ui */
function switchMethod(ui) {
  byToken = !byToken;
  ui.feed.clearSignOnFault();
  ui.draw();
  document.querySelector('.gate input')?.focus();
}

/** Sign on with the fields of the form. @param {Ui} ui @param {SubmitEvent} e */
async function submit(ui, e) {
  e.preventDefault();
  const form = /** @type {HTMLFormElement} */ (e.target);
  if (busy || (secondsLeft(ui.feed) > 0 && !byToken)) return;
  const given = new FormData(form);
  busy = true;
  waited = false;
  ui.draw();
  sound.unlock();
  await ui.feed.signOn(
    byToken
      ? { token: given.get('token').trim() }
      : {
          operator: given.get('operator').trim(),
          password: given.get('password'),
          ...(given.get('code') ? { code: given.get('code') } : {}),
        },
  );
  busy = false;
  ui.draw();
  const { signOnFault: fault } = ui.feed;
  if (fault === 'passkey_needed') form.querySelector('[data-passkey]').focus();
  else if (codeRequired(fault)) form.querySelector('[name=code]').select();
  else if (fault === 'name_shared') form.querySelector('[name=operator]').select();
  else if (fault) form.querySelector('[type=password]')?.select();
  else {
    byToken = false;
    form.reset();
  }
  ui.draw();
}
