// The place where operators see by what they sign on, and where they are: passkeys, app, password, sessions.

import { html, nothing, repeat, svg } from '../../vendor/lit.js';
import { icon, word } from '../shell/parts.js';
import { either } from '../words/words.js';
import * as f from '../words/format.js';
import * as own from './own.js';
import * as passkeys from './passkeys.js';

const { state } = own;

/** What came of an order: whether it is good, and the words. */
const SAID = {
  passkeyAdded: () => [true, either('La passkey c’è.', 'The passkey is added.')],
  appAdded: () => [
    true,
    either(
      'L’app c’è: da ora si chiede il suo codice.',
      'The app is added: its code is asked for from now on.',
    ),
  ],
  renamed: () => [true, either('Nome cambiato.', 'Renamed.')],
  removed: () => [true, either('Tolta.', 'Removed.')],
  ended: () => [true, either('Sessione finita.', 'The session has ended.')],
  passwordSet: () => [
    true,
    either(
      'Password cambiata; le altre sessioni sono finite.',
      'Password changed; the other sessions have ended.',
    ),
  ],
  noPasskey: () => [
    false,
    either(
      'Nessuna passkey: annullata, o c’è già su questo dispositivo.',
      'No passkey: called off, or there already on this device.',
    ),
  ],
  codeWrong: () => [
    false,
    either(
      'Il codice non è giusto: scrivi quello che l’app mostra ora.',
      'The code is wrong: type the one that the app shows now.',
    ),
  ],
  tooLate: () => [
    false,
    either('È passato troppo tempo: ricomincia.', 'That took too long: begin once more.'),
  ],
  passwordWrong: () => [
    false,
    either('La password di adesso non è giusta.', 'The present password is wrong.'),
  ],
  passwordSimple: () => [
    false,
    either(
      'Questa password è corta, o si indovina subito. Prendi quattro parole che non c’entrano tra loro: almeno 12 caratteri, e niente nomi.',
      'This password is short, or guessed at once. Take four words that have nothing to do with each other: 12 characters at least, and no names.',
    ),
  ],
  tooOften: () => [false, either('Troppi tentativi sbagliati: aspetta.', 'Too many wrong tries: wait.')],
  notDone: () => [false, either('Non è riuscito: riprova.', 'That was not done: try again.')],
};

const WAYS = {
  password: () => 'password',
  code: () => either('password e codice', 'password and code'),
  passkey: () => 'passkey',
  token: () => either('codice personale', 'token'),
  recovery: () => either('codice di recupero', 'recovery code'),
};

/** @param {Ui} ui */
export function enter(ui) {
  own.clear();
  own.load(ui);
}

export const pressed = () => false;

/** @param {string} moment */
const when = (moment) =>
  moment ? `${f.shortDay(Date.parse(moment) * 1000)} ${f.minute(Date.parse(moment) * 1000)}` : '—';

/** Why a second factor is to be added; empty where none is. @param {Ui} ui */
export function lacking(ui) {
  const { signedOn } = ui.feed;
  if (signedOn?.way === 'recovery')
    return either(
      'Hai usato un codice di recupero: ora scegli una password nuova o una passkey.',
      'You came in by a recovery code: choose a new password or a passkey now.',
    );
  return signedOn?.enrol
    ? either(
        'Il tuo ruolo chiede una passkey, o un’app di autenticazione: aggiungila adesso.',
        'Your role asks for a passkey, or an authenticator app: add one now.',
      )
    : '';
}

/** The same in the place where one waits, with the way to it. @param {Ui} ui */
export function notice(ui) {
  const why = lacking(ui);
  return why
    ? html`<div class="banner access__notice" role="status" data-tone="wait">
        ${icon('shield')}<b>${why}</b>
        <button class="btn" @click=${() => ui.screen.go('access')}>${title()}</button>
      </div>`
    : nothing;
}

export const title = () => either('I tuoi accessi', 'Your sign-on');

/** @param {Ui} ui */
export function pane(ui) {
  const [good, said] = SAID[state.said]?.() ?? [true, ''];
  return html`<section class="view access" aria-labelledby="access-h">
    <header class="page-head">
      <h1 id="access-h" tabindex="-1">${title()}</h1>
      <p role=${good ? 'status' : 'alert'}>
        ${
          said
            ? word(good ? 'check' : 'warn', said, good ? 'ink-ok' : 'ink-bad')
            : lacking(ui)
              ? word('shield', lacking(ui), 'ink-wait')
              : nothing
        }
      </p>
    </header>
    ${state.own ? html`<div class="access__ways">${factors(ui)} ${password(ui)}</div>${sessions(ui)}` : nothing}
  </section>`;
}

/** @param {Ui} ui */
function factors(ui) {
  const { own: mine, seed } = state;
  const app = mine.authenticators.some((one) => one.kind === 'totp');
  return html`<section class="panel">
    <div class="panel__head"><h2>${either('Passkey e app', 'Passkeys and app')}</h2></div>
    <div class="panel__body">
      <ul class="access__list">
        ${repeat(
          mine.authenticators,
          (one) => one.id,
          (one) => factor(ui, one),
        )}
      </ul>
      ${
        mine.passkeys_of && passkeys.known()
          ? html`<form class="access__row" @submit=${(e) => addPasskey(ui, e)}>
              <label
                >${either('Nome della nuova passkey', 'Name of the new passkey')}<input
                  name="name"
                  maxlength="60"
                  autocomplete="off"
                  required
                  value=${either('Questo computer', 'This computer')}
              /></label>
              <button class="btn">${icon('shield')}${either('Aggiungi una passkey', 'Add a passkey')}</button>
            </form>`
          : html`<p class="ink-2">${passkeys.known() ? noneHere() : tooOld()}</p>`
      }
      ${
        seed
          ? appFields(ui)
          : mine.asked || app
            ? html`<button class="btn" @click=${() => own.beginApp(ui)}>
                ${icon('phone')}${
                  app
                    ? either('Cambia l’app di autenticazione', 'Exchange the authenticator app')
                    : either('Aggiungi un’app di autenticazione', 'Add an authenticator app')
                }
              </button>`
            : nothing
      }
    </div>
  </section>`;
}

/** At an address of numbers, or without TLS, no browser has passkeys. */
export const noneHere = () =>
  either(
    'A questo indirizzo non ci sono passkey: servono https e il nome del centro, non numeri (o localhost, su questa macchina).',
    'There are no passkeys at this address: they need https and the centre’s name, not numbers (or localhost, on this machine).',
  );

export const tooOld = () =>
  either('Questo browser non ha passkey: aggiornalo.', 'This browser has no passkeys: update it.');

/** @param {Ui} ui @param {AuthenticatorAnswer} one */
const factor = (ui, one) =>
  html`<li>
    ${icon(one.kind === 'totp' ? 'phone' : 'shield')}
    <input
      class="access__name"
      aria-label=${either('Nome', 'Name')}
      maxlength="60"
      value=${one.name}
      @change=${(e) => e.target.value.trim() && own.rename(ui, one.id, e.target.value.trim())} />
    <small class="ink-2"
      >${one.kind === 'totp' ? either('App', 'App') : 'Passkey'} · ${either('usata', 'used')} ${when(one.used_at)}</small
    >
    <button class="btn" @click=${() => own.remove(ui, one.id)}>
      ${state.asked === one.id ? either('Togli davvero', 'Really remove') : either('Togli', 'Remove')}
    </button>
  </li>`;

/** The seed for the app, and its first code. @param {Ui} ui */
const appFields = (ui) =>
  html`<form class="access__app" @submit=${(e) => addApp(ui, e)}>
    ${picture(state.seed.picture)}
    <div>
      <p>
        ${either(
          'Inquadra il codice con l’app, o scrivi la chiave:',
          'Scan the code with the app, or type the key:',
        )}
      </p>
      <code>${state.seed.secret.replace(/(.{4})/g, '$1 ').trim()}</code>
      <label
        >${either('Codice di 6 cifre che l’app mostra', 'The 6 digits that the app shows')}<input
          name="code"
          inputmode="numeric"
          autocomplete="one-time-code"
          maxlength="7"
          required
      /></label>
      <button class="btn">${icon('check')}${either('Conferma', 'Confirm')}</button>
    </div>
  </form>`;

/** @param {string[]} rows */
function picture(rows) {
  const dots = rows.flatMap((row, y) => [...row].map((dot, x) => (dot === '1' ? `M${x} ${y}h1v1h-1z` : '')));
  const box = `-4 -4 ${rows.length + 8} ${rows.length + 8}`;
  return html`<svg class="access__qr" viewBox=${box} role="img" aria-label="QR">
    ${svg`<path d=${dots.join('')}></path>`}
  </svg>`;
}

/** @param {Ui} ui */
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
              >${either('Password di adesso', 'Present password')}<input
                name="old"
                type="password"
                autocomplete="current-password"
                maxlength="512"
                required
            /></label>`
          : nothing
      }
      <label
        >${either('Password nuova', 'New password')}<input
          name="password"
          type="password"
          autocomplete="new-password"
          maxlength="512"
          required
      /></label>
      <button class="btn">${icon('check')}${either('Cambia', 'Change')}</button>
    </form>
  </section>`;
}

/** @param {Ui} ui */
function sessions(ui) {
  const rows = state.own.sessions;
  return html`<section class="panel">
    <div class="panel__head">
      <h2>${either('Dove hai fatto l’accesso', 'Where you are signed on')}</h2>
      <span class="ink-2">${rows.length}</span>
    </div>
    <div class="panel__body">
      <table class="table">
        <thead>
          <tr>
            <th>${either('Dal', 'Since')}</th>
            <th>${either('In uso', 'In use')}</th>
            <th>${either('Con', 'By')}</th>
            <th>${either('Da', 'From')}</th>
            <th></th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (one) =>
              html`<tr>
                <td>${when(one.begun_at)}</td>
                <td>${when(one.used_at)}</td>
                <td>${WAYS[one.way]?.() ?? '—'}</td>
                <td>${one.address || '—'}<small class="ink-2"> · ${one.node}</small></td>
                <td class="num">
                  ${
                    one.here
                      ? html`<span class="ink-2">${either('questa', 'this one')}</span>`
                      : html`<button class="btn" @click=${() => own.end(ui, one.id)}>
                          ${
                            state.asked === one.id
                              ? either('Chiudi davvero', 'Really end')
                              : either('Chiudi', 'End')
                          }
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

/** @param {SubmitEvent} e */
function given(e) {
  e.preventDefault();
  return {
    form: /** @type {HTMLFormElement} */ (e.target),
    data: new FormData(/** @type {any} */ (e.target)),
  };
}

/** @param {Ui} ui @param {SubmitEvent} e */
const addPasskey = (ui, e) => own.addPasskey(ui, given(e).data.get('name').trim());

/** @param {Ui} ui @param {SubmitEvent} e */
const addApp = (ui, e) =>
  own.addApp(ui, either('App di autenticazione', 'Authenticator app'), given(e).data.get('code'));

/** @param {Ui} ui @param {SubmitEvent} e */
async function setPassword(ui, e) {
  const { form, data } = given(e);
  if (await own.setPassword(ui, data.get('password'), data.get('old') ?? '')) form.reset();
}
