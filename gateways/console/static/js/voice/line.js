// The line on which the operator speaks, and the resulting message on the headset: over the operator's own
// case, in the bar, by a sound. Pure: headset state and the case's leg → message. For an operator who speaks
// on a telephone, the headset never reports that the operator is unheard.

import { inDoubt, onHeadset, isTalking, isUnderWay } from '../case/situation.js';

/**
 * The state of the headset. `gone`: alerts do not arrive in it. `mute`: connected, but its microphone gives
 * no sound. `elsewhere`: the voice is in another window of this operator.
 * @typedef {{ is: string, gone: boolean, mute: boolean, elsewhere: boolean }} HeadsetState
 */

/**
 * Return the operator's own call in this case while it is under way, else null.
 * @param {CaseView} view @param {MeView} me
 */
const ownLeg = (view, me) =>
  view && view.operator_leg.operator === me.operator && isUnderWay(view.operator_leg)
    ? view.operator_leg
    : null;

/**
 * Return the operator's telephone call in this case, ringing or answered; else null.
 * @param {CaseView} view @param {MeView} me
 */
export function phoneLeg(view, me) {
  const leg = ownLeg(view, me);
  return leg?.line && !onHeadset(leg) ? leg : null;
}

/** Return the operator's headset leg in this case; else null. @param {CaseView} view @param {MeView} me */
export function headsetLeg(view, me) {
  const leg = ownLeg(view, me);
  return leg && onHeadset(leg) ? leg : null;
}

/**
 * Return true if the headset stays connected although its microphone is silent, because the operator listens
 * to a conversation. A doubtful answer is no conversation: the telephone must ring.
 * @param {PartyView[]} legs the operator's headset legs @param {boolean} joined the headset is in a
 * conference
 */
export const staysConnected = (legs, joined) => legs.some(isTalking) || (joined && !legs.some(inDoubt));

/**
 * Return the message over the operator's own case or in the bar (`view` null: between alerts). `phone`: the
 * voice is on a telephone; `elsewhere`: in another window; `unheard`: nobody hears the operator; or ''.
 * @param {HeadsetState} headset @param {CaseView} view @param {MeView} me
 */
export function messageFor(headset, view, me) {
  const phone = phoneLeg(view, me);
  if (phone && isTalking(phone)) return 'phone';
  if (headset.elsewhere) return 'elsewhere';
  return headset.gone || (headset.mute && !headsetLeg(view, me)?.muted) ? 'unheard' : '';
}

/**
 * Return true if the page sounds because of the headset. The page never sounds into a telephone, nor into the
 * headset of another window. A silent microphone matters only during an alert.
 * @param {HeadsetState} headset @param {CaseView} view the operator's alert @param {MeView} me
 */
export const mustSound = (headset, view, me) =>
  headset.gone && !headset.elsewhere && !phoneLeg(view, me) && (headset.is !== 'deaf' || view !== null);

/**
 * Return true if the voice can move from the telephone to the headset.
 * @param {HeadsetState} headset @param {CaseView} view @param {MeView} me
 */
export const canReturn = (headset, view, me) =>
  messageFor(headset, view, me) === 'phone' &&
  headset.is === 'live' &&
  !headset.mute &&
  !view.operator_leg.network; // a modem that joins its calls itself cannot join a headset
