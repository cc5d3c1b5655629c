// The screens. This module renders its arguments and decides nothing.

import { html, nothing, svg } from '../vendor/lit.js';
import { t } from './words.js';

const DEADLINE_S = 50; // the seconds of a full ring
const STATES = { waiting: 'isWaiting', unsent: 'isUnsent', sent: 'isSent', read: 'isRead' };
const SYMBOLS = { done: 'done', now: 'clock', bad: 'warn', '': 'todo' };

export const icon = (name, more = '') =>
  html`<svg class="icon ${more}" aria-hidden="true"><use href="#i-${name}"></use></svg>`;

/**
 * Render the frame of every screen: the name, the content, the actions, and the exit. A silent or disguised
 * app shows no name.
 */
export const frame = (ui, name, mid, foot) =>
  html` <main class="app" data-screen=${name} ?data-test=${ui.test}>
    <header class="app__head">
      ${ui.isNamed ? html`${icon('mark')}<span>securWoman</span>` : nothing}
      ${ui.name && ui.isNamed ? html`<span class="app__name">${ui.name}</span>` : nothing}
      ${ui.test ? html`<span class="tag--test">${icon('flask')}${t('test')}</span>` : nothing}
      <button class="app__exit" type="button" @click=${ui.exit}>${t('exit')}</button>
    </header>
    <div class="app__mid">${mid}</div>
    <footer class="app__foot">${foot}</footer>
  </main>`;

/** Render the ring of the remaining seconds. */
const ring = (left) =>
  html`<div class="app__ring" aria-hidden="true">
    <svg viewBox="0 0 200 200">
      ${svg`<circle class="rest" cx="100" cy="100" r="90"></circle>
        <circle class="left" cx="100" cy="100" r="90"
          pathLength="50" stroke-dasharray="${Math.min(left, DEADLINE_S)} 50"></circle>`}
    </svg>
    <div><b>${left}</b><span>${t('seconds')}</span></div>
  </div>`;

/** Render the steps. */
const stepList = (steps) =>
  steps.length
    ? html`<ol class="app__steps">
        ${steps.map(([is, word]) => html`<li data-is=${is}>${icon(SYMBOLS[is])}<span>${t(word)}</span></li>`)}
      </ol>`
    : nothing;

/** Render the link to 112. A page cannot dial automatically; a native app dials at the deadline. */
export const call112 = (now) =>
  html`<a class="app__btn ${now ? 'app__btn--late' : ''}" href="tel:112"
    >${icon('phone')}${t(now ? 'call112Now' : 'call112Yourself')}</a
  >`;
export const ghost = (word, press) =>
  html`<button class="app__btn app__btn--ghost" type="button" @click=${press}>${t(word)}</button>`;

/** Render a button to hold. */
const holdButton = (hold, style, described, inside) =>
  html` <button
    class="app__hold ${style}"
    type="button"
    ?data-held=${hold.held}
    aria-describedby=${described}
    @pointerdown=${hold.pointerdown}
    @pointerup=${hold.letGo}
    @pointercancel=${hold.letGo}
    @blur=${hold.letGo}
    @keydown=${hold.keydown}
    @keyup=${hold.keyup}
    @click=${hold.click}
    @contextmenu=${(event) => event.preventDefault()}>
    ${inside}
  </button>`;
/** Render the advice about the buttons to hold. */
const holdAdvice = (ui) =>
  html`<p id="said" class="app__said" role="status">${ui.holdAdvice ? t(ui.holdAdvice) : ''}</p>`;

/** Render the screen without an alert. */
export const idle = (ui) =>
  frame(
    ui,
    'idle',
    html` <h1 class="sr">${document.title}</h1>
      ${holdButton(
        ui.hold,
        'app__sos',
        'said promise',
        html` ${icon('bell')}<span>${t('help')}</span> <small>${t('hold')}</small>`,
      )}
      ${holdAdvice(ui)}
      <p id="promise">${t(ui.test ? 'promiseTest' : 'promise')}</p>
      ${holdButton(
        ui.holdQuiet,
        'app__mute',
        'said promise-quiet',
        html`${icon('mute')}<span>${t('cannotTalk')}</span>`,
      )}
      <p id="promise-quiet" class="app__small">${t('promiseQuiet')}</p>
      ${
        ui.reachable
          ? nothing
          : html`<p class="app__note" role="status">${icon('nolink')}${t('unreachable')}</p>`
      }
      ${
        ui.newPhones.length
          ? html`<p class="app__note" role="status">${icon('warn')}${t('newPhone')}</p>
              ${ghost('yourPhones', ui.openPhone)}`
          : nothing
      }
      ${ui.denied ? html`<p class="app__note">${icon('pin')}${t('locationOff')}</p>` : nothing}
      ${ui.checked}`,
    html` ${call112(false)}
      <nav class="app__nav">
        ${ui.test ? ghost('leaveTest', ui.leaveTest) : nothing}
        ${ui.toSave ? ghost('saveContact', ui.saveContact) : nothing} ${ghost('settings', ui.openSettings)}
      </nav>`,
  );

/** Render an alert, as described by state.js. */
export const alert = (ui, seen) => (ui.quiet ? quiet(ui, seen) : loud(ui, seen));

/** Render an alert that is not silent. */
const loud = (ui, seen) =>
  frame(
    ui,
    seen.name,
    html` ${seen.left === null ? icon(seen.icon, `app__big ink-${seen.tone}`) : ring(seen.left)}
      <div class="app__say" role="status" aria-atomic="true">
        <h1 tabindex="-1" data-focus>${t(seen.title).replace('#', seen.minutes)}</h1>
        ${seen.text ? html`<p>${t(seen.text)}</p>` : nothing}
      </div>
      <p class="sr" role="status">${ui.spoken === null ? '' : `${ui.spoken} ${t('seconds')}`}</p>
      ${stepList(seen.steps)}
      ${seen.note ? html`<p class="app__note" role="status">${icon('nolink')}${t(seen.note)}</p>` : nothing}
      ${writing(ui, seen)}`,
    html` ${realHelp(ui)} ${seen.call112 ? call112(seen.now) : nothing}
    ${
      seen.silence
        ? html`${holdButton(
            ui.holdSilence,
            'app__mute',
            'said',
            html`${icon('mute')}<span>${t('cannotTalk')}</span>`,
          )}
          ${holdAdvice(ui)}`
        : nothing
    }
    ${actions(ui, seen)}`,
  );

/**
 * Render a silent alert, for a phone that others may see: small and dim, without a headline, and without text
 * that a screen reader reads automatically. The sentences are the same.
 */
const quiet = (ui, seen) =>
  frame(
    ui,
    seen.name,
    html` <h1 tabindex="-1">${t(seen.title).replace('#', seen.minutes)}</h1>
      ${seen.text ? html`<p>${t(seen.text)}</p>` : nothing} ${stepList(seen.steps)}
      ${seen.note ? html`<p>${t(seen.note)}</p>` : nothing} ${writing(ui, seen)}`,
    html` ${realHelp(ui)} ${
      seen.call112
        ? html`<a class="app__btn app__btn--ghost" href="tel:112"
            >${t(seen.now ? 'call112Now' : 'call112Yourself')}</a
          >`
        : nothing
    }
    ${actions(ui, seen)}`,
  );

/** Render the messages; each question has its answers. Hidden once messages reach nobody. */
function writing(ui, seen) {
  const { shown } = ui.dialogue;
  if (!seen.reads || !(seen.writes || shown.length)) return nothing;
  if (!shown.length && !ui.writes && !ui.quiet) return ghost('writeToUs', ui.openWriting);
  return html`<section class="app__write" aria-label=${t('writeToUs')}>
    <ol role=${ui.quiet ? nothing : 'log'}>
      ${shown.map(
        (one) =>
          html`<li data-mine=${one.mine}>
            <b>${t(one.mine ? 'fromYou' : 'fromUs')}</b>
            <span>${one.mine && ['yes', 'no'].includes(one.text) ? t(one.text) : one.text}</span>
            ${one.mine ? html`<small>${t(STATES[one.is])}</small>` : nothing}
            ${one.asks && seen.writes ? yesNo(ui, one.number) : nothing}
          </li>`,
      )}
    </ol>
    ${
      seen.writes
        ? html`<form @submit=${ui.sendMessage}>
            <input
              name="text"
              maxlength="1000"
              autocomplete="off"
              aria-label=${t('writeToUs')}
              placeholder=${t('writeToUs')} />
            <button class="app__btn" type="submit">${t('send')}</button>
          </form>`
        : nothing
    }
  </section>`;
}

/** Render the answers of a question: they stay until it is answered, also after later messages. */
const yesNo = (ui, question) =>
  html`<div class="app__yesno">
    ${['yes', 'no'].map(
      (word) =>
        html`<button class="app__btn" type="button" @click=${() => ui.answer(word, question)}>
          ${t(word)}
        </button>`,
    )}
  </div>`;

/** Render the button for real help during a test. */
const realHelp = (ui) =>
  ui.test
    ? holdButton(ui.holdReal, 'app__real', 'said', html`${icon('bell')}<span>${t('realHelp')}</span>`)
    : nothing;

/** Render the actions on an alert. */
const actions = (ui, seen) =>
  html` ${seen.rings ? ghost('rings', ui.reportRinging) : nothing}
  ${seen.cancel ? ghost('mistake', ui.openPin) : nothing}
  ${seen.name === 'asked' ? ghost('pinAgain', ui.openPin) : nothing}
  ${seen.back ? ghost('back', ui.forget) : nothing}
  ${ui.test && !seen.silence ? holdAdvice(ui) : nothing}
  ${ui.test && !seen.back ? ghost('leaveTest', ui.leaveTest) : nothing}`;

/** Render the form for the PIN. */
export const pin = (ui, seen) =>
  frame(
    ui,
    'pin',
    html` <form class="app__form" @submit=${ui.sendPin}>
      <h1>${t('pinTitle')}</h1>
      <p>${t('pinText')}</p>
      <label
        >${t('pin')}<input
          name="pin"
          type="password"
          inputmode="numeric"
          autocomplete="off"
          maxlength="32"
          required
          data-focus
      /></label>
      <button class="app__btn app__btn--do" type="submit">${t('cancel')}</button>
    </form>`,
    html`${call112(seen.now)}${ghost('goOn', ui.closePin)}`,
  );

/** Render a field with its hint or fault. */
export const field = (ui, name, more) =>
  html`<label
    >${t(name)}
    <input
      name=${name}
      .value=${more.value}
      type=${more.type}
      inputmode=${more.mode ?? nothing}
      autocomplete=${more.complete}
      maxlength=${more.most}
      ?required=${more.needed}
      aria-describedby="hint-${name}"
      aria-invalid=${ui.faults[name] ? 'true' : nothing}
      autocapitalize="off"
      spellcheck="false"
      ?data-focus=${more.first} />
    <small id="hint-${name}" class=${ui.faults[name] ? 'ink-bad' : ''}
      >${ui.faults[name] ? icon('warn') : nothing}${t(ui.faults[name] || `${name}Hint`)}</small
    ></label
  >`;

/** Render the settings. */
export const settings = (ui, now) =>
  frame(
    ui,
    'settings',
    html` <form class="app__form" novalidate @submit=${ui.saveSettings}>
      <h1>${t('settings')}</h1>
      ${field(ui, 'key', {
        value: now.key,
        type: 'password',
        complete: 'off',
        most: 200,
        needed: true,
        first: true,
      })}
      ${field(ui, 'phone', { value: now.phone, type: 'tel', complete: 'tel', most: 40, needed: true })}
      ${field(ui, 'name', { value: now.name, type: 'text', complete: 'given-name', most: 40, needed: false })}
      ${
        ui.numbers.length
          ? html`<p class="app__small">${t('contactText')}</p>
              <button class="app__btn app__btn--ghost" type="button" @click=${ui.saveContact}>
                ${t('saveContact')}
              </button>`
          : nothing
      }
      ${ui.isHidden ? nothing : html`<p class="app__small">${t('exitText')}</p>`}
      <p class="app__small">${t('kept')}</p>
      <button class="app__btn app__btn--do" type="submit" ?disabled=${ui.checking}>
        ${t(ui.checking ? 'checking' : 'save')}
      </button>
    </form>`,
    html`${call112(false)}
      <nav class="app__nav">
        <button class="app__btn app__btn--ghost" type="button" lang=${ui.other} @click=${ui.switchLanguage}>
          ${t('language')}
        </button>
        ${now.key && !ui.test ? ghost('tryIt', ui.tryIt) : nothing} ${ghost('hiding', ui.openHiding)}
        ${now.key && now.phone ? ghost('thisPhone', ui.openPhone) : nothing}
        ${now.key && now.phone ? ghost('back', ui.closeSettings) : nothing}
      </nav>`,
  );
