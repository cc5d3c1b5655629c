// Puts the app together, and says when it is drawn again. It reads: Alert (what to do), state.js (what to show), views.js (how).

import { render } from '../vendor/lit.js';
import { Addresses } from './addresses.js';
import { Alert } from './alert.js';
import { Api } from './api.js';
import { Clock } from './clock.js';
import { Hold } from './hold.js';
import { keepNodes, keepSettings, nodes, openAlert, settings } from './keeping.js';
import { Positions } from './position.js';
import { shown } from './state.js';
import * as views from './views.js';
import { isEnglish, setLanguage } from './words.js';

const TICK_MS = 200;
const CHECK_MS = 5000;
const LOOK_MS = 60_000;
const SPOKEN_S = new Set([30, 20, 10]);
const NUMBER = /^\+[0-9][0-9 ().\-/]{4,30}$/;

const root = document.getElementById('page');
const query = new URLSearchParams(location.search);
const clock = new Clock();
const api = new Api(() => settings().key, clock, new Addresses(nodes(), keepNodes));
const positions = new Positions(api, clock, () => draw());
const alert = new Alert(api, clock, positions, () => settings().phone, () => draw());
let place = ''; // '' | 'settings' | 'pin': what she has opened over the rest
let before = '';

const ui = {
  test: query.get('test') === '1',
  said: '',
  faults: {},
  checking: false,
  spoken: null,
  reachable: true,
  hold: new Hold({
    raise: () => { ui.said = ''; alert.raise(ui.test); },
    say: (word) => { ui.said = word; if (word === 'holdOn') positions.watch(); draw(); },
    drawn: () => draw(),
  }),
  get name() { return settings().name; },
  get denied() { return positions.denied; },
  get other() { return isEnglish() ? 'it' : 'en'; },
  openSettings: () => { place = 'settings'; draw(); },
  closeSettings: () => { place = ''; ui.faults = {}; draw(); },
  openPin: () => { place = 'pin'; draw(); },
  closePin: () => { place = ''; draw(); },
  forget: () => { place = ''; alert.forget(); },
  switchLanguage: () => { keepSettings({ language: ui.other }); setLanguage(ui.other); draw(); },
  sendPin: (event) => {
    event.preventDefault();
    const pin = new FormData(event.target).get('pin').trim();
    if (!pin) return;
    place = '';
    alert.cancel(pin);
  },
  saveSettings: async (event) => {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(event.target)].map(([name, value]) => [name, value.trim()]));
    ui.faults = {
      ...(given.key ? {} : { key: 'needed' }),
      ...(NUMBER.test(given.phone) ? {} : { phone: given.phone ? 'phoneWrong' : 'needed' }),
    };
    if (Object.keys(ui.faults).length === 0) {
      ui.checking = true;
      draw();
      // Where nobody answers it is kept all the same: it may well be right.
      if (await api.knowsKey(given.key, CHECK_MS) === false) ui.faults = { key: 'keyWrong' };
      ui.checking = false;
    }
    if (Object.keys(ui.faults).length === 0) {
      keepSettings(given);
      place = '';
      positions.ask(); // now, and not in an emergency
    }
    draw();
    root.querySelector('[aria-invalid]')?.focus();
  },
};

/** While nothing is the matter: is the center there, and what time is it there? */
async function look() {
  if (alert.known || document.hidden) return;
  positions.lookIfAllowed();
  ui.reachable = await api.answers(CHECK_MS);
  if (ui.reachable && settings().key) api.learn(CHECK_MS);
  draw();
}

function page() {
  const seen = alert.known && shown(alert.known, clock.center(Date.now()));
  const now = settings();
  if (seen) {
    ui.test = alert.known.test;
    if (seen.left === null) ui.spoken = null;
    else if (SPOKEN_S.has(seen.left)) ui.spoken = seen.left;
    // Nothing to cancel any more: the screen for it goes.
    if (place === 'pin' && (seen.cancel || seen.name === 'asked')) return ['pin', views.pin(ui, seen)];
    return [seen.name, views.alert(ui, seen)];
  }
  if (place === 'settings' || !now.key || !now.phone) return ['settings', views.settings(ui, now)];
  return ['idle', views.idle(ui)];
}

function draw() {
  const [name, view] = page();
  render(view, root);
  // Whoever cannot see the screen change is taken to what has changed.
  if (name !== before) {
    if (before || name !== 'idle') root.querySelector('[data-focus]')?.focus({ preventScroll: true });
    before = name;
  }
}

setLanguage(query.get('lang') ?? (settings().language || (navigator.language.startsWith('it') ? 'it' : 'en')));
const light = matchMedia('(prefers-color-scheme: light)');
const theme = () => { document.documentElement.dataset.theme = query.get('theme') ?? (light.matches ? 'light' : 'dark'); };
light.addEventListener('change', theme);
theme();
navigator.getBattery?.().then((battery) => { alert.battery = battery; }, () => {});
navigator.serviceWorker?.register('/app/sw.js', { scope: '/app' }).catch(() => {}); // without it the app needs a network to open
const open = openAlert(Date.now());
if (open) alert.resume(open);
draw();
look();
setInterval(() => { if (alert.known) draw(); }, TICK_MS);
setInterval(look, LOOK_MS);
for (const change of ['online', 'offline', 'visibilitychange']) (change === 'visibilitychange' ? document : window).addEventListener(change, look);
