// On which line the operator speaks, and so what of the headset may be said: over the own case, in the bar,
// by a sound. Pure: how the headset stands and the case's leg in, a claim out. Of an operator who speaks on a
// telephone nothing of the headset says that nobody hears.

import { inDoubt, onHeadset, talking, underWay } from '../case/situation.js';

/**
 * How the headset stands. `gone`: alerts do not come to it. `mute`: connected, and its microphone gives
 * nothing. `elsewhere`: another window of this operator's has the voice.
 * @typedef {{ is: string, gone: boolean, mute: boolean, elsewhere: boolean }} Standing
 */

/** @param {CaseView} view @param {MeView} me */
const ownLeg = (view, me) =>
  view && view.operator_leg.operator === me.operator && underWay(view.operator_leg)
    ? view.operator_leg
    : null;

/**
 * The operator's call by telephone in this case, be it ringing; else null.
 * @param {CaseView} view @param {MeView} me
 */
export function byPhone(view, me) {
  const leg = ownLeg(view, me);
  return leg?.line && !onHeadset(leg) ? leg : null;
}

/** The operator's headset in this case; else null. @param {CaseView} view @param {MeView} me */
export function byHeadset(view, me) {
  const leg = ownLeg(view, me);
  return leg && onHeadset(leg) ? leg : null;
}

/**
 * Whether the headset stays connected though its microphone gives nothing: its ear is in a conversation. One
 * that is only said to be answered is none, and the telephone has to ring.
 * @param {PartyView[]} legs those of the operator on the headset @param {boolean} joined to a conference
 */
export const isHeld = (legs, joined) => legs.some(talking) || (joined && !legs.some(inDoubt));

/**
 * What there is to say over the operator's own case, or in the bar (`view` null: between alerts): `phone`,
 * the voice is on a telephone; `elsewhere`, it is in another window; `unheard`, nobody hears it; or ''.
 * @param {Standing} headset @param {CaseView} view @param {MeView} me
 */
export function claim(headset, view, me) {
  const phone = byPhone(view, me);
  if (phone && talking(phone)) return 'phone';
  if (headset.elsewhere) return 'elsewhere';
  return headset.gone || (headset.mute && !byHeadset(view, me)?.muted) ? 'unheard' : '';
}

/**
 * Whether the page sounds for the headset's sake. Never into a telephone, nor into the headset that another
 * window has; of a microphone that gives nothing it is a matter only while there is an alert.
 * @param {Standing} headset @param {CaseView} view the alert that is the operator's @param {MeView} me
 */
export const sounds = (headset, view, me) =>
  headset.gone && !headset.elsewhere && !byPhone(view, me) && (headset.is !== 'deaf' || view !== null);

/**
 * Whether the voice can come back from the telephone to the headset.
 * @param {Standing} headset @param {CaseView} view @param {MeView} me
 */
export const comesBack = (headset, view, me) =>
  claim(headset, view, me) === 'phone' &&
  headset.is === 'live' &&
  !headset.mute &&
  !view.operator_leg.network; // a modem that joins its calls has no place for a headset
