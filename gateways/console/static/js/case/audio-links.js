// The audio link between two parties whose tiles are side by side. Each direction is separate: a party that
// is not heard may still hear. Pure.

import { say } from '../words/words.js';
import { capital, firstName, hears, isTalking } from './situation.js';

/** The name of each party in a sentence. @type {Record<Which, (view: CaseView) => string>} */
const NAMES = {
  user: firstName,
  operator: () => say`the operator`,
  psap: () => say`112`,
};

/**
 * Return that the listener does not hear the speaker.
 * @param {CaseView} view @param {Which} listener @param {Which} speaker
 */
const deafText = (view, listener, speaker) =>
  say`${capital(NAMES[listener](view))} does not hear ${NAMES[speaker](view)}`;

/**
 * Return the link between two tiles: {is, icon, text}; `on` if both hear, `half` if a direction fails or is
 * unknown, else ''.
 * @param {CaseView} view @param {Which} one @param {Which} other
 */
export function audioLink(view, one, other) {
  const { is, text } = directions(view, one, other);
  const half = view.operator_leg.muted ? 'mute' : 'hush';
  return { is, text, icon: { on: 'voice', half }[is] ?? 'todo' };
}

/**
 * Return the state of both directions: {is, text}.
 * @param {CaseView} view @param {Which} one @param {Which} other
 */
function directions(view, one, other) {
  const up = [one, other].every((which) => isTalking(view[which === 'operator' ? 'operator_leg' : which]));
  const [here, there] = [hears(view, one, other), hears(view, other, one)];
  if (here && there) return { is: 'on', text: say`They hear each other` };
  if (here === false && there === false)
    return up
      ? { is: 'half', text: say`They do not hear each other` }
      : { is: '', text: say`They are not on the line together` };
  if (here === false) return { is: 'half', text: deafText(view, one, other) };
  if (there === false) return { is: 'half', text: deafText(view, other, one) };
  return { is: 'half', text: say`Whether they hear each other is not known` };
}
