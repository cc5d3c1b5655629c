// The state of a case, made of its legs and conferences: the parties on the line, the state of 112, the
// deadline. Pure: view → words and numbers.

import { say } from '../words/words.js';
import * as f from '../words/format.js';
import { missingMessages } from './dialogue/missing-in-text.js';
import { endedCalls, endingKind } from './call-ending.js';

/** Kinds of end that are no answer of the user: the line's, and the center's own. */
const NO_ANSWER_OF_USER = new Set(['ours', 'lineFailed', 'failed']);
/** The search for a line for 112 is shown only after this time. */
const SEARCH_SHOWN_AFTER_US = 2e6;
/** A position older than this is reported as old. */
const OLD_PLACE_US = 300e6;

/** Return true if the case is the operator's own. @param {CaseView} view @param {MeView} me */
export const isOwnCase = (view, me) => view.operator === me.operator;
/**
 * Return true if the operator is called for the case and has not accepted.
 * @param {CaseView} view @param {MeView} me
 */
export const isCalledFor = (view, me) => view.reserved.includes(me.operator) && !isOwnCase(view, me);
/** Return true if the party has answered for certain. @param {PartyView} party */
export const isTalking = (party) => party.state === 'answered' && party.confirmed;
/**
 * Return true if the party's modem, which joins the calls in the network, does not answer.
 * @param {PartyView} party
 */
export const unheard = (party) => isTalking(party) && party.unheard_us !== null;
/** Return the call of a party. @param {CaseView} view @param {Which} which @returns {PartyView} */
const call = (view, which) => view[which === 'operator' ? 'operator_leg' : which];
/**
 * Return true if `listener` hears `speaker`, as far as their calls show; null if unknown.
 * @param {CaseView} view @param {Which} listener @param {Which} speaker
 */
export function hears(view, listener, speaker) {
  const calls = [call(view, listener), call(view, speaker)];
  if (calls.some((one) => !isTalking(one) && !inDoubt(one))) return false;
  if (listener === 'user' && view.user_hears_nobody) return false;
  if (calls[1].muted || calls[1].no_sound_us !== null) return false;
  if (calls.some((one) => inDoubt(one) || one.unheard_us !== null)) return null;
  return calls.every((one) => one.joined);
}
/**
 * Return true if the line reports an answer that proves nothing: the phone may still ring.
 * @param {PartyView} party
 */
export const inDoubt = (party) => party.state === 'answered' && !party.confirmed;
/** Return true if the party is being called or has answered. @param {PartyView} party */
export const isUnderWay = (party) => ['originating', 'ringing', 'answered'].includes(party.state);

/** Return true if the call is on the operator's headset. @param {{ line?: string | null }} party */
export const onHeadset = (party) => Boolean(party.line?.startsWith('headset:'));
/**
 * Return true if the call is the operator's standing call of the shift.
 * @param {{ line?: string | null }} party
 */
export const onShiftsCall = (party) => Boolean(party.line?.startsWith('nailed:'));

/** Return the user's first name in a sentence, as its subject or object. @param {CaseView} view */
export const firstName = (view) => view.person?.first_name || say`the user`;
/** Return the user's first name after a verb. @param {CaseView} view */
export const asObject = firstName;
/** Return `to` and the user. @param {CaseView} view */
export const toUser = ({ person }) => (person?.first_name ? say`to ${person.first_name}` : say`to the user`);
/** Return `from` and the user. @param {CaseView} view */
export const fromUser = ({ person }) =>
  person?.first_name ? say`from ${person.first_name}` : say`from the user`;
/** Return the user's name in the possessive, at the start of a sentence. @param {CaseView} view */
export const possessive = ({ person }) =>
  person?.first_name ? say`${person.first_name}’s` : say`The user’s`;
/** Return the text with a capital first letter. @param {string} text */
export const capital = (text) => text[0].toUpperCase() + text.slice(1);
/** Return the user's full name. @param {CaseView} view */
export function name(view) {
  if (view.person) return `${view.person.first_name} ${view.person.last_name}`.trim();
  return view.identified ? say`Unknown` : say`Identifying`;
}
/** Return a name, marked if the alert is a test. @param {boolean} test @param {string} called */
export const markTest = (test, called) => (test ? `${say`TEST`} ${called}` : called);
/** Return the user's name, else the number. @param {CaseView} view */
const nameOrPhone = (view) => (view.person || !view.phone ? name(view) : f.phone(view.phone));
/** Return the alert's short name. @param {CaseView} view */
export const shortName = (view) => markTest(view.test, nameOrPhone(view));

/** Return the alert in a sentence, after a verb. @param {CaseView} view */
export function theAlert(view) {
  if (!view.person && !view.phone) return view.test ? say`this TEST` : say`this alert`;
  const userName = nameOrPhone(view);
  return view.test ? say`the TEST of ${userName}` : say`the alert of ${userName}`;
}
/** Return the case in a sentence on a handover. @param {CaseView} view */
export const theCase = (view) => (view.test ? say`the TEST` : say`the case`);
/** Return the user in a sentence on the alert. @param {CaseView} view */
export const inAlert = (view) => (view.test ? say`${nameOrPhone(view)} in a TEST` : nameOrPhone(view));
/** Return the user's own note without its final period. @param {CaseView} view */
export const ownNote = (view) => (view.person?.notes ?? '').trim().replace(/[.\s]+$/, '');

/** Return the number, or why there is none. @param {CaseView} view */
export const phone = (view) =>
  view.phone
    ? f.phone(view.phone)
    : view.withheld
      ? say`Once opened`
      : erasedText(view, 'number') || say`Number not known`;
/**
 * Return that this kind of data was erased, and when; empty if it was not.
 * @param {CaseView} view @param {PersonalKind} kind
 */
export const erasedText = (view, kind) => (view.erased.includes(kind) ? f.erased(view.erased_us) : '');
/** Return why there is no position, in a few words. @param {CaseView} view */
export const noPosition = (view) =>
  (view.withheld ? say`Once opened`.toLowerCase() : erasedText(view, 'position')) ||
  {
    voice: say`none, voice alert`,
    sms: say`none, SMS alert`,
  }[view.channel] ||
  say`none##position`;

/**
 * Return the state of 112: `there`; `doubt` (reported as answered); `calling`; `lacking` (requested, and no
 * line can carry the call); `waiting` (requested, and a line is searched for); `told` (briefed on another
 * phone); else ''.
 * @param {CaseView} view
 */
export function psapState(view) {
  if (isTalking(view.psap)) return 'there';
  if (inDoubt(view.psap)) return 'doubt';
  if (isUnderWay(view.psap)) return 'calling';
  if (isPsapRequested(view)) return view.psap_no_line ? 'lacking' : 'waiting';
  return view.psap_elsewhere_us !== null ? 'told' : '';
}

/** Return true if 112 is requested on this line and the alert is not being ended. @param {CaseView} view */
function isPsapRequested(view) {
  if (view.psap_requested_us === null || view.false_alarm_us !== null) return false;
  return view.left_us === null || view.broken_us !== null || view.psap_requested_us > view.left_us;
}

/**
 * Return the kinds of end of the calls to 112 since it was requested, the oldest first.
 * @param {CaseView} view
 */
export const psapEndings = (view) =>
  endedCalls(view, 'psap', view.psap_requested_us ?? Infinity)
    .map(endingKind)
    .filter((how) => how !== 'ours');

/** Return true if 112 was requested a moment ago without a call yet: a line may be found at once. */
export const psapJustRequested = (view, nowUs) =>
  psapState(view) === 'waiting' &&
  !psapEndings(view).length &&
  nowUs - view.psap_requested_us < SEARCH_SHOWN_AFTER_US;

/**
 * Return the other parties of a line that joins its calls in the network.
 * @param {CaseView} view @param {PartyView} party
 */
export const sameLineParties = (view, party) =>
  [view.user, view.operator_leg, view.psap].filter(
    (one) => one !== party && one.network && one.line === party.line,
  );

/**
 * Return true if the network joins the calls, and 112 cannot be joined.
 * @param {CaseView} view @param {Allowed} allowed
 */
export function callsElsewhere(view, allowed) {
  if (isTalking(view.psap)) return view.psap.network && !sameLineParties(view, view.psap).some(isUnderWay);
  return (
    view.operator_leg.network &&
    view.psap_requested_us === null &&
    (allowed.briefing_given === null || allowed.called_elsewhere === null)
  );
}

/**
 * Return true if the text for 112 has the panel: it is read to 112 here, or on another phone.
 * @param {CaseView} view @param {MeView} me @param {Allowed} allowed
 */
export function showsBriefing(view, me, allowed) {
  if (view.closed_us !== null || view.left_us !== null) return false;
  return (
    isTalking(view.psap) ||
    (isOwnCase(view, me) && (psapState(view) === 'lacking' || callsElsewhere(view, allowed)))
  );
}

/**
 * Return true if the case is the operator's own, and 112 may still have to be briefed.
 * @param {CaseView} view @param {MeView} me
 */
export const mayBrief = (view, me) => isOwnCase(view, me) && view.closed_us === null && view.left_us === null;

/**
 * Return true if an operator has spoken to the user, as far as known. An app that detects the call is no
 * person, nor is the announcement to a user who waits.
 * @param {CaseView} view
 */
export const spokenTo = (view) =>
  view.reached_us !== null && view.reached_by !== 'app' && view.steps.spoken_us !== null;

/** Return true if no sound was heard at the end of the user's last call. @param {CaseView} view */
export const endedSilent = (view) =>
  view.timeline.findLast(
    (one) =>
      one.party === 'user' &&
      ['leg.sound_lost', 'leg.sound_back', 'leg.answered', 'leg.originating'].includes(one.what),
  )?.what === 'leg.sound_lost';

/** Return true if the user is on the line alone. @param {CaseView} view */
export const waitsAlone = (view) =>
  isTalking(view.user) && !view.operator && !isTalking(view.psap) && view.closed_us === null;

/**
 * Return since when the user is alone: the answer, or the end of the last other party.
 * @param {CaseView} view
 */
export const aloneSinceUs = (view) => view.alone_us ?? view.user.answered_us;

/**
 * Return true if 112 was briefed. The person who answers a later call may know nothing.
 * @param {CaseView} view
 */
export const isBriefed = (view) =>
  view.briefing_us !== null && !(isTalking(view.psap) && view.psap.answered_us > view.briefing_us);

/**
 * Return true if the newest position is so old that help could be sent to the wrong place; the app has the
 * same rule.
 * @param {CaseView} view @param {number} nowUs
 */
export const placeIsOld = ({ position, closed_us }, nowUs) =>
  position !== null && closed_us === null && nowUs - position.at_us >= OLD_PLACE_US;

/** Return true if 112 was briefed with everything, and nothing newer exists. @param {CaseView} view */
export const isFullyBriefed = (view) =>
  isBriefed(view) && !hasChanged(view) && !wroteSinceBriefing(view) && !missingMessages(view).length;

/** Return true if the user can tell 112 what 112 does not know yet. @param {CaseView} view */
export const userCanTellPsap = (view) => view.user_hears_psap && !view.duress;

/** Return true if something differs from the text last read to 112. @param {CaseView} view */
export const hasChanged = ({ changed }) =>
  !!changed && (changed.address || changed.position || Object.keys(changed.fields).length > 0);

/**
 * Return true if the user, or another sender with the user's number, has written since 112 was briefed.
 * @param {CaseView} view
 */
export function wroteSinceBriefing(view) {
  const since = view.briefing_us ?? Infinity;
  return (
    view.dialogue.some((one) => !one.by && one.at_us > since) ||
    view.claims.some((one) => one.text && one.at_us > since) ||
    view.timeline.some((one) => one.what === 'text.unreadable' && one.at_us > since)
  );
}

/**
 * Return true if an app has raised the alert, or sent anything for it: an app can call 112 itself.
 * @param {CaseView} view
 */
export const hasApp = (view) =>
  view.channel === 'data' || view.positions.some((one) => one.channel === 'data');

/**
 * Return true if the phone must not ring: the alert is silent, and no operator has commanded the call.
 * @param {CaseView} view
 */
export const keptSilent = (view) => view.silent && !view.aloud;

/** Return true if the user's phone must not ring. @param {CaseView} view */
export const staysQuiet = (view) => view.duress || keptSilent(view);

/**
 * Return true if questions may be asked of the user, aloud or in writing, without others noticing.
 * @param {CaseView} view
 */
export const mayAsk = (view) => !view.duress && !(isTalking(view.user) && view.user_hears_nobody);

/**
 * Return true if the user has not answered for long enough, whatever was attempted since.
 * @param {CaseView} view @param {number} nowUs @param {CenterView} center
 */
export function unanswered(view, nowUs, center) {
  if (isTalking(view.user) || view.rang_us === null) return false;
  if (nowUs - view.rang_us >= center.no_answer_s * 1e6) return true;
  return view.timeline.some(
    (entry) =>
      entry.what === 'leg.released' &&
      entry.party === 'user' &&
      entry.at_us >= view.rang_us &&
      !NO_ANSWER_OF_USER.has(endingKind(entry)),
  );
}

/**
 * Return true if the deadline has passed without having been met.
 * @param {CaseView} view @param {number} nowUs
 */
export const isLate = (view, nowUs) =>
  view.met_us === null && view.closed_us === null && (view.missed_us !== null || nowUs > view.deadline_us);
