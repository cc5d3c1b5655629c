// The operator's own sign-on: passkeys, app, password, sessions.

import { html, nothing } from '../../vendor/lit.js';
import { icon, word } from '../shell/parts.js';
import { say } from '../words/words.js';
import { factors, submitted, when } from './factors.js';
import * as own from './own.js';

const { state } = own;

const METHODS = {
  password: () => 'password',
  code: () => say`password and code`,
  passkey: () => 'passkey',
  token: () => say`token`,
  recovery: () => say`link that works once`,
};

/** The result of a request: success and the words. @type {Record<string, () => [boolean, string]>} */
const RESULTS = {
  passkeyAdded: () => [true, say`The passkey is added.`],
  appAdded: () => [true, say`The app is added: its code is asked for from now on.`],
  renamed: () => [true, say`Renamed.`],
  removed: () => [true, say`Removed.`],
  ended: () => [true, say`The session has ended.`],
  passwordSet: () => [true, say`Password changed; the other sessions have ended.`],
  noPasskey: () => [false, say`No passkey: called off, or there already on this device.`],
  codeWrong: () => [false, say`The code is wrong: type the one that the app shows now.`],
  tooLate: () => [false, say`That took too long: begin once more.`],
  passwordWrong: () => [false, say`The present password is wrong.`],
  passwordSimple: () => [
    false,
    say`Short, or guessed at once. Take four words that have nothing to do with each other, no names.`,
  ],
  many_at_once: () => [false, say`Many are asking at once: try again.`],
  tooOften: () => [false, say`Too many wrong tries: wait.`],
  notDone: () => [false, say`That was not done: try again.`],
};

/** Request the operator's sign-on data anew. @param {Ui} ui */
export function enter(ui) {
  own.clear();
  own.load(ui);
}

export const pressed = () => false;

/** Return why the operator must add a second factor; an empty string if none is required. @param {Ui} ui */
export function missingFactor(ui) {
  const { signedOn } = ui.feed;
  if (signedOn?.way === 'recovery')
    return say`You are here by a link that works once: choose a password, or add a passkey.`;
  return signedOn?.enrol ? say`Your role asks for a passkey, or an authenticator app: add one now.` : '';
}

/** Render the same reason in the ready view, with a button that opens this place. @param {Ui} ui */
export function notice(ui) {
  const why = missingFactor(ui);
  return why
    ? html`<div class="banner access__notice" role="status" data-tone="wait">
        ${icon('shield')}<b>${why}</b>
        <button class="btn" @click=${() => ui.screen.go('access')}>${title()}</button>
      </div>`
    : nothing;
}

export const title = () => say`Your sign-on`;

/** Render the operator's own sign-on. @param {Ui} ui */
export function pane(ui) {
  const [good, text] = RESULTS[state.result]?.() ?? [true, ''];
  return html`<section class="view access" aria-labelledby="access-h">
    <header class="page-head">
      <h1 id="access-h" tabindex="-1">${title()}</h1>
      <p role=${good ? 'status' : 'alert'}>
        ${
          text
            ? word(good ? 'check' : 'warn', text, good ? 'ink-ok' : 'ink-bad')
            : missingFactor(ui)
              ? word('shield', missingFactor(ui), 'ink-wait')
              : nothing
        }
      </p>
    </header>
    ${
      state.own
        ? html`<div class="access__ways">${factors(ui)} ${password(ui)}</div>
            ${sessions(ui)}`
        : nothing
    }
  </section>`;
}

/** Render the form for a new password. @param {Ui} ui */
function password(ui) {
  const needsOld = state.own.has_password && ui.feed.signedOn?.way !== 'recovery';
  if (!state.own.has_password && ui.feed.signedOn?.way !== 'recovery') return nothing;
  return html`<section class="panel">
    <div class="panel__head"><h2>Password</h2></div>
    <form class="panel__body access__row" @submit=${(e) => setPassword(ui, e)}>
      <input type="hidden" autocomplete="username" name="operator" value=${ui.feed.me.operator} />
      ${
        needsOld
          ? html`<label
              >${say`Present password`}<input
                name="old"
                type="password"
                autocomplete="current-password"
                maxlength="512"
                required
            /></label>`
          : nothing
      }
      <label
        >${say`New password`}<input
          name="password"
          type="password"
          autocomplete="new-password"
          maxlength="512"
          required
      /></label>
      <button class="btn">${icon('check')}${say`Change`}</button>
    </form>
  </section>`;
}

/** Render the operator's sessions. @param {Ui} ui */
function sessions(ui) {
  const rows = state.own.sessions;
  return html`<section class="panel">
    <div class="panel__head">
      <h2>${say`Where you are signed on`}</h2>
      <span class="ink-2">${rows.length}</span>
    </div>
    <div class="panel__body">
      <table class="table">
        <thead>
          <tr>
            <th>${say`Since`}</th>
            <th>${say`In use`}</th>
            <th>${say`By`}</th>
            <th>${say`From`}</th>
            <th><span class="sr">${say`End`}</span></th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (one) =>
              html`<tr>
                <td>${when(one.begun_at)}</td>
                <td>${when(one.used_at)}</td>
                <td>${METHODS[one.way]?.() ?? '—'}</td>
                <td>${one.address || '—'}<small class="ink-2"> · ${one.node}</small></td>
                <td class="num">
                  ${
                    one.here
                      ? html`<span class="ink-2">${say`this one##session`}</span>`
                      : html`<button class="btn" @click=${() => own.end(ui, one.id)}>
                          ${state.toConfirm === one.id ? say`Really end` : say`End`}
                        </button>`
                  }
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** Change the password by the submitted form. @param {Ui} ui @param {SubmitEvent} e */
async function setPassword(ui, e) {
  const { form, data } = submitted(e);
  if (!(await own.setPassword(ui, data.get('password'), data.get('old') ?? ''))) return;
  form.reset();
  document.getElementById('access-h')?.focus(); // keys typed next are no part of a password
}
