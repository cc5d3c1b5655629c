// The center's alarms: those the center publishes, and those the page detects itself.

import { isLate, shortName } from '../case/situation.js';
import { PRIORITIES, kindOf, wakingText, kindTexts } from './kinds.js';

const AT_ONCE = 500;

/** Return true if the alarm means that its line carries no calls. @param {AlarmView} one */
export const carriesNoCalls = (one) =>
  one.alarm.startsWith('line.') &&
  !['line.quarantined', 'line.weak_signal', 'line.no_sound'].includes(one.alarm);

/** Return the lines that carry no calls now. @param {Feed} feed */
export function unusableLines(feed) {
  const failing = new Set(feed.alarms.filter(carriesNoCalls).map((one) => one.subject));
  const out = feed.lines.filter(
    (one) => one.quarantine || one.out || failing.has(one.line) || feed.node(one.node)?.alive === false,
  );
  return new Set(out.map((one) => one.line));
}

/** Return the alarm that no emergency line can carry a call, or null. @param {Feed} feed */
export const noLineAlarm = (feed) => feed.alarms.find((one) => one.alarm === 'psap.no_line') ?? null;

/**
 * Return true if 112 is called on a public line meanwhile. The settings permit this last resort; the alarm's
 * text names it.
 * @param {AlarmView} alarm
 */
export const onPublicLine = (alarm) => alarm.text.includes('on a public line');

/**
 * Return the key under which an acknowledgement of this alarm is kept. An alarm that is raised again has
 * another key.
 * @param {{ alarm: string, subject: string, since_us: number }} one
 */
export const alarmKey = (one) => `alarm:${one.alarm}/${one.subject}/${one.since_us}`;

/**
 * Return the name of the alarm's subject: an operator, a user, a line, a node or a part.
 * @param {Ui} ui @param {string} about @param {string} subject
 */
export function subjectName(ui, about, subject) {
  if (about === 'operator') return ui.feed.names(subject);
  const view = about === 'alert' ? ui.feed.cases.get(subject.split(':')[0]) : null;
  return view ? shortName(view) : subject;
}

/**
 * Return all alarms, the highest priority first: active alarms, alarms that ended unacknowledged, alarms that
 * the page detects.
 * @param {Ui} ui @returns {Alarm[]}
 */
export function allAlarms(ui) {
  const { feed } = ui;
  const found = [
    ...feed.alarms.map((one) => displayed(ui, one)),
    ...feed.alarmsOver.map((one) => displayed(ui, { ...one, text: '' })),
    ...(feed.link === 'live' ? detectedByPage(ui) : []),
  ];
  return found.sort(
    (a, b) =>
      PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority) ||
      a.rank - b.rank ||
      (a.since_us ?? 0) - (b.since_us ?? 0),
  );
}

/** Return the alarms that the page detects: missed deadlines, no ready operator. @param {Ui} ui */
function detectedByPage(ui) {
  const { feed } = ui;
  const late = [...feed.cases.values()].filter((view) => !view.test && isLate(view, feed.nowUs()));
  const found = [];
  if (late.length) {
    const since_us = Math.min(...late.map((view) => view.deadline_us));
    found.push(displayed(ui, { alarm: 'deadline.missed', subject: String(late.length), text: '', since_us }));
  }
  if (!feed.operators.some((one) => one.state === 'ready')) {
    const quiet_us = feed.quiet.find((one) => one.alarm === 'no_operator')?.until_us ?? null;
    found.push(displayed(ui, { alarm: 'no_operator', subject: '', text: '', since_us: null, quiet_us }));
  }
  return found;
}

/**
 * Return an alarm as it is displayed.
 * @param {Ui} ui @param {AlarmView & { over_us?: number }} one @returns {Alarm}
 */
function displayed(ui, one) {
  const kind = kindOf(one.alarm, one.text);
  const name = subjectName(ui, kind.about, one.subject);
  const key = alarmKey(one);
  const quietUs = one.quiet_us > ui.feed.nowUs() ? one.quiet_us : null;
  return {
    ...{ kind: one.alarm, subject: one.subject, name, text: one.text, key },
    ...{ priority: kind.priority, acts: kind.acts, rank: kind.rank, mayBeQuiet: kind.quiet },
    woken: one.over_us ? '' : wakingText(kind.wakes, Boolean(one.waits)),
    ...{ since_us: one.since_us, over_us: one.over_us ?? null, quiet_us: quietUs },
    ...{ seen_us: one.seen_us ?? null, seen_by: one.seen_by ?? null },
    seen: Boolean(one.seen_us) || quietUs !== null || ui.acknowledged.hasKey(key),
    ...kindTexts(kind, name),
  };
}

/**
 * Acknowledge all alarms (key K), at every console. If the center cannot be reached, only this page keeps the
 * acknowledgement.
 * @param {Ui} ui
 */
export function acknowledgeAll(ui) {
  const { feed, acknowledged } = ui;
  const unseen = [...feed.alarms, ...feed.alarmsOver].filter((one) => !('seen_us' in one));
  for (const one of allAlarms(ui)) acknowledged.addKey(one.key);
  const unseenKeys = unseen.map(({ alarm, subject, since_us }) => ({ alarm, subject, since_us }));
  for (let at = 0; at < unseenKeys.length; at += AT_ONCE)
    feed.acknowledgeAlarms(unseenKeys.slice(at, at + AT_ONCE));
}
