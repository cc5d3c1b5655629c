// Everything around the case: sign-on, the bar, the list at the left, the ready and the incoming view, the
// keys.

import { html, nothing, repeat } from '../vendor/lit.js';
import { act, icon, word } from './parts.js';
import { either, t } from './words.js';
import { caseView, lostBanner } from './case.js';
import { gate } from './gate.js';
import { line as drillLine } from './drill.js';
import { phoneAdvice, question, shiftWord, soundState, why } from './shift.js';
import { incomingView } from './incoming.js';
import { psapInBar, strip } from './strip.js';
import * as voice from './voice.js';
import { probe } from './tiles.js';
import * as f from './format.js';
import * as s from './situation.js';
import * as alarms from './alarms.js';
import { trunkName } from './plant.js';
import * as sections from './sections.js';
import * as handover from './handover.js';
import { unheld } from './waiting.js';
import * as wrapup from './wrapup.js';

export function page(ui) {
  const { feed } = ui;
  if (feed.link === 'starting' || (feed.link === 'signed-off' && !feed.me)) return gate(ui);
  if (feed.link === 'signed-off') return gate(ui);
  if (!feed.me)
    return html`<main class="gate">
      <div class="gate__card">
        <h1>${icon('link')}securWoman</h1>
        <p role="status">${feed.link === 'lost' ? t('noCentre') : ''}</p>
      </div>
    </main>`;
  probe(feed.center.map);
  const incoming = ui.incoming();
  const view = ui.selected();
  const elsewhere = incoming ? null : sections.view(ui);
  const railed = view && !incoming && !elsewhere;
  return html`<div class="console" data-rail=${railed ? 'on' : 'off'} ?inert=${ui.help}>
      ${bar(ui, incoming)}${strip(ui)} ${railed ? rail(ui) : nothing}
      <main>
        ${incoming ? incomingView(ui, incoming) : (elsewhere ?? (view ? caseView(ui, view) : readyView(ui)))}
      </main>
    </div>
    ${ui.help ? help(ui) : nothing}`;
}

function bar(ui, incoming) {
  const { feed } = ui;
  const lost = feed.link === 'lost';
  const bad = alarms.unusable(feed).size;
  const total = feed.lines.length;
  const oldS = Math.round((Date.now() - feed.heardAtMs) / 1000);
  const me = ui.mineNow();
  const shift = ui.myShift();
  const state = lost
    ? word('nolink', t('notKnown'), 'ink-2')
    : incoming || (me && s.calledFor(me, feed.me))
      ? word('bell', t('beingCalled'), 'ink-wait')
      : me
        ? word('headset', t('onCase'), 'ink-ok')
        : wrapup.wrapping(ui)
          ? wrapup.inBar(ui)
          : {
              ready: word('done', t('ready'), 'ink-ok'),
              paused: word('pause', t('paused'), 'ink-wait'),
              off: word('todo', t('off'), 'ink-2'),
            }[shift];
  return html`<header class="bar">
    <span class="bar__brand">${icon('mark')}<span class="bar__name">securWoman</span></span>
    ${sections.tabs(ui)}
    <div class="bar__health" aria-label=${either('Stato degli impianti', 'Plant state')}>
      ${alarms.bar(ui)} ${psapInBar(feed)}
      ${
        total
          ? html`<span class=${bad ? 'ink-bad' : ''}
              >${icon(bad ? 'warn' : 'check')}<span
                >${either(`Linee ${total - bad} di ${total}`, `Lines ${total - bad} of ${total}`)}</span
              ></span
            >`
          : nothing
      }
      ${voice.inBar(ui)}
      <span class=${lost ? 'ink-bad' : ''} data-link=${feed.link}
        >${icon(lost ? 'nolink' : 'link', lost ? '' : 'ink-ok')}<span
          >${lost ? either(`Scollegata da ${oldS} s`, `Disconnected ${oldS} s`) : t('connected')}</span
        ></span
      >
    </div>
    <div class="bar__me">
      <span><span class="wide ink-2">${feed.me.name} · </span>${state}</span>
    </div>
    <time class="bar__clock">${f.clock(lost ? Date.now() * 1000 : feed.nowUs())}</time>
  </header>`;
}

function railState(ui, view) {
  const { feed } = ui;
  const nowUs = feed.nowUs();
  if (view.closed_us !== null) return ['check', 'ink-2', t('closed')];
  if (s.mine(view, feed.me)) return ['headset', '', s.talking(view.psap) ? t('yoursWith112') : t('yours')];
  if (s.calledFor(view, feed.me)) return ['ring', 'ink-wait', t('yoursCalled')];
  if (view.hand_over) return ['headset', 'ink-wait', t('handingOver')];
  if (view.operator) return [s.talking(view.psap) ? '112' : 'headset', '', ui.names(view.operator)];
  if (view.left_us !== null) return ['112', '', t('handedOver')];
  if (s.isLate(view, nowUs)) return ['warn', 'ink-bad', t('late')];
  if (unheld(view)) return ['warn', 'ink-wait', t('nobodyHas')];
  if (view.reserved.length) return ['ring', '', view.reserved.map(ui.names).join(', ')];
  return ['clock', 'ink-wait', t('waiting')];
}

function railTime(view, nowUs) {
  if (view.met_us !== null || view.closed_us !== null) {
    const tone = s.spokenTo(view) || view.closed_us !== null ? 'ink-ok' : 'ink-wait';
    return [f.span((view.closed_us ?? nowUs) - view.received_us), tone];
  }
  const left = Math.ceil((view.deadline_us - nowUs) / 1e6);
  return left < 0 ? [`+${-left} s`, 'ink-bad'] : [`${left} s`, left <= 20 ? 'ink-wait' : ''];
}

export function railList(ui) {
  const { feed } = ui;
  const nowUs = feed.nowUs();
  const listed = ui.listed();
  const more = ui.openCount() - listed.filter((view) => view.closed_us === null).length;
  return html`<div class="rail__list" role="list">
      ${repeat(
        listed,
        (view) => view.alert,
        (view) => {
          const [ic, tone, text] = railState(ui, view);
          const [time, timeTone] = railTime(view, nowUs);
          return html`<div role="listitem">
            <button
              class="rail__item"
              data-alert=${view.alert}
              aria-current=${ui.chosen === view.alert ? 'true' : nothing}
              @click=${() => ui.open(view.alert)}>
              <span class="rail__name"
                >${view.test ? html`${icon('flask', 'ink-test')} ` : nothing}${s.shortName(view)}</span
              ><span class="rail__time ${timeTone}">${time}</span>
              <span class="rail__state ${tone}">${icon(ic)}<span>${text}</span></span>
            </button>
          </div>`;
        },
      )}
    </div>
    ${
      more > 0
        ? html`<p class="rail__others ink-2">
            ${either(`e altri ${more} in attesa`, `and ${more} more that wait`)}
          </p>`
        : nothing
    }`;
}

function rail(ui) {
  const { feed } = ui;
  const others = feed.operators.filter((one) => one.operator !== feed.me.operator && one.state !== 'off');
  return html`<aside class="rail" aria-label=${t('openAlerts')}>
    <div class="rail__head">
      <h2>${t('openAlerts')}</h2>
      <span class="ink-2">${ui.openCount()}</span>
    </div>
    ${railList(ui)}
    <p class="rail__more"><kbd>↑</kbd><kbd>↓</kbd><span>${t('thenEnter')}</span></p>
    ${
      others.length
        ? html`<section class="rail__block">
            <h2>${t('operators')}</h2>
            <ul>
              ${others.map((one) => html`<li><span>${one.name}</span>${operatorState(ui, one)}</li>`)}
            </ul>
          </section>`
        : nothing
    }
    <section class="rail__block rail__block--lines">
      <h2>${t('lines')}</h2>
      <ul>
        ${feed.lines.map((line) => html`<li><b>${line.line}</b>${lineState(ui, line)}</li>`)}
      </ul>
    </section>
  </aside>`;
}

function operatorState(ui, one) {
  if (one.alert) return word('headset', t('onCase'), 'ink-2');
  return shiftWord(one, ui.feed.nowUs());
}

function lineState(ui, line) {
  if (alarms.unusable(ui.feed).has(line.line)) return word('warn', t('outOfUse'), 'ink-bad');
  if (line.operator) return word('voice', ui.names(line.operator), 'ink-2');
  if (!line.alert) return word('check', t('free'), 'ink-ok');
  const view = ui.feed.cases.get(line.alert);
  if (line.party === 'user') return word('voice', view ? s.shortName(view) : t('user'), 'ink-2');
  if (line.party === 'listener') return word('headset', t('listener'), 'ink-2');
  if (line.party === 'psap') return word('112', '112', 'ink-2');
  return word(
    'headset',
    view && view.operator_leg.operator === ui.feed.me.operator ? t('you') : t('operator'),
    'ink-2',
  );
}

function readyView(ui) {
  const { feed } = ui;
  const lost = feed.link === 'lost';
  const shift = ui.myShift();
  const mine = feed.operators.find((one) => one.operator === feed.me.operator);
  const notes = wrapup.wrapping(ui) ? wrapup.hero(ui) : null;
  const text =
    notes?.text ??
    {
      ready: voice.used(feed) ? voice.readyText() : t('readyText'),
      paused: t('pausedText'),
      off: t('offText'),
    }[shift];
  const usable = feed.lines.length - alarms.unusable(feed).size;
  const banner = lost ? lostBanner(ui) : null;
  const start = {
    off: [t('startShift'), t('startShiftSub')],
    paused: [t('resumeShift'), t('startShiftSub')],
  }[shift];
  return html`<section class="view ready" aria-labelledby="ready-h">
    <div class="ready__main">
      <div class="panel ready__hero">
        ${
          banner
            ? html`<div class="banner" role="alert" data-tone="bad">
                ${icon(banner.icon)}<b>${banner.title}</b
                ><span class="banner__aside word">${icon('clock')}${banner.aside}</span>
              </div>`
            : nothing
        }
        <div>
          <h1 id="ready-h">
            ${
              lost
                ? icon('nolink', 'ink-3')
                : notes
                  ? icon('note', 'ink-wait')
                  : shift === 'ready'
                    ? icon('done')
                    : icon(shift === 'paused' ? 'pause' : 'todo', 'ink-3')
            }<span
              >${
                lost
                  ? t('notKnown')
                  : (notes?.title ?? { ready: t('ready'), paused: t('paused'), off: t('off') }[shift])
              }</span
            >
          </h1>
          <p>${why(mine)}${text}</p>
        </div>
        <dl class="ready__shift">
          <div>
            <dt>${t('shift')}</dt>
            <dd>
              ${mine?.since_us ? html`${f.clock(mine.since_us)}<small>${f.day(mine.since_us)}</small>` : '—'}
            </dd>
          </div>
          ${
            voice.used(feed)
              ? html`<div>
                  <dt>${either('Le tue cuffie', 'Your headset')}</dt>
                  <dd>${voice.headsetState()}</dd>
                </div>`
              : html`<div>
                  <dt>${t('yourPhone')}</dt>
                  <dd class="phone">
                    ${feed.me.number ? f.phone(feed.me.number) : '—'}<small>${phoneAdvice(shift)}</small>
                  </dd>
                </div>`
          }
          <div>
            <dt>${t('alarmSound')}</dt>
            <dd>${soundState()}</dd>
          </div>
          <div>
            <dt>${t('openAlerts')}</dt>
            <dd>${ui.openCount()}</dd>
          </div>
        </dl>
        ${
          notes
            ? act({
                ...notes.step,
                refused: ui.refused?.key === 'Enter' ? ui.refused.text : '',
                tone: 'primary',
                step: true,
                press: () => ui.press('Enter'),
              })
            : nothing
        }
        ${
          start
            ? act({
                key: 'P',
                label: start[0],
                sub: start[1],
                refused: ui.refused?.key === 'P' ? ui.refused.text : '',
                why: lost ? t('noConnection') : null,
                tone: 'primary',
                step: true,
                press: () => ui.press('P'),
              })
            : nothing
        }
        ${
          question(ui) ??
          html`<div class="ready__keys">
            ${
              shift === 'ready'
                ? html`<button aria-keyshortcuts="P" @click=${() => ui.press('P')}>
                    <kbd>P</kbd><span>${t('pause')}</span>
                  </button>`
                : nothing
            }
            ${
              shift === 'off'
                ? nothing
                : html`<button aria-keyshortcuts="O" @click=${() => ui.press('O')}>
                    <kbd>O</kbd><span>${t('endShift')}</span>
                  </button>`
            }
            <button aria-keyshortcuts="S" @click=${() => ui.press('S')}>
              <kbd>S</kbd><span>${t('trySound')}</span>
            </button>
            ${
              shift === 'off'
                ? nothing
                : html`<button aria-keyshortcuts="D" @click=${() => ui.press('D')}>
                    <kbd>D</kbd><span>${t('drill')}</span>
                  </button>`
            }
            <button aria-keyshortcuts="?" @click=${() => ui.press('?')}>
              <kbd>?</kbd><span>${t('allKeys')}</span>
            </button>
          </div>`
        }${drillLine(ui)}
      </div>
    </div>
    <div class="ready__side">
      <section class="panel">
        <div class="panel__head">
          <h2>${t('openAlerts')}</h2>
          <span class="ink-2">${ui.openCount()}</span>
        </div>
        <div class="panel__body">
          ${ui.listed().length ? railList(ui) : html`<p class="ink-2">${t('noAlerts')}</p>`}
        </div>
      </section>
      <section class="panel">
        <div class="panel__head">
          <h2>${t('lines')}</h2>
          <span class="ink-2"
            >${
              feed.lines.length
                ? either(
                    `${usable} di ${feed.lines.length} utilizzabili`,
                    `${usable} of ${feed.lines.length} usable`,
                  )
                : ''
            }</span
          >
        </div>
        <div class="panel__body">
          <table class="table">
            <tbody>
              ${feed.lines.map(
                (line) =>
                  html`<tr>
                    <td><b>${line.line}</b></td>
                    <td>${trunkName(line)}</td>
                    <td>${lineState(ui, line)}</td>
                    <td class="num ink-2">${line.quarantine}</td>
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
      </section>
      <section class="panel">
        <div class="panel__head"><h2>${t('operators')}</h2></div>
        <div class="panel__body">
          <table class="table">
            <tbody>
              ${feed.operators
                .filter((one) => one.state !== 'off')
                .map(
                  (one) =>
                    html`<tr>
                      <td><b>${one.name}</b></td>
                      <td class="ink-2">
                        ${one.operator === feed.me.operator ? t('you').toLowerCase() : ''}
                      </td>
                      <td>${operatorState(ui, one)}</td>
                      <td class="num ink-2">
                        ${one.since_us ? `${t('since')} ${f.clock(one.since_us)}` : ''}
                      </td>
                    </tr>`,
                )}
            </tbody>
          </table>
        </div>
      </section>
    </div>
  </section>`;
}

function help(ui) {
  const rows = [
    [t('space'), t('acknowledge')],
    ['E', either('Chiama il 112; Esc entro 5 s la annulla', 'Call 112; Esc within 5 s takes it back')],
    ['F ⏎', t('falseAlarm')],
    ['R', either('Richiama; nello storico, poi Invio: riapri', 'Redial; in the history, then Enter: reopen')],
    [
      'M ⏎',
      either('Segreteria; con lei in linea M, poi Invio', 'A machine; with her on the line M, then Enter'),
    ],
    [
      'Y',
      either(
        'Conferma la risposta; 112 informato da un altro telefono',
        'She, or 112, has answered; 112 briefed on another phone',
      ),
    ],
    ['B', t('briefingGiven')],
    ['L', t('leave')],
    ['N', t('note')],
    ['Ctrl ⏎', either('Manda la nota', 'Send the note')],
    ['A', either('Ascolta, smetti di ascoltare (supervisore)', 'Listen in, stop listening (supervisor)')],
    [
      'U',
      either(
        'Spegni e riaccendi il tuo microfono; in ascolto: parla solo all’operatore',
        'Mute and unmute yourself; listening in: speak to the operator alone',
      ),
    ],
    ['Z', either('Di’ al 112 che non può parlare', 'Tell 112 that she cannot speak')],
    ['C', either('Copia il testo per il 112', 'Copy the text for 112')],
    ['T', t('take')],
    ['H', `${t('handOver')} / ${t('keepCase')}`],
    ['V ⏎', either('Richiama su un’altra linea', 'Call again on another line')],
    ['X ⏎', t('close')],
    ['↑ ↓ ⏎', t('openAlerts')],
    ['+ − 0', either('Mappa: più vicina, più lontana, al centro', 'Map: nearer, further, to the middle')],
    ['P', `${t('pause')} / ${t('resumeShift')}`],
    ['1 … 4', either('Dopo P: perché vai in pausa', 'After P: why you pause')],
    [
      'O',
      either(
        'Fine turno; in un caso silenzioso, poi Invio: chiamala lo stesso',
        'End shift; in a silent case, then Enter: call her all the same',
      ),
    ],
    ['K', either('Visto: ferma il suono per tutti gli avvisi', 'Seen: ends the sound of every alarm')],
    ['1 … 4', either('Sezioni', 'Sections')],
    ['H /', either('Storico, cerca', 'History, search')],
    ['T W Y D', either('Statistiche: periodo, CSV', 'Figures: period, CSV')],
    ['S', t('trySound')],
    ['Y N', either('Sentito, non sentito', 'Heard, not heard')],
    ['D', t('drill')],
    ['G', either('Cuffie: riprova, o portale qui', 'Headset: try again, or take it here')],
    ['?', t('allKeys')],
    ['Esc', t('back')],
  ];
  return html`<div
    class="help"
    role="dialog"
    aria-modal="true"
    aria-label=${t('allKeys')}
    @click=${(e) => {
      if (e.target === e.currentTarget) ui.press('?');
    }}>
    <div class="help__card">
      <h2>${t('allKeys')}</h2>
      <div class="help__keys">
        ${rows.map(([key, label]) => html`<kbd>${key}</kbd><span>${label}</span>`)}
      </div>
      <div class="help__row">
        <button class="btn" @click=${() => ui.switchLanguage()}>Italiano / English</button
        ><button class="btn" @click=${() => ui.switchTheme()}>${t('theme')}</button
        ><button class="btn" @click=${() => ui.signOff()}>
          ${
            ui.myShift() === 'off' ? t('signOff') : ui.signingOff ? t('signOffLast') : t('signOffEnds')
          }</button
        ><button class="btn" autofocus @click=${() => ui.press('?')}><kbd>Esc</kbd>${t('back')}</button>
      </div>
    </div>
  </div>`;
}
