// The keys: which of them is for what is on the screen. Letters typed into a field are never commands.

import { FEATURES } from '../features.js';
import * as alarms from '../alarms/alarms.js';
import { arms, commandOf } from '../steps/key-to-command.js';
import { onScreen } from '../steps/visible-keys.js';
import * as handover from '../case/handover.js';
import * as handed from '../shift/handed-over.js';
import * as own from '../shift/last-alert.js';
import * as reopening from '../alerts/reopening.js';
import { waitingKey } from './acknowledged.js';
import * as filling from '../case/dialogue/filling.js';
import { close } from './escape.js';
import * as questions from '../case/dialogue/questions.js';
import * as dialogue from '../case/dialogue/dialogue.js';
import * as facts from '../case/facts.js';
import * as notes from '../case/notes.js';
import * as record from '../case/record.js';
import * as otherline from '../case/other-line.js';
import { placeSentences } from '../place/place.js';
import { copyBriefing } from '../case/psap-text.js';
import * as help from './help.js';
import * as sections from './sections.js';
import { inShift } from '../shift/ready.js';
import * as shifts from '../shift/shift.js';
import * as sound from '../sound/sound.js';
import { offered } from './notices.js';
import * as headset from '../voice/headset.js';
import * as voice from '../voice/voice.js';
import { waiting } from '../alerts/unassigned.js';
import { writtenAfter, writtenKey } from '../alerts/late-messages.js';
import { KEY } from '../words/center.js';
import { say } from '../words/words.js';
import { wrapping } from '../shift/wrap-up.js';

/** A key pressed just as the state changes was meant for the state before. */
export const SETTLE_MS = 300;
/** What these keys open, and the command that its field needs. @type {Record<string, [any, string]>} */
const PANELS = {
  [KEY.ask_spoken]: [questions, ''],
  [KEY.brief]: [facts, 'brief'],
  [KEY.write]: [dialogue, 'write'],
  D: [record, ''],
};
/** So long after a place was left with Esc no letter acts on the shift. */
const FLED_MS = 1500;
/** A key pressed again so soon is the same press: by two fingers, or in fright. */
const TWICE_MS = 1000;
/** The screen may take the field away from under somebody who types. */
const TYPED_MS = 1000;

let last = { key: '', atMs: 0 };

/** Carry out what this key is for, by whatever way it was pressed. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  const { feed } = ui;
  const twice = last.key === key && Date.now() - last.atMs < TWICE_MS;
  last = { key, atMs: Date.now() };
  sound.unlock();
  if (!feed.me || feed.link === 'signed-off') return;
  // Enter confirms the key before it, and no earlier one.
  if (key !== 'Enter' && key !== 'Escape') ui.orders.disarm();
  if (key === '?') return help.show(ui, !ui.screen.help);
  const incoming = ui.screen.incoming();
  if (key === 'Escape' && (ui.screen.help || !incoming)) return close(ui);
  if (ui.screen.help) return help.scroll(key);
  if (FEATURES.some(({ map }) => map?.pressed(key))) return;
  if (key === 'G' && (voice.again() || headset.back(ui))) return;
  if (feed.link === 'lost') return withoutCenter(ui, key);
  if (incoming) return acknowledge(ui, key, incoming);
  if (key === 'K') return seen(ui);
  if (key === KEY.take && takesOffered(ui)) return;
  if (handover.pressed(ui, key) || questions.pressed(ui, key)) return;
  // The answer to why one pauses is a number, too.
  const answers = ui.screen.section === 'case' && !ui.screen.selected() && shifts.asks(ui);
  if (!answers && sections.pressed(ui, key)) return;
  if (key === 'ArrowDown' || key === 'ArrowUp') return move(ui, key === 'ArrowDown' ? 1 : -1);
  const view = ui.screen.selected();
  if (view === null) ready(ui, key);
  else inCase(ui, key, view, twice);
}

/** What is on this screen can still be read and copied. @param {Ui} ui @param {string} key */
function withoutCenter(ui, key) {
  const view = ui.screen.section === 'case' ? ui.screen.selected() : null;
  if (key === 'Enter') ui.feed.retryNow();
  else if (view && key === 'C') copyBriefing(ui, view, placeSentences(view));
  else if (view && [KEY.brief, 'D'].includes(key)) openPanel(ui, PANELS[key][0], view);
  else if (view && commandOf(key, ui.screen.step(view), view, ui.feed.me, ui.feed.allowedIn(view)))
    ui.orders.notSent(key, view.alert);
}

/** One panel at a time. @param {Ui} ui @param {any} which @param {CaseView} view */
function openPanel(ui, which, view) {
  // Nothing is uncovered for a moment in between, which would count as seen.
  which.open(ui, view);
  for (const [one] of Object.values(PANELS)) if (one !== which) one.close(ui, view);
  which.focus?.();
}

/** @param {Ui} ui @param {string} key @param {CaseView} incoming */
function acknowledge(ui, key, incoming) {
  shifts.interrupted();
  reopening.forget();
  if (key !== 'Space') return; // nothing else can be reached
  ui.known.add(incoming);
  ui.screen.open(incoming.alert);
}

/** Everything that sounds for everybody has been heard, and every alarm seen. @param {Ui} ui */
function seen(ui) {
  for (const view of waiting(ui.feed, Date.now())) ui.known.addKey(waitingKey(view));
  alarms.acknowledge(ui);
  const written = writtenAfter(ui.feed);
  for (const view of written) ui.known.addKey(writtenKey(view));
  // Who has an alert stays with it; all others see that it is not read yet.
  if (written.length && !ui.screen.mineNow()) ui.screen.open(written[0].alert);
  ui.draw();
}

/**
 * T takes the alert that no operator has, from every place; in another case that can be taken it takes that
 * one.
 * @param {Ui} ui
 */
function takesOffered(ui) {
  const view = offered(ui);
  if (!view || ui.feed.allowedIn(view).take !== null) return false;
  const shown = ui.screen.section === 'case' ? ui.screen.selected() : null;
  if (shown && ui.feed.allowedIn(shown).take === null) return false;
  ui.screen.open(view.alert);
  ui.orders.order(KEY.take, 'take');
  return true;
}

/** @param {Ui} ui @param {string} key */
function ready(ui, key) {
  // Who has fled from a place may think to be there still.
  if (key.length === 1 && Date.now() - ui.screen.leftAtMs < FLED_MS) return ui.orders.notTaken(key, null);
  if (shifts.pressed(ui, key) || own.pressed(ui, key) || handed.pressed(ui, key)) return;
  const more = inShift().find((one) => one.key === key);
  if (more) more.begin(ui);
  else if (key === 'Enter' && wrapping(ui)) ui.orders.shift('Enter', 'ready');
  else if (key === 'Enter' && ui.screen.cursor) ui.screen.open(ui.screen.cursor);
}

/** @param {Ui} ui @param {string} key @param {CaseView} view @param {boolean} twice */
function inCase(ui, key, view, twice) {
  const { feed } = ui;
  const allowed = feed.allowedIn(view);
  if (key === KEY.note) return notes.focus();
  if (filling.pressed(ui, key, view, allowed)) return undefined;
  if (PANELS[key]) return panel(ui, key, view, allowed);
  if (key === 'C') return copyBriefing(ui, view, placeSentences(view));
  if (key === 'Enter') return enter(ui, view);
  const step = ui.screen.step(view);
  const hands = key === KEY.hand_over;
  const command = hands
    ? null
    : key === KEY.mute
      ? microphone(allowed)
      : commandOf(key, step, view, feed.me, allowed);
  if (!hands && !command) return undefined;
  if (Date.now() - ui.screen.changedAtMs < SETTLE_MS) return ui.orders.notTaken(key, view.alert);
  if (hands) {
    const no = handover.toggle(ui, view, allowed);
    return no ? ui.orders.refuse(key, view.alert, no) : undefined;
  }
  if (allowed[command] !== null) return ui.orders.refuse(key, view.alert, allowed[command]);
  if (!onScreen(key)) return ui.orders.refuse(key, view.alert, notOffered(key));
  if (twice && command === 'withdraw_psap') return ui.orders.refuse(key, view.alert, pressedTwice());
  return arms(command, view, step) ? ui.orders.arm(key, command) : ui.orders.order(key, command);
}

/**
 * Where nothing can be written, what is typed next is none the more a command.
 * @param {Ui} ui @param {string} key @param {CaseView} view @param {Allowed} allowed
 */
function panel(ui, key, view, allowed) {
  const [which, command] = PANELS[key];
  openPanel(ui, which, view);
  if (!command || allowed[command] === null) return undefined;
  typedAtMs = Date.now();
  return ui.orders.refuse(key, view.alert, allowed[command]);
}

/** Its opposites before it. @type {OperatorCommand[]} */
const MICROPHONE = ['stop_whispering', 'whisper', 'unmute'];

/** What the key of the microphone does now. @param {Allowed} allowed */
const microphone = (allowed) => MICROPHONE.find((command) => allowed[command] === null) ?? 'mute';

/** @param {string} key */
const notOffered = (key) => say`${key} is not offered on this screen now.`;

const pressedTwice = () =>
  say`${KEY.call_psap} twice in a row: 112 is still being called. To take it back: one second, then
    ${KEY.withdraw_psap}.`;

/** @param {Ui} ui @param {CaseView} view */
function enter(ui, view) {
  const armed = ui.orders.confirmed(view);
  if (armed) {
    const party = armed.command === 'another_line' ? otherline.changed(view) : null;
    ui.orders.order(armed.key, armed.command, null, party);
  } else if (ui.screen.cursor && ui.screen.cursor !== view.alert) ui.screen.open(ui.screen.cursor);
  else if (view.closed_us !== null) ui.screen.back();
  else if (wrapping(ui)) ui.orders.shift('Enter', 'ready');
  ui.draw();
}

/** @param {Ui} ui @param {number} by */
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

/** @param {EventTarget} element */
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
  // Leaving the field by a key is meant.
  addEventListener(
    'keydown',
    (e) => {
      if (isField(e.target) && ['Escape', 'Tab', 'Enter'].includes(e.key)) typedAtMs = 0;
    },
    true,
  );
  addEventListener('keydown', () => ui.feed.input(), true);
  addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.repeat || isField(e.target)) return;
    const key = e.key === ' ' ? 'Space' : e.key.length === 1 ? e.key.toUpperCase() : e.key;
    if (e.target === document.body && Date.now() - typedAtMs < TYPED_MS) {
      typedAtMs = Date.now(); // until the fingers rest
      return;
    }
    // A focused button is pressed by its own Space and Enter; a key of a command wins over it.
    const button = e.target instanceof HTMLButtonElement;
    const acknowledges = key === 'Space' && ui.feed.me && ui.screen.incoming();
    const target = /** @type {HTMLElement} */ (e.target);
    const answers = target.closest?.('.ready__ask, .history__reopen'); // a button of the question itself
    const asked = ui.orders.armed || (ui.feed.me && !answers && (reopening.asks(ui) || shifts.asksEnter(ui)));
    if (button && (key === 'Enter' || key === 'Space') && !acknowledges && !(asked && key === 'Enter'))
      return;
    if (['Space', 'ArrowUp', 'ArrowDown', '/'].includes(key) || (key === 'Enter' && asked))
      e.preventDefault();
    pressed(ui, key);
    if (isField(document.activeElement)) e.preventDefault(); // not into the field that it has opened
  });
  addEventListener('pointerdown', () => {
    sound.unlock();
    ui.feed.input();
  });
}
