// The app's start: creates its parts, connects them, and decides when the page is drawn again. In reading
// order: Alert (actions), state.js (content), views.js (display).

import { render } from '../vendor/lit.js';
import { Addresses } from './addresses.js';
import { Alert } from './alert.js';
import { Api } from './api.js';
import { Checks } from './checks/checks.js';
import { line as checkedLine, findNeeds } from './checks/page.js';
import { setWakeUps } from './checks/wake-ups.js';
import { Clock } from './clock.js';
import { hasUnsavedNumbers, saveContact } from './contact.js';
import { Dialogue } from './dialogue.js';
import { Chapter, contactName, hiding } from './disguise/chapter.js';
import { Cover } from './disguise/cover.js';
import { setIdentity, isDisguised } from './disguise/identity.js';
import { indicator } from './disguise/indicator.js';
import { enrolled } from './enrolment-page.js';
import { Enrolment, takeInvitation } from './enrolment.js';
import { Hold } from './hold.js';
import { keepNodes, keepProof, keepSettings, nodes, numbers, openAlert, settings } from './storage.js';
import { Key } from './key.js';
import { Positions } from './position.js';
import { OwnRecord } from './record/own.js';
import { ownRecord } from './record/page.js';
import { messagesReachCenter, cancelRequested, isClosed, screenOf } from './state.js';
import * as views from './views.js';
import { isEnglish, setLanguage } from './words.js';

const TICK_MS = 200;
const CHECK_MS = 5000;
const CONNECTION_TEST_MS = 60_000;
const KEEP_AGAIN_MS = 10_000;
const SPOKEN_S = new Set([30, 20, 10]);
const NUMBER = /^\+[0-9][0-9 ().\-/]{4,30}$/;

const root = document.getElementById('page');
const query = new URLSearchParams(location.search);
const clock = new Clock();
const key = new Key(clock);
const api = new Api(() => settings().key, key, clock, new Addresses(nodes(), keepNodes));
const positions = new Positions(api, clock, () => draw());
const alert = new Alert(
  api,
  clock,
  positions,
  () => settings().phone,
  () => {
    if (alert.known) checks.stop();
    draw();
  },
);
const checks = new Checks(
  api,
  key,
  () => !alert.known && !ui.hold.held && !ui.holdQuiet.held && !ui.test,
  () => draw(),
);
const checked = { checks, needs: [], wakes: false };
const dialogue = new Dialogue(
  api,
  () => draw(),
  () => !document.hidden && !cover.isUp,
);
const enrolment = new Enrolment(api, key, positions, () => draw());
const own = new OwnRecord(api, () => draw());
let place = ''; // '' | 'settings' | 'phone' | 'hiding' | 'record' | 'pin': the screen opened above the others
let before = '';

/** Return a button to hold; `raise()` is called after it was held. */
const holdFor = (raise) =>
  new Hold({
    raise: () => {
      ui.holdAdvice = '';
      raise();
    },
    advise: (word) => {
      ui.holdAdvice = word;
      if (word === 'holdOn') positions.watch();
      draw();
    },
    drawn: () => draw(),
  });

const ui = {
  // An open alert determines whether it is a test; the address only applies without an open alert.
  get test() {
    return alert.known ? alert.known.test : query.get('test') === '1';
  },
  get quiet() {
    return Boolean(alert.known?.silent);
  },
  holdAdvice: '',
  faults: {},
  checking: false,
  spoken: null,
  reachable: true,
  hold: holdFor(() => alert.raise({ test: ui.test })),
  holdQuiet: holdFor(() => alert.raise({ test: ui.test, silent: true })),
  holdSilence: holdFor(() => alert.silence()),
  // During a test, this button raises another, real alert immediately.
  holdReal: holdFor(() => alert.raise({ test: false, silent: ui.quiet })),
  get numbers() {
    return numbers().known;
  },
  get toSave() {
    return hasUnsavedNumbers(numbers());
  },
  saveContact: () => {
    saveContact(contactName());
    draw();
  },
  reportRinging: () => {
    alert.reportRinging();
  },
  dialogue,
  writes: false, // the field for messages is open
  openWriting: () => {
    ui.writes = true;
    draw();
    root.querySelector('.app__write input')?.focus();
  },
  sendMessage: (event) => {
    event.preventDefault();
    const field = event.target.elements.namedItem('text');
    dialogue.write(field.value);
    field.value = '';
  },
  answer: (word, question) => dialogue.write(word, question),
  leaveTest: () => {
    if (alert.known) alert.forget();
    location.replace(location.pathname);
  },
  // `replace` leaves no entry in the browser's history.
  tryIt: () => location.replace('?test=1'),
  exit: () => cover.exit(),
  get isHidden() {
    return isDisguised();
  },
  get isNamed() {
    return !ui.quiet && !isDisguised();
  },
  get name() {
    return settings().name;
  },
  get checked() {
    return checkedLine(checks);
  },
  get denied() {
    return positions.denied;
  },
  get other() {
    return isEnglish() ? 'it' : 'en';
  },
  openSettings: () => {
    place = 'settings';
    draw();
  },
  get newPhones() {
    return enrolment.news;
  },
  openPhone: () => {
    place = 'phone';
    enrolment.refresh();
    findNeeds().then((needs) => {
      checked.needs = needs;
      draw();
    });
  },
  openRecord: () => {
    place = 'record';
    own.open();
  },
  openHiding: () => {
    place = 'hiding';
    draw();
  },
  closeSettings: () => {
    if (place === 'phone') enrolment.shown();
    place = '';
    ui.faults = {};
    chapter.left();
    own.close();
    draw();
  },
  openPin: () => {
    place = 'pin';
    draw();
  },
  closePin: () => {
    place = '';
    draw();
  },
  forget: () => {
    place = '';
    ui.writes = false;
    alert.forget();
  },
  switchLanguage: () => {
    keepSettings({ language: ui.other });
    setLanguage(ui.other);
    setIdentity();
    draw();
  },
  sendPin: (event) => {
    event.preventDefault();
    const pin = new FormData(event.target).get('pin').trim();
    if (!pin) return;
    place = '';
    alert.cancel(pin);
  },
  saveSettings: async (event) => {
    event.preventDefault();
    const given = Object.fromEntries(
      [...new FormData(event.target)].map(([name, value]) => [name, String(value).trim()]),
    );
    ui.faults = {
      ...(given.key ? {} : { key: 'needed' }),
      ...(NUMBER.test(given.phone) ? {} : { phone: given.phone ? 'phoneWrong' : 'needed' }),
    };
    if (Object.keys(ui.faults).length === 0) {
      ui.checking = true;
      draw();
      // Without an answer the key is stored: it may be right.
      if ((await api.knowsKey(given.key, CHECK_MS)) === false) ui.faults = { key: 'keyWrong' };
      ui.checking = false;
    }
    if (Object.keys(ui.faults).length === 0) {
      // For another number, the key's validity is unknown.
      if (given.phone !== settings().phone) keepProof({ doubt: '' });
      keepSettings(given);
      place = key.asked || (key.proved && enrolment.doubt === 'number') ? 'phone' : '';
      positions.ask(); // now rather than in an emergency
    }
    draw();
    root.querySelector('[aria-invalid]')?.focus();
  },
};

const chapter = new Chapter(
  () => cover.exit(),
  () => draw(),
);
const cover = new Cover({
  raise: () => {
    const { known } = alert;
    if (!known || isClosed(known) || cancelRequested(known)) alert.raise({ test: ui.test, silent: true });
    else if (!known.silent) alert.silence();
  },
  sign: () => {
    const { known } = alert;
    return indicator(known, known && screenOf(known, clock.center(Date.now())), dialogue.isUnread);
  },
  changed: () => {
    if (!cover.isUp) dialogue.reportSeen();
    else if (isOver(alert.known)) ui.forget();
    // A user who leaves the app to read the code in a text message returns to its field.
    if (cover.isUp && place !== 'phone') ui.closeSettings();
    draw();
  },
});

/** Test the connection to the center and its clock while no alert is open. */
async function testConnection() {
  if (alert.known || document.hidden) return;
  positions.requestIfAllowed();
  ui.reachable = await api.answers(CHECK_MS);
  if (ui.reachable && settings().key) api.learn(CHECK_MS).then(draw);
  draw();
}

/** Return the screen to show: its name and its view. */
function page() {
  const seen = alert.known && screenOf(alert.known, clock.center(Date.now()));
  const now = settings();
  if (seen) {
    if (seen.left === null) ui.spoken = null;
    else if (SPOKEN_S.has(seen.left)) ui.spoken = seen.left;
    // The screen for the PIN closes when nothing can be cancelled any more.
    if (place === 'pin' && (seen.cancel || seen.name === 'asked')) return ['pin', views.pin(ui, seen)];
    return [seen.name, views.alert(ui, seen)];
  }
  if (place === 'hiding') return ['hiding', hiding(ui, chapter)];
  // An accepted invitation supplies the settings.
  const invited = place === 'phone' && Boolean(key.asked?.invitation);
  if (!invited && (place === 'settings' || !now.key || !now.phone))
    return ['settings', views.settings(ui, now)];
  if (place === 'record') return ['record', ownRecord(ui, own)];
  if (place === 'phone') return ['phone', enrolled(ui, enrolment, now.phone, checked)];
  return ['idle', views.idle(ui)];
}

const light = matchMedia('(prefers-color-scheme: light)');
const bars = [...document.querySelectorAll('meta[name="theme-color"]')];
const barColours = bars.map((bar) => bar.content);

/** Set the colours: light or dark like the phone; for a silent alert black, the browser's bars included. */
function paint() {
  const quiet = ui.quiet && !cover.isUp; // a black calculator would be conspicuous
  const { documentElement: html } = document;
  html.dataset.theme = query.get('theme') ?? (light.matches ? 'light' : 'dark');
  html.toggleAttribute('data-quiet', quiet);
  bars.forEach((bar, i) => {
    bar.content = quiet ? '#000000' : barColours[i];
  });
}

/** Return true if the alert has ended, its last screen was shown, and messages reach nobody. */
const isOver = (known) =>
  Boolean(known?.sawEnd) && isClosed(known) && !messagesReachCenter(known, clock.center(Date.now()));

/**
 * Return the alert to follow for messages; none after the request to cancel an alert, whose messages are
 * dropped.
 */
function dialogueOf() {
  const { known } = alert;
  if (!known || cancelRequested(known)) return [null, null];
  return [
    known.pressedMs,
    known.alert,
    !isClosed(known) || messagesReachCenter(known, clock.center(Date.now())),
  ];
}

/** Draw the app. */
function draw() {
  dialogue.follow(...dialogueOf());
  if (alert.known && isClosed(alert.known) && !cover.isUp && !document.hidden) alert.sawEnd();
  const [name, view] = page();
  paint();
  render(view, root);
  cover.draw();
  // The focus moves to changed content, for users who cannot see the change; not where a screen reader's
  // voice could be heard.
  if (name !== before) {
    const taken = !ui.quiet && !cover.isUp && (before || name !== 'idle');
    if (taken) root.querySelector('[data-focus]')?.focus({ preventScroll: true });
    before = name;
  }
}

setLanguage(
  query.get('lang') ?? (settings().language || (navigator.language.startsWith('it') ? 'it' : 'en')),
);
setIdentity();
light.addEventListener('change', paint);
navigator.getBattery?.().then(
  (battery) => {
    alert.battery = battery;
  },
  () => {},
);

/**
 * Store the app's files on the phone: without the worker the app needs a network to open. A failed
 * installation is repeated.
 */
async function keepFiles() {
  const again = () => setTimeout(keepFiles, KEEP_AGAIN_MS);
  try {
    const { installing } = await navigator.serviceWorker.register('/app/sw.js', { scope: '/app' });
    const ended = () => installing.state === 'redundant' && again();
    installing?.addEventListener('statechange', ended, { once: true });
  } catch {
    again();
  }
}
if (navigator.serviceWorker) keepFiles();

/** Accept an invitation in the address, at the start and while the page is open. */
async function acceptInvitation() {
  const invitation = takeInvitation();
  if (!invitation) return;
  await enrolment.invited(invitation);
  if (settings().key || key.asked?.invitation) ui.openPhone();
}
cover.start();
addEventListener('hashchange', acceptInvitation);
acceptInvitation();
const open = openAlert(Date.now());
if (open) alert.resume(open);
draw();
testConnection();
setInterval(() => {
  if (alert.known) draw();
}, TICK_MS);
setInterval(testConnection, CONNECTION_TEST_MS);
checks.start();
checks.chosen = async (everyDays) => {
  checked.wakes = await setWakeUps(everyDays);
  draw();
};
key.ready.then(() => key.proved && !alert.known && enrolment.refresh());
key.ready.then(() => checks.now && checks.chosen(checks.now.everyDays));
for (const change of ['online', 'offline', 'visibilitychange'])
  (change === 'visibilitychange' ? document : window).addEventListener(change, testConnection);
