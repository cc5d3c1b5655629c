// A party on the line without sound: the words on it, and the offer of another line (key V, then Enter). The
// command hangs up and calls the party again at once; so it is armed first, as a false alarm is.

import { html, nothing } from '../../vendor/lit.js';
import { label } from '../steps/labels.js';
import { KEY } from '../words/center.js';
import { say } from '../words/words.js';
import { asObject, fromUser, isOwnCase, isTalking, unheard } from './situation.js';

const PARTIES = [
  ['user', 'user'],
  ['psap', 'psap'],
  ['operator', 'operator_leg'],
]; // in the order of checking

/**
 * Return true if the party has been without sound for some seconds, or its sound is unknown.
 * @param {PartyView} party
 */
export const isWithoutSound = (party) => unheard(party) || (isTalking(party) && party.no_sound_us !== null);

/**
 * Return true if V changes a line, and the command bar offers V.
 * @param {CaseView} view @param {MeView} me
 */
export const offersAnotherLine = (view, me) =>
  isOwnCase(view, me) && PARTIES.some(([, leg]) => isWithoutSound(view[leg]));

/** Return the party on whose line V acts: the first without sound, else the user. @param {CaseView} view */
export const changedParty = (view) => PARTIES.find(([, leg]) => isWithoutSound(view[leg]))?.[0] ?? 'user';

/**
 * Render the key on the tile of a party without sound, for the operator of the case.
 * @param {Ui} ui @param {CaseView} view @param {Which} which @param {PartyView} party
 * @param {Allowed} allowed
 */
export function lineKey(ui, view, which, party, allowed) {
  if (!isWithoutSound(party) || !isOwnCase(view, ui.feed.me) || changedParty(view) !== which) return nothing;
  const off = ui.feed.link !== 'live' || allowed.another_line !== null;
  const key = KEY.another_line;
  return html`<button
    class="btn"
    data-key=${key}
    aria-keyshortcuts=${key}
    aria-disabled=${off ? 'true' : nothing}
    @click=${() => ui.press(key)}>
    <kbd>${key}</kbd><span>${ui.commands.armed === key ? say`then Enter` : label('another_line')}</span>
  </button>`;
}

/** Return true if a modem does not answer. @param {CaseView} view */
const modemIsLost = (view) => PARTIES.some(([, leg]) => unheard(view[leg]));

/** Return the effect of V in words. @param {CaseView} view */
export function effectText(view) {
  const name = { user: asObject(view), psap: say`112`, operator: say`you` }[changedParty(view)];
  return modemIsLost(view)
    ? say`Hangs up and calls everybody again on another line`
    : say`Hangs up and calls ${name} again on another line`;
}

/**
 * Render, in the command bar of the case's operator, the party without sound.
 * @param {Ui} ui @param {CaseView} view
 */
export function silenceText(ui, view) {
  if (!offersAnotherLine(view, ui.feed.me) || ui.commands.armed === KEY.another_line) return nothing;
  const which = changedParty(view);
  if (modemIsLost(view))
    return html`<span class="ink-wait"
      >${say`The modem does not answer: whether you still hear each other is not known. If not:
        ${KEY.another_line}, then Enter.`}</span
    >`;
  const source = {
    user: fromUser(view),
    psap: say`from 112`,
    operator: say`from your phone`,
  }[which];
  return html`<span class="ink-wait"
    >${say`No sound ${source}. Another line: ${KEY.another_line}, then Enter.`}</span
  >`;
}
