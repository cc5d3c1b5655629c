// The screen's claims about the people and calls of an alert: each claim has its condition and its words. All
// parts of the screen take their claims from this table; a test searches stories for a claim that is shown
// while its condition is false (tests/gateways/console/test_claims.py). Pure.

import { KEY } from './center.js';
import { say } from './words.js';
import * as f from './format.js';
import { offeredMessage } from '../case/dialogue/read-state.js';
import { endingOf, userEnding } from '../case/call-ending.js';
import * as s from '../case/situation.js';

/** For this long after 112 answered, the operator is advised to name the user. */
const INTRODUCTION_US = 10e6;
/**
 * For this long after the answer, a microphone may be silent before the screen reports the operator as
 * unheard.
 */
const UNHEARD_AFTER_US = 3e6;

/** @typedef {Pick<Moment, 'view' | 'nowUs'> & Partial<Moment>} Now */

/** Return how the last call to 112 ended; null before the first call. @param {Now} now */
const lastTo112 = ({ view }) => s.psapEndings(view).at(-1) ?? null;
/** Return true while another call to 112 waits for a line or for its turn. @param {Now} now */
const retried = (now) => s.psapState(now.view) === 'waiting' && !s.psapJustRequested(now.view, now.nowUs);
/**
 * Return the number of the call to 112, as the tile and the story count: each call of the alert.
 * @param {Now} now
 */
const attempt = ({ view }) => view.psap.attempt;
/** Return true if 112 has hung up and is not requested again. @param {Now} now */
const psapHungUp = ({ view }) => s.psapState(view) === '' && ['hungUp', 'over'].includes(endingOf(view.psap));
/** Return the leg of the operator of this page; null without one. @param {Now} now */
const myLeg = ({ view, me }) =>
  [view.operator_leg, view.hand_over?.called].find((leg) => leg?.operator && leg.operator === me?.operator) ??
  null;
/** Return true if the operator's leg is on the headset and its sound is in doubt. @param {Now} now */
const inMyHeadset = (now) => {
  const leg = myLeg(now);
  return leg !== null && s.onHeadset(leg) && s.inDoubt(leg);
};
/** Return for how long the operator's leg has been answered, microseconds. @param {Now} now */
const answeredForUs = (now) => now.nowUs - (myLeg(now)?.answered_us ?? now.nowUs);
/** Return for how long the user has been without an operator. @param {Now} now */
const waitedFor = ({ view, nowUs }) => f.span(nowUs - s.aloneSinceUs(view));
/** Return the user's name at the beginning of a sentence. @param {Now} now */
const UserName = ({ view }) => s.capital(s.firstName(view));
/** Return the user's full name. @param {CaseView} view */
const inFull = (view) => (view.person ? s.name(view) : s.firstName(view));
/** Return the user's name within a sentence. @param {Now} now */
const userName = ({ view }) => s.firstName(view);

/** Return true if the user and 112 are both on the line. @param {Now} now */
const bothOnLine = ({ view }) => s.isTalking(view.user) && s.isTalking(view.psap);
/** @param {Now} now */
const isMuted = ({ view }) => view.operator_leg.muted;
/** Return whether user and 112 hear each other, each separately; null if unknown. @param {Now} now */
const hearing = ({ view }) => ({
  user: s.hears(view, 'user', 'psap'),
  psap: s.hears(view, 'psap', 'user'),
});
/** Return true if both directions between user and 112 are known. @param {Now} now */
const bothKnown = (now) => Object.values(hearing(now)).every((one) => one !== null);

/**
 * Return the condition that the last call to the user ended like `how`, and no later call is answered.
 * @param {import('../case/call-ending.js').Ending} how
 */
const ended =
  (how) =>
  /** @param {Now} now */
  ({ view }) =>
    !s.isTalking(view.user) && userEnding(view) === how;

/** @satisfies {Record<string, { holds(now: Now): boolean, words(now: Now): string }>} */
const CLAIMS = {
  // The user's calls.
  usersMachine: {
    holds: ended('machine'),
    words: (now) => say`${UserName(now)} does not answer: a machine.`,
  },
  userDeclined: {
    holds: ended('declined'),
    words: (now) => say`${UserName(now)} declined the call.`,
  },
  userBusy: {
    holds: ended('busy'),
    words: ({ view }) => say`${s.possessive(view)} phone is busy.`,
  },
  userHungUp: {
    holds: ended('hungUp'),
    words: (now) => say`${UserName(now)} hung up.`,
  },
  usersLineDropped: {
    holds: ended('dropped'),
    words: ({ view }) => say`${s.possessive(view)} line dropped.`,
  },
  userUnreachable: {
    holds: ended('unreachable'),
    words: ({ view }) => say`${s.possessive(view)} phone is out of reach.`,
  },
  userDoesNotAnswer: {
    holds: (now) => ended('noAnswer')(now) || (now.view.user.state === 'ringing' && waitedLong(now)),
    words: (now) => say`${UserName(now)} does not answer.`,
  },
  userAway: {
    holds: ({ view }) => !s.isTalking(view.user) && !s.inDoubt(view.user),
    words: (now) => say`${UserName(now)} is not on the line.`,
  },

  // The sound between the parties.
  keepTalking: {
    holds: ({ view }) => view.user_hears_operator,
    words: (now) => say`Keep talking to ${userName(now)} meanwhile.`,
  },
  hearsNobody: {
    holds: ({ view }) => s.isTalking(view.user) && view.user_hears_nobody,
    words: (now) => say`${UserName(now)} hears nobody: stay and listen.`,
  },
  bothTalk: {
    holds: ({ view }) => view.user_hears_psap,
    words: (now) => say`${UserName(now)} and 112 are talking.`,
  },
  introduce: {
    holds: ({ view, nowUs }) => s.isTalking(view.psap) && nowUs - view.psap.answered_us < INTRODUCTION_US,
    words: ({ view }) => say`Tell 112: “securWoman centre, ${inFull(view)} is on the line.”`,
  },
  phoneAnswered: {
    // The answering party may be a machine: only a pressed key shows a person.
    holds: ({ view }) =>
      view.user_hears_psap && view.user.answered_us > view.psap.answered_us && !view.user.pressed,
    words: ({ view }) => say`${s.possessive(view)} phone was answered, and is joined with 112.`,
  },
  justBack: {
    holds: ({ view, nowUs }) =>
      view.user_hears_psap &&
      view.user.answered_us > view.psap.answered_us &&
      nowUs - view.user.answered_us < INTRODUCTION_US,
    words: () => say`Stay, and hear who it is. A machine: ${KEY.mark_machine}.`,
  },
  heardBy112: {
    holds: (now) => s.isTalking(now.view.user) && now.view.user_hears_nobody && hearing(now).psap === true,
    words: (now) => say`112 hears ${userName(now)}, who hears nobody.`,
  },
  overheard: {
    holds: ({ view }) => view.duress && s.isTalking(view.user) && !view.user_hears_nobody,
    words: () => say`Who forces her may hear.`,
  },
  noVoiceThere: {
    holds: ({ view }) => s.isTalking(view.user) && view.user_hears_nobody,
    words: () => say`No voice comes out of her phone.`,
  },
  apartFrom112: {
    holds: (now) => bothOnLine(now) && !hearing(now).user && !hearing(now).psap && bothKnown(now),
    words: (now) => say`Stay: ${userName(now)} and 112 do not hear each other.`,
  },
  hears112Not: {
    holds: (now) => bothOnLine(now) && hearing(now).user === false,
    words: (now) => say`Stay: ${userName(now)} does not hear 112.`,
  },
  notHeardBy112: {
    holds: (now) => bothOnLine(now) && hearing(now).psap === false,
    words: (now) => say`Stay: 112 does not hear ${userName(now)}.`,
  },
  perhapsHeard: {
    holds: (now) => bothOnLine(now) && !bothKnown(now),
    words: (now) => say`Stay: whether ${userName(now)} and 112 hear each other is not known.`,
  },

  // The effect of leaving, with user and 112 on the line.
  staysTogether: {
    holds: ({ view }) => view.user_hears_psap,
    words: (now) => say`${UserName(now)} and 112 stay joined.`,
  },
  staysListening: {
    holds: (now) => hearing(now).psap === true && hearing(now).user === false,
    words: () => say`112 stays, listening.`,
  },
  staysApart: {
    holds: (now) => bothOnLine(now) && !hearing(now).user && !hearing(now).psap && bothKnown(now),
    words: () => say`They stay, not hearing each other.`,
  },
  staysUnheard: {
    holds: (now) => bothOnLine(now) && hearing(now).psap === false,
    words: (now) => say`They stay; 112 does not hear ${userName(now)}.`,
  },
  staysPerhaps: {
    holds: (now) => bothOnLine(now) && !bothKnown(now),
    words: () => say`They stay; whether they hear each other is not known.`,
  },
  joinsAgain: {
    holds: ({ view }) => s.isUnderWay(view.user) && !s.isTalking(view.user) && view.user.attempt > 1,
    words: (now) => s.capital(say`${userName(now)} is being called again, and joins you on answering.`),
  },
  joins: {
    holds: ({ view }) => s.isUnderWay(view.user) && !s.isTalking(view.user) && view.user.attempt <= 1,
    words: (now) => s.capital(say`${userName(now)} is being called, and joins you on answering.`),
  },

  // 112.
  psapCalled: {
    holds: ({ view }) => s.psapState(view) === 'calling',
    words: () => say`112 is being called. Stay on the line.`,
  },
  psapAsked: {
    holds: ({ view, nowUs }) => s.psapJustRequested(view, nowUs),
    words: () => say`112 is asked for. Stay on the line.`,
  },
  psapBusy: {
    holds: (now) => retried(now) && lastTo112(now) === 'busy',
    words: (now) => say`112 is busy: attempt ${attempt(now)}, trying again.`,
  },
  psapDoesNotAnswer: {
    holds: (now) => retried(now) && lastTo112(now) === 'noAnswer',
    words: (now) => say`112 does not answer: attempt ${attempt(now)}, trying again.`,
  },
  psapDropped: {
    holds: (now) => retried(now) && lastTo112(now) === 'dropped',
    words: () => say`112’s line dropped: trying again.`,
  },
  psapFailed: {
    holds: (now) => retried(now) && !['lineFailed', 'dropped', null].includes(lastTo112(now)),
    words: (now) => say`The call to 112 failed: attempt ${attempt(now)}, trying again.`,
  },
  psapSeeksLine: {
    holds: (now) => retried(now) && ['lineFailed', null].includes(lastTo112(now)),
    words: () => say`Looking for a line for 112. Stay on the line.`,
  },
  psapWasBusy: {
    holds: (now) => s.psapState(now.view) === 'calling' && lastTo112(now) === 'busy',
    words: (now) => say`It was busy: attempt ${attempt(now)}.`,
  },
  psapDidNotAnswer: {
    holds: (now) => s.psapState(now.view) === 'calling' && lastTo112(now) === 'noAnswer',
    words: (now) => say`It did not answer: attempt ${attempt(now)}.`,
  },
  psapHungUp: {
    holds: psapHungUp,
    words: () => say`112 hung up.`,
  },
  psapKnew: {
    holds: (now) => psapHungUp(now) && s.isFullyBriefed(now.view),
    words: () => say`It knows everything.`,
  },
  knowsAll: {
    holds: ({ view }) => s.isFullyBriefed(view),
    words: () => say`112 knows everything. You can leave.`,
  },
  placeIsOld: {
    holds: ({ view, nowUs }) => s.placeIsOld(view, nowUs),
    words: ({ view, nowUs }) => {
      const old = f.age(nowUs - (view.position?.at_us ?? nowUs));
      return say`The position is ${old}.`;
    },
  },
  userWrote: {
    holds: ({ view }) => view.briefing_us !== null && s.wroteSinceBriefing(view),
    words: () => say`There is a new message: tell 112.`,
  },
  notInText: {
    holds: ({ view, allowed }) => !!allowed && offeredMessage(view, allowed) !== null,
    words: ({ view }) => say`What ${s.firstName(view)} wrote is not in the text: ← or →, or Del.`,
  },
  hasChanged: {
    holds: ({ view }) => s.hasChanged(view),
    words: () => say`Tell 112 what has changed.`,
  },

  // The user's call, as read to 112.
  spokeThenNothing: {
    holds: (now) =>
      s.spokenTo(now.view) &&
      (ended('hungUp')(now) || ended('dropped')(now) || ended('over')(now)) &&
      s.endedSilent(now.view),
    words: () => say`The call was answered, then there was no sound.`,
  },
  spokeAndHungUp: {
    holds: (now) => s.spokenTo(now.view) && ended('hungUp')(now),
    words: () => say`Answered us, then hung up.`,
  },
  spokeAndDropped: {
    holds: (now) => s.spokenTo(now.view) && ended('dropped')(now),
    words: () => say`Answered us, then the line dropped.`,
  },
  spokeBefore: {
    holds: ({ view }) => s.spokenTo(view) && !s.isTalking(view.user),
    words: () => say`Answered us; not on the line now.`,
  },
  machineAnswers: {
    holds: ended('machine'),
    words: () => say`No answer: a machine.`,
  },

  // The operator's own call.
  headsetUnheard: {
    holds: (now) => inMyHeadset(now) && answeredForUs(now) >= UNHEARD_AFTER_US,
    words: () => say`You are on your headset, but we do not hear you: speak, or ${KEY.take}.`,
  },
  headsetUp: {
    holds: inMyHeadset,
    words: () => say`You are on your headset: speak.`,
  },
  headsetNext: {
    holds: (now) => myLeg(now) !== null && s.onHeadset(myLeg(now)) && s.isUnderWay(myLeg(now)),
    words: () => say`Your headset is being connected.`,
  },
  shiftsCall: {
    holds: (now) => myLeg(now) !== null && s.onShiftsCall(myLeg(now)) && s.isUnderWay(myLeg(now)),
    words: () => say`It comes on the call of your shift: speak.`,
  },
  answerYourPhone: {
    holds: (now) =>
      myLeg(now) !== null &&
      !s.onHeadset(myLeg(now)) &&
      !s.onShiftsCall(myLeg(now)) &&
      (myLeg(now).state === 'ringing' || s.inDoubt(myLeg(now))),
    words: () => say`Answer your phone.`,
  },
  mutedForBoth: {
    holds: (now) => isMuted(now) && bothOnLine(now),
    words: (now) => say`Muted: ${userName(now)} and 112 cannot hear you`,
  },
  mutedForUser: {
    holds: (now) => isMuted(now) && s.isTalking(now.view.user),
    words: (now) => say`Muted: ${userName(now)} cannot hear you`,
  },
  mutedFor112: {
    holds: (now) => isMuted(now) && s.isTalking(now.view.psap),
    words: () => say`Muted: 112 cannot hear you`,
  },
  muted: {
    holds: (now) => isMuted(now),
    words: () => say`Your microphone is off`,
  },
  youAreCalled: {
    holds: ({ view, me }) => s.isCalledFor(view, me),
    words: () => say`You are being called: answer.`,
  },

  // The deadline.
  appDials: {
    // Not after a PIN was typed into the app.
    holds: ({ view }) =>
      s.hasApp(view) &&
      view.met_us === null &&
      !view.test &&
      !view.cancelled &&
      !view.cancel_unproved &&
      !view.duress &&
      !view.wrong_pins,
    words: () => say`then the app calls 112`,
  },
  noApp: {
    holds: ({ view }) => !s.hasApp(view),
    words: () => say`no app: it is up to us`,
  },
  waitsAlone: {
    holds: ({ view }) => s.waitsAlone(view),
    words: () => say`No operator`,
  },
  waitsOnTheLine: {
    holds: ({ view }) => s.waitsAlone(view),
    words: () => say`On the line, no operator`,
  },
  userWaits: {
    holds: ({ view }) => s.waitsAlone(view),
    words: (now) => say`${UserName(now)} has been on the line without an operator for ${waitedFor(now)}.`,
  },
};

/** Return true if the user's phone has been ringing longer than the center's limit. @param {Now} now */
function waitedLong({ view, nowUs, center }) {
  return view.rang_us !== null && nowUs - view.rang_us >= (center?.no_answer_s ?? 0) * 1e6;
}

/** @typedef {keyof typeof CLAIMS} Claim */

/** Return true if the claim's condition holds now. @param {Claim} claim @param {Now} now */
export const holds = (claim, now) => CLAIMS[claim].holds(now);

/**
 * Return the words of the first claim whose condition holds; an empty string if there is none.
 * @param {Now} now @param {Claim[]} claims
 */
export function claimText(now, ...claims) {
  const found = claims.find((one) => holds(one, now));
  return found ? CLAIMS[found].words(now) : '';
}

/** Return every claim with its words and its condition's value, for the test. @param {Now} now */
export const all = (now) =>
  Object.entries(CLAIMS).map(([claim, row]) => ({
    claim,
    words: row.words(now),
    so: Boolean(row.holds(now)),
  }));
