// The console's start: creates its parts, connects them, and decides when the page is drawn again. Facts come
// from the feed alone.

import { render } from '../vendor/lit.js';
import * as admin from './admin/admin.js';
import * as callouts from './alarms/callouts.js';
import { takeFromAddress } from './link/failover.js';
import { Feed } from './link/feed.js';
import * as first from './shell/first-sign-on.js';
import { SETTLE_MS, listen, pressed } from './shell/keys.js';
import { Acknowledged } from './shell/acknowledged.js';
import * as appearance from './shell/appearance.js';
import { page } from './shell/page.js';
import { Screen } from './shell/screen.js';
import * as sections from './shell/sections.js';
import { title } from './shell/title.js';
import * as shifts from './shift/shift.js';
import { playPageSounds } from './sound/page-sounds.js';
import * as sound from './sound/sound.js';
import { Commands } from './steps/commands.js';
import * as voice from './voice/voice.js';

const REST_MAX_MS = 250;

const root = document.getElementById('page');

/** Return the state of this page that another node's page receives. */
const kept = () => ({
  chosen: screen.chosen,
  acknowledged: acknowledged.keys(),
  sound: !sound.blocked(),
  heard: shifts.soundResult(),
  orders: commands.unanswered(),
  ...appearance.stored(),
});

const feed = new Feed(drawSoon, kept);
const acknowledged = new Acknowledged();
const screen = new Screen(feed, acknowledged, {
  draw,
  opened: () => commands.disarm(),
  entered: (section) => sections.entered(ui, section),
});
const commands = new Commands(feed, screen, acknowledged, draw);
const ui = Object.freeze({ feed, acknowledged, screen, commands, draw, press: (key) => pressed(ui, key) });

/** Draw the page, and put the focus on the step of an incoming alert. */
function draw() {
  const incoming = feed.me ? screen.incoming() : null;
  const shown = feed.me ? (incoming ?? screen.selected()) : null;
  document.documentElement.toggleAttribute('data-test', Boolean(shown?.test));
  document.documentElement.toggleAttribute('data-settling', Date.now() - screen.changedAtMs < SETTLE_MS);
  document.documentElement.dataset.state = feed.link === 'lost' ? 'lost' : 'live';
  document.title = title(incoming, Date.now());
  render(page(ui), root);
  if (!incoming) return;
  const step = root.querySelector('.incoming .act--step');
  if (step && document.activeElement !== step) step.focus();
}

let linkedCallout = /** @type {string | null} */ (null); // the callout that a link leads to
let ledSession = null; // the session that was led to a new password

/**
 * Lead the operator to what the sign-on requires: the callout of a link, what is missing for the first admin,
 * another sign-on method after a recovery code.
 */
function leadOperator() {
  if (feed.me && linkedCallout) {
    const callout = linkedCallout;
    linkedCallout = null;
    screen.go('plant');
    if (!callouts.point(callout)) ui.press('H'); // the callout has ended: it is among the past callouts
  }
  if (first.opensMissingList(ui)) {
    admin.showMissingNext();
    screen.go('admin');
  }
  if (!feed.me || feed.signedOn?.way !== 'recovery' || ledSession === feed.signedOn.csrf) return;
  ledSession = feed.signedOn.csrf;
  screen.go('access');
}

let restUntilMs = 0;
let waiting = false;

/** Continue pending work after news, then draw. */
function refresh() {
  const begunMs = performance.now();
  waiting = false;
  voice.followShift(ui);
  if (feed.me && screen.follow()) commands.reset();
  commands.resend();
  leadOperator();
  draw();
  playPageSounds(ui);
  const endedMs = performance.now();
  restUntilMs = endedMs + Math.min(REST_MAX_MS, 3 * (endedMs - begunMs));
}

/** Draw soon. Drawing takes at most a quarter of the time, so that keys still act in a storm of events. */
function drawSoon() {
  const restMs = restUntilMs - performance.now();
  if (restMs <= 0) refresh();
  else if (!waiting) {
    waiting = true;
    setTimeout(refresh, restMs);
  }
}

const arrival = takeFromAddress();
if (arrival.first) first.keepLinkCode(arrival.first);
linkedCallout = arrival.callout;
appearance.apply(arrival.kept);
listen(ui);
draw();
// A sign-on link that is opened in this tab changes only the fragment.
addEventListener('hashchange', () => {
  const { token, first: code, callout } = takeFromAddress();
  if (code) first.keepLinkCode(code);
  linkedCallout = callout ?? linkedCallout;
  if (!token) return drawSoon();
  sound.unlock();
  return feed.signOn({ token });
});
feed.start(arrival).then((continues) => {
  // Only state that the operator's own page has sent: the link of a stranger could hide an alert.
  if (!continues) return;
  if (typeof arrival.kept.chosen === 'string') screen.restore(arrival.kept.chosen);
  acknowledged.restore(arrival.kept.acknowledged);
  commands.restore(arrival.kept.orders);
  if (arrival.kept.sound) sound.unlock(); // as far as the browser allows sound before a key is pressed
  shifts.restoreSoundResult(arrival.kept.heard);
});
setInterval(() => {
  if (feed.me) drawSoon();
}, 250);
