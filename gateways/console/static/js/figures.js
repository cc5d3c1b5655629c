// The supervisor's figures: what was measured, beside what is meant. Drawn as SVG; each drawing says itself
// in words.

import { html, nothing, svg } from '../vendor/lit.js';
import { icon, word } from './parts.js';
import { either, number, outcome, t } from './words.js';
import { go } from './sections.js';
import { choose } from './history.js';
import * as f from './format.js';

const RANGES = { T: 1, W: 7, Y: 30 };
const AGAIN_MS = 30000;
const BIN_S = 2;
const AXIS_S = 54;
const [W, H, BASE, TALL] = [330, 178, 152, 104];
const NB = '\u00a0';

const state = { days: 7, said: null, fault: '', askedAtMs: 0, asked: 0, waiting: false, cursor: null };

export function enter(ui) {
  load(ui);
}

async function load(ui) {
  const number = (state.asked += 1);
  state.askedAtMs = Date.now();
  state.waiting = true;
  let said = null;
  let fault = 'noConnection';
  try {
    const answer = await ui.feed.read(`/v1/figures?days=${state.days}`);
    if (answer.ok) said = await answer.json();
    else if (answer.status === 403) fault = 'notYours';
  } catch {
    /* said below */
  }
  if (number !== state.asked) return;
  state.waiting = false;
  state.askedAtMs = Date.now();
  state.fault = said ? '' : fault;
  if (said) state.said = said;
  ui.draw();
}

/** The same figures as a file. */
async function save(ui) {
  const answer = await ui.feed.read(`/v1/figures.csv?days=${state.days}`).catch(() => null);
  if (!answer?.ok) {
    state.fault = 'noConnection';
    ui.draw();
    return;
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await answer.blob());
  link.download = `securwoman-${state.days}-days.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

const shown = () => (state.said?.latest ?? []).slice(0, innerHeight < 900 ? 4 : 6);

export function pressed(ui, key) {
  if (RANGES[key]) {
    state.days = RANGES[key];
    load(ui);
    ui.draw();
    return true;
  }
  if (key === 'D') {
    save(ui);
    return true;
  }
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    const rows = shown();
    if (!rows.length) return true;
    const at = rows.findIndex((one) => one.alert === state.cursor);
    const to = at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + (key === 'ArrowDown' ? 1 : -1)));
    state.cursor = rows[to].alert;
    ui.draw();
    document.querySelector(`.figures tr[data-alert="${CSS.escape(state.cursor)}"]`)?.focus();
    return true;
  }
  if (key === 'Enter' && state.cursor) {
    openStory(ui, state.cursor);
    return true;
  }
  return false;
}

function openStory(ui, alert) {
  go(ui, 'history');
  choose(ui, alert);
}

const percent = (share) =>
  `${number(share * 100, Number.isInteger(Math.round(share * 1000) / 10) ? 0 : 1)}${NB}%`;
const sec = (s) => (s === null ? '—' : `${number(s)}${NB}s`);

function kpis(said) {
  const g = said.figures;
  const more = g.real - g.before;
  const than =
    g.before === 0
      ? ''
      : more === 0
        ? either('come prima', 'as before')
        : more > 0
          ? either(`${more} in più`, `${more} more`)
          : either(`${-more} in meno`, `${-more} fewer`);
  const in20 = g.ringing.within[1];
  const to112 = (g.outcomes.handed_over ?? 0) + (g.outcomes.briefed ?? 0);
  const false_ = g.outcomes.false_alarm ?? 0;
  const missedAt =
    g.last_missed_us === null ? '' : `${f.weekday(g.last_missed_us)}, ${f.minute(g.last_missed_us)}`;
  const slow = g.ringing.of > 0 && (g.ringing.p50_s === null || g.ringing.p50_s > 10);
  const few = in20 !== undefined && in20 < said.targets.ringing[1];
  const p50 = g.ringing.p50_s;
  return [
    [
      String(g.real),
      '',
      than ? either(`allarmi veri, ${than}`, `real alerts, ${than}`) : either('allarmi veri', 'real alerts'),
      false,
    ],
    [
      p50 === null ? '—' : number(p50),
      p50 === null ? '' : 's',
      either('mediana allo squillo, obiettivo 10 s', 'median to ringing, target 10 s'),
      slow,
    ],
    [
      in20 === undefined ? '—' : number(in20 * 100),
      in20 === undefined ? '' : '%',
      either('squilla in 20 s, obiettivo 95 %', 'ringing within 20 s, target 95 %'),
      few,
    ],
    [
      String(g.missed),
      '',
      g.missed
        ? either(`oltre 50 s: ${missedAt}`, `past 50 s: ${missedAt}`)
        : either('oltre 50 s', 'past 50 s'),
      g.missed > 0,
    ],
    [
      String(to112),
      '',
      either(
        `affidati al 112, ${false_} ${false_ === 1 ? 'falso allarme' : 'falsi allarmi'}`,
        `handed to 112, ${false_} false ${false_ === 1 ? 'alarm' : 'alarms'}`,
      ),
      false,
    ],
  ].map(
    ([value, unit, text, bad]) =>
      html`<div class="panel kpi">
        <b>${value}${unit ? html`<small>${unit}</small>` : nothing}</b>
        <p>${bad ? word('warn', text, 'ink-bad') : text}</p>
      </div>`,
  );
}

function distribution(name, spread) {
  const { of, p50_s: p50, p95_s: p95 } = spread;
  const tallest = Math.max(1, ...spread.bins);
  const x = (s) => 10 + (Math.min(s, AXIS_S) * (W - 20)) / AXIS_S;
  const width = x(BIN_S) - x(0) - 2;
  const bar = (i, height) =>
    svg`<rect class=${i * BIN_S >= 50 ? 'over' : 'val'} x="${x(i * BIN_S) + 1}" y="${BASE - height}"
      width="${width}" height="${height}" rx="2"></rect>`;
  const mark = (s, top, kind, text) => {
    const left = s > 34;
    return svg`<path class="mark ${kind}" d="M${x(s)} ${BASE}V${top}"></path>
      <text class="v" x="${x(s) + (left ? -6 : 6)}" y="${top + 9}" text-anchor="${left ? 'end' : 'start'}"
        >${sec(s)} <tspan class="k">${text}</tspan></text>`;
  };
  const never = spread.never ? either(`${spread.never} mai`, `${spread.never} never`) : '';
  const spoken = either(
    `${name}: ${of} allarmi, mediana ${sec(p50)}, nel 95 % entro ${sec(p95)}, mai ${spread.never}.`,
    `${name}: ${of} alerts, median ${sec(p50)}, 95 % within ${sec(p95)}, never ${spread.never}.`,
  );
  return html`<section class="panel">
    <div class="panel__head">
      <h2>${name}</h2>
      ${never ? html`<span class="ink-bad word">${icon('warn')}${never}</span>` : nothing}
    </div>
    <div class="chart">
      ${
        spread.of
          ? html`<svg
              viewBox="0 0 ${W} ${H}"
              preserveAspectRatio="xMidYMax meet"
              role="img"
              aria-label=${spoken}>
              ${spread.bins.map((count, i) => (count ? bar(i, (count / tallest) * TALL) : nothing))}
              ${svg`<path class="axis" d="M10 ${BASE}H${W - 10}"></path>
                <path class="limit" d="M${x(50)} ${BASE}V56"></path>`}
              ${[0, 10, 20, 30, 40, 50].map(
                (s) => svg`<path class="axis" d="M${x(s)} ${BASE}v6"></path>
                  <text x="${x(s)}" y="${BASE + 20}" text-anchor="middle">${s}${s === 50 ? ' s' : ''}</text>`,
              )}
              ${p50 === null ? nothing : mark(p50, 18, '', either('mediana', 'median'))}
              ${p95 === null ? nothing : mark(p95, 66, 'p95', either('nel 95 %', 'for 95 %'))}
            </svg>`
          : html`<p class="empty">${either('Nessun allarme', 'No alerts')}</p>`
      }
    </div>
  </section>`;
}

function shares(said) {
  const g = said.figures;
  const rows = [
    [t('operator'), g.operator, said.targets.operator],
    [t('ringing'), g.ringing, said.targets.ringing],
    ['112', g.psap, said.targets.psap],
  ];
  return html`<section class="panel">
    <div class="panel__head">
      <h2>${either('Quota entro', 'Share within')}</h2>
      <span class="ink-3">${either('tacca: obiettivo', 'tick: target')}</span>
    </div>
    <table class="shares">
      <thead>
        <tr>
          <td></td>
          ${said.within_s.map((s) => html`<th scope="col">${s}${NB}s</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, spread, targets]) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${said.within_s.map((_, i) => share(spread.within[i], targets[i]))}
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function share(value, target) {
  const low = value !== undefined && target !== null && value < target;
  const full = (value ?? 0) * 100;
  const tick =
    target === null ? nothing : svg`<rect class="tick" x="${target * 99}%" width="2" height="100%"></rect>`;
  return html`<td class=${low ? 'ink-bad' : ''}>
    <b>${low ? icon('warn') : nothing}${value === undefined ? '—' : percent(value)}</b>${
      target === null
        ? nothing
        : html`<span class="sr">${either(`obiettivo ${percent(target)}`, `target ${percent(target)}`)}</span>`
    }
    <svg class="shares__bar" aria-hidden="true">
      ${svg`<rect class="rest" y="25%" width="100%" height="50%" rx="4"></rect>
        <rect class=${low ? 'over' : 'val'} y="25%" width="${full}%" height="50%" rx="4"></rect>`}
      ${tick}
    </svg>
  </td>`;
}

function heat(said) {
  const { days } = said.figures;
  const hours = Array.from({ length: 24 }, (_, hour) => days.reduce((sum, day) => sum + day.hours[hour], 0));
  const cells = (values, labels, spoken) => {
    const most = Math.max(1, ...values);
    return values.map(
      (value, i) =>
        html`<div role="listitem" aria-label=${`${spoken[i]}: ${value}`}>
          <b data-v=${value ? Math.max(1, Math.round((value / most) * 8)) : 0}>${value || '·'}</b>${labels[i]}
        </div>`,
    );
  };
  const dayOf = (day) => new Date(`${day.day}T12:00:00`);
  const lang = either('it-IT', 'en-GB');
  const short = days.map((day) =>
    days.length > 7
      ? String(dayOf(day).getDate())
      : dayOf(day).toLocaleDateString(lang, { weekday: 'short', day: 'numeric' }),
  );
  const long = days.map((day) =>
    dayOf(day).toLocaleDateString(lang, { weekday: 'long', day: 'numeric', month: 'long' }),
  );
  return html`<section class="panel">
    <div class="panel__head">
      <h2>
        ${
          said.days === 1
            ? either('Per ora: allarmi di oggi', 'By hour: alerts of today')
            : either('Per ora e per giorno', 'By hour and by day')
        }
      </h2>
      <span class="ink-2">${either('più allarmi, colore più intenso', 'more alerts, stronger colour')}</span>
    </div>
    <div class="heats" data-days=${said.days}>
      <div
        class="heat"
        role="list"
        aria-label=${either('Allarmi per ora del giorno', 'Alerts by hour of the day')}>
        ${cells(
          hours,
          hours.map((_, h) => String(h).padStart(2, '0')),
          hours.map((_, h) => either(`ore ${h}`, `${h} h`)),
        )}
      </div>
      ${
        days.length > 1
          ? html`<div
              class="heat heat--days"
              role="list"
              aria-label=${either('Allarmi per giorno', 'Alerts by day')}>
              ${cells(
                days.map((day) => day.alerts),
                short,
                long,
              )}
            </div>`
          : nothing
      }
    </div>
  </section>`;
}

function latest(ui) {
  const how = (one) =>
    one.closed_us === null
      ? word('clock', either('aperto', 'open'), 'ink-wait')
      : ['user_called_112', 'no_contact'].includes(one.outcome)
        ? word('warn', outcome(one.outcome), 'ink-bad')
        : word(
            one.outcome === 'handed_over' || one.outcome === 'briefed' ? '112' : 'check',
            outcome(one.outcome),
            'ink-2',
          );
  const took = (s, bad) =>
    html`<td class="num ${bad ? 'ink-bad' : ''}">${bad ? html`${icon('warn')} ` : nothing}${sec(s)}</td>`;
  return html`<section class="panel">
    <div class="panel__head">
      <h2>${either('Ultimi allarmi', 'Latest alerts')}</h2>
      <span class="word ink-2"
        ><kbd>↑</kbd><kbd>↓</kbd><span>${either('Invio apre la storia', 'Enter opens the story')}</span></span
      >
    </div>
    <div class="panel__body">
      <table class="table">
        <thead>
          <tr>
            <th>${t('requested')}</th>
            <th>${t('who')}</th>
            <th>${either('Esito', 'Outcome')}</th>
            <th>${either('Presa da', 'Taken by')}</th>
            <th class="num">${either('operatore', 'operator')}</th>
            <th class="num">${either('squillo', 'ringing')}</th>
            <th class="num">112</th>
          </tr>
        </thead>
        <tbody>
          ${shown().map(
            (one) =>
              html`<tr
                tabindex="0"
                data-alert=${one.alert}
                aria-current=${state.cursor === one.alert ? 'true' : nothing}
                @focus=${() => {
                  state.cursor = one.alert;
                }}
                @click=${() => openStory(ui, one.alert)}>
                <td class="ink-2">${f.shortDay(one.received_us)} ${f.minute(one.received_us)}</td>
                <td><b>${one.name || t('unknown')}</b></td>
                <td>${how(one)}</td>
                <td>${one.operator ? ui.names(one.operator) : '—'}</td>
                ${took(one.to_operator_s, false)} ${took(one.to_ringing_s, one.missed)}
                ${took(one.to_psap_s, false)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

export function view(ui) {
  // The first count of a big journal takes longer than until the next question.
  if (ui.feed.link === 'live' && !state.waiting && Date.now() - state.askedAtMs > AGAIN_MS) load(ui);
  const { said } = state;
  const ready = said && said.days === state.days;
  const seg = [
    ['T', either('Oggi', 'Today')],
    ['W', either('7 giorni', '7 days')],
    ['Y', either('30 giorni', '30 days')],
  ];
  return html`<section class="view figures" aria-labelledby="f-h" aria-busy=${!ready}>
    <header class="page-head">
      <h1 id="f-h" tabindex="-1">${either('Statistiche', 'Figures')}</h1>
      <p>
        ${
          state.fault
            ? word(
                'warn',
                state.fault === 'notYours'
                  ? either('Solo per chi coordina', 'For supervisors only')
                  : t('noConnection'),
                'ink-bad',
              )
            : either('Prove ed esercitazioni escluse', 'Tests and drills are left out')
        }
      </p>
      <div class="page-head__end">
        <button class="btn" aria-keyshortcuts="D" @click=${() => save(ui)}><kbd>D</kbd>CSV</button>
        <div class="seg" role="group" aria-label=${either('Periodo', 'Period')}>
          ${seg.map(
            ([key, text]) =>
              html`<button
                aria-pressed=${state.days === RANGES[key]}
                aria-keyshortcuts=${key}
                @click=${() => ui.press(key)}>
                <kbd>${key}</kbd><span>${text}</span>
              </button>`,
          )}
        </div>
      </div>
    </header>
    ${
      ready
        ? html`<div class="kpis">${kpis(said)}</div>
            <div class="charts">
              ${distribution(
                either('All’operatore', 'To the operator'),
                said.figures.operator,
              )}${distribution(
                either('Allo squillo', 'To her phone ringing'),
                said.figures.ringing,
              )}${distribution(
                either('Al 112, dopo la richiesta', 'To 112, once asked'),
                said.figures.psap,
              )}${shares(said)}
            </div>
            ${heat(said)}${latest(ui)}`
        : html`<p class="empty" role="status">${state.fault ? '' : either('Si conta…', 'Counting…')}</p>`
    }
  </section>`;
}
