// The display of this phone's checks: a line on the idle screen, and all details on the screen of this phone,
// with the browser's conditions for an alert and advice on missing conditions.

import { html, nothing } from '../../vendor/lit.js';
import { icon } from '../views.js';
import { isEnglish, t } from '../words.js';
import { CHOICES } from './schedule.js';

/** The word of each interval, by days. @type {Record<number, string>} */
const EVERY = { 7: 'every7', 1: 'every1', 0: 'every0' };
const SHOWN_FROM_TRIES = 2; // a single failure may be a tunnel

const date = (atMs) =>
  new Intl.DateTimeFormat(isEnglish() ? 'en-GB' : 'it-IT', { dateStyle: 'medium' }).format(new Date(atMs));
const seconds = (ms) =>
  new Intl.NumberFormat(isEnglish() ? 'en-GB' : 'it-IT', {
    style: 'unit',
    unit: 'second',
    maximumFractionDigits: 1,
    minimumFractionDigits: 1,
  }).format(ms / 1000);

/** Return the result of the last successful check in words. */
const lastCheck = ({ doneMs, tookMs }) =>
  doneMs ? `${t('checkedOn')} ${date(doneMs)}, ${seconds(tookMs)}` : t('checkedNever');

/** Render one line for the idle screen. */
export function line({ now }) {
  if (!now || (now.everyDays === 0 && !now.doneMs)) return nothing;
  const bad = now.why && now.tries >= SHOWN_FROM_TRIES;
  return html`<p class="app__small" data-checked>
    ${icon(bad ? 'warn' : now.doneMs ? 'done' : 'todo', bad ? 'ink-warn' : now.doneMs ? 'ink-good' : '')}
    ${bad ? html`${t('checkFailed')} ${t(now.why)}` : lastCheck(now)}
  </p>`;
}

/** Render the checks. `needs`: the result of `look`; `wakes`: the browser wakes the checks. */
export function section(checks, needs, wakes) {
  const { now, running, callResult } = checks;
  if (!now)
    return html`<section class="app__checks">
      <h2>${t('checks')}</h2>
      <p class="app__small">${t('checksFirst')}</p>
    </section>`;
  return html`<section class="app__checks">
    <h2>${t('checks')}</h2>
    <p role="status">
      ${icon(now.doneMs ? 'done' : 'todo', now.doneMs ? 'ink-good' : '')}
      ${running === 'arrival' ? t('checking1') : lastCheck(now)}
    </p>
    ${now.why ? html`<p class="app__note">${icon('warn')}${t('checkFailed')} ${t(now.why)}</p>` : nothing}
    <p class="app__small">${t('checksText')}</p>
    <ul class="app__steps">
      ${needs.map(([is, word]) => html`<li data-is=${is}>${icon(SYMBOLS[is])}<span>${t(word)}</span></li>`)}
    </ul>
    <button class="app__btn app__btn--do" type="button" ?disabled=${Boolean(running)} @click=${checks.check}>
      ${t(running === 'arrival' ? 'checking1' : 'checkNow')}
    </button>
    <button
      class="app__btn app__btn--ghost"
      type="button"
      ?disabled=${Boolean(running)}
      @click=${checks.call}>
      ${t(running === 'call' ? 'checkCalling' : 'checkCall')}
    </button>
    <p class="app__said" role="status">${callResult ? t(callResult) : ''}</p>
    <label class="app__form"
      >${t('checksEvery')}
      <select
        ?disabled=${Boolean(running)}
        aria-describedby="hint-checks"
        @change=${(event) => checks.choose(Number(event.target.value))}>
        ${CHOICES.map(
          (days) =>
            html`<option value=${days} ?selected=${days === now.everyDays}>${t(EVERY[days])}</option>`,
        )}
      </select>
      <small id="hint-checks"
        >${t(now.everyDays ? (wakes ? 'checksWoken' : 'checksEveryHint') : 'checksNever')}</small
      >
    </label>
  </section>`;
}

const SYMBOLS = { done: 'done', now: 'todo', bad: 'warn', unknown: 'todo' };

/** Return the conditions for an alert, as far as the browser reports them: `[is, word]`, the worst first. */
export async function findNeeds() {
  const [place, kept] = await Promise.all([
    navigator.permissions?.query({ name: 'geolocation' }).then(
      ({ state }) => state,
      () => 'prompt',
    ) ?? 'prompt',
    navigator.storage?.persisted?.().catch(() => false) ?? false,
  ]);
  const { saveData = false } = /** @type {any} */ (navigator).connection ?? {};
  return needsOf({ place, kept, saveData });
}

/** Return the conditions for these reports of the browser. */
export function needsOf({ place, kept, saveData }) {
  const places = { granted: ['done', 'needsPlace'], denied: ['bad', 'needsPlaceNo'] };
  const found = [
    places[place] ?? ['now', 'needsPlaceAsk'],
    kept ? ['done', 'needsKept'] : ['now', 'needsKeptNo'],
    ...(saveData ? [['bad', 'needsSaver']] : []),
    ['unknown', 'needsUnknown'],
  ];
  const order = ['bad', 'now', 'done', 'unknown'];
  return found.sort((a, b) => order.indexOf(a[0]) - order.indexOf(b[0]));
}
