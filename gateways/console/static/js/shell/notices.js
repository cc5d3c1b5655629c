// Notices under the bar, in sight in every place: the screen shows something other than the operator's own
// case, no line can call 112, an alert is unassigned. A notice stays as long as its condition; Esc leads
// back, K ends the sound, T takes the alert.

import { html, nothing } from '../../vendor/lit.js';
import { icon } from './parts.js';
import { label } from '../steps/labels.js';
import { KEY } from '../words/center.js';
import { say } from '../words/words.js';
import { alarmKey, noLineAlarm, onPublicLine } from '../alarms/alarms.js';
import { brokenText, isBroken } from '../case/broken-conference.js';
import { waitingKey } from './acknowledged.js';
import { deadline } from '../case/deadline.js';
import * as f from '../words/format.js';
import * as s from '../case/situation.js';
import { unassignedAlerts } from '../alerts/unassigned.js';
import { alertsWithLateMessages, lateMessageKey } from '../alerts/late-messages.js';

/**
 * Return the alert that T takes from any place. Return null while the operator has a real alert.
 * @param {Ui} ui
 */
export function unassignedForTake(ui) {
  const my = ui.screen.ownCase();
  const [first] = unassignedAlerts(ui.feed, Date.now()).filter((view) => !(my && view.test));
  return first && (!my || my.test) ? first : null;
}

/** Return what sounds until it is acknowledged as `[{key, test}]`, the most serious first. @param {Ui} ui */
export function unacknowledgedSounds(ui) {
  const found = unassignedAlerts(ui.feed, Date.now()).map((view) => ({
    key: waitingKey(view),
    test: view.test,
  }));
  const alarm = ui.feed.link === 'live' ? noLineAlarm(ui.feed) : null;
  for (const view of alertsWithLateMessages(ui.feed))
    found.push({ key: lateMessageKey(view), test: view.test });
  if (alarm) found.unshift({ key: alarmKey(alarm), test: false });
  return found.filter((one) => !ui.acknowledged.hasKey(one.key));
}

/** Render the notices under the bar. @param {Ui} ui */
export function notices(ui) {
  const my = ui.screen.hiddenOwnCase();
  const back = my ? ownCaseNotice(ui, my) : nothing;
  if (ui.feed.link !== 'live') return my ? html`<div class="strips">${back}</div>` : nothing;
  const alarm = noLineAlarm(ui.feed);
  const all = ui.screen.incoming() ? [] : unassignedAlerts(ui.feed, Date.now());
  const shown = ui.screen.section === 'case' && !ui.screen.incoming() ? ui.screen.selected() : null;
  // The banner of the case itself reports that no line can call 112.
  const said = shown && s.isOwnCase(shown, ui.feed.me) && s.psapState(shown) === 'lacking';
  const lacking = alarm && !said ? noLineNotice(ui, alarm) : nothing;
  const written = ui.screen.incoming() ? [] : alertsWithLateMessages(ui.feed);
  return html`<div class="strips">
    ${back}${lacking}${all.length ? unassignedNotice(ui, all) : nothing}
    ${written.length ? lateMessageNotice(ui, written) : nothing}
  </div>`;
}

/**
 * Render the notice that a user has written after the end of the alert.
 * @param {Ui} ui @param {CaseView[]} all
 */
function lateMessageNotice(ui, all) {
  const [view] = all;
  const more = all.length > 1 ? say`, and ${all.length - 1} more` : '';
  const who = s.capital(s.firstName(view));
  const key = lateMessageKey(view);
  const reads = !ui.screen.ownCase();
  const at = f.clock(view.written_us);
  return html`<div class="strip" role="alert" data-tone="wait" data-strip="written" data-alert=${view.alert}>
    ${icon('note')}
    <b
      >${
        view.closed_us === null
          ? say`${who} writes, with no operator left${more}`
          : view.test
            ? say`${who} writes after the TEST${more}`
            : say`${who} writes after the end${more}`
      }</b
    >
    <p>${say`At ${at}. Nobody has read it.`}</p>
    ${
      reads || !ui.acknowledged.hasKey(key)
        ? html`<button class="btn" aria-keyshortcuts="K" @click=${() => ui.press('K')}>
            <kbd>K</kbd><span>${reads ? say`Read` : say`Seen`}</span>
          </button>`
        : nothing
    }
  </div>`;
}

/** Render the notice that leads back to the operator's own case. @param {Ui} ui @param {CaseView} my */
function ownCaseNotice(ui, my) {
  const what = my.test ? s.theAlert(my) : s.shortName(my);
  const title = !s.isTalking(my.operator_leg)
    ? say`You have ${s.theAlert(my)}`
    : s.isTalking(my.user) && !s.unheard(my.user)
      ? say`You are on the line with ${s.inAlert(my)}`
      : say`You are on the line for ${what}`;
  return html`<div class="strip" role="status" data-tone="own" data-strip="own" data-alert=${my.alert}>
    ${icon('headset')} <b>${title}</b>
    <p></p>
    <button class="btn" aria-keyshortcuts="Escape" @click=${() => ui.screen.back()}>
      <kbd>Esc</kbd><span>${say`To your case`}</span>
    </button>
  </div>`;
}

/** Render the button that acknowledges a notice's sound. @param {Ui} ui @param {string} key */
const seenButton = (ui, key) =>
  ui.acknowledged.hasKey(key)
    ? nothing
    : html`<button class="btn" aria-keyshortcuts="K" @click=${() => ui.press('K')}>
        <kbd>K</kbd><span>${say`Seen`}</span>
      </button>`;

/**
 * Render the notice that no line, or only a public line, can call 112.
 * @param {Ui} ui @param {AlarmView} alarm
 */
function noLineNotice(ui, alarm) {
  const resort = onPublicLine(alarm);
  const title = resort ? say`The lines kept for 112 are out of use` : say`No line can call 112`;
  const what = resort
    ? say`112 is called on a public line.`
    : say`If 112 is needed, call it from another phone.`;
  return html`<div class="strip" role="alert" data-tone=${resort ? 'wait' : 'bad'} data-strip="psap.no_line">
    ${icon('warn')} <b>${title}</b>
    <p>${what}</p>
    ${seenButton(ui, alarmKey(alarm))}
  </div>`;
}

/**
 * Return the alert's name in a notice. Without a name or number, beside an own case: the other alert.
 * @param {Ui} ui @param {CaseView} view
 */
function alertName(ui, view) {
  const my = ui.screen.ownCase();
  if (view.person || view.phone || !my || my.alert === view.alert) return s.theAlert(view);
  return view.test ? say`the other TEST` : say`the other alert`;
}

/** Render the notice of unassigned alerts. @param {Ui} ui @param {CaseView[]} all */
function unassignedNotice(ui, all) {
  const [view] = all;
  const nowUs = ui.feed.nowUs();
  const d = deadline(view, nowUs);
  const more = all.length > 1 ? say` and ${all.length - 1} more` : '';
  const title = isBroken(view)
    ? s.markTest(view.test, brokenText(view, ui.feed.me, ui.feed.names).title)
    : say`Nobody has ${alertName(ui, view)}${more}`;
  const left = view.met_us === null ? `${d.value} s` : '';
  const tone = s.isLate(view, nowUs) || isBroken(view) ? 'bad' : 'wait';
  const my = ui.screen.ownCase();
  const who = view.person || view.phone ? s.shortName(view) : alertName(ui, view);
  const leaves = my ? say`Leave the test, take ${who}` : label('take');
  const key = KEY.take;
  const shown = ui.screen.section === 'case' ? ui.screen.selected() : null;
  // A screen shows one T: in a case that can be taken, T belongs to that case.
  const other = shown && shown.alert !== view.alert && ui.feed.allowedIn(shown).take === null;
  const take =
    unassignedForTake(ui)?.alert === view.alert && !other
      ? html`<button class="btn" data-key=${key} aria-keyshortcuts=${key} @click=${() => ui.press(key)}>
          <kbd>${key}</kbd><span>${leaves}</span>
        </button>`
      : nothing;
  return html`<div
    class="strip"
    role="alert"
    data-tone=${view.test ? 'test' : tone}
    data-strip="nobody"
    data-alert=${view.alert}>
    ${icon(view.test ? 'flask' : 'bell')} <b>${title}</b>
    <p>
      <span aria-hidden="true"><b class="strip__left">${left}</b> ${view.silent ? say`Silent` : ''}</span>
      ${my && !view.test ? (my.test ? onlyATest() : waysToAssignment(ui, my)) : nothing}
    </p>
    ${take}${seenButton(ui, waitingKey(view))}
  </div>`;
}

const onlyATest = () => say`You are in a test.`;

/**
 * Return how the unassigned alert reaches this operator, who has a case, if no other operator is free.
 * @param {Ui} ui @param {CaseView} my
 */
function waysToAssignment(ui, my) {
  const { operators, me } = ui.feed;
  const other = operators.some((one) => one.operator !== me.operator && one.state === 'ready' && !one.alert);
  if (other || ui.feed.myShift() !== 'ready') return '';
  if (ui.feed.allowedIn(my).leave !== null) return say`It comes to you as soon as you are free.`;
  // In the other places, L is no key of the case.
  return ui.screen.hiddenOwnCase()
    ? say`Esc, then ${KEY.leave}: you leave yours, and it comes to you.`
    : say`${KEY.leave}: you leave yours, and it comes to you.`;
}

/**
 * Show in the bar whether 112 is real or simulated; never with a tick while no line can call 112.
 * @param {Feed} feed
 */
export function psapInBar(feed) {
  const live = feed.center.psap_live;
  const alarm = noLineAlarm(feed);
  const said = (ic, tone, text) => html`<span class=${tone} data-psap>${ic}<span>${text}</span></span>`;
  if (alarm && onPublicLine(alarm)) return said(icon('warn'), 'ink-wait', say`112: public line`);
  if (alarm) return said(icon('warn'), 'ink-bad', say`112: no line`);
  return said(icon('check', live ? 'ink-ok' : ''), '', live ? say`112 real` : say`112 simulated`);
}
