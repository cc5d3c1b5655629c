// The tile of a party: the state of its call in a word, a time and a line of further words. Pure.

import { claimText, holds } from '../words/claims.js';
import { KEY } from '../words/center.js';
import { phrase, say } from '../words/words.js';
import * as f from '../words/format.js';
import { endingName, endingOf } from './call-ending.js';
import * as s from './situation.js';

/** Return the announcement that is played to a party; empty if none. @param {PartyView} party */
export const announcementText = ({ hears: [clip] }) => (clip ? say`hears: ${clipName(clip)}` : '');

/** Return the announcement played to a user who hears nobody; empty if none. @param {PartyView} party */
const onlyAnnouncement = ({ hears: [clip] }) => (clip ? say`Hears only ${clipName(clip)}` : '');

/** The announcements. @type {Record<string, Phrase>} */
const CLIPS = {
  please_hold: phrase`please stay on the line`,
  psap_hold: phrase`please stay on the line##both`,
  user_stay: phrase`please stay on the line`,
  psap_stay: phrase`please stay on the line##both`,
  psap_again: phrase`it is the same alert`,
  cannot_speak: phrase`she cannot speak`,
  soft_tone: phrase`a tone`,
  question: phrase`a question`,
  recorded: phrase`this call is recorded`,
};

/** Return an announcement in a few words; an unknown announcement has a general name. @param {string} clip */
export const clipName = (clip) => (CLIPS[clip] ? CLIPS[clip]() : say`the announcement`);

/** Return true if another party of the same line talks. @param {CaseView} view @param {PartyView} party */
const othersUp = (view, party) => s.sameLineParties(view, party).some(s.isTalking);
/**
 * Return true if another party of the same line is being called: connected parties are then on hold.
 * @param {CaseView} view @param {PartyView} party
 */
const addsSomebody = (view, party) =>
  s
    .sameLineParties(view, party)
    .some((one) => ['originating', 'ringing'].includes(one.state) || s.inDoubt(one));

/**
 * Return a tile: {is, icon, label, time, foot}. `nowUs` drives the running clocks.
 * @param {PartyView} party @param {Which} which @param {CaseView} view @param {number} nowUs
 * @param {CenterView} center
 */
export function tile(party, which, view, nowUs, center) {
  const foot = party.attempt > 1 ? [say`attempt ${party.attempt}`] : [];
  const made = (is, icon, label, sinceUs) => ({
    is,
    icon,
    label,
    time: sinceUs === null ? '' : f.span(nowUs - sinceUs),
    foot: foot.filter(Boolean).join(', '),
  });
  switch (party.state) {
    case 'answered':
      return answeredTile(party, which, view, nowUs, foot, made);
    case 'ringing': {
      if (which === 'user') {
        const left = Math.ceil(center.no_answer_s - (nowUs - party.ringing_us) / 1e6);
        if (left > 0) foot.push(say`Gives up in ${left} s`);
      }
      return made(
        'ring',
        'ring',
        party.attempt > 1 && which === 'user' ? say`Second call` : say`Ringing`,
        party.ringing_us,
      );
    }
    case 'originating':
      return made('ring', 'phone', say`Being called`, party.since_us);
    case 'releasing':
      return made('idle', 'phone', say`Hanging up`, null);
    case 'released':
      return which === 'psap'
        ? (psapTile(view, nowUs, foot, made) ?? releasedTile(party, which))
        : (hushedTile(which, view, center, made) ?? releasedTile(party, which));
    default:
      return idleTile(which, view, nowUs, center, foot, made);
  }
}

/**
 * Return the tile of an answered call.
 * @param {PartyView} party @param {Which} which @param {CaseView} view @param {number} nowUs
 */
function answeredTile(party, which, view, nowUs, foot, made) {
  if (s.inDoubt(party)) {
    foot.push(say`answer not certain`);
    return made('ring', 'ring', say`May have answered`, party.ringing_us);
  }
  if (party.unheard_us !== null) {
    foot.push(say`its modem does not answer`);
    return made('hush', 'hush', say`Not known##party`, party.answered_us);
  }
  if (party.network && !party.joined && addsSomebody(view, party)) {
    foot.push(say`hears nothing`);
    return made('hush', 'hush', say`On hold`, party.answered_us);
  }
  if (which === 'user' && holds('overheard', { view, nowUs })) foot.push(say`who forces her may hear`);
  if (party.joined && party.network) foot.push(say`joined by the network`);
  const together = holds('bothTalk', { view, nowUs }) && !holds('phoneAnswered', { view, nowUs });
  if (together && view.operator_leg.state !== 'answered' && which !== 'operator') {
    foot.push(which === 'user' ? say`talking to 112` : say`talking to ${s.asObject(view)}`);
  }
  foot.push(which === 'user' && view.user_hears_nobody ? onlyAnnouncement(party) : announcementText(party));
  if (party.no_sound_us !== null) return made('hush', 'hush', say`No sound##party`, party.answered_us);
  if (party.muted) return made('hush', 'mute', say`MUTED`, party.answered_us);
  if (which === 'user' && s.waitsAlone(view))
    return made('hush', 'voice', claimText({ view, nowUs }, 'waitsAlone'), s.aloneSinceUs(view));
  if (which === 'user' && view.user_hears_nobody && party.joined)
    return made('hush', 'hush', say`Hears nobody`, party.answered_us);
  if (party.parted_us !== null && !party.joined) {
    foot.push(say`out of the conversation`);
    return made('hush', 'hush', say`Not joined`, party.answered_us);
  }
  const joined = party.joined || (party.network && !othersUp(view, party));
  return made(
    'live',
    which === 'operator' ? 'headset' : 'voice',
    joined ? say`On the line` : say`Answered, joining`,
    party.answered_us,
  );
}

/** Kinds of end that are no failure. */
const NO_FAILURE = new Set(['ours', 'withdrawn', 'hungUp', 'over']);

/** Return the tile of an ended call. @param {PartyView} party @param {Which} which */
function releasedTile(party, which) {
  const end = endingOf(party);
  const talked = party.answered_us !== null && party.confirmed;
  const fine = talked || which === 'operator' || NO_FAILURE.has(end);
  const again = party.attempt > 1 ? `${party.attempt}×` : '';
  return {
    is: fine ? 'idle' : 'fail',
    icon: fine ? 'todo' : 'warn',
    label: endingName(end),
    time: talked ? f.span(party.released_us - party.answered_us) : again,
    foot: say`at ${f.clock(party.released_us)}`,
  };
}

/**
 * Return the tile of a user who must not be phoned, because a ring could be heard; else null.
 * @param {Which} which @param {CaseView} view @param {CenterView} center
 */
function hushedTile(which, view, center, made) {
  if (which !== 'user' || view.closed_us !== null) return null;
  if (view.duress && center.duress === 'psap_first') {
    return {
      ...made('hush', 'hush', say`Do not call`, null),
      foot: say`A ring would expose her`,
    };
  }
  if (!s.keptSilent(view)) return null;
  return {
    ...made('hush', 'hush', say`Not called##she`, null),
    foot: say`It has to stay quiet`,
  };
}

/**
 * Return the tile of 112 while it is requested without a call, or was briefed on another phone; else null.
 * @param {CaseView} view @param {number} nowUs @param {string[]} foot
 */
function psapTile(view, nowUs, foot, made) {
  const is = s.psapState(view);
  if (view.closed_us === null && is === 'lacking')
    return made('fail', 'warn', say`No line`, view.psap_requested_us);
  if (view.closed_us === null && is === 'waiting') {
    const end = s.psapEndings(view).at(-1);
    if (end)
      return {
        ...made('ring', 'clock', endingName(end), view.psap_requested_us),
        foot: [...foot, say`trying again`].join(', '),
      };
    const label = s.psapJustRequested(view, nowUs) ? say`Asked for` : say`Looking for a line`;
    return made('ring', 'clock', label, view.psap_requested_us);
  }
  if (is !== 'told') return null;
  const at = f.clock(view.psap_elsewhere_us);
  return {
    ...made('live', 'check', say`Briefed`, null),
    foot: say`on another phone, at ${at}`,
  };
}

/**
 * Return the tile of a party that was not called.
 * @param {Which} which @param {CaseView} view @param {number} nowUs @param {CenterView} center
 */
function idleTile(which, view, nowUs, center, foot, made) {
  if (which === 'psap')
    return psapTile(view, nowUs, foot, made) ?? made('idle', 'todo', say`Not called`, null);
  if (which === 'operator') return made('idle', 'todo', say`Nobody yet`, null);
  if (view.dial_withheld) foot.push(say`${KEY.redial_user}, then Enter: call her all the same`);
  return (
    hushedTile(which, view, center, made) ??
    made('idle', view.dial_withheld ? 'warn' : 'todo', say`Not called##she`, null)
  );
}
