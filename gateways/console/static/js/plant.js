// Lines and operators for the supervisor, and every alarm in words. Looks only; it orders nothing.

import { html, nothing } from '../vendor/lit.js';
import { icon, word } from './parts.js';
import { either, t } from './words.js';
import { alarms, carriesNone, unusable } from './alarms.js';
import * as f from './format.js';
import { reached, shiftWord } from './shift.js';
import { leftUs } from './wrapup.js';
import * as s from './situation.js';

export function enter() {}
export const pressed = () => false;

function operator(ui, one) {
  const view = one.alert ? ui.feed.cases.get(one.alert) : null;
  const onCase = one.alert ? word('headset', t('onCase'), 'ink-action') : shiftWord(one, ui.feed.nowUs());
  const more = view ? s.shortName(view) : '';
  return html`<tr>
    <th scope="row">
      ${one.name}${
        one.operator === ui.feed.me.operator
          ? html` <span class="ink-2">${t('you').toLowerCase()}</span>`
          : nothing
      }
    </th>
    <td>${onCase}</td>
    ${one.line === 'on_demand' ? nothing : html`<td>${reached(one)}</td>`}
    <td class="ink-2 cut">${more}</td>
    <td class="num ink-2">${one.since_us ? f.clock(one.since_us) : ''}</td>
  </tr>`;
}

/** What its trunk is for; a name of the settings' own is told as it is. */
export function trunkName(one) {
  const name = { public: either('pubblica', 'public'), emergency: '' }[one.trunk] ?? one.trunk;
  return [name, one.emergency ? either('riservata al 112', 'kept for 112') : ''].filter(Boolean).join(', ');
}

const PARTIES = {
  user: ['voice', 'user'],
  operator: ['headset', 'operator'],
  psap: ['112', 'psap'],
  listener: ['headset', 'listener'],
};

// What its modem hears: the one number that tells a bad place or aerial before calls fail.
const signal = (one) =>
  typeof one.signal_dbm === 'number'
    ? html` <small class=${one.signal_dbm < -107 ? 'ink-wait' : 'ink-2'}
        >${String(one.signal_dbm).replace('-', '−')} dBm</small
      >`
    : nothing;

// The cause of an alarm about a line, in few words; the whole sentence stands among the alarms.
function why(ui, out) {
  const known = out && alarms(ui).find((alarm) => alarm.kind === out.alarm && alarm.subject === out.subject);
  return known ? (known.short.split(': ')[1] ?? known.text) : '';
}

function line(ui, one) {
  const out = ui.feed.alarms.find((alarm) => carriesNone(alarm) && alarm.subject === one.line);
  const view = one.alert ? ui.feed.cases.get(one.alert) : null;
  const [ic, party] = PARTIES[one.party] ?? ['voice', 'user'];
  const said =
    one.quarantine || out || ui.feed.node(one.node)?.alive === false
      ? word('warn', t('outOfUse'), 'ink-bad')
      : one.alert
        ? word(ic, t(party), 'ink-action')
        : one.operator
          ? word('voice', either('Chiamata fissa', 'Standing call'), 'ink-2')
          : word('check', t('free'), 'ink-ok');
  const since = out?.since_us ?? one.since_us;
  return html`<tr>
    <th scope="row">${one.line}</th>
    <td class="ink-2">
      ${trunkName(one)}${
        one.joins === 'host' ? nothing : html`, ${either('senza voce qui', 'no voice here')}`
      }
    </td>
    <td>${said}${signal(one)}</td>
    <td class="ink-2 cut">
      ${
        one.quarantine ||
        why(ui, out) ||
        (view ? s.shortName(view) : one.operator ? ui.names(one.operator) : '')
      }
    </td>
    <td class="num ink-2">${since ? f.clock(since) : ''}</td>
  </tr>`;
}

/** How a node is, in few words. */
function nodeState(one) {
  if (!one.alive)
    return one.left
      ? word('todo', either('Fermato', 'Stopped'), 'ink-2')
      : word('warn', either('Perso', 'Lost'), 'ink-bad');
  if (one.draining) return word('clock', either('Si svuota', 'Draining'), 'ink-wait');
  return word('check', either('Attivo', 'Up'), 'ink-ok');
}

/** A node and its lines. */
function ofNode(ui, one) {
  const here = one === ui.feed.nodes[0];
  const more = here
    ? either('questa console', 'this console')
    : one.alive
      ? either('il segnale si vede alla sua console', 'signals are told at its own console')
      : '';
  const lines = ui.feed.lines.filter((line) => line.node === one.node);
  return html`<tbody data-node=${one.node}>
    <tr class="plant__node">
      <th scope="rowgroup" colspan="2">${either(`Nodo ${one.node}`, `Node ${one.node}`)}</th>
      <td>${nodeState(one)}</td>
      <td class="ink-2 cut">${more}</td>
      <td class="num ink-2">${lines.length ? '' : either('senza linee', 'no lines')}</td>
    </tr>
    ${lines.map((each) => line(ui, each))}
  </tbody>`;
}

export function view(ui) {
  const { feed } = ui;
  const all = alarms(ui);
  const ready = feed.operators.filter(
    (one) => one.state === 'ready' && !one.alert && !leftUs(one, feed.nowUs()),
  ).length;
  const usable = feed.lines.length - unusable(feed).size;
  return html`<section class="view plant" aria-labelledby="plant-h">
    <header class="page-head">
      <h1 id="plant-h" tabindex="-1">${either('Impianti', 'Plant')}</h1>
      <p>
        ${
          all.length
            ? word(
                'warn',
                either(
                  all.length === 1 ? '1 avviso' : `${all.length} avvisi`,
                  all.length === 1 ? '1 alarm' : `${all.length} alarms`,
                ),
                'ink-bad',
              )
            : word('check', either('Nessun avviso', 'No alarms'), 'ink-ok')
        }
      </p>
    </header>
    <section class="panel plant__alarms">
      <div class="panel__head">
        <h2>${either('Avvisi', 'Alarms')}</h2>
        ${
          all.some((one) => !one.seen)
            ? html`<button class="btn" aria-keyshortcuts="K" @click=${() => ui.press('K')}>
                <kbd>K</kbd><span>${t('seen')}</span>
              </button>`
            : nothing
        }
      </div>
      <ul class="panel__body">
        ${
          all.length
            ? all.map(
                (one) =>
                  html`<li data-fresh=${one.seen ? nothing : ''}>
                    ${icon('warn', 'ink-bad')}
                    <div>
                      <b>${one.long}</b>${
                        one.text && one.text !== one.long
                          ? html`<small lang="en">${one.text}</small>`
                          : nothing
                      }
                    </div>
                    <span class="ink-2"
                      >${
                        one.since_us
                          ? either(
                              `dalle ${f.clock(one.since_us)}, ${f.day(one.since_us)}`,
                              `since ${f.clock(one.since_us)}, ${f.day(one.since_us)}`,
                            )
                          : ''
                      }</span
                    >
                  </li>`,
              )
            : html`<li class="ink-2">
                ${icon('check', 'ink-ok')}
                <div>${either('Tutto funziona', 'Everything works')}</div>
              </li>`
        }
      </ul>
    </section>
    <section class="panel">
      <div class="panel__head">
        <h2>${t('operators')}</h2>
        <span class="ink-2">${either(`Disponibili: ${ready}`, `Ready and free: ${ready}`)}</span>
      </div>
      <div class="panel__body plant__body">
        <table class="table">
          <thead>
            <tr>
              <th>${t('who')}</th>
              <th>${t('state')}</th>
              ${
                feed.operators.some((one) => one.line !== 'on_demand')
                  ? html`<th>${either('Voce', 'Voice')}</th>`
                  : nothing
              }
              <th>${either('Caso', 'Case')}</th>
              <th class="num">${either('Dalle', 'Since')}</th>
            </tr>
          </thead>
          <tbody>
            ${feed.operators.map((one) => operator(ui, one))}
          </tbody>
        </table>
      </div>
    </section>
    <section class="panel">
      <div class="panel__head">
        <h2>${t('lines')}</h2>
        <span class="ink-2"
          >${either(
            `${usable} di ${feed.lines.length} utilizzabili`,
            `${usable} of ${feed.lines.length} usable`,
          )}</span
        >
      </div>
      <div class="panel__body plant__body">
        <table class="table">
          <thead>
            <tr>
              <th>${t('line')}</th>
              <th>${t('trunk')}</th>
              <th>${t('state')}</th>
              <th>${either('Per chi, perché', 'For whom, why')}</th>
              <th class="num">${either('Dalle', 'Since')}</th>
            </tr>
          </thead>
          ${
            feed.nodes.length > 1
              ? feed.nodes.map((one) => ofNode(ui, one))
              : html`<tbody>
                  ${feed.lines.map((one) => line(ui, one))}
                </tbody>`
          }
        </table>
      </div>
    </section>
  </section>`;
}
