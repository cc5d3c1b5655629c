// Callouts: the people on duty who are notified of alarms, in the infrastructure's place and in the bar. A
// callout shows the person, the time, the result, and who has accepted it. R accepts a callout.

import { html, nothing } from '../../vendor/lit.js';
import { wayName } from './channels.js';
import { answerOf, why } from '../admin/frame/faults.js';
import { icon, word } from '../shell/parts.js';
import { phrase, say } from '../words/words.js';
import * as f from '../words/format.js';
import { named } from './alarms.js';
import { kindOf, worded } from './kinds.js';

const TESTS_SHOWN_US = 120e6;
const PEOPLE_SHOWN = 4;
const here = { fault: '', of: '' };

/** Forget the last refusal. */
export function clear() {
  here.fault = '';
}

/** The results of failed attempts. @type {Record<string, Phrase>} */
const FAILURES = {
  not_answered: phrase`no answer`,
  no_key: phrase`answered, no key`,
  next: phrase`wants the next one`,
  no_line: phrase`no free line`,
  gave_way: phrase`an alert needed the line`,
  no_voice: phrase`the line was silent`,
  refused: phrase`refused`,
  away: phrase`out of reach`,
  lost: phrase`not known`,
  ended: phrase`ended: not needed any more`,
};

/** Return true if an alarm of this callout is still active. @param {Ui} ui @param {CalloutView} one */
const stands = (ui, one) =>
  one.alarms.some((alarm) =>
    ui.feed.alarms.some((other) => other.alarm === alarm.alarm && other.subject === alarm.subject),
  );

/**
 * Return the callouts to show above the alarms: running callouts, ended callouts of active alarms, and for
 * two minutes ended tests.
 * @param {Ui} ui
 */
export const shown = (ui) =>
  ui.feed.callouts.filter(
    (one) =>
      one.ended_us === null ||
      (one.kind === 'alarm' && stands(ui, one)) ||
      (one.kind === 'test' && ui.feed.nowUs() - one.ended_us < TESTS_SHOWN_US),
  );

/** Return true if R can accept this callout. @param {CalloutView} one */
const untaken = (one) => one.kind === 'alarm' && one.ended_us === null && one.taken_us === null;

/** Return true if every person was called, and the callout is not accepted. @param {CalloutView} one */
const nobody = (one) => !one.taken_us && (one.end === 'nobody' || (one.ended_us === null && one.round > 1));

/** Return the name of the person who accepted this callout. @param {Ui} ui @param {CalloutView} one */
const taker = (ui, one) => (one.operator ? ui.feed.names(one.operator) : one.taken_by);

/** Return the attempt that uses this line now, or undefined. @param {Ui} ui @param {string} line */
export const calledOn = (ui, line) =>
  ui.feed.callouts
    .filter((one) => one.ended_us === null)
    .flatMap(going)
    .find((each) => each.line === line);

/** Return the attempts that are running. @param {CalloutView} one */
const going = (one) => one.tries.filter((each) => each.over_us === null);

/**
 * Return true if a call was attempted. Without a line that no alert needs, no call is possible.
 * @param {CalloutView} one
 */
const wasCalled = (one) => one.tries.some((each) => each.way === 'call' && each.failure !== 'no_line');

/** Return the state of a callout: text, icon and tone. @param {Ui} ui @param {CalloutView} one */
function situation(ui, one) {
  const name = taker(ui, one);
  if (one.taken_us) return { text: say`${name} sees to it`, sign: 'done', tone: 'ink-ok' };
  const now = going(one);
  const who = [...new Set(now.map((each) => each.name))].join(', ');
  const rings = now.some((each) => each.way === 'call');
  const told = rings ? say`calling ${who}` : say`telling ${who}`;
  if (nobody(one)) {
    const none = say`Nobody has taken it`;
    return { text: now.length ? `${none}; ${told}` : none, sign: 'warn', tone: 'ink-bad' };
  }
  if (now.length)
    return { text: told[0].toUpperCase() + told.slice(1), sign: rings ? 'ring' : 'bell', tone: 'ink-wait' };
  const ended = ENDS[one.end ?? 'open'] ?? ENDS.over; // a newer node may send other reasons
  return { ...ended(one), tone: one.ended_us === null ? 'ink-wait' : 'ink-2' };
}

/**
 * The states of a callout without a running attempt, by the reason of its end.
 * @type {Record<string, (one: CalloutView) => { text: string, sign: string }>}
 */
const ENDS = {
  open: (one) => ({
    text: wasCalled(one)
      ? say`No answer; it is tried again`
      : one.round
        ? say`Written to; a line is waited for`
        : say`About to call`,
    sign: 'clock',
  }),
  over: () => ({ text: say`It is over`, sign: 'check' }),
  seen: () => ({ text: say`Seen at a console`, sign: 'done' }),
  told: () => ({ text: say`They are told`, sign: 'check' }),
  taken: () => ({ text: say`Somebody sees to it`, sign: 'done' }),
  nobody: () => ({ text: say`Nobody has taken it`, sign: 'warn' }),
};

/**
 * Return the alarm that caused the callout, or the name of the test.
 * @param {Ui} ui @param {CalloutView} one
 */
function reason(ui, one) {
  if (one.kind === 'test') return say`Test: ${one.name}`;
  const [first] = one.alarms;
  if (!first) return '';
  const kind = kindOf(first.alarm, '');
  const { short } = worded(kind, named(ui, kind.about, first.subject));
  const more = one.alarms.length - 1;
  const text = !more ? short : more === 1 ? say`${short}, and 1 more` : say`${short}, and ${more} more`;
  return one.kind === 'morning' ? say`In the morning: ${text}` : text;
}

/** Return the result of one attempt in words. @param {CalloutView} of @param {TryView} one */
function came(of, one) {
  const way = wayName(one.way);
  if (one.failure) return `${way} ${FAILURES[one.failure]?.() ?? one.failure}`;
  const calls = one.way === 'call';
  if (one.over_us) return calls ? say`${way} taken` : say`${way} sent`;
  if (of.ended_us) return say`${way} ended`;
  if (one.answered_us) return say`${way}: listening`;
  return calls ? say`${way}: calling` : say`${way}: leaving`;
}

/** Return the attempts grouped by cycle and person: the last groups. @param {CalloutView} one */
function people(one) {
  /** @type {Map<string, TryView[]>} */
  const found = new Map();
  for (const each of one.tries) {
    const key = `${each.round}/${each.person}`;
    found.set(key, [...(found.get(key) ?? []), each]);
  }
  return [...found.values()].slice(-PEOPLE_SHOWN);
}

/**
 * Render the attempts that notified one person in one cycle.
 * @param {CalloutView} of @param {TryView[]} tries
 */
const person = (of, tries) =>
  html`<li>
    <b>${tries[0].name}</b> ${f.minute(tries[0].at_us)}: ${tries.map((one) => came(of, one)).join(', ')}
  </li>`;

/** Render one callout. @param {Ui} ui @param {CalloutView} one */
function row(ui, one) {
  const { text, sign, tone } = situation(ui, one);
  const since = one.taken_us ?? one.ended_us ?? one.opened_us;
  return html`<li class="called" data-callout=${one.callout} data-is=${tone}>
    <div>
      ${word(sign, html`<b>${text}</b>`, tone)}<small>${say`since`} ${f.minute(since)}</small>
    </div>
    <div>
      ${reason(ui, one)}
      <ul class="called__tries ink-2">
        ${people(one).map((tries) => person(one, tries))}
      </ul>
      ${
        here.fault && here.of === one.callout
          ? html`<small role="alert" class="ink-bad">${here.fault}</small>`
          : nothing
      }
    </div>
    ${
      untaken(one)
        ? html`<button class="btn" aria-keyshortcuts="R" @click=${() => take(ui, one)}>
            <kbd>R</kbd><span>${say`I see to it`}</span>
          </button>`
        : nothing
    }
  </li>`;
}

/** Render the callouts above the alarms. @param {Ui} ui */
export const rows = (ui) => shown(ui).map((one) => row(ui, one));

/** Accept a callout. @param {Ui} ui @param {CalloutView} one */
async function take(ui, one) {
  const { code } = await answerOf(
    ui.feed.request('POST', `/v1/callouts/${encodeURIComponent(one.callout)}/take`),
  );
  Object.assign(here, { fault: code ? why(code) : '', of: one.callout });
  ui.draw();
}

/**
 * Handle a key: R accepts the newest callout that can be accepted. Return true if the key was used.
 * @param {Ui} ui @param {string} key
 */
export function pressed(ui, key) {
  const one = key === 'R' && shown(ui).findLast(untaken);
  if (!one) return false;
  take(ui, one);
  return true;
}

/**
 * Focus the button of a callout to which the link of a notification leads. Return false if the callout is not
 * shown.
 * @param {string} callout
 */
export function point(callout) {
  const found = document.querySelector(`[data-callout="${CSS.escape(callout)}"]`);
  /** @type {HTMLElement} */ (found?.querySelector('button'))?.focus();
  return found !== null;
}

/**
 * Render the callout in the bar: the first name of the person who is called, or who accepted.
 * @param {Ui} ui
 */
export function bar(ui) {
  const one = shown(ui).find((each) => each.kind === 'alarm');
  if (!one) return nothing;
  const { text, sign, tone } = situation(ui, one);
  const name = one.taken_us ? taker(ui, one) : going(one).at(-1)?.name;
  const again = one.ended_us === null && one.round > 0 ? say`again soon` : '';
  const brief = nobody(one) ? say`nobody` : (name?.split(' ')[0] ?? again);
  return html`<span class="called-bar ${tone}" data-called=${one.callout} title=${text}
    >${icon(sign)}<span aria-hidden="true">${brief}</span
    ><span class="sr" role="status">${text}</span></span
  >`;
}

/** Render one row of the past callouts. @param {Ui} ui @param {CalloutView} one */
const past = (ui, one) => {
  const { text, sign, tone } = situation(ui, one);
  return html`<tr>
    <td>${f.shortDay(one.opened_us)} ${f.minute(one.opened_us)}</td>
    <td><b>${reason(ui, one)}</b></td>
    <td class="ink-2"><ul class="called__tries">${people(one).map((tries) => person(one, tries))}</ul></td>
    <td>${word(sign, text, tone)}</td>
    <td class="num">${f.span((one.taken_us ?? one.ended_us ?? ui.feed.nowUs()) - one.opened_us)}</td>
  </tr>`;
};

/** Render the callouts of a period, for the past alarms. @param {Ui} ui @param {CalloutView[]} all */
export const table = (ui, all) =>
  html`<table class="table">
    <thead>
      <tr>
        <th>${say`Since##hour`}</th>
        <th>${say`Because of`}</th>
        <th>${say`Who`}</th>
        <th>${say`What came of it`}</th>
        <th class="num">${say`Within`}</th>
      </tr>
    </thead>
    <tbody>
      ${all.map((one) => past(ui, one))}
    </tbody>
  </table>`;
