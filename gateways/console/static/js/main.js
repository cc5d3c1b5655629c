// The page's own state, and when it is drawn again. What is true comes from the feed alone; keys are in
// keys.js.

import { render } from '../vendor/lit.js';
import { Feed } from './feed.js';
import { arrived } from './elsewhere.js';
import { hear } from './hearing.js';
import { SETTLE_MS, help, listen, pressed } from './keys.js';
import { Known } from './known.js';
import { next } from './next.js';
import { order, refuse, sendNote } from './orders.js';
import { calledFor, mine } from './situation.js';
import { page } from './shell.js';
import * as shifts from './shift.js';
import * as sound from './sound.js';
import { title } from './title.js';
import { rank } from './urgency.js';
import * as voice from './voice.js';
import { isEnglish, setLanguage } from './words.js';

const REST_MAX_MS = 250;

const root = document.getElementById('page');
const ui = {
  feed: null,
  chosen: null, // the alert that is shown
  cursor: null, // the alert under the arrow keys
  known: new Known(), // what has been acknowledged
  armed: null,
  armedAlert: null,
  refused: null,
  drafts: new Map(),
  help: false,
  signingOff: false, // asked once more
  section: 'case', // which of the four places is shown; see sections.js
  changedAtMs: 0,
  noteElement: null,

  noteField: (element) => {
    ui.noteElement = element ?? null;
  },
  names: (operator) => ui.feed.operators.find((one) => one.operator === operator)?.name ?? operator,
  myShift: () => ui.feed.operators.find((one) => one.operator === ui.feed.me.operator)?.state ?? 'off',
  openCount: () => ui.feed.open,

  /** The case that is mine, or that my phone is called for. */
  mineNow: () => {
    const open = [...ui.feed.cases.values()].filter((view) => view.closed_us === null);
    return (
      open.find((view) => mine(view, ui.feed.me)) ?? open.find((view) => calledFor(view, ui.feed.me)) ?? null
    );
  },
  /** An alert for which my phone is called and which I have not acknowledged. */
  incoming: () => {
    const view = ui.mineNow();
    if (!view || !calledFor(view, ui.feed.me) || ui.feed.link === 'lost') return null;
    return ui.known.has(view, ui.feed.me) ? null : view;
  },
  selected: () => (ui.chosen === null ? null : (ui.feed.cases.get(ui.chosen) ?? null)),
  /** Mine first, then as urgent as they are. */
  listed: () => {
    const own = (view) => (mine(view, ui.feed.me) || calledFor(view, ui.feed.me) ? 0 : 1);
    return [...ui.feed.cases.values()]
      .filter((view) => view.closed_us === null || view.alert === ui.chosen)
      .sort((a, b) => own(a) - own(b) || rank(a, b))
      .slice(0, 100);
  },

  draw: () => draw(),
  open: (alert) => {
    ui.section = 'case';
    ui.chosen = alert;
    ui.cursor = alert;
    ui.armed = null;
    ui.feed.opened(alert);
    draw();
  },
  signOn: (given) => {
    sound.unlock();
    return ui.feed.signOn(given);
  },
  redraw: () => draw(),
  /** The last one who is ready is asked once more: it ends the shift, too. */
  signOff: async () => {
    if (shifts.last(ui) && !ui.mineNow() && !ui.signingOff) {
      ui.signingOff = true;
      draw();
      return;
    }
    ui.signingOff = false;
    help(ui, false);
    const why = await ui.feed.signOff();
    if (why) {
      refuse(ui, '?', ui.chosen, why);
      return;
    }
    ui.chosen = null;
    ui.section = 'case';
    ui.known.clear();
    ui.drafts.clear();
    draw();
  },
  switchLanguage: () => {
    localStorage.setItem('securwoman-language', isEnglish() ? 'it' : 'en');
    setLanguage(isEnglish() ? 'it' : 'en');
    draw();
  },
  switchTheme: () => {
    const theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    localStorage.setItem('securwoman-theme', theme);
    document.documentElement.dataset.theme = theme;
    draw();
  },
  noteKey: (e, alert) => {
    if (e.key === 'Escape') {
      e.preventDefault();
      e.target.blur();
    }
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      sendNote(ui, alert);
    }
    e.stopPropagation();
  },
  press: (key) => pressed(ui, key),
  order: (key, command, to, party) => order(ui, key, command, to, party),
};

let before = '';
/** After news: what has changed for me, where to look, what is to be heard. */
function news() {
  const { feed } = ui;
  voice.follow(ui);
  if (!feed.me) return;
  const my = ui.mineNow();
  if (my && !ui.known.has(my, feed.me)) {
    ui.section = 'case';
    ui.help = false;
  } // a new alert takes the screen
  // What another one has may be handed to her again, and is heard then.
  for (const view of feed.cases.values())
    if (view.operator && !mine(view, feed.me) && !calledFor(view, feed.me)) ui.known.delete(view);
  if (my && mine(my, feed.me)) ui.known.add(my); // the phone was answered: she knows
  if (
    my &&
    ui.known.has(my, feed.me) &&
    (ui.chosen === null || feed.cases.get(ui.chosen)?.closed_us !== null)
  ) {
    ui.chosen = my.alert;
    ui.cursor = my.alert;
    feed.opened(my.alert);
  }
  if (ui.chosen !== null && !feed.cases.has(ui.chosen)) ui.chosen = my?.alert ?? null;
  const view = ui.section === 'case' ? ui.selected() : null;
  if ((view?.alert ?? null) !== feed.shown) feed.opened(view?.alert ?? null);
  const step = view
    ? next(view, feed.allowed.get(view.alert) ?? {}, feed.me, feed.nowUs(), ui.names, feed.center).step.key
    : '';
  const now = `${ui.incoming()?.alert ?? ''}/${ui.chosen}/${step}`;
  if (now !== before) {
    before = now;
    ui.changedAtMs = Date.now();
    ui.armed = null;
    ui.refused = null;
  }
}

function draw() {
  const { feed } = ui;
  if (ui.refused && Date.now() > ui.refused.untilMs) ui.refused = null;
  const shown = feed.me ? (ui.incoming() ?? ui.selected()) : null;
  document.documentElement.toggleAttribute('data-test', Boolean(shown?.test));
  document.documentElement.toggleAttribute('data-settling', Date.now() - ui.changedAtMs < SETTLE_MS);
  document.documentElement.dataset.state = feed.link === 'lost' ? 'lost' : 'live';
  document.title = title(feed.me ? ui.incoming() : null, Date.now());
  render(page(ui), root);
  if (feed.me && ui.incoming()) {
    const step = root.querySelector('.incoming .act--step');
    if (step && document.activeElement !== step) step.focus();
  }
}

/** What of this page goes along to another node. */
const kept = () => ({
  chosen: ui.chosen,
  acknowledged: ui.known.kept(),
  sound: !sound.blocked(),
  heard: shifts.heard(),
  language: localStorage.getItem('securwoman-language'),
  theme: localStorage.getItem('securwoman-theme'),
});

const came = arrived();
for (const name of ['language', 'theme'])
  if (typeof came.kept[name] === 'string') localStorage.setItem(`securwoman-${name}`, came.kept[name]);
const query = new URLSearchParams(location.search);
setLanguage(
  query.get('lang') ??
    localStorage.getItem('securwoman-language') ??
    (navigator.language.startsWith('it') ? 'it' : 'en'),
);
document.documentElement.dataset.theme =
  query.get('theme') ?? localStorage.getItem('securwoman-theme') ?? 'dark';

let restsUntilMs = 0;
let waiting = false;

function refresh() {
  const begunMs = performance.now();
  waiting = false;
  news();
  draw();
  hear(ui);
  const endedMs = performance.now();
  restsUntilMs = endedMs + Math.min(REST_MAX_MS, 3 * (endedMs - begunMs));
}

/** Drawing takes a quarter of the time at most, so that in a storm keys are still heard. */
function soon() {
  const restMs = restsUntilMs - performance.now();
  if (restMs <= 0) refresh();
  else if (!waiting) {
    waiting = true;
    setTimeout(refresh, restMs);
  }
}

ui.feed = new Feed(soon, kept);
listen(ui);
draw();
// A sign-on link that is opened in this very tab changes the fragment alone.
addEventListener('hashchange', () => {
  const { token } = arrived();
  if (token) ui.signOn({ token });
});
ui.feed.start(came).then((goesOn) => {
  // Only what her own page has sent along: a stranger's link could hide an alert from her.
  if (!goesOn) return;
  if (typeof came.kept.chosen === 'string') ui.chosen = ui.cursor = came.kept.chosen;
  ui.known.restore(came.kept.acknowledged);
  if (came.kept.sound) sound.unlock(); // as far as the browser lets it be heard before she presses a key
  shifts.heardBefore(came.kept.heard);
});
setInterval(() => {
  if (ui.feed.me) soon();
}, 250);
