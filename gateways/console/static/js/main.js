// The page's own state, its keys, and when it is drawn again. What is true comes from the feed alone.

import { render } from '../vendor/lit.js';
import { Feed } from './feed.js';
import { KEYS, calledFor, isLate, mine, next, reading, slots } from './situation.js';
import { isEnglish, reason, setLanguage, t } from './words.js';
import { page } from './shell.js';
import { copyBriefing } from './reading.js';
import { title } from './title.js';
import { droppedSoon } from './dropped.js';
import * as drill from './drill.js';
import * as shifts from './shift.js';
import { mapKey } from './map.js';
import { placeSentences } from './place.js';
import * as sections from './sections.js';
import * as sound from './sound.js';
import * as voice from './voice.js';
import * as handover from './handover.js';
import * as otherline from './otherline.js';
import { wrapping } from './wrapup.js';
import { arrived } from './elsewhere.js';

const SETTLE_MS = 300; // A key pressed just as the state changes was meant for the state before.
const ARMED_MS = 3000;
const REFUSED_MS = 8000;
const REST_MAX_MS = 250;

const root = document.getElementById('page');
const ui = {
  feed: null,
  chosen: null, // the alert that is shown
  cursor: null, // the alert under the arrow keys
  acknowledged: new Set(),
  armed: null,
  armedAlert: null,
  refused: null,
  drafts: new Map(),
  help: false,
  section: 'case', // which of the four places is shown; see sections.js
  changedAtMs: 0,
  noteElement: null,

  noteField: (element) => { ui.noteElement = element ?? null; },
  names: (operator) => ui.feed.operators.find((one) => one.operator === operator)?.name ?? operator,
  myShift: () => ui.feed.operators.find((one) => one.operator === ui.feed.me.operator)?.state ?? 'off',
  openCount: () => ui.feed.open,

  /** The case that is mine, or that my phone is called for. */
  mineNow: () => {
    const open = [...ui.feed.cases.values()].filter((view) => view.closed_us === null);
    return open.find((view) => mine(view, ui.feed.me)) ?? open.find((view) => calledFor(view, ui.feed.me)) ?? null;
  },
  /** An alert for which my phone is called and which I have not acknowledged. */
  incoming: () => {
    const view = ui.mineNow();
    return view && calledFor(view, ui.feed.me) && !ui.acknowledged.has(view.alert) && ui.feed.link !== 'lost' ? view : null;
  },
  selected: () => (ui.chosen === null ? null : ui.feed.cases.get(ui.chosen) ?? null),
  /** Mine first, then unmet deadlines by time left, then the reached ones; tests after what is real. */
  listed: () => {
    const rank = (view) => [mine(view, ui.feed.me) || calledFor(view, ui.feed.me) ? 0 : 1, view.test ? 1 : 0, view.met_us === null ? 0 : 1, view.deadline_us];
    return [...ui.feed.cases.values()].filter((view) => view.closed_us === null || view.alert === ui.chosen)
      .sort((a, b) => { const x = rank(a), y = rank(b); for (let i = 0; i < x.length; i += 1) if (x[i] !== y[i]) return x[i] - y[i]; return a.alert < b.alert ? -1 : 1; }).slice(0, 100);
  },

  draw: () => draw(),
  open: (alert) => { ui.section = 'case'; ui.chosen = alert; ui.cursor = alert; ui.armed = null; ui.feed.opened(alert); draw(); },
  signOn: (given) => { sound.unlock(); return ui.feed.signOn(given); },
  redraw: () => draw(),
  signOff: async () => {
    help(false);
    const why = await ui.feed.signOff();
    if (why) { refuse('?', ui.chosen, why); return; }
    ui.chosen = null; ui.section = 'case'; ui.acknowledged.clear(); ui.drafts.clear();
    draw();
  },
  switchLanguage: () => { localStorage.setItem('securwoman-language', isEnglish() ? 'it' : 'en'); setLanguage(isEnglish() ? 'it' : 'en'); draw(); },
  switchTheme: () => { const theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'; localStorage.setItem('securwoman-theme', theme); document.documentElement.dataset.theme = theme; draw(); },
  noteKey: (e, alert) => {
    if (e.key === 'Escape') { e.preventDefault(); e.target.blur(); }
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); sendNote(alert); }
    e.stopPropagation();
  },
  press: (key) => pressed(key),
  order: (key, command, to) => order(key, command, to),
};

async function sendNote(alert) {
  const text = (ui.drafts.get(alert) ?? '').trim();
  if (!text) return;
  const answer = await ui.feed.command(alert, 'note', text);
  // Only what the center has is taken away from the field; then her keys are commands again.
  if (answer.ok && (ui.drafts.get(alert) ?? '').trim() === text) { ui.drafts.delete(alert); ui.noteElement?.blur(); }
  else if (!answer.ok) refuse('N', alert, answer.reason);
  draw();
}

function refuse(key, alert, text) {
  if (ui.feed.link === 'signed-off') return; // that is said where she signs on again
  ui.refused = { key, alert, text: text ? reason(text) : t('noConnection'), untilMs: Date.now() + REFUSED_MS };
  draw();
}

async function order(key, command, to = null, party = null) {
  const alert = ui.chosen;
  const unknown = command === 'take' && !ui.acknowledged.has(alert);
  if (unknown) ui.acknowledged.add(alert); // her phone will ring because she asks for it: no alarm
  const answer = await ui.feed.command(alert, command, '', to, party);
  if (answer.ok) return;
  if (unknown) ui.acknowledged.delete(alert);
  refuse(key, alert, answer.reason);
}

async function shift(key, state, reason) {
  const answer = await ui.feed.shift(state, reason);
  if (!answer.ok) refuse(key, null, answer.reason);
}

function arm(key) {
  ui.armed = key;
  ui.refused = null; // that it was refused before is over
  ui.armedAlert = ui.chosen;
  const alert = ui.chosen;
  setTimeout(() => { if (ui.armed === key && ui.armedAlert === alert) { ui.armed = null; draw(); } }, ARMED_MS);
  draw();
}

let beforeHelp = null;

/** The list of keys, which has the focus while it is there, and gives it back. */
function help(shown) {
  if (shown) beforeHelp = document.activeElement;
  ui.help = shown;
  draw();
  if (shown) root.querySelector('.help [autofocus]').focus({ preventScroll: true }); else beforeHelp?.focus();
}

function pressed(key) {
  const { feed } = ui;
  sound.unlock();
  if (!feed.me || feed.link === 'signed-off') return;
  if (key === '?' || (key === 'Escape' && ui.help)) { help(!ui.help); return; }
  if (ui.help) return;
  if (mapKey(key)) return;
  if (key === 'G' && voice.again()) return;
  if (feed.link === 'lost') { if (key === 'Enter') feed.retryNow(); return; }
  const incoming = ui.incoming();
  if (incoming) {
    shifts.interrupted();
    if (key === 'Space') { ui.acknowledged.add(incoming.alert); ui.open(incoming.alert); }
    return; // nothing else can be reached
  }
  const dropped = key === 'Space' ? droppedSoon(feed, ui.acknowledged) : null;
  if (dropped) { ui.acknowledged.add(`${dropped.alert}/dropped`); ui.open(dropped.alert); return; }
  if (handover.pressed(ui, key, order)) return;
  // Her answer to why she pauses is a number, too.
  const answers = ui.section === 'case' && !ui.selected() && shifts.takesDigits(ui);
  if (!answers && sections.pressed(ui, key)) return;
  if (key === 'ArrowDown' || key === 'ArrowUp') { move(key === 'ArrowDown' ? 1 : -1); return; }
  const view = ui.selected();
  if (view === null) {
    if (shifts.pressed(ui, key, shift)) return;
    if (key === 'D') { drill.begin(ui, refuse); return; }
    if (key === 'Enter' && wrapping(ui)) { shift('Enter', 'ready'); return; }
    if (key === 'Enter' && ui.cursor) ui.open(ui.cursor);
    return;
  }
  if (key === 'Escape') { if (ui.armed) { ui.armed = null; draw(); } else if (ui.mineNow()?.alert !== view.alert) ui.open(ui.mineNow()?.alert ?? null); return; }
  if (key === 'N') { ui.noteElement?.focus(); return; }
  if (key === 'C') { copyBriefing(view, feed.nowUs(), placeSentences(view), draw); return; }
  const allowed = feed.allowed.get(view.alert) ?? {};
  if (key === 'Enter') {
    const armed = ui.armedAlert === view.alert ? ui.armed : null;
    ui.armed = null;
    if (armed === 'F') order('F', 'declare_false_alarm');
    else if (armed === 'X') order('X', 'close');
    else if (armed === 'V') order('V', 'another_line', null, otherline.whose(view));
    else if (ui.cursor && ui.cursor !== view.alert) ui.open(ui.cursor);
    else if (view.closed_us !== null) ui.open(ui.mineNow()?.alert ?? null);
    else if (wrapping(ui)) shift('Enter', 'ready');
    draw();
    return;
  }
  if (Date.now() - ui.changedAtMs < SETTLE_MS) return;
  if (key === 'F') { if (allowed.declare_false_alarm === null) arm('F'); else refuse('F', view.alert, allowed.declare_false_alarm); return; }
  if (key === 'X') { if (allowed.close === null) arm('X'); else refuse('X', view.alert, allowed.close); return; }
  if (key === 'V') { if (allowed.another_line === null) arm('V'); else refuse('V', view.alert, allowed.another_line); return; }
  if (key === 'H') { const no = handover.toggle(ui, view, allowed, order); if (no) refuse('H', view.alert, no); return; }
  const command = (key === 'A' && view.listener === feed.me.operator ? 'stop_listening' : KEYS[key]) ?? slots(view, allowed, null).find((slot) => slot.key === key)?.command;
  if (!command) return;
  if (allowed[command] !== null) { refuse(key, view.alert, allowed[command]); return; }
  order(key, command);
}

function move(by) {
  const listed = ui.listed();
  if (!listed.length) return;
  const at = listed.findIndex((view) => view.alert === ui.cursor);
  const to = listed[(at + by + listed.length) % listed.length];
  ui.cursor = to.alert;
  root.querySelector(`[data-alert="${CSS.escape(to.alert)}"]`)?.focus();
  draw();
}

addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.repeat) return;
  const typing = e.target instanceof HTMLInputElement || e.target instanceof HTMLTextAreaElement;
  if (typing) return;
  const key = e.key === ' ' ? 'Space' : e.key.length === 1 ? e.key.toUpperCase() : e.key;
  // A focused button is pressed by its own Space and Enter; a key of a command wins over it.
  const button = e.target instanceof HTMLButtonElement;
  if (button && (key === 'Enter' || key === 'Space') && !(key === 'Space' && ui.feed.me && ui.incoming()) && !ui.armed) return;
  if (['Space', 'ArrowUp', 'ArrowDown', '/'].includes(key) || (key === 'Enter' && ui.armed)) e.preventDefault();
  if (key === 'N') e.preventDefault(); // not into the note
  pressed(key);
});
addEventListener('pointerdown', () => sound.unlock());

let before = '';
let lateSaid = new Set();
let tickSaid = '';

/** After news: what has changed for me, where to look, what is to be heard. */
function news() {
  const { feed } = ui;
  voice.follow(ui);
  if (!feed.me) return;
  const my = ui.mineNow();
  if (my && !ui.acknowledged.has(my.alert)) { ui.section = 'case'; ui.help = false; } // a new alert takes the screen
  // What another one has may be handed to her again, and is heard then.
  for (const alert of ui.acknowledged) {
    const known = feed.cases.get(alert);
    if (known?.operator && !mine(known, feed.me) && !calledFor(known, feed.me)) ui.acknowledged.delete(alert);
  }
  if (my && mine(my, feed.me)) ui.acknowledged.add(my.alert); // the phone was answered: she knows
  if (my && ui.acknowledged.has(my.alert) && (ui.chosen === null || feed.cases.get(ui.chosen)?.closed_us !== null)) { ui.chosen = my.alert; ui.cursor = my.alert; feed.opened(my.alert); }
  if (ui.chosen !== null && !feed.cases.has(ui.chosen)) ui.chosen = my?.alert ?? null;
  const view = ui.section === 'case' ? ui.selected() : null;
  if ((view?.alert ?? null) !== feed.shown) feed.opened(view?.alert ?? null);
  const step = view ? next(view, feed.allowed.get(view.alert) ?? {}, feed.me, feed.nowUs(), ui.names).step.key : '';
  const now = `${ui.incoming()?.alert ?? ''}/${ui.chosen}/${step}`;
  if (now !== before) { before = now; ui.changedAtMs = Date.now(); ui.armed = null; ui.refused = null; }
}

/** Nothing is to be heard beside a silent alert, not even what is wrong here. */
const hushed = (my) => Boolean(my && (my.silent || my.duress));

function hear() {
  const { feed } = ui;
  if (!feed.me || feed.link === 'signed-off') { sound.repeat(''); return; }
  if (feed.link === 'lost') { sound.repeat('lost'); return; }
  const incoming = ui.incoming();
  const quiet = incoming && (incoming.silent || incoming.duress);
  const dropped = incoming ? null : droppedSoon(feed, ui.acknowledged);
  sound.repeat(incoming && !quiet ? (incoming.test ? 'test' : 'alert') : dropped ? (dropped.test ? 'test' : 'alert') : voice.gone() && !hushed(ui.mineNow()) ? 'lost' : '');
  const my = ui.mineNow();
  // Never a sound into the call: neither while she is on the line, nor in a silent alert.
  if (!my || my.silent || my.duress || my.met_us !== null || mine(my, feed.me)) return;
  if (isLate(my, feed.nowUs())) {
    if (!lateSaid.has(my.alert)) { lateSaid.add(my.alert); sound.once('late'); }
    return;
  }
  const left = Math.ceil((my.deadline_us - feed.nowUs()) / 1e6);
  if (left <= 20 && tickSaid !== `${my.alert}${left}`) { tickSaid = `${my.alert}${left}`; sound.once('tick'); }
}

function draw() {
  const { feed } = ui;
  if (ui.refused && Date.now() > ui.refused.untilMs) ui.refused = null;
  const shown = feed.me ? ui.incoming() ?? ui.selected() : null;
  document.documentElement.toggleAttribute('data-test', Boolean(shown?.test));
  document.documentElement.toggleAttribute('data-settling', Date.now() - ui.changedAtMs < SETTLE_MS);
  document.documentElement.dataset.state = feed.link === 'lost' ? 'lost' : shown && !ui.incoming() && reading(shown) ? 'briefing' : 'live';
  document.title = title(feed.me ? ui.incoming() : null, Date.now());
  render(page(ui), root);
  if (feed.me && ui.incoming()) {
    const step = root.querySelector('.incoming .act--step');
    if (step && document.activeElement !== step) step.focus();
  }
}

/** What of this page goes along to another node. */
const kept = () => ({
  chosen: ui.chosen, acknowledged: [...ui.acknowledged], sound: !sound.blocked(), heard: shifts.heard(),
  language: localStorage.getItem('securwoman-language'), theme: localStorage.getItem('securwoman-theme'),
});

const came = arrived();
for (const name of ['language', 'theme']) if (typeof came.kept[name] === 'string') localStorage.setItem(`securwoman-${name}`, came.kept[name]);
const query = new URLSearchParams(location.search);
setLanguage(query.get('lang') ?? localStorage.getItem('securwoman-language') ?? (navigator.language.startsWith('it') ? 'it' : 'en'));
document.documentElement.dataset.theme = query.get('theme') ?? localStorage.getItem('securwoman-theme') ?? 'dark';

let restsUntilMs = 0;
let waiting = false;

function refresh() {
  const begunMs = performance.now();
  waiting = false;
  news();
  draw();
  hear();
  const endedMs = performance.now();
  restsUntilMs = endedMs + Math.min(REST_MAX_MS, 3 * (endedMs - begunMs));
}

/** Drawing takes a quarter of the time at most, so that in a storm keys are still heard. */
function soon() {
  const restMs = restsUntilMs - performance.now();
  if (restMs <= 0) refresh();
  else if (!waiting) { waiting = true; setTimeout(refresh, restMs); }
}

ui.feed = new Feed(soon, kept);
draw();
ui.feed.start(came).then((goesOn) => {
  // Only what her own page has sent along: a stranger's link could hide an alert from her.
  if (!goesOn) return;
  if (typeof came.kept.chosen === 'string') ui.chosen = ui.cursor = came.kept.chosen;
  for (const alert of Array.isArray(came.kept.acknowledged) ? came.kept.acknowledged : []) ui.acknowledged.add(alert);
  if (came.kept.sound) sound.unlock(); // as far as the browser lets it be heard before she presses a key
  shifts.heardBefore(came.kept.heard);
});
setInterval(() => { if (ui.feed.me) soon(); }, 250);
