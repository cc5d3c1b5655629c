// The figures that are one number each, with what they are meant to be.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../shell/parts.js';
import { either, number } from '../words/words.js';
import * as f from '../words/format.js';

/** @param {FiguresView} said */
export function kpis(said) {
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
  const falses = g.outcomes.false_alarm ?? 0;
  const missedAt =
    g.last_missed_us === null ? '' : `${f.weekday(g.last_missed_us)}, ${f.minute(g.last_missed_us)}`;
  const slow = g.ringing.of > 0 && (g.ringing.p50_s === null || g.ringing.p50_s > 10);
  const few = in20 !== undefined && in20 < said.targets.ringing[1];
  const p50 = g.ringing.p50_s;
  /** @type {[string, string, string, boolean][]} */
  const all = [
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
        `affidati al 112, ${falses} ${falses === 1 ? 'falso allarme' : 'falsi allarmi'}`,
        `handed to 112, ${falses} false ${falses === 1 ? 'alarm' : 'alarms'}`,
      ),
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
