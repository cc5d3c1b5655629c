// What is wrong with the center: what the journal says, and what is seen from here; in the bar, and one by
// one.

import { html, nothing } from '../../vendor/lit.js';
import { KINDS } from './alarm-kinds.js';
import { icon } from '../shell/parts.js';
import { either } from '../words/words.js';
import { isLate, shortName } from '../case/situation.js';

const ORDER = Object.keys(KINDS);
/** @param {string} kind */
const rank = (kind) => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length);
/** Of these the subject is an alert, or a leg of one. */
const OF_ALERTS = [
  'alert.no_operator_line',
  'case.stuck',
  'ended_soon_after_leave',
  'pin.wrong',
  'leg.no_sound',
];

/** Whether an alarm says that its line carries no calls. @param {AlarmView} one */
export const carriesNone = (one) =>
  one.alarm.startsWith('line.') &&
  !['line.quarantined', 'line.weak_signal', 'line.no_sound'].includes(one.alarm);

/** The lines that carry no calls now. @param {Feed} feed */
export const unusable = (feed) =>
  new Set([
    ...feed.lines.filter((one) => one.node && feed.node(one.node)?.alive === false).map((one) => one.line),
    ...feed.lines.filter((one) => one.quarantine || one.out).map((one) => one.line),
    ...feed.alarms.filter(carriesNone).map((one) => one.subject),
  ]);

/** The alarm that no emergency line can carry a call; null where one can. @param {Feed} feed */
export const noLineAlarm = (feed) => feed.alarms.find((one) => one.alarm === 'psap.no_line') ?? null;

/**
 * Whether 112 is called on a public line meanwhile: the last resort of the settings, as the alarm has it.
 * @param {AlarmView} alarm
 */
export const onPublicLine = (alarm) => alarm.text.includes('on a public line');

/**
 * By what an alarm is known once it is acknowledged: the same one, raised anew, is another.
 * @param {AlarmView} one
 */
export const alarmKey = (one) => `alarm:${one.alarm}/${one.subject}/${one.since_us}`;

/** @param {Ui} ui @param {AlarmView} one */
const alertOf = (ui, one) =>
  OF_ALERTS.includes(one.alarm) ? ui.feed.cases.get(one.subject.split(':')[0]) : null;

/** Whom or what it is about, by name. @param {Ui} ui @param {AlarmView} one */
function about(ui, one) {
  if (one.alarm.startsWith('operator.')) return ui.feed.names(one.subject);
  const view = alertOf(ui, one);
  return view ? shortName(view) : one.subject;
}

/**
 * All alarms, gravest first: {kind, subject, short, long, text, since_us, seen}. None of an alert that is
 * closed.
 * @param {Ui} ui
 */
export function alarms(ui) {
  const { feed } = ui;
  const raised = feed.alarms.filter((one) => (alertOf(ui, one)?.closed_us ?? null) === null);
  const found = raised.map((one) => made(ui, one));
  if (feed.link === 'live') {
    const late = [...feed.cases.values()].filter((view) => !view.test && isLate(view, feed.nowUs()));
    if (late.length)
      found.push(
        here(ui, 'deadline.missed', String(late.length), Math.min(...late.map((view) => view.deadline_us))),
      );
    if (!feed.operators.some((one) => one.state === 'ready')) found.push(here(ui, 'no_operator', '', null));
  }
  return found.sort((a, b) => rank(a.kind) - rank(b.kind) || (a.since_us ?? 0) - (b.since_us ?? 0));
}

/**
 * One that the page sees by itself.
 * @param {Ui} ui @param {string} alarm @param {string} subject @param {number} since_us
 */
const here = (ui, alarm, subject, since_us) => made(ui, { alarm, subject, text: '', since_us });

/** @param {Ui} ui @param {AlarmView} one */
function made(ui, one) {
  const [short, long] = KINDS[one.alarm]?.(about(ui, one)) ?? [one.text || one.alarm, one.text || one.alarm];
  const key = alarmKey(one);
  return {
    kind: one.alarm,
    subject: one.subject,
    text: one.text,
    since_us: one.since_us,
    short,
    long,
    key,
    seen: ui.known.hasKey(key),
  };
}

/** K: all that is wrong now has been seen. @param {Ui} ui */
export function acknowledge(ui) {
  for (const one of alarms(ui)) ui.known.addKey(one.key);
}

/** How many there are, and the gravest by name; all of them are in the plant view. @param {Ui} ui */
export function bar(ui) {
  const all = alarms(ui);
  const said = all.length
    ? either(
        `Avvisi: ${all.map((one) => one.long).join('. ')}`,
        `Alarms: ${all.map((one) => one.long).join('. ')}`,
      )
    : '';
  return html`${all.length ? button(ui, all) : nothing}<span class="sr" role="status">${said}</span>`;
}

/** @param {Ui} ui */
function button(ui, all) {
  const fresh = all.find((one) => !one.seen);
  const gravest = fresh ?? all[0];
  const count =
    all.length === 1 ? either('1 avviso', '1 alarm') : either(`${all.length} avvisi`, `${all.length} alarms`);
  const shown = [gravest.short, all.length > 1 ? `+${all.length - 1}` : ''].join(' ').trim();
  const label = `${shown}. ${either(`${count}, tasto 4`, `${count}, key 4`)}: ${gravest.long}`;
  const open = () => {
    if (ui.feed.link !== 'lost' && !ui.screen.incoming()) ui.screen.go('plant');
  };
  const more = all.length > 1 ? html`<b>+${all.length - 1}</b>` : nothing;
  return html`<button
    class="alarm ink-bad"
    data-alarm=${gravest.kind}
    data-fresh=${fresh ? '' : nothing}
    title=${gravest.long}
    aria-label=${label}
    @click=${open}>
    ${icon('warn')}<span>${gravest.short}</span>${more}
  </button>`;
}
