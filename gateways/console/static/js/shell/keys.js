// Key handling: each key acts on what is on the screen. Letters typed into a field are never commands.

import { FEATURES } from '../features.js';
import * as alarms from '../alarms/alarms.js';
import { waitsForEnter, commandOf } from '../steps/key-to-command.js';
import { isOnScreen } from '../steps/visible-keys.js';
import * as handover from '../case/handover.js';
import * as handed from '../shift/handover.js';
import * as own from '../shift/last-alert.js';
import * as reopening from '../alerts/reopening.js';
import { waitingKey } from './acknowledged.js';
import * as filling from '../case/dialogue/fill-keys.js';
import { close } from './escape.js';
import * as questions from '../case/dialogue/questions.js';
import * as dialogue from '../case/dialogue/dialogue.js';
import * as facts from '../case/facts.js';
import * as notes from '../case/notes.js';
import * as record from '../case/record.js';
import * as otherline from '../case/other-line.js';
import { positionSentences } from '../position/panel.js';
import { copyBriefing } from '../case/psap-text.js';
import * as help from './help.js';
import * as sections from './sections.js';
import { shiftActions } from '../shift/ready.js';
import * as shifts from '../shift/shift.js';
import * as sound from '../sound/sound.js';
import { unassignedForTake } from './notices.js';
import * as headset from '../voice/headset.js';
import * as voice from '../voice/voice.js';
import { unassignedAlerts } from '../alerts/unassigned.js';
import { alertsWithLateMessages, lateMessageKey } from '../alerts/late-messages.js';
import { KEY } from '../words/center.js';
import { say } from '../words/words.js';
import { inWrapUp } from '../shift/wrap-up.js';

/** A key pressed this soon after the state changed was meant for the state before. */
export const SETTLE_MS = 300;
/**
 * The panel that each key opens, and the command that the panel's field needs.
 * @type {Record<string, [any, string]>}
 */
const PANELS = {
  [KEY.ask_spoken]: [questions, ''],
  [KEY.brief]: [facts, 'brief'],
  [KEY.write]: [dialogue, 'write'],
  D: [record, ''],
};
/** For this long after Esc left a place, no letter acts on the shift. */
const AFTER_ESCAPE_MS = 1500;
/** A key pressed again this soon is the same press: two fingers, or fright. */
const TWICE_MS = 1000;
/**
 * The screen may remove a field while the operator types: for this long afterwards, letters are not commands.
 */
const TYPED_MS = 1000;

let last = { key: '', atMs: 0 };

/** Act on a key, or on the button of that key. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  const { feed } = ui;
  const twice = last.key === key && Date.now() - last.atMs < TWICE_MS;
  last = { key, atMs: Date.now() };
  sound.unlock();
  if (!feed.me || feed.link === 'signed-off') return;
  // Enter confirms the key pressed immediately before, and no earlier key.
  if (key !== 'Enter' && key !== 'Escape') ui.commands.disarm();
  if (key === '?') return help.show(ui, !ui.screen.help);
  const incoming = ui.screen.incoming();
  if (key === 'Escape' && (ui.screen.help || !incoming)) return close(ui);
  if (ui.screen.help) return help.scroll(key);
  if (FEATURES.some(({ map }) => map?.pressed(key))) return;
  if (key === 'G' && (voice.retry() || headset.returnToHeadset(ui))) return;
  if (feed.link === 'lost') return withoutCenter(ui, key);
  if (incoming) return acknowledge(ui, key, incoming);
  if (key === 'K') return acknowledgeAll(ui);
  if (key === KEY.take && takeUnassigned(ui)) return;
  if (handover.pressed(ui, key) || questions.pressed(ui, key)) return;
  // The answer to why the operator pauses is a number, too.
  const answers = ui.screen.section === 'case' && !ui.screen.selected() && shifts.isAsking(ui);
  if (!answers && sections.pressed(ui, key)) return;
  if (key === 'ArrowDown' || key === 'ArrowUp') return move(ui, key === 'ArrowDown' ? 1 : -1);
  const view = ui.screen.selected();
  if (view === null) ready(ui, key);
  else inCase(ui, key, view, twice);
}

/**
 * Act on a key while the center cannot be reached: what is on the screen can still be read and copied.
 * @param {Ui} ui @param {string} key
 */
function withoutCenter(ui, key) {
  const view = ui.screen.section === 'case' ? ui.screen.selected() : null;
  if (key === 'Enter') ui.feed.retryNow();
  else if (view && key === 'C') copyBriefing(ui, view, positionSentences(view));
  else if (view && [KEY.brief, 'D'].includes(key)) openPanel(ui, PANELS[key][0], view);
  else if (view && commandOf(key, ui.screen.step(view), view, ui.feed.me, ui.feed.allowedIn(view)))
    ui.commands.refuseOffline(key, view.alert);
}

/** Open one panel and close the others. @param {Ui} ui @param {any} which @param {CaseView} view */
function openPanel(ui, which, view) {
  // The new panel opens first: a view uncovered in between would count as seen.
  which.open(ui, view);
  for (const [one] of Object.values(PANELS)) if (one !== which) one.close(ui, view);
  which.focus?.();
}

/**
 * Acknowledge the incoming alert with Space; all other keys are ignored.
 * @param {Ui} ui @param {string} key @param {CaseView} incoming
 */
function acknowledge(ui, key, incoming) {
  shifts.cancelQuestions();
  reopening.cancel();
  if (key !== 'Space') return; // no other key acts now
  ui.acknowledged.add(incoming);
  ui.screen.open(incoming.alert);
}

/** Acknowledge every sound that all operators hear, and every alarm. @param {Ui} ui */
function acknowledgeAll(ui) {
  for (const view of unassignedAlerts(ui.feed, Date.now())) ui.acknowledged.addKey(waitingKey(view));
  alarms.acknowledgeAll(ui);
  const written = alertsWithLateMessages(ui.feed);
  for (const view of written) ui.acknowledged.addKey(lateMessageKey(view));
  // An operator with an alert stays on that alert; other operators see that the message is unread.
  if (written.length && !ui.screen.ownCase()) ui.screen.open(written[0].alert);
  ui.draw();
}

/**
 * Take the unassigned alert from any place, and return true. In another case that can be taken, T takes that
 * case instead.
 * @param {Ui} ui
 */
function takeUnassigned(ui) {
  const view = unassignedForTake(ui);
  if (!view || ui.feed.allowedIn(view).take !== null) return false;
  const shown = ui.screen.section === 'case' ? ui.screen.selected() : null;
  if (shown && ui.feed.allowedIn(shown).take === null) return false;
  ui.screen.open(view.alert);
  ui.commands.send(KEY.take, 'take');
  return true;
}

/** Act on a key of the ready view. @param {Ui} ui @param {string} key */
function ready(ui, key) {
  // An operator who has just left a place with Esc may still expect the keys of that place.
  if (key.length === 1 && Date.now() - ui.screen.leftAtMs < AFTER_ESCAPE_MS)
    return ui.commands.refuseEarly(key, null);
  if (shifts.pressed(ui, key) || own.pressed(ui, key) || handed.pressed(ui, key)) return;
  const more = shiftActions().find((one) => one.key === key);
  if (more) more.begin(ui);
  else if (key === 'Enter' && inWrapUp(ui)) ui.commands.changeShift('Enter', 'ready');
  else if (key === 'Enter' && ui.screen.cursor) ui.screen.open(ui.screen.cursor);
}

/**
 * Act on a key in a case. `twice`: the key repeats the previous key.
 * @param {Ui} ui @param {string} key @param {CaseView} view @param {boolean} twice
 */
function inCase(ui, key, view, twice) {
  const { feed } = ui;
  const allowed = feed.allowedIn(view);
  if (key === KEY.note) return notes.focus();
  if (filling.pressed(ui, key, view, allowed)) return undefined;
  if (PANELS[key]) return panel(ui, key, view, allowed);
  if (key === 'C') return copyBriefing(ui, view, positionSentences(view));
  if (key === 'Enter') return enter(ui, view);
  const step = ui.screen.step(view);
  const hands = key === KEY.hand_over;
  const command = hands
    ? null
    : key === KEY.mute
      ? microphone(allowed)
      : commandOf(key, step, view, feed.me, allowed);
  if (!hands && !command) return undefined;
  if (Date.now() - ui.screen.changedAtMs < SETTLE_MS) return ui.commands.refuseEarly(key, view.alert);
  if (hands) {
    const no = handover.toggle(ui, view, allowed);
    return no ? ui.commands.refuse(key, view.alert, no) : undefined;
  }
  if (allowed[command] !== null) return ui.commands.refuse(key, view.alert, allowed[command]);
  if (!isOnScreen(key)) return ui.commands.refuse(key, view.alert, notOffered(key));
  if (twice && command === 'withdraw_psap') return ui.commands.refuse(key, view.alert, pressedTwice());
  return waitsForEnter(command, view, step) ? ui.commands.arm(key, command) : ui.commands.send(key, command);
}

/**
 * Open a panel. If the panel's command is refused, letters typed next are still not commands.
 * @param {Ui} ui @param {string} key @param {CaseView} view @param {Allowed} allowed
 */
function panel(ui, key, view, allowed) {
  const [which, command] = PANELS[key];
  openPanel(ui, which, view);
  if (!command || allowed[command] === null) return undefined;
  typedAtMs = Date.now();
  return ui.commands.refuse(key, view.alert, allowed[command]);
}

/** The commands of the microphone's key, before `mute`. @type {OperatorCommand[]} */
const MICROPHONE = ['stop_whispering', 'whisper', 'unmute'];

/** Return the command of the microphone's key in the current state. @param {Allowed} allowed */
const microphone = (allowed) => MICROPHONE.find((command) => allowed[command] === null) ?? 'mute';

/** @param {string} key */
const notOffered = (key) => say`${key} is not offered on this screen now.`;

const pressedTwice = () =>
  say`${KEY.call_psap} twice in a row: 112 is still being called. To take it back: one second, then
    ${KEY.withdraw_psap}.`;

/**
 * Act on Enter in a case: confirm the armed command, else open the alert under the cursor.
 * @param {Ui} ui @param {CaseView} view
 */
function enter(ui, view) {
  const armed = ui.commands.takeArmed(view);
  if (armed) {
    const party = armed.command === 'another_line' ? otherline.changedParty(view) : null;
    ui.commands.send(armed.key, armed.command, null, party);
  } else if (ui.screen.cursor && ui.screen.cursor !== view.alert) ui.screen.open(ui.screen.cursor);
  else if (view.closed_us !== null) ui.screen.back();
  else if (inWrapUp(ui)) ui.commands.changeShift('Enter', 'ready');
  ui.draw();
}

/** Move the cursor of the list of alerts by `by` rows. @param {Ui} ui @param {number} by */
function move(ui, by) {
  const listed = ui.screen.listed();
  if (!listed.length) return;
  const at = listed.findIndex((view) => view.alert === ui.screen.cursor);
  const to = listed[(at + by + listed.length) % listed.length];
  ui.screen.point(to.alert);
  document.querySelector(`[data-alert="${CSS.escape(to.alert)}"]`)?.focus();
  ui.draw();
}

let typedAtMs = 0;

/** Return true for an element that takes typed text. @param {EventTarget} element */
const isField = (element) =>
  [HTMLInputElement, HTMLTextAreaElement, HTMLSelectElement].some((kind) => element instanceof kind);

/** Listen to the keyboard. @param {Ui} ui */
export function listen(ui) {
  addEventListener(
    'input',
    () => {
      typedAtMs = Date.now();
    },
    true,
  );
  // An operator who leaves the field with a key intends to leave.
  addEventListener(
    'keydown',
    (e) => {
      if (isField(e.target) && ['Escape', 'Tab', 'Enter'].includes(e.key)) typedAtMs = 0;
    },
    true,
  );
  addEventListener('keydown', () => ui.feed.reportInput(), true);
  addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.repeat || isField(e.target)) return;
    const key = e.key === ' ' ? 'Space' : e.key.length === 1 ? e.key.toUpperCase() : e.key;
    if (e.target === document.body && Date.now() - typedAtMs < TYPED_MS) {
      typedAtMs = Date.now(); // until typing stops
      return;
    }
    // A focused button is pressed by its own Space and Enter; a key of a command has precedence.
    const button = e.target instanceof HTMLButtonElement;
    const acknowledges = key === 'Space' && ui.feed.me && ui.screen.incoming();
    const target = /** @type {HTMLElement} */ (e.target);
    const answers = target.closest?.('.ready__ask, .history__reopen'); // a button of the question itself
    const expectsEnter =
      ui.commands.armed ||
      (ui.feed.me && !answers && (reopening.awaitsEnter(ui) || shifts.waitsForEnter(ui)));
    if (button && (key === 'Enter' || key === 'Space') && !acknowledges && !(expectsEnter && key === 'Enter'))
      return;
    if (['Space', 'ArrowUp', 'ArrowDown', '/'].includes(key) || (key === 'Enter' && expectsEnter))
      e.preventDefault();
    pressed(ui, key);
    if (isField(document.activeElement)) e.preventDefault(); // not typed into the field just opened
  });
  addEventListener('pointerdown', () => {
    sound.unlock();
    ui.feed.reportInput();
  });
}
