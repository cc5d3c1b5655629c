// The key figures of the statistics, each with its target.

import { html, nothing } from '../../../vendor/lit.js';
import { word } from '../../../js/shell/parts.js';
import { number, say } from '../../../js/words/words.js';
import * as f from '../../../js/words/format.js';

/** Render the key figures. @param {FiguresView} data */
export function kpis(data) {
  const g = data.figures;
  const more = g.real - g.before;
  const than =
    g.before === 0
      ? ''
      : more === 0
        ? say`as before`
        : more > 0
          ? say`${more} more##than`
          : say`${-more} fewer`;
  const in20 = g.ringing.within[1];
  const to112 = (g.outcomes.handed_over ?? 0) + (g.outcomes.briefed ?? 0);
  const falses = g.outcomes.false_alarm ?? 0;
  const missedAt =
    g.last_missed_us === null ? '' : `${f.weekday(g.last_missed_us)}, ${f.minute(g.last_missed_us)}`;
  const slow = g.ringing.of > 0 && (g.ringing.p50_s === null || g.ringing.p50_s > 10);
  const few = in20 !== undefined && in20 < data.targets.ringing[1];
  const p50 = g.ringing.p50_s;
  /** @type {[string, string, string, boolean][]} */
  const all = [
    [String(g.real), '', than ? say`real alerts, ${than}` : say`real alerts`, false],
    [p50 === null ? '—' : number(p50), p50 === null ? '' : 's', say`median to ringing, target 10 s`, slow],
    [
      in20 === undefined ? '—' : number(in20 * 100),
      in20 === undefined ? '' : '%',
      say`ringing within 20 s, target 95 %`,
      few,
    ],
    [String(g.missed), '', g.missed ? say`past 50 s: ${missedAt}` : say`past 50 s`, g.missed > 0],
    [
      String(to112),
      '',
      falses === 1 ? say`handed to 112, 1 false alarm` : say`handed to 112, ${falses} false alarms`,
      false,
    ],
  ];
  return all.map(
    ([value, unit, text, bad]) =>
      html`<div class="panel kpi">
        <b>${value}${unit ? html`<small>${unit}</small>` : nothing}</b>
        <p>${bad ? word('warn', text, 'ink-bad') : text}</p>
      </div>`,
  );
}
