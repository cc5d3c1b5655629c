// The sounds of this page. The page never sounds into a call: an operator on the line of an alert hears each
// sound once, and none while the user is under duress, or silent and on the line.

import * as sound from './sound.js';
import { isLate, isOwnCase, isTalking } from '../case/situation.js';
import { becameLast } from '../shift/last-ready.js';
import { unacknowledgedSounds } from '../shell/notices.js';
import * as line from '../voice/line.js';
import * as voice from '../voice/voice.js';

const lateSounded = new Set();
const soundedKeys = new Set();
const lastMessageSounded = new Map(); // by alert, numbers of messages
let lastTick = '';

/**
 * Return true if a sound could reach the user and expose the user.
 * @param {CaseView} my @param {MeView} me
 */
const mustBeSilent = (my, me) =>
  Boolean(my && (my.duress || (my.silent && isOwnCase(my, me) && isTalking(my.user))));

/** Play the sounds of the page's state. @param {Ui} ui */
export function playPageSounds(ui) {
  const { feed } = ui;
  if (!feed.me || feed.link === 'signed-off') return sound.playRepeatedly('');
  if (feed.link === 'lost') return sound.playRepeatedly('lost');
  const my = ui.screen.ownCase();
  sound.playRepeatedly(repeatingSound(ui, my));
  if (my && isOwnCase(my, feed.me)) soundMessage(my, feed.me);
  if (becameLast(ui) && !mustBeSilent(my, feed.me)) sound.playOnce('last');
  if (!my || my.duress || my.met_us !== null || isOwnCase(my, feed.me)) return undefined;
  return countdown(my, feed.nowUs());
}

/** Sound once for each message of the user. @param {CaseView} my @param {MeView} me */
function soundMessage(my, me) {
  const last = my.dialogue.findLast((one) => !one.by)?.number ?? 0;
  const before = lastMessageSounded.get(my.alert) ?? 0;
  lastMessageSounded.set(my.alert, last);
  if (last > before && !mustBeSilent(my, me)) sound.playOnce('message');
}

/**
 * Return the sound that repeats until acknowledged: `alert`, `test`, `lost` or ''.
 * @param {Ui} ui @param {CaseView} my
 */
function repeatingSound(ui, my) {
  const { me } = ui.feed;
  const kind = (one) => (one.test ? 'test' : 'alert');
  const incoming = ui.screen.incoming();
  if (incoming) return incoming.duress ? '' : kind(incoming);
  const [gravest] = unacknowledgedSounds(ui);
  if (gravest && !(my && isOwnCase(my, me))) return kind(gravest);
  if (gravest && !mustBeSilent(my, me) && !soundedKeys.has(gravest.key)) {
    soundedKeys.add(gravest.key);
    sound.playOnce('late');
  }
  return line.mustSound(voice.headsetState(ui.feed), my, me) && !mustBeSilent(my, me) ? 'lost' : '';
}

/**
 * Sound the last seconds before the deadline, and its passing, for the operator whose phone is called.
 * @param {CaseView} my @param {number} nowUs
 */
function countdown(my, nowUs) {
  if (isLate(my, nowUs)) {
    if (!lateSounded.has(my.alert)) {
      lateSounded.add(my.alert);
      sound.playOnce('late');
    }
    return;
  }
  const left = Math.ceil((my.deadline_us - nowUs) / 1e6);
  if (left <= 20 && lastTick !== `${my.alert}${left}`) {
    lastTick = `${my.alert}${left}`;
    sound.playOnce('tick');
  }
}
