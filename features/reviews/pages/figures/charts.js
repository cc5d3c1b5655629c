// The charts of the statistics: shares, distributions and hours. SVG; each chart has a text for screen
// readers.

import { html, nothing, svg } from '../../../vendor/lit.js';
import { icon } from '../../../js/shell/parts.js';
import { number, say } from '../../../js/words/words.js';

const BIN_S = 2;

const AXIS_S = 54;

const [W, H, BASE, TALL] = [330, 178, 152, 104];

const NB = '\u00a0';

const percent = (part) =>
  `${number(part * 100, Number.isInteger(Math.round(part * 1000) / 10) ? 0 : 1)}${NB}%`;

export const sec = (s) => (s === null ? '—' : `${number(s)}${NB}s`);

/** Render the distribution of a duration. @param {string} name @param {Distribution} spread */
export function distribution(name, spread) {
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
  const never = spread.never ? say`${spread.never} never` : '';
  const spoken = say`${name}: ${of} alerts, median ${sec(p50)}, 95 % within ${sec(p95)}, never
    ${spread.never}.`;
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
              ${p50 === null ? nothing : mark(p50, 18, '', say`median`)}
              ${p95 === null ? nothing : mark(p95, 66, 'p95', say`for 95 %`)}
            </svg>`
          : html`<p class="empty">${say`No alerts`}</p>`
      }
    </div>
  </section>`;
}

/** Render the shares within the limits, with their targets. @param {FiguresView} data */
export function shares(data) {
  const g = data.figures;
  /** @type {[string, Distribution, number[]][]} */
  const rows = [
    [say`Operator`, g.operator, data.targets.operator],
    [say`Ringing`, g.ringing, data.targets.ringing],
    ['112', g.psap, data.targets.psap],
  ];
  return html`<section class="panel">
    <div class="panel__head">
      <h2>${say`Share within`}</h2>
      <span class="ink-3">${say`tick: target`}</span>
    </div>
    <table class="shares">
      <thead>
        <tr>
          <td></td>
          ${data.within_s.map((s) => html`<th scope="col">${s}${NB}s</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, spread, targets]) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${data.within_s.map((_, i) => share(spread.within[i], targets[i]))}
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

/** Render a share with its target. */
function share(value, target) {
  const low = value !== undefined && target !== null && value < target;
  const full = (value ?? 0) * 100;
  const tick =
    target === null ? nothing : svg`<rect class="tick" x="${target * 99}%" width="2" height="100%"></rect>`;
  return html`<td class=${low ? 'ink-bad' : ''}>
    <b>${low ? icon('warn') : nothing}${value === undefined ? '—' : percent(value)}</b>${
      target === null ? nothing : html`<span class="sr">${say`target ${percent(target)}`}</span>`
    }
    <svg class="shares__bar" aria-hidden="true">
      ${svg`<rect class="rest" y="25%" width="100%" height="50%" rx="4"></rect>
        <rect class=${low ? 'over' : 'val'} y="25%" width="${full}%" height="50%" rx="4"></rect>`}
      ${tick}
    </svg>
  </td>`;
}

/** Render the alerts by hour and by day. @param {FiguresView} data */
export function heat(data) {
  const { days } = data.figures;
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
  const lang = say`en-GB`;
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
        ${data.days === 1 ? say`By hour: alerts of today` : say`By hour and by day`}
      </h2>
      <span class="ink-2"
        >${say`the centre’s hours; more alerts, stronger colour`}</span
      >
    </div>
    <div class="heats" data-days=${data.days}>
      <div
        class="heat"
        role="list"
        aria-label=${say`Alerts by hour of the day`}>
        ${cells(
          hours,
          hours.map((_, h) => String(h).padStart(2, '0')),
          hours.map((_, h) => say`${h} h`),
        )}
      </div>
      ${
        days.length > 1
          ? html`<div
              class="heat heat--days"
              role="list"
              aria-label=${say`Alerts by day`}>
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
