// The operator's passkeys and authenticator apps, with the forms that add another.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { icon, qr } from '../shell/parts.js';
import { say } from '../words/words.js';
import * as f from '../words/format.js';
import * as own from './own.js';
import * as passkeys from './passkeys.js';

const { state } = own;

/** Return a moment as a day and a time; a dash if there is none. @param {string} moment */
export const when = (moment) =>
  moment ? `${f.shortDay(Date.parse(moment) * 1000)} ${f.minute(Date.parse(moment) * 1000)}` : '—';

/**
 * Return the submitted form and its data, in place of the browser's own submission.
 * @param {SubmitEvent} e
 */
export function submitted(e) {
  e.preventDefault();
  return {
    form: /** @type {HTMLFormElement} */ (e.target),
    data: new FormData(/** @type {any} */ (e.target)),
  };
}

/** Render the passkeys and apps. @param {Ui} ui */
export function factors(ui) {
  const { own: mine, seed } = state;
  const app = mine.authenticators.some((one) => one.kind === 'totp');
  return html`<section class="panel">
    <div class="panel__head"><h2>${say`Passkeys and app`}</h2></div>
    <div class="panel__body">
      ${
        ui.feed.signedOn?.way === 'recovery' && mine.authenticators.length
          ? html`<p class="ink-wait">
              ${say`If the one that you lost is among these, remove it: its finder must not get in.`}
            </p>`
          : nothing
      }
      <ul class="access__list">
        ${repeat(
          mine.authenticators,
          (one) => one.id,
          (one) => factor(ui, one),
        )}
      </ul>
      ${
        mine.passkeys_of && passkeys.isSupported()
          ? html`<form class="access__row" @submit=${(e) => addPasskey(ui, e)}>
              <label
                >${say`Name of the new passkey`}<input
                  name="name"
                  maxlength="60"
                  autocomplete="off"
                  required
                  value=${newName(mine.authenticators)}
              /></label>
              <button class="btn">${icon('shield')}${say`Add a passkey`}</button>
            </form>`
          : html`<p class="ink-2">${passkeys.isSupported() ? noneHere() : tooOld()}</p>`
      }
      ${
        seed
          ? appFields(ui)
          : mine.asked || app
            ? html`<button class="btn" @click=${() => own.beginApp(ui)}>
                ${icon('phone')}${app ? say`Exchange the authenticator app` : say`Add an authenticator app`}
              </button>`
            : nothing
      }
    </div>
  </section>`;
}

/** Return an unused name for a new passkey. @param {AuthenticatorAnswer[]} there */
export function newName(there) {
  const plain = say`This computer`;
  const names = new Set(there.map((one) => one.name));
  let name = plain;
  for (let n = 2; names.has(name); n += 1) name = `${plain} ${n}`;
  return name;
}

/** Return the reason for no passkeys: browsers refuse them at a numeric address and without TLS. */
export const noneHere = () =>
  say`There are no passkeys at this address: they need https and the centre’s name, no numbers.`;

export const tooOld = () => say`This browser has no passkeys: update it.`;

/**
 * Render a passkey or app with its name and the button that removes it.
 * @param {Ui} ui @param {AuthenticatorAnswer} one
 */
const factor = (ui, one) =>
  html`<li>
    ${icon(one.kind === 'totp' ? 'phone' : 'shield')}
    <input
      class="access__name"
      aria-label=${say`Name`}
      maxlength="60"
      value=${one.name}
      @change=${(e) => e.target.value.trim() && own.rename(ui, one.id, e.target.value.trim())} />
    <small class="ink-2"
      >${one.kind === 'totp' ? 'App' : 'Passkey'} · ${say`used`} ${when(one.used_at)}</small
    >
    <button class="btn" @click=${() => own.remove(ui, one.id)}>
      ${state.toConfirm === one.id ? say`Really remove` : say`Remove`}
    </button>
  </li>`;

/** Render the seed for a new app, and the field for its first code. @param {Ui} ui */
const appFields = (ui) =>
  html`<form class="access__app" @submit=${(e) => addApp(ui, e)}>
    ${qr(state.seed.picture)}
    <div>
      <p>
        ${say`Scan the code with the app, or type the key:`}
      </p>
      <code>${state.seed.secret.replace(/(.{4})/g, '$1 ').trim()}</code>
      <label
        >${say`The 6 digits that the app shows`}<input
          name="code"
          inputmode="numeric"
          autocomplete="one-time-code"
          maxlength="7"
          required
      /></label>
      <button class="btn">${icon('check')}${say`Confirm`}</button>
    </div>
  </form>`;

/** Add a passkey by the submitted form. @param {Ui} ui @param {SubmitEvent} e */
const addPasskey = (ui, e) => own.addPasskey(ui, submitted(e).data.get('name').trim());

/** Add an authenticator app by the submitted form. @param {Ui} ui @param {SubmitEvent} e */
const addApp = (ui, e) => own.addApp(ui, say`Authenticator app`, submitted(e).data.get('code'));
