// The keys: which of them is for what is on the screen. Letters typed into a field are never commands.

import * as alarms from './alarms.js';
import { arms, commandOf } from './commands.js';
import * as drill from './drill.js';
import * as handover from './handover.js';
import * as history from './history.js';
import { waitingKey } from './known.js';
import { mapKey } from './map.js';
import { next, takesBackS } from './next.js';
import { arm, notTaken, order, refuse, shift } from './orders.js';
import * as otherline from './otherline.js';
import { placeSentences } from './place.js';
import { copyBriefing } from './reading.js';
import * as sections from './sections.js';
import * as shifts from './shift.js';
import * as sound from './sound.js';
import { offered } from './strip.js';
import * as voice from './voice.js';
import { waiting } from './waiting.js';
import { wrapping } from './wrapup.js';

/** A key pressed just as the state changes was meant for the state before. */
export const SETTLE_MS = 300;
/** The screen may take the field away from under somebody who types. */
const TYPED_MS = 1000;

let beforeHelp = null;

/** The list of keys, which has the focus while it is there, and gives it back. */
export function help(ui, shown) {
  ui.signingOff = false;
  if (shown) beforeHelp = document.activeElement;
  ui.help = shown;
  ui.draw();
  if (shown) document.querySelector('.help [autofocus]').focus({ preventScroll: true });
  else beforeHelp?.focus();
}

/** Carry out what this key is for, by whatever way it was pressed. */
export function pressed(ui, key) {
  const { feed } = ui;
  sound.unlock();
  if (!feed.me || feed.link === 'signed-off') return;
  if (key === '?' || (key === 'Escape' && ui.help)) return help(ui, !ui.help);
  if (ui.help || mapKey(key)) return;
  if (key === 'G' && voice.again()) return;
  if (feed.link === 'lost') {
    if (key === 'Enter') feed.retryNow();
    return;
  }
  const incoming = ui.incoming();
  if (incoming) return acknowledge(ui, key, incoming);
  if (key === 'K') return seen(ui);
  if (key === 'T' && takesOffered(ui)) return;
  if (handover.pressed(ui, key, ui.order)) return;
  // Her answer to why she pauses is a number, too.
  const answers = ui.section === 'case' && !ui.selected() && shifts.asks(ui);
  if (!answers && sections.pressed(ui, key)) return;
  if (key === 'ArrowDown' || key === 'ArrowUp') return move(ui, key === 'ArrowDown' ? 1 : -1);
  const view = ui.selected();
  if (view === null) ready(ui, key);
  else inCase(ui, key, view);
}

function acknowledge(ui, key, incoming) {
  shifts.interrupted();
  if (key !== 'Space') return; // nothing else can be reached
  ui.known.add(incoming);
  ui.open(incoming.alert);
}

/** Everything that sounds for everybody has been heard, and every alarm seen. */
function seen(ui) {
  for (const view of waiting(ui.feed, Date.now())) ui.known.addKey(waitingKey(view));
  alarms.acknowledge(ui);
  ui.draw();
}

/**
 * T takes the alert that nobody has, from wherever one looks; in another case that can be taken it takes that
 * one.
 */
function takesOffered(ui) {
  const view = offered(ui);
  if (!view || ui.feed.allowed.get(view.alert)?.take !== null) return false;
  const shown = ui.section === 'case' ? ui.selected() : null;
  if (shown && ui.feed.allowed.get(shown.alert)?.take === null) return false;
  ui.open(view.alert);
  order(ui, 'T', 'take');
  return true;
}

function ready(ui, key) {
  if (shifts.pressed(ui, key, (...said) => shift(ui, ...said))) return;
  if (key === 'D') drill.begin(ui, (...why) => refuse(ui, ...why));
  else if (key === 'Enter' && wrapping(ui)) shift(ui, 'Enter', 'ready');
  else if (key === 'Enter' && ui.cursor) ui.open(ui.cursor);
}

function inCase(ui, key, view) {
  const { feed } = ui;
  const allowed = feed.allowed.get(view.alert) ?? {};
  if (key === 'Escape') return escape(ui, view, allowed);
  if (key === 'N') return ui.noteElement?.focus();
  if (key === 'C') return copyBriefing(view, feed.nowUs(), placeSentences(view), ui.draw);
  if (key === 'Enter') return enter(ui, view);
  const { step } = next(view, allowed, feed.me, feed.nowUs(), ui.names, feed.center);
  const hands = key === 'H';
  const command = hands
    ? null
    : key === 'U'
      ? microphone(allowed)
      : commandOf(key, step, view, feed.me, allowed);
  if (!hands && !command) return undefined;
  if (Date.now() - ui.changedAtMs < SETTLE_MS) return notTaken(ui, key, view.alert);
  if (hands) {
    const no = handover.toggle(ui, view, allowed, ui.order);
    return no ? refuse(ui, 'H', view.alert, no) : undefined;
  }
  if (allowed[command] !== null) return refuse(ui, key, view.alert, allowed[command]);
  return arms(key, command, view, step) ? arm(ui, key) : order(ui, key, command);
}

/** What U does now. */
const microphone = (allowed) =>
  ['stop_whispering', 'whisper', 'unmute'].find((command) => allowed[command] === null) ?? 'mute';

/** Esc: disarms, takes the call to 112 back, or goes back to one's own case. */
function escape(ui, view, allowed) {
  const { feed } = ui;
  if (ui.armed) {
    ui.armed = null;
    return ui.draw();
  }
  if (takesBackS(view, allowed, feed.me, feed.nowUs())) return order(ui, 'E', 'withdraw_psap');
  return ui.mineNow()?.alert === view.alert ? undefined : ui.open(ui.mineNow()?.alert ?? null);
}

function enter(ui, view) {
  const { feed } = ui;
  const armed = ui.armedAlert === view.alert ? ui.armed : null;
  ui.armed = null;
  if (armed) {
    const allowed = feed.allowed.get(view.alert) ?? {};
    const { step } = next(view, allowed, feed.me, feed.nowUs(), ui.names, feed.center);
    const command = commandOf(armed, step, view, feed.me, allowed);
    order(ui, armed, command, null, command === 'another_line' ? otherline.whose(view) : null);
  } else if (ui.cursor && ui.cursor !== view.alert) ui.open(ui.cursor);
  else if (view.closed_us !== null) ui.open(ui.mineNow()?.alert ?? null);
  else if (wrapping(ui)) shift(ui, 'Enter', 'ready');
  ui.draw();
}

function move(ui, by) {
  const listed = ui.listed();
  if (!listed.length) return;
  const at = listed.findIndex((view) => view.alert === ui.cursor);
  const to = listed[(at + by + listed.length) % listed.length];
  ui.cursor = to.alert;
  document.querySelector(`[data-alert="${CSS.escape(to.alert)}"]`)?.focus();
  ui.draw();
}

let typedAtMs = 0;

const isField = (element) => element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;

/** Listen to the keyboard. */
export function listen(ui) {
  addEventListener(
    'input',
    () => {
      typedAtMs = Date.now();
    },
    true,
  );
  // Who leaves the field by a key of her own means to.
  addEventListener(
    'keydown',
    (e) => {
      if (isField(e.target) && ['Escape', 'Tab', 'Enter'].includes(e.key)) typedAtMs = 0;
    },
    true,
  );
  addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.repeat || isField(e.target)) return;
    const key = e.key === ' ' ? 'Space' : e.key.length === 1 ? e.key.toUpperCase() : e.key;
    if (e.target === document.body && Date.now() - typedAtMs < TYPED_MS) return;
    // A focused button is pressed by its own Space and Enter; a key of a command wins over it.
    const button = e.target instanceof HTMLButtonElement;
    const acknowledges = key === 'Space' && ui.feed.me && ui.incoming();
    const answers = e.target.closest?.('.ready__ask, .history__reopen'); // a button of the question itself
    const asked = ui.armed || (ui.feed.me && !answers && (history.asks(ui) || shifts.asksEnter(ui)));
    if (button && (key === 'Enter' || key === 'Space') && !acknowledges && !(asked && key === 'Enter'))
      return;
    if (['Space', 'ArrowUp', 'ArrowDown', '/'].includes(key) || (key === 'Enter' && asked))
      e.preventDefault();
    if (key === 'N') e.preventDefault(); // not into the note
    pressed(ui, key);
  });
  addEventListener('pointerdown', () => sound.unlock());
}
