// The queue: every open alert, in the order of urgency.js.

import { html, nothing, repeat, svg } from '../vendor/lit.js';
import { act, icon, word } from './parts.js';
import { channel, either, t } from './words.js';
import { go } from './sections.js';
import { brokenSaid, isBroken } from './broken.js';
import * as f from './format.js';
import * as s from './situation.js';
import { rank } from './urgency.js';

const SHOWN = 100;
const WARN_S = 20;

/** The open ones, the most urgent first. */
export function queued(ui) {
  return [...ui.feed.cases.values()]
    .filter((view) => view.closed_us === null)
    .sort(rank)
    .slice(0, SHOWN);
}

export function enter(ui) {
  ui.cursor = ui.mineNow()?.alert ?? null;
}

export function pressed(ui, key) {
  if (key === 'H' || key === '/') {
    go(ui, 'history');
    if (key === '/') document.getElementById('search')?.focus();
    return true;
  }
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    const all = queued(ui);
    if (!all.length) return true;
    const at = all.findIndex((view) => view.alert === ui.cursor);
    const down = key === 'ArrowDown';
    ui.cursor =
      all[at < 0 ? (down ? 0 : all.length - 1) : (at + (down ? 1 : -1) + all.length) % all.length].alert;
    ui.draw();
    document.querySelector(`.q--row[data-alert="${CSS.escape(ui.cursor)}"]`)?.focus();
    return true;
  }
  if (key === 'Enter') {
    const alert = ui.feed.cases.has(ui.cursor) ? ui.cursor : ui.mineNow()?.alert;
    if (alert) ui.open(alert);
    else go(ui, 'case');
    return true;
  }
  return false;
}

function now(ui, view, nowUs) {
  const [ic, tone, said, small] = going(ui, view, nowUs);
  if (!s.isLate(view, nowUs)) return [ic, tone, said, small];
  return [
    'warn',
    'ink-bad',
    `${t('late')}: ${said[0].toLowerCase()}${said.slice(1)}`,
    view.presumed_calling_112
      ? either('Si presume che stia chiamando il 112', 'Presumed to be calling 112')
      : small,
  ];
}

/** What is going on: [icon, tone, words, more words]. */
function going(ui, view, nowUs) {
  const { me } = ui.feed;
  const reached = s.contact(view);
  if (isBroken(view)) return ['warn', 'ink-bad', brokenSaid(view, me, ui.names).title, reached];
  if (s.psapIs(view) === 'lacking')
    return ['warn', 'ink-bad', either('Nessuna linea per il 112', 'No line for 112'), reached];
  if (view.duress)
    return [
      'shield',
      'ink-bad',
      t('duress'),
      s.talking(view.user)
        ? either('È in linea', 'She is on the line')
        : either('Non telefonarle', 'Do not phone her'),
    ];
  if (view.left_us !== null) return ['112', 'ink-ok', t('handedOver'), reached];
  return calls(ui, view, nowUs, reached);
}

function calls(ui, view, nowUs, reached) {
  const { me } = ui.feed;
  const lasts = (party) => f.span(nowUs - party.answered_us);
  switch (s.psapIs(view)) {
    case 'there': {
      const said = view.user_hears_psap
        ? either('In conferenza col 112', 'In conference with 112')
        : either('In linea col 112', '112 on the line');
      return [view.user_hears_psap ? 'voice' : '112', 'ink-ok', `${said}, ${lasts(view.psap)}`, reached];
    }
    case 'calling':
    case 'doubt':
      return ['112', 'ink-wait', either('Stiamo chiamando il 112', '112 is being called'), reached];
    case 'waiting':
      return [
        '112',
        'ink-wait',
        either('Cerchiamo una linea per il 112', 'Looking for a line for 112'),
        reached,
      ];
    case 'told':
      return [
        '112',
        'ink-ok',
        either('112 informato da un altro telefono', '112 briefed on another phone'),
        reached,
      ];
    default:
  }
  if (s.talking(view.user) && view.operator) {
    const said =
      view.operator === me.operator
        ? either('In linea con te', 'On the line with you')
        : either('In conversazione', 'In conversation');
    return ['voice', 'ink-ok', `${said}, ${lasts(view.user)}`, reached];
  }
  if (view.wrong_pins)
    return [
      'shield',
      'ink-bad',
      either('PIN sbagliato', 'Wrong PIN'),
      either('Un segno di costrizione', 'A sign of coercion'),
    ];
  if (view.user.state === 'ringing') return ['ring', 'ink-wait', t('herPhoneRings'), reached];
  if (s.underWay(view.user))
    return ['phone', 'ink-wait', either('La stiamo chiamando', 'She is being called'), reached];
  if (view.silent && s.keptSilent(view)) return ['hush', 'ink-wait', t('silent'), t('herPhoneSilent')];
  if (view.operator)
    return ['headset', 'ink-ok', either('Operatore in linea', 'Operator on the line'), reached];
  if (view.reserved.length)
    return [
      'ring',
      'ink-wait',
      either('Chiamata all’operatore', 'Calling an operator'),
      view.reserved.map(ui.names).join(', '),
    ];
  return ['clock', 'ink-wait', either('In attesa di un operatore', 'Waiting for an operator'), reached];
}

function time(view, nowUs, totalUs) {
  if (view.met_us !== null) {
    if (s.spokenTo(view)) return html`<div class="ink-ok">${word('done', t('reached'))}</div>`;
    return html`<div class="ink-wait">
      ${word('ring', view.rang_us === null ? t('takenUp') : t('phoneRang'))}<small>${t('notSpoken')}</small>
    </div>`;
  }
  const left = Math.ceil((view.deadline_us - nowUs) / 1e6);
  const late = left < 0;
  const tone = late ? 'ink-bad' : view.test ? 'ink-test' : left <= WARN_S ? 'ink-wait' : 'ink-action';
  const share = late ? 1 : Math.max(0, Math.min(1, (view.deadline_us - nowUs) / totalUs));
  return html`<div class=${tone}>
    <div class="q__time">
      <b>${late ? `+${-left} s` : `${left} s`}</b>${
        late
          ? word('warn', either('in ritardo', 'late'))
          : view.test
            ? word('flask', t('test'))
            : left <= WARN_S
              ? word('clock', t('running'))
              : nothing
      }
    </div>
    <svg class="q__bar" aria-hidden="true">
      ${svg`<rect class="rest" width="100%" height="100%" rx="3"></rect>
        <rect class="full" width="${share * 100}%" height="100%" rx="3"></rect>`}
    </svg>
  </div>`;
}

export const choice = (ui) =>
  html`<div class="seg" role="group" aria-label=${either('Quali allarmi', 'Which alerts')}>
    <button aria-pressed=${ui.section === 'queue'} aria-keyshortcuts="2" @click=${() => ui.press('2')}>
      <kbd>2</kbd><span>${either('Aperti', 'Open')}</span>
    </button>
    <button aria-pressed=${ui.section === 'history'} aria-keyshortcuts="H" @click=${() => go(ui, 'history')}>
      <kbd>H</kbd><span>${either('Storico', 'History')}</span>
    </button>
  </div>`;

export function view(ui) {
  const { feed } = ui;
  const nowUs = feed.nowUs();
  const all = queued(ui);
  const late = all.filter((one) => s.isLate(one, nowUs)).length;
  const waiting = all.filter((one) => !one.operator && one.left_us === null).length;
  const my = ui.mineNow();
  const more = ui.openCount() - all.length;
  return html`<section class="view queue" aria-labelledby="q-h">
    <header class="page-head">
      <h1 id="q-h" tabindex="-1">${t('openAlerts')}</h1>
      <p>
        <span>${ui.openCount()} ${t('open')}</span
        >${late ? word('warn', either(`${late} in ritardo`, `${late} late`), 'ink-bad') : nothing}${
          waiting ? word('clock', either(`${waiting} in attesa`, `${waiting} waiting`), 'ink-wait') : nothing
        }
      </p>
      <p class="wide">
        <span>${either('Prima chi nessuno ha sentito', 'First those whom nobody has spoken to')}</span
        ><span class="word"><kbd>↑</kbd><kbd>↓</kbd><kbd>${t('enter')}</kbd></span>
      </p>
      ${choice(ui)}
    </header>
    <div class="panel">
      <div class="q q--head" aria-hidden="true">
        <span>${either('Alla scadenza', 'To the deadline')}</span><span>${t('who')}</span
        ><span>${t('where')}</span><span>${either('Adesso', 'Now')}</span><span>${t('operator')}</span>
      </div>
      ${
        all.length
          ? html`<div class="q__rows" role="list">
              ${repeat(
                all,
                (one) => one.alert,
                (one) => row(ui, one, nowUs),
              )}${
                more > 0
                  ? html`<p class="q__more ink-2">
                      ${either(`e altri ${more} in attesa`, `and ${more} more that wait`)}
                    </p>`
                  : nothing
              }
            </div>`
          : html`<p class="empty">${t('noAlerts')}</p>`
      }
    </div>
    ${
      my
        ? html`<footer class="dock dock--back" aria-label=${either('Azioni', 'Actions')}>
            ${act({
              key: 'Enter',
              label: either(`Torna a ${s.shortName(my)}`, `Back to ${s.shortName(my)}`),
              sub: either('Il tuo caso', 'Your case'),
              tone: 'primary',
              step: true,
              press: () => ui.open(my.alert),
            })}
            <p class="ink-2">${now(ui, my, nowUs)[2]}</p>
          </footer>`
        : nothing
    }
  </section>`;
}

function row(ui, view, nowUs) {
  const [ic, tone, said, small] = now(ui, view, nowUs);
  const p = view.position;
  const who =
    view.operator === ui.feed.me.operator
      ? t('you')
      : view.operator
        ? ui.names(view.operator)
        : t('nobodyYet');
  const operator = view.hand_over ? `${who} → ${view.hand_over.to ? ui.names(view.hand_over.to) : '…'}` : who;
  return html`<div role="listitem">
    <button
      class="q q--row"
      data-alert=${view.alert}
      aria-current=${ui.cursor === view.alert ? 'true' : nothing}
      @click=${() => ui.open(view.alert)}>
      ${time(view, nowUs, ui.feed.center.deadline_s * 1e6)}
      <div>
        <div class="q__name">${s.name(view)}</div>
        <small class="phone">${view.phone ? f.phone(view.phone) : t('noNumber')}</small>
      </div>
      <div>
        <div class="phone">
          ${p ? html`${f.coordinates(p)} ${f.accuracy(p.accuracy_m)}` : t('noPosition')}
        </div>
        <small>${channel(view.channel)}</small>
      </div>
      <div>
        <div class="word ${view.test ? 'ink-test' : tone}">
          ${icon(view.test ? 'flask' : ic)}<span>${said}</span>
        </div>
        <small>${view.test ? either('Prova: mai al 112', 'A test: never to 112') : small}</small>
      </div>
      <div>
        <b>${operator}</b><small>${view.operator ? '' : view.reserved.map(ui.names).join(', ')}</small>
      </div>
    </button>
  </div>`;
}
