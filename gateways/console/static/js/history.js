// The history: a search among all alerts, open and closed, and the whole story of the chosen one.

import { html, nothing, repeat } from '../vendor/lit.js';
import { icon, tag, word } from './parts.js';
import { channel, either, outcome, reason, t } from './words.js';
import { choice } from './queue.js';
import { log } from './log.js';
import * as f from './format.js';
import * as s from './situation.js';

const PAGE = 50;
const TYPING_MS = 250;
const AGAIN_MS = 15000;

const state = {
  search: '',
  items: [],
  more: false,
  cursor: null,
  chosen: null,
  story: null,
  fault: false,
  asked: 0,
  askedAtMs: 0,
  pages: 1,
  typing: 0,
  reopening: null,
  said: '',
};

export function enter(ui) {
  load(ui);
}

/** Show the story of this alert. */
export async function choose(ui, alert) {
  state.chosen = alert;
  state.cursor = alert;
  state.reopening = null;
  state.said = '';
  ui.draw();
  const view = await read(ui, `/v1/alerts/${encodeURIComponent(alert)}/story`);
  if (state.chosen !== alert) return;
  state.story = view;
  ui.draw();
}

async function read(ui, path) {
  try {
    const answer = await ui.feed.read(path);
    state.fault = !answer.ok;
    return answer.ok ? await answer.json() : null;
  } catch {
    state.fault = true;
    return null;
  }
}

async function load(ui, older = false) {
  const number = (state.asked += 1);
  state.askedAtMs = Date.now();
  const query = new URLSearchParams({ search: state.search.trim(), limit: String(PAGE) });
  if (older) query.set('before', String(state.items.at(-1).seq));
  const page = await read(ui, `/v1/alerts?${query}`);
  if (number !== state.asked) return; // something else has been asked for meanwhile
  if (page) {
    state.items = older ? [...state.items, ...page.alerts] : page.alerts;
    state.pages = older ? state.pages + 1 : 1;
    state.more = page.more;
  }
  ui.draw();
}

function typed(ui, text) {
  state.search = text;
  clearTimeout(state.typing);
  state.typing = setTimeout(() => load(ui), TYPING_MS);
}

function fieldKey(ui, e) {
  if (!['Enter', 'Escape', 'ArrowDown'].includes(e.key)) {
    e.stopPropagation();
    return;
  }
  e.preventDefault();
  e.stopPropagation();
  if (e.key === 'Escape' && state.search) {
    e.target.value = '';
    typed(ui, '');
    return;
  }
  e.target.blur();
  if (e.key !== 'Escape') move(ui, 1);
}

function move(ui, by) {
  const at = state.items.findIndex((one) => one.alert === state.cursor);
  const to = at < 0 ? 0 : Math.max(0, Math.min(state.items.length - 1, at + by));
  if (!state.items.length) return;
  state.cursor = state.items[to].alert;
  if (to === state.items.length - 1 && state.more) load(ui, true);
  ui.draw();
  document.querySelector(`.past[data-alert="${CSS.escape(state.cursor)}"]`)?.focus();
}

/** Why the chosen alert may not be reopened, or null where it may. */
const whyNot = (story) => (story.closed_us === null ? 'The alert is not closed.' : (story.reopen ?? null));

/**
 * R asks, E adds 112, Enter does it, and every other key leaves it as it is. True where the key was for that.
 */
function reopens(ui, key) {
  const story = state.chosen && state.story?.alert === state.chosen ? state.story : null;
  if (!story) return false;
  if (state.reopening === null) {
    if (key !== 'R') return false;
    const no = whyNot(story);
    state.said = no ? reason(no) : '';
    state.reopening = no ? null : { psap: false };
  } else if (key === 'E') state.reopening = { psap: !state.reopening.psap };
  else {
    const { psap } = state.reopening;
    state.reopening = null;
    if (key === 'Enter') reopen(ui, story.alert, psap);
  }
  ui.draw();
  return true;
}

/** Whether Enter is the answer to a question here. */
export const asks = (ui) => ui.section === 'history' && state.reopening !== null;

async function reopen(ui, alert, psap) {
  const answer = await ui.feed.command(alert, 'reopen', '', null, psap ? 'psap' : null);
  if (answer.ok) {
    ui.open(alert);
    return;
  }
  state.said = reason(answer.reason) || t('noConnection');
  ui.draw();
}

/** The offer, the question, or why not. */
function reopening(ui, view) {
  if (view.closed_us === null) return nothing;
  const { reopening: asked } = state;
  const her = view.person ? s.first(view) : t('user');
  const what = asked?.psap
    ? either(`Richiama ${her} e il 112`, `Calls ${her} and 112 again`)
    : either(`Richiama ${her}`, `Calls ${her} again`);
  const other = asked?.psap ? either('Senza il 112', 'Without 112') : either('Anche il 112', '112 as well');
  const button = (key, label) =>
    html`<button class="btn" aria-keyshortcuts=${key} @click=${() => ui.press(key)}>
      <kbd>${key === 'Enter' ? t('enter') : key === 'Escape' ? 'Esc' : key}</kbd><span>${label}</span>
    </button>`;
  return html`<p class="history__reopen" role="status">
    ${
      asked
        ? html`${button('Enter', what)}${button('E', other)}${button('Escape', t('back'))}`
        : html`${button('R', t('reopen'))}${
            state.said ? html`<span class="ink-bad">${state.said}</span>` : nothing
          }`
    }
  </p>`;
}

export function pressed(ui, key) {
  if (reopens(ui, key)) return true;
  if (key === '/') {
    const field = document.getElementById('search');
    field?.focus();
    field?.select();
    return true;
  }
  if (key === 'H') {
    document.querySelector('main h1')?.focus();
    return true;
  }
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    move(ui, key === 'ArrowDown' ? 1 : -1);
    return true;
  }
  if (key === 'Enter' && state.cursor) {
    choose(ui, state.cursor);
    return true;
  }
  if (key === 'Escape' && state.chosen) {
    state.chosen = null;
    state.story = null;
    ui.draw();
    return true;
  }
  return false;
}

const who = (one) => one.name || (one.phone ? f.phone(one.phone) : t('unknown'));
const when = (us) => `${f.shortDay(us)} ${f.minute(us)}`;

function ended(one) {
  if (one.closed_us === null) return word('clock', either('aperto', 'open'), 'ink-wait');
  if (['user_called_112', 'no_contact'].includes(one.outcome) || one.missed)
    return word('warn', outcome(one.outcome), 'ink-bad');
  return word(
    ['handed_over', 'briefed'].includes(one.outcome) ? '112' : 'check',
    outcome(one.outcome),
    'ink-2',
  );
}

export function view(ui) {
  const { feed } = ui;
  if (feed.link === 'live' && state.pages === 1 && Date.now() - state.askedAtMs > AGAIN_MS) load(ui);
  return html`<section class="view history" aria-labelledby="hist-h">
    <header class="page-head">
      <h1 id="hist-h" tabindex="-1">${either('Storico', 'History')}</h1>
      <label class="search"
        ><kbd>/</kbd>${icon('find')}<input
          id="search"
          type="search"
          autocomplete="off"
          spellcheck="false"
          maxlength="100"
          aria-label=${either('Cerca', 'Search')}
          placeholder=${either(
            'Nome, fine del numero, o codice dell’allarme',
            'Name, end of the number, or the alert’s id',
          )}
          .value=${state.search}
          @input=${(e) => typed(ui, e.target.value)}
          @keydown=${(e) => fieldKey(ui, e)} /></label
      >${choice(ui)}
    </header>
    <div class="history__body">
      <section class="panel" aria-label=${t('alerts')}>
        <div class="panel__head">
          <h2>
            ${state.search.trim() ? either('Trovati', 'Found') : either('Tutti gli allarmi', 'All alerts')}
          </h2>
          <span class="ink-2" role="status"
            >${state.fault ? t('noConnection') : `${state.items.length}${state.more ? '+' : ''}`}</span
          >
        </div>
        <div class="history__list" role="list">
          ${repeat(
            state.items,
            (one) => one.alert,
            (one) =>
              html`<div role="listitem">
                <button
                  class="past"
                  data-alert=${one.alert}
                  aria-current=${state.cursor === one.alert ? 'true' : nothing}
                  @click=${() => choose(ui, one.alert)}>
                  <span class="past__when">${when(one.received_us)}</span
                  ><b>${one.test ? html`${icon('flask', 'ink-test')} ` : nothing}${who(one)}</b
                  ><span class="past__end">${ended(one)}</span
                  ><small
                    >${[
                      one.name && one.phone ? f.phone(one.phone) : '',
                      channel(one.channel),
                      one.operator ? ui.names(one.operator) : '',
                    ]
                      .filter(Boolean)
                      .join(' · ')}</small
                  >
                </button>
              </div>`,
          )}
          ${
            state.items.length
              ? nothing
              : html`<p class="empty">${either('Nessun allarme trovato', 'No alert found')}</p>`
          }
          ${
            state.more
              ? html`<button class="btn history__more" @click=${() => load(ui, true)}>
                  ${either('Altri più vecchi', 'Older ones')}
                </button>`
              : nothing
          }
        </div>
      </section>
      ${
        state.chosen && state.story?.alert === state.chosen
          ? story(ui, state.story)
          : html`<section class="panel">
              <p class="empty">
                <span class="word"><kbd>↑</kbd><kbd>↓</kbd><kbd>${t('enter')}</kbd></span
                ><span
                  >${either(
                    'Scegli un allarme per leggerne la storia',
                    'Choose an alert to read its story',
                  )}</span
                >
              </p>
            </section>`
      }
    </div>
  </section>`;
}

function story(ui, view) {
  const at = view.steps;
  const her = view.person ? s.first(view) : t('user');
  const since = (us) => (us === null ? '—' : f.seconds(Math.max(0, us - view.received_us)));
  // The case forgets the request when 112 hangs up.
  const asked = view.timeline.find((entry) => entry.what === 'psap.requested')?.at_us;
  const psap = at.psap_us === null || asked === undefined ? '—' : f.seconds(Math.max(0, at.psap_us - asked));
  return html`<section class="panel" aria-labelledby="story-h">
    <div class="panel__head">
      <h2 id="story-h">${s.name(view)}</h2>
      ${tag(view.test)}<span class="phone">${view.phone ? f.phone(view.phone) : t('noNumber')}</span>
    </div>
    <dl class="facts history__facts">
      <div>
        <dt>${t('requested')}</dt>
        <dd>${f.day(view.raised_us)}, ${f.clock(view.raised_us)}</dd>
      </div>
      <div>
        <dt>${either('Esito', 'Outcome')}</dt>
        <dd class=${view.missed_us !== null ? 'ink-bad' : ''}>
          ${view.closed_us === null ? either('aperto', 'open') : outcome(view.outcome)}
        </dd>
      </div>
      <div>
        <dt>${t('operator')}</dt>
        <dd>${since(at.operator_us)}</dd>
      </div>
      <div>
        <dt>${t('phoneRang')}</dt>
        <dd>${since(at.ringing_us)}</dd>
      </div>
      <div>
        <dt>${either('112, dopo la richiesta', '112, once asked')}</dt>
        <dd>${psap}</dd>
      </div>
      <div class="wide">
        <dt>${either('Codice', 'Id')}</dt>
        <dd>${view.alert}</dd>
      </div>
    </dl>
    ${reopening(ui, view)}
    <ol class="panel__body log history__log" aria-label=${t('whatHappened')} tabindex="0">
      ${log(ui, view)}
    </ol>
  </section>`;
}
