// What is so of a case, made of its legs and joins: who is on the line, how far 112 is, how the deadline
// stands. Pure: the view in, words and numbers out.

import { say } from '../words/words.js';
import * as f from '../words/format.js';
import { missing } from './dialogue/missing.js';
import { ended, ending } from './call-ending.js';

/** Endings that say nothing of whether the user answers: the line's, and the centre's own. */
const NO_WORD_OF_THE_USERS = new Set(['ours', 'lineFailed', 'failed']);
/** So long a line for 112 may be found without a word of looking for one. */
const FOUND_AT_ONCE_US = 2e6;
/** An older position is said to be old. */
const OLD_PLACE_US = 300e6;

/** @param {CaseView} view @param {MeView} me */
export const mine = (view, me) => view.operator === me.operator;
/** @param {CaseView} view @param {MeView} me */
export const calledFor = (view, me) => view.reserved.includes(me.operator) && !mine(view, me);
/** @param {PartyView} party */
export const talking = (party) => party.state === 'answered' && party.confirmed;
/** The modem that joins this party in the network does not answer. @param {PartyView} party */
export const unheard = (party) => talking(party) && party.unheard_us !== null;
/** The call of a party. @param {CaseView} view @param {Which} which @returns {PartyView} */
const call = (view, which) => view[which === 'operator' ? 'operator_leg' : which];
/**
 * Whether `listener` hears `speaker`, as far as their calls go: null where that is not known.
 * @param {CaseView} view @param {Which} listener @param {Which} speaker
 */
export function hearing(view, listener, speaker) {
  const calls = [call(view, listener), call(view, speaker)];
  if (calls.some((one) => !talking(one) && !inDoubt(one))) return false;
  if (listener === 'user' && view.user_hears_nobody) return false;
  if (calls[1].muted || calls[1].no_sound_us !== null) return false;
  if (calls.some((one) => inDoubt(one) || one.unheard_us !== null)) return null;
  return calls.every((one) => one.joined);
}
/** Said to be answered by a line whose word proves nothing: it may still ring. @param {PartyView} party */
export const inDoubt = (party) => party.state === 'answered' && !party.confirmed;
/** @param {PartyView} party */
export const underWay = (party) => ['originating', 'ringing', 'answered'].includes(party.state);

/** @param {{ line?: string | null }} party */
export const onHeadset = (party) => Boolean(party.line?.startsWith('headset:'));
/** @param {{ line?: string | null }} party */
export const onShiftsCall = (party) => Boolean(party.line?.startsWith('nailed:'));

/** What the user is called in a sentence: as its subject, and after a verb. @param {CaseView} view */
export const first = (view) => view.person?.first_name || say`the user`;
/** @param {CaseView} view */
export const asObject = first;
/** To and from the user. @param {CaseView} view */
export const to = ({ person }) => (person?.first_name ? say`to ${person.first_name}` : say`to the user`);
/** @param {CaseView} view */
export const from = ({ person }) =>
  person?.first_name ? say`from ${person.first_name}` : say`from the user`;
/** Whose phone or line it is: at the start of a sentence. @param {CaseView} view */
export const possessive = ({ person }) =>
  person?.first_name ? say`${person.first_name}’s` : say`The user’s`;
/** @param {string} text */
export const capital = (text) => text[0].toUpperCase() + text.slice(1);
/** @param {CaseView} view */
export function name(view) {
  if (view.person) return `${view.person.first_name} ${view.person.last_name}`.trim();
  return view.identified ? say`Unknown` : say`Identifying`;
}
/** A test is called one wherever it is named. @param {boolean} test @param {string} called */
export const named = (test, called) => (test ? `${say`TEST`} ${called}` : called);
/** @param {CaseView} view */
const nameOrPhone = (view) => (view.person || !view.phone ? name(view) : f.phone(view.phone));
/** The alert by its name, where there is room for one thing only. @param {CaseView} view */
export const shortName = (view) => named(view.test, nameOrPhone(view));

/** The alert in a sentence, after a verb. @param {CaseView} view */
export function theAlert(view) {
  if (!view.person && !view.phone) return view.test ? say`this TEST` : say`this alert`;
  const called = nameOrPhone(view);
  return view.test ? say`the TEST of ${called}` : say`the alert of ${called}`;
}
/** The case that somebody hands over. @param {CaseView} view */
export const theCase = (view) => (view.test ? say`the TEST` : say`the case`);
/** The user in a sentence about the alert. @param {CaseView} view */
export const inAlert = (view) => (view.test ? say`${nameOrPhone(view)} in a TEST` : nameOrPhone(view));
/** The user's own note, as a sentence. @param {CaseView} view */
export const ownNote = (view) => (view.person?.notes ?? '').trim().replace(/[.\s]+$/, '');

/** The number, or why there is none. @param {CaseView} view */
export const phone = (view) =>
  view.phone
    ? f.phone(view.phone)
    : view.withheld
      ? say`Once opened`
      : gone(view, 'number') || say`Number not known`;
/** That it was erased, and when; empty where it was not. @param {CaseView} view @param {PersonalKind} kind */
export const gone = (view, kind) => (view.erased.includes(kind) ? f.erased(view.erased_us) : '');
/** Why there is no position, as short as the header needs it. @param {CaseView} view */
export const noPosition = (view) =>
  (view.withheld ? say`Once opened`.toLowerCase() : gone(view, 'position')) ||
  {
    voice: say`none, voice alert`,
    sms: say`none, SMS alert`,
  }[view.channel] ||
  say`none##position`;

/**
 * How far 112 is: `there`, `doubt` (said to have answered), `calling`, `lacking` (wanted, and no line can
 * carry the call), `waiting` (wanted, and a line is being looked for), `told` (on another phone), or '' where
 * nothing is so.
 * @param {CaseView} view
 */
export function psapIs(view) {
  if (talking(view.psap)) return 'there';
  if (inDoubt(view.psap)) return 'doubt';
  if (underWay(view.psap)) return 'calling';
  if (psapWanted(view)) return view.psap_no_line ? 'lacking' : 'waiting';
  return view.psap_elsewhere_us !== null ? 'told' : '';
}

/** Whether 112 is wanted on this line: not once all is being ended. @param {CaseView} view */
function psapWanted(view) {
  if (view.psap_requested_us === null || view.false_alarm_us !== null) return false;
  return view.left_us === null || view.broken_us !== null || view.psap_requested_us > view.left_us;
}

/** How the calls to 112 have ended since it was asked for, oldest first. @param {CaseView} view */
export const psapEndings = (view) =>
  ended(view, 'psap', view.psap_requested_us ?? Infinity)
    .map(ending)
    .filter((how) => how !== 'ours');

/** 112 is wanted, and no call to it was made yet, for so short that a line may be had at once. */
export const psapJustAsked = (view, nowUs) =>
  psapIs(view) === 'waiting' &&
  !psapEndings(view).length &&
  nowUs - view.psap_requested_us < FOUND_AT_ONCE_US;

/**
 * The other parties of a line that joins its calls in the network.
 * @param {CaseView} view @param {PartyView} party
 */
export const beside = (view, party) =>
  [view.user, view.operator_leg, view.psap].filter(
    (one) => one !== party && one.network && one.line === party.line,
  );

/**
 * Where the network joins the calls, and 112 cannot be one of them.
 * @param {CaseView} view @param {Allowed} allowed
 */
export function callsElsewhere(view, allowed) {
  if (talking(view.psap)) return view.psap.network && !beside(view, view.psap).some(underWay);
  return (
    view.operator_leg.network &&
    view.psap_requested_us === null &&
    (allowed.briefing_given === null || allowed.called_elsewhere === null)
  );
}

/**
 * Whether the text for 112 has the room: it is read to 112 here, or on another phone.
 * @param {CaseView} view @param {MeView} me @param {Allowed} allowed
 */
export function reading(view, me, allowed) {
  if (view.closed_us !== null || view.left_us !== null) return false;
  return (
    talking(view.psap) || (mine(view, me) && (psapIs(view) === 'lacking' || callsElsewhere(view, allowed)))
  );
}

/** Whether it is mine, and 112 may still have to be told of it. @param {CaseView} view @param {MeView} me */
export const mayRead = (view, me) => mine(view, me) && view.closed_us === null && view.left_us === null;

/**
 * Whether somebody has spoken to the user, as far as is known: an app that sees the call is no person, and
 * neither is the announcement that a user hears who waits for an operator.
 * @param {CaseView} view
 */
export const spokenTo = (view) =>
  view.reached_us !== null && view.reached_by !== 'app' && view.steps.spoken_us !== null;

/** Whether nothing was heard any more at the end of the user's last call. @param {CaseView} view */
export const endedSilent = (view) =>
  view.timeline.findLast(
    (one) =>
      one.party === 'user' &&
      ['leg.sound_lost', 'leg.sound_back', 'leg.answered', 'leg.originating'].includes(one.what),
  )?.what === 'leg.sound_lost';

/** The user is on the line, and nobody is with the user. @param {CaseView} view */
export const waitsAlone = (view) =>
  talking(view.user) && !view.operator && !talking(view.psap) && view.closed_us === null;

/** Since when that is so: the user's answer, or the end of whoever was there. @param {CaseView} view */
export const aloneSinceUs = (view) => view.alone_us ?? view.user.answered_us;

/** Whether 112 was told of it: who answers a later call there may know nothing. @param {CaseView} view */
export const briefed = (view) =>
  view.briefing_us !== null && !(talking(view.psap) && view.psap.answered_us > view.briefing_us);

/**
 * Whether the newest position is so old that help would be sent to where the user was, as the app has it.
 * @param {CaseView} view @param {number} nowUs
 */
export const placeIsOld = ({ position, closed_us }, nowUs) =>
  position !== null && closed_us === null && nowUs - position.at_us >= OLD_PLACE_US;

/** Whether 112 was told of it, and nothing is newer, or was left out. @param {CaseView} view */
export const toldAll = (view) => briefed(view) && !hasChanged(view) && !wrote(view) && !missing(view).length;

/** Whether the user can tell 112 alone what 112 does not know yet. @param {CaseView} view */
export const tellsItself = (view) => view.user_hears_psap && !view.duress;

/** Whether anything is otherwise than 112 was last read it. @param {CaseView} view */
export const hasChanged = ({ changed }) =>
  !!changed && (changed.address || changed.position || Object.keys(changed.fields).length > 0);

/**
 * Whether the user, or somebody under the user's number, has written since 112 was told.
 * @param {CaseView} view
 */
export function wrote(view) {
  const since = view.briefing_us ?? Infinity;
  return (
    view.dialogue.some((one) => !one.by && one.at_us > since) ||
    view.claims.some((one) => one.text && one.at_us > since) ||
    view.timeline.some((one) => one.what === 'text.unreadable' && one.at_us > since)
  );
}

/**
 * Whether an app has raised the alert, or sent anything for it: one that calls 112 by itself.
 * @param {CaseView} view
 */
export const hasApp = (view) =>
  view.channel === 'data' || view.positions.some((one) => one.channel === 'data');

/**
 * Whether the phone is not to ring: the alert is silent, and no operator has ordered the call.
 * @param {CaseView} view
 */
export const keptSilent = (view) => view.silent && !view.aloud;

/** Whether the user's phone must not ring. @param {CaseView} view */
export const staysQuiet = (view) => view.duress || keptSilent(view);

/**
 * Whether something may be asked of the user, aloud or in writing: not where others would notice.
 * @param {CaseView} view
 */
export const mayAsk = (view) => !view.duress && !(talking(view.user) && view.user_hears_nobody);

/**
 * Whether an answer has been waited for long enough (case 5), whatever is tried since; until the user
 * answers.
 * @param {CaseView} view @param {number} nowUs @param {CenterView} center
 */
export function unanswered(view, nowUs, center) {
  if (talking(view.user) || view.rang_us === null) return false;
  if (nowUs - view.rang_us >= center.no_answer_s * 1e6) return true;
  return view.timeline.some(
    (entry) =>
      entry.what === 'leg.released' &&
      entry.party === 'user' &&
      entry.at_us >= view.rang_us &&
      !NO_WORD_OF_THE_USERS.has(ending(entry)),
  );
}

/** Whether the deadline has passed without having been met. @param {CaseView} view @param {number} nowUs */
export const isLate = (view, nowUs) =>
  view.met_us === null && view.closed_us === null && (view.missed_us !== null || nowUs > view.deadline_us);
