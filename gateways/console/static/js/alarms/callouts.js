// Callouts: the people on duty who are notified of alarms, in the infrastructure's place and in the bar. A
// callout shows the person, the time, the result, and who has accepted it. R accepts a callout.

import { html, nothing } from '../../vendor/lit.js';
import { channelName } from './channels.js';
import { answerOf, why } from '../admin/frame/faults.js';
import { icon, word } from '../shell/parts.js';
import { phrase, say } from '../words/words.js';
import * as f from '../words/format.js';
import { subjectName } from './alarms.js';
import { kindOf, kindTexts } from './kinds.js';

const TESTS_SHOWN_US = 120e6;
const PEOPLE_SHOWN = 4;
const refusal = { fault: '', of: '' };

/** Forget the last refusal. */
export function clear() {
  refusal.fault = '';
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
const hasActiveAlarm = (ui, one) =>
  one.alarms.some((alarm) =>
    ui.feed.alarms.some((other) => other.alarm === alarm.alarm && other.subject === alarm.subject),
  );

/**
 * Return the callouts to show above the alarms: running callouts, ended callouts of active alarms, and for
 * two minutes ended tests.
 * @param {Ui} ui
 */
export const visible = (ui) =>
  ui.feed.callouts.filter(
    (one) =>
      one.ended_us === null ||
      (one.kind === 'alarm' && hasActiveAlarm(ui, one)) ||
      (one.kind === 'test' && ui.feed.nowUs() - one.ended_us < TESTS_SHOWN_US),
  );

/** Return true if R can accept this callout. @param {CalloutView} one */
const mayAccept = (one) => one.kind === 'alarm' && one.ended_us === null && one.taken_us === null;

/** Return true if every person was called, and the callout is not accepted. @param {CalloutView} one */
const isUnaccepted = (one) =>
  !one.taken_us && (one.end === 'nobody' || (one.ended_us === null && one.round > 1));

/** Return the name of the person who accepted this callout. @param {Ui} ui @param {CalloutView} one */
const acceptedBy = (ui, one) => (one.operator ? ui.feed.names(one.operator) : one.taken_by);

/** Return the attempt that uses this line now, or undefined. @param {Ui} ui @param {string} line */
export const attemptOnLine = (ui, line) =>
  ui.feed.callouts
    .filter((one) => one.ended_us === null)
    .flatMap(runningAttempts)
    .find((each) => each.line === line);

/** Return the attempts that are running. @param {CalloutView} one */
const runningAttempts = (one) => one.tries.filter((each) => each.over_us === null);

/**
 * Return true if a call was attempted. Without a line that no alert needs, no call is possible.
 * @param {CalloutView} one
 */
const wasCalled = (one) => one.tries.some((each) => each.way === 'call' && each.failure !== 'no_line');

/** Return the state of a callout: text, icon and tone. @param {Ui} ui @param {CalloutView} one */
function stateOf(ui, one) {
  const name = acceptedBy(ui, one);
  if (one.taken_us) return { text: say`${name} sees to it`, sign: 'done', tone: 'ink-ok' };
  const now = runningAttempts(one);
  const names = [...new Set(now.map((each) => each.name))].join(', ');
  const rings = now.some((each) => each.way === 'call');
  const activity = rings ? say`calling ${names}` : say`telling ${names}`;
  if (isUnaccepted(one)) {
    const unaccepted = say`Nobody has taken it`;
    return { text: now.length ? `${unaccepted}; ${activity}` : unaccepted, sign: 'warn', tone: 'ink-bad' };
  }
  if (now.length)
    return {
      text: activity[0].toUpperCase() + activity.slice(1),
      sign: rings ? 'ring' : 'bell',
      tone: 'ink-wait',
    };
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
function causeText(ui, one) {
  if (one.kind === 'test') return say`Test: ${one.name}`;
  const [first] = one.alarms;
  if (!first) return '';
  const kind = kindOf(first.alarm, '');
  const { short } = kindTexts(kind, subjectName(ui, kind.about, first.subject));
  const more = one.alarms.length - 1;
  const text = !more ? short : more === 1 ? say`${short}, and 1 more` : say`${short}, and ${more} more`;
  return one.kind === 'morning' ? say`In the morning: ${text}` : text;
}

/** Return the result of one attempt in words. @param {CalloutView} callout @param {AttemptView} one */
function attemptResult(callout, one) {
  const channel = channelName(one.way);
  if (one.failure) return `${channel} ${FAILURES[one.failure]?.() ?? one.failure}`;
  const calls = one.way === 'call';
  if (one.over_us) return calls ? say`${channel} taken` : say`${channel} sent`;
  if (callout.ended_us) return say`${channel} ended`;
  if (one.answered_us) return say`${channel}: listening`;
  return calls ? say`${channel}: calling` : say`${channel}: leaving`;
}

/** Return the attempts grouped by cycle and person: the last groups. @param {CalloutView} one */
function attemptsByPerson(one) {
  /** @type {Map<string, AttemptView[]>} */
  const found = new Map();
  for (const each of one.tries) {
    const key = `${each.round}/${each.person}`;
    found.set(key, [...(found.get(key) ?? []), each]);
  }
  return [...found.values()].slice(-PEOPLE_SHOWN);
}

/**
 * Render the attempts that notified one person in one cycle.
 * @param {CalloutView} callout @param {AttemptView[]} tries
 */
const personItem = (callout, tries) =>
  html`<li>
    <b>${tries[0].name}</b> ${f.minute(tries[0].at_us)}:
    ${tries.map((one) => attemptResult(callout, one)).join(', ')}
  </li>`;

/** Render one callout. @param {Ui} ui @param {CalloutView} one */
function row(ui, one) {
  const { text, sign, tone } = stateOf(ui, one);
  const since = one.taken_us ?? one.ended_us ?? one.opened_us;
  return html`<li class="called" data-callout=${one.callout} data-is=${tone}>
    <div>
      ${word(sign, html`<b>${text}</b>`, tone)}<small>${say`since`} ${f.minute(since)}</small>
    </div>
    <div>
      ${causeText(ui, one)}
      <ul class="called__tries ink-2">
        ${attemptsByPerson(one).map((tries) => personItem(one, tries))}
      </ul>
      ${
        refusal.fault && refusal.of === one.callout
          ? html`<small role="alert" class="ink-bad">${refusal.fault}</small>`
          : nothing
      }
    </div>
    ${
      mayAccept(one)
        ? html`<button class="btn" aria-keyshortcuts="R" @click=${() => accept(ui, one)}>
            <kbd>R</kbd><span>${say`I see to it`}</span>
          </button>`
        : nothing
    }
  </li>`;
}

/** Render the callouts above the alarms. @param {Ui} ui */
export const rows = (ui) => visible(ui).map((one) => row(ui, one));

/** Accept a callout. @param {Ui} ui @param {CalloutView} one */
async function accept(ui, one) {
  const { code } = await answerOf(
    ui.feed.request('POST', `/v1/callouts/${encodeURIComponent(one.callout)}/take`),
  );
  Object.assign(refusal, { fault: code ? why(code) : '', of: one.callout });
  ui.draw();
}

/**
 * Handle a key: R accepts the newest callout that can be accepted. Return true if the key was used.
 * @param {Ui} ui @param {string} key
 */
export function pressed(ui, key) {
  const one = key === 'R' && visible(ui).findLast(mayAccept);
  if (!one) return false;
  accept(ui, one);
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
  const one = visible(ui).find((each) => each.kind === 'alarm');
  if (!one) return nothing;
  const { text, sign, tone } = stateOf(ui, one);
  const name = one.taken_us ? acceptedBy(ui, one) : runningAttempts(one).at(-1)?.name;
  const again = one.ended_us === null && one.round > 0 ? say`again soon` : '';
  const brief = isUnaccepted(one) ? say`nobody` : (name?.split(' ')[0] ?? again);
  return html`<span class="called-bar ${tone}" data-called=${one.callout} title=${text}
    >${icon(sign)}<span aria-hidden="true">${brief}</span
    ><span class="sr" role="status">${text}</span></span
  >`;
}

/** Render one row of the past callouts. @param {Ui} ui @param {CalloutView} one */
const pastRow = (ui, one) => {
  const { text, sign, tone } = stateOf(ui, one);
  return html`<tr>
    <td>${f.shortDay(one.opened_us)} ${f.minute(one.opened_us)}</td>
    <td><b>${causeText(ui, one)}</b></td>
    <td class="ink-2">
      <ul class="called__tries">
        ${attemptsByPerson(one).map((tries) => personItem(one, tries))}
      </ul>
    </td>
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
      ${all.map((one) => pastRow(ui, one))}
    </tbody>
  </table>`;
