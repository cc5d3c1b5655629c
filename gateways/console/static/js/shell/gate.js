// Signing on: by name and password, or by a token. What the center answers is said in words; nothing is kept
// here.

import { html, nothing, ref } from '../../vendor/lit.js';
import * as sound from '../sound/sound.js';
import { switchLanguage } from './looks.js';
import { icon } from './parts.js';
import { either, isEnglish, t } from '../words/words.js';

let byToken = false;
let busy = false;
let waited = false; // one had to wait, and no longer has
let ticking = null;

const FAULTS = {
  sessionEnded: () =>
    either(
      'La sessione è finita. Accedi di nuovo: le chiamate vanno avanti.',
      'Your session has ended. Sign on again: the calls go on.',
    ),
  tokenWrong: () => either('Nessun operatore ha questo codice.', 'No operator has this token.'),
  passwordWrong: () => either('Nome o password non corretti.', 'The name or the password is wrong.'),
  noCentre: () => t('noCentre'),
  tooOften: () =>
    byToken
      ? either('Troppi tentativi sbagliati.', 'Too many wrong tries.')
      : either(
          'Troppi tentativi sbagliati. Aspetta, oppure usa il tuo codice personale.',
          'Too many wrong tries. Wait, or use your token.',
        ),
};

/** @param {Feed} feed */
const leftS = (feed) => Math.max(0, Math.ceil((feed.signOnAgainMs - Date.now()) / 1000));

/** @param {Ui} ui */
export function gate(ui) {
  const { feed } = ui;
  if (feed.link === 'starting')
    return html`<main class="gate"><p class="ink-2" role="status">securWoman</p></main>`;
  const wait = leftS(feed);
  if (wait > 0) {
    waited = true;
    ticking ??= setTimeout(() => {
      ticking = null;
      ui.draw();
    }, 250);
  }
  const fault = feed.signOnFault === 'tooOften' && wait === 0 ? '' : feed.signOnFault;
  const why =
    wait > 0
      ? either(`Di nuovo tra ${wait} s`, `Again in ${wait} s`)
      : busy
        ? either('Un momento…', 'One moment…')
        : '';
  return html`<main class="gate">
    <form class="gate__card" aria-labelledby="gate-h" @submit=${(e) => submitted(ui, e)}>
      <h1 id="gate-h">${icon('mark')}${t('signOn')}</h1>
      <p>
        ${
          byToken
            ? t('signOnText')
            : either(
                'Nome e password. Chi amministra il centro te li ha dati.',
                'Your name and password, as the centre’s administrator gave them to you.',
              )
        }
      </p>
      ${byToken ? tokenFields(fault) : passwordFields(fault)}
      ${
        fault
          ? html`<p id="gate-fault" class="word ink-bad gate__fault" role="alert">
              ${icon('warn')}<span>${FAULTS[fault]()}</span>
            </p>`
          : waited && wait === 0
            ? html`<p role="status">${either('Ora puoi riprovare.', 'You can try again now.')}</p>`
            : nothing
      }
      <button class="act act--step" data-tone=${why ? '' : 'primary'} aria-disabled=${why ? 'true' : nothing}>
        <kbd>${t('enter')}</kbd
        ><b>${t('signOn')}</b>${why ? html`<small role="timer">${why}</small>` : nothing}
      </button>
      <div class="gate__more">
        <button type="button" data-other class="btn" @click=${() => other(ui)}>
          ${icon(byToken ? 'user' : 'copy')}${
            byToken
              ? either('Usa nome e password', 'Use name and password')
              : either('Usa il codice personale', 'Use a token instead')
          }
        </button>
        <button
          type="button"
          class="btn"
          lang=${isEnglish() ? 'it' : 'en'}
          @click=${() => switchLanguage(ui.draw)}>
          ${icon('voice')}${either('English', 'Italiano')}
        </button>
      </div>
    </form>
  </main>`;
}

let known = null;
/** Where to type, as soon as it is there. `autofocus` works once in a page. @param {HTMLElement} element */
function first(element) {
  if (element && element !== known) queueMicrotask(() => element.focus());
  known = element ?? null;
}

/** @param {string} fault */
const described = (fault) => (fault ? 'gate-fault' : nothing);
/** @param {string} fault */
const invalid = (fault) => (fault === 'tokenWrong' || fault === 'passwordWrong' ? 'true' : nothing);

/** @param {string} fault */
function passwordFields(fault) {
  return html`<label
      >${either('Nome', 'Name')}<input
        name="operator"
        autocomplete="username"
        autocapitalize="none"
        spellcheck="false"
        maxlength="200"
        required
        ${ref(first)}
        aria-invalid=${invalid(fault)}
        aria-describedby=${described(fault)}
    /></label>
    <label
      >${either('Password', 'Password')}<input
        name="password"
        type="password"
        autocomplete="current-password"
        maxlength="512"
        required
        aria-invalid=${invalid(fault)}
        aria-describedby=${described(fault)}
    /></label>`;
}

/** @param {string} fault */
function tokenFields(fault) {
  return html`<label
    >${t('token')}<input
      name="token"
      type="password"
      autocomplete="off"
      maxlength="512"
      required
      aria-invalid=${invalid(fault)}
      aria-describedby=${described(fault)}
  /></label>`;
}

/** @param {Ui} ui */
function other(ui) {
  byToken = !byToken;
  ui.feed.forgetFault();
  ui.draw();
  document.querySelector('.gate input')?.focus();
}

/** @param {Ui} ui @param {SubmitEvent} e */
async function submitted(ui, e) {
  e.preventDefault();
  const form = /** @type {HTMLFormElement} */ (e.target);
  if (busy || (leftS(ui.feed) > 0 && !byToken)) return;
  const given = new FormData(form);
  busy = true;
  waited = false;
  ui.draw();
  sound.unlock();
  await ui.feed.signOn(
    byToken
      ? { token: given.get('token').trim() }
      : { operator: given.get('operator').trim(), password: given.get('password') },
  );
  busy = false;
  if (ui.feed.signOnFault) form.querySelector('[type=password]')?.select();
  else {
    byToken = false;
    form.reset();
  }
  ui.draw();
}
