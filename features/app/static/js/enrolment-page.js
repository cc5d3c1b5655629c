// The screen of this phone's enrolment: its state, its next step, and the actions of an enrolled phone.

import { html, nothing } from '../vendor/lit.js';
import { section } from './checks/page.js';
import { proof } from './storage.js';
import { call112, field, frame, ghost, icon } from './views.js';
import { isEnglish, t } from './words.js';

const DOUBTS = {
  clock: 'doubtClock',
  number: 'doubtNumber',
  unknown_key: 'doubtKey',
  unsigned: 'doubtUnsigned',
  young: 'doubtYoung',
};
const RENEWABLE_DOUBTS = new Set(['unknown_key', 'number']); // doubts that only another enrolment removes

const time = (at) =>
  new Intl.DateTimeFormat(isEnglish() ? 'en-GB' : 'it-IT', {
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(new Date(at));
const digits = { type: 'text', mode: 'numeric', complete: 'one-time-code', most: 12 };
const secret = { value: '', type: 'password', mode: 'numeric', complete: 'off', most: 12 };

/**
 * Render the screen. `phone`: the number in the settings; `checked`: this phone's checks, their conditions
 * and the wake-ups.
 */
export const enrolled = (ui, enrolment, phone, checked) =>
  frame(
    ui,
    'phone',
    html` <h1 tabindex="-1" data-focus>${t('thisPhone')}</h1>
      ${enrolmentState(enrolment)}
      <p class="app__said" role="status">${enrolment.message ? t(enrolment.message) : ''}</p>
      ${enrolment.key.isPossible ? nextStep(enrolment, phone) : nothing}
      ${enrolment.key.isPossible ? section(checked.checks, checked.needs, checked.wakes) : nothing}
      ${enrolment.phones ? html`${phones(enrolment)}${pins(enrolment)}` : nothing}`,
    html`${call112(false)}
      <nav class="app__nav">
        ${enrolment.phones ? ghost('myRecord', ui.openRecord) : nothing} ${ghost('back', ui.closeSettings)}
      </nav>`,
  );

/** Render the state of the enrolment. */
function enrolmentState({ key, doubt }) {
  if (!key.isPossible) return html`<p class="app__note">${icon('warn')}${t('phoneCannot')}</p>`;
  if (!key.proved) return html`<p class="app__small">${t('phoneWhy')}</p>`;
  const { provedMs } = proof();
  const at = provedMs ? time(provedMs) : t('never');
  return html`<p>${icon('done', 'ink-good')} ${t('lastVerified')}: ${at}</p>
    ${
      doubt
        ? html`<p class="app__note" role="status">
            ${icon('warn')}${t('notVerified')} ${t(DOUBTS[doubt] ?? 'doubtSignature')}
          </p>`
        : nothing
    }`;
}

/** Render the next step of the enrolment, if any. */
function nextStep(enrolment, phone) {
  const { asked, proved } = enrolment.key;
  const press = (word, pressed, more = '') =>
    html`<button class="app__btn app__btn--do" type="button" ?disabled=${enrolment.busy} @click=${pressed}>
      ${t(word)} ${more}
    </button>`;
  if (asked?.invitation)
    return html`<p>${t('invited')}</p>
      ${press('useInvitation', enrolment.accept)} ${ghost('decline', enrolment.drop)}`;
  if (asked)
    return html`<form class="app__form" novalidate @submit=${enrolment.confirm}>
        ${field(enrolment, 'code', { ...digits, value: '', needed: true })}
        ${field(enrolment, 'phonePin', { ...secret, needed: false })}
        <button class="app__btn app__btn--do" type="submit" ?disabled=${enrolment.busy}>
          ${t('confirmCode')}
        </button>
      </form>
      ${ghost('anotherCode', enrolment.askCode)}`;
  if (proved && !RENEWABLE_DOUBTS.has(enrolment.doubt)) return nothing;
  return press('sendCode', enrolment.askCode, phone);
}

/** Render the person's phones. */
const phones = (enrolment) =>
  html`<h2>${t('yourPhones')}</h2>
    <ul class="app__phones">
      ${enrolment.phones.map(
        (one) =>
          html`<li>
            <div>
              <b>${one.name || one.device}</b>${one.this ? ` (${t('thisOne')})` : ''}
              <small>${t('since')} ${time(one.created_at)}</small>
              <small>${t('lastAlert')}: ${one.seen_at ? time(one.seen_at) : t('never')}</small>
            </div>
            ${
              enrolment.ending === one.device && !one.this
                ? html`<form
                    class="app__form"
                    novalidate
                    @submit=${(event) => enrolment.endAnother(one, event)}>
                    ${field(enrolment, 'endPin', { ...secret, needed: false })}
                    <button class="app__btn app__btn--ghost" type="submit">${t('endSure')}</button>
                  </form>`
                : ghost(enrolment.ending === one.device ? 'endSure' : 'endIt', () => enrolment.end(one))
            }
          </li>`,
      )}
    </ul>`;

/** Render the form for the PINs. */
const pins = (enrolment) =>
  html`<form class="app__form" novalidate @submit=${enrolment.setPins}>
    <h2>${t('pins')}</h2>
    <p class="app__small">${t('pinsText')}</p>
    ${field(enrolment, 'newPin', { ...secret, needed: true })}
    ${field(enrolment, 'duressPin', { ...secret, needed: false })}
    ${field(enrolment, 'currentPin', { ...secret, needed: false })}
    <button class="app__btn app__btn--do" type="submit" ?disabled=${enrolment.busy}>${t('savePins')}</button>
  </form>`;
