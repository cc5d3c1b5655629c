// The sounds of this page. The page never sounds into a call: an operator on the line of an alert hears each
// sound once, and none while the user is under duress, or silent and on the line.

import * as sound from './sound.js';
import { isLate, mine, talking } from '../case/situation.js';
import { becameLast } from '../shift/last-ready.js';
import { unacknowledgedSounds } from '../shell/notices.js';
import * as line from '../voice/line.js';
import * as voice from '../voice/voice.js';

const lateSaid = new Set();
const onceSaid = new Set();
const writtenUpTo = new Map(); // by alert, numbers of messages
let tickSaid = '';

/**
 * Return true if a sound could reach the user and expose the user.
 * @param {CaseView} my @param {MeView} me
 */
const hushed = (my, me) => Boolean(my && (my.duress || (my.silent && mine(my, me) && talking(my.user))));

/** Play the sounds of the page's state. @param {Ui} ui */
export function hear(ui) {
  const { feed } = ui;
  if (!feed.me || feed.link === 'signed-off') return sound.repeat('');
  if (feed.link === 'lost') return sound.repeat('lost');
  const my = ui.screen.ownCase();
  sound.repeat(repeated(ui, my));
  if (my && mine(my, feed.me)) written(my, feed.me);
  if (becameLast(ui) && !hushed(my, feed.me)) sound.once('last');
  if (!my || my.duress || my.met_us !== null || mine(my, feed.me)) return undefined;
  return countdown(my, feed.nowUs());
}

/** Sound once for each message of the user. @param {CaseView} my @param {MeView} me */
function written(my, me) {
  const last = my.dialogue.findLast((one) => !one.by)?.number ?? 0;
  const before = writtenUpTo.get(my.alert) ?? 0;
  writtenUpTo.set(my.alert, last);
  if (last > before && !hushed(my, me)) sound.once('message');
}

/**
 * Return the sound that repeats until acknowledged: `alert`, `test`, `lost` or ''.
 * @param {Ui} ui @param {CaseView} my
 */
function repeated(ui, my) {
  const { me } = ui.feed;
  const kind = (one) => (one.test ? 'test' : 'alert');
  const incoming = ui.screen.incoming();
  if (incoming) return incoming.duress ? '' : kind(incoming);
  const [gravest] = unacknowledgedSounds(ui);
  if (gravest && !(my && mine(my, me))) return kind(gravest);
  if (gravest && !hushed(my, me) && !onceSaid.has(gravest.key)) {
    onceSaid.add(gravest.key);
    sound.once('late');
  }
  return line.sounds(voice.standing(ui.feed), my, me) && !hushed(my, me) ? 'lost' : '';
}

/**
 * Sound the last seconds before the deadline, and its passing, for the operator whose phone is called.
 * @param {CaseView} my @param {number} nowUs
 */
function countdown(my, nowUs) {
  if (isLate(my, nowUs)) {
    if (!lateSaid.has(my.alert)) {
      lateSaid.add(my.alert);
      sound.once('late');
    }
    return;
  }
  const left = Math.ceil((my.deadline_us - nowUs) / 1e6);
  if (left <= 20 && tickSaid !== `${my.alert}${left}`) {
    tickSaid = `${my.alert}${left}`;
    sound.once('tick');
  }
}
