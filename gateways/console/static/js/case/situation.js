// What is so of a case, made of its legs and joins: who is on the line, how far 112 is, how the deadline
// stands. Pure: the view in, words and numbers out.

import { either, t } from '../words/words.js';
import * as f from '../words/format.js';

/** Causes after which it is the line that has failed, and not the phone (Q.850, and the centre's own). */
const LINE_FAILED = new Set([34, 38, 41, 200, 201, 204]);

/** @param {CaseView} view @param {MeView} me */
export const mine = (view, me) => view.operator === me.operator;
/** @param {CaseView} view @param {MeView} me */
export const calledFor = (view, me) => view.reserved.includes(me.operator) && !mine(view, me);
/** @param {PartyView} party */
export const talking = (party) => party.state === 'answered' && party.confirmed;
/** The modem that joins this party in the network does not answer. @param {PartyView} party */
export const unheard = (party) => talking(party) && party.unheard_us !== null;
/** Said to be answered by a line whose word proves nothing: it may still ring. @param {PartyView} party */
export const inDoubt = (party) => party.state === 'answered' && !party.confirmed;
/** @param {PartyView} party */
export const underWay = (party) => ['originating', 'ringing', 'answered'].includes(party.state);

/** What the user is called in a sentence: as its subject, and after a verb. @param {CaseView} view */
export const first = (view) => view.person?.first_name || either('lei', 'she');
/** @param {CaseView} view */
export const asObject = (view) => view.person?.first_name || either('lei', 'her');
/** Whose phone or line it is: at the start of a sentence, in English. @param {CaseView} view */
export const possessive = (view) => (view.person?.first_name ? `${view.person.first_name}’s` : 'Her');
/** @param {string} text */
export const capital = (text) => text[0].toUpperCase() + text.slice(1);
/** @param {CaseView} view */
export function name(view) {
  if (view.person) return `${view.person.first_name} ${view.person.last_name}`.trim();
  return view.identified ? t('unknown') : t('identifying');
}
/** Where there is room for one thing only. @param {CaseView} view */
export const shortName = (view) => (view.person || !view.phone ? name(view) : f.phone(view.phone));
/** The user's own note, as a sentence. @param {CaseView} view */
export const ownNote = (view) => (view.person?.notes ?? '').trim().replace(/[.\s]+$/, '');

/** The number, or why there is none. @param {CaseView} view */
export const phone = (view) =>
  view.phone ? f.phone(view.phone) : view.withheld ? t('onceOpened') : gone(view, 'number') || t('noNumber');
/** That it was erased, and when; empty where it was not. @param {CaseView} view @param {PersonalKind} kind */
export const gone = (view, kind) => (view.erased.includes(kind) ? f.erased(view.erased_us) : '');
/** Why there is no position, as short as the header needs it. @param {CaseView} view */
export const noPosition = (view) =>
  (view.withheld ? t('onceOpened').toLowerCase() : gone(view, 'position')) ||
  {
    voice: either('nessuna, allarme telefonico', 'none, voice alert'),
    sms: either('nessuna, allarme SMS', 'none, SMS alert'),
  }[view.channel] ||
  either('nessuna', 'none');

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
  if (view.psap_requested_us !== null) return view.psap_no_line ? 'lacking' : 'waiting';
  return view.psap_elsewhere_us !== null ? 'told' : '';
}

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

/**
 * Whether somebody has spoken to the user, as far as is known: an app that sees the call is no person.
 * @param {CaseView} view
 */
export const spokenTo = (view) => view.reached_us !== null && view.reached_by !== 'app';

/**
 * Whether the phone is not to ring: the alert is silent, and no operator has ordered the call.
 * @param {CaseView} view
 */
export const keptSilent = (view) => view.silent && !view.aloud;

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
      !LINE_FAILED.has(entry.cause),
  );
}

/** Whether the deadline has passed without having been met. @param {CaseView} view @param {number} nowUs */
export const isLate = (view, nowUs) =>
  view.met_us === null && view.closed_us === null && (view.missed_us !== null || nowUs > view.deadline_us);

/** By whose word the user is reached. @param {CaseView} view */
const reachedBy = (view) =>
  ({
    answer: either('ha risposto', 'answered'),
    voice: either('si sente la sua voce', 'heard'),
    digit: either('ha premuto un tasto', 'pressed a key'),
    app: either('lo dice la sua app', 'says the app'),
    operator: either('lo dice l’operatore', 'says the operator'),
  })[view.reached_by] ?? '';

/** `Phone rang at 4.1 s`, or that the user is reached; empty where neither is so. @param {CaseView} view */
export function contact(view) {
  const after = (us) => f.seconds(Math.max(0, us - view.received_us));
  if (view.reached_us !== null) {
    const at = after(view.reached_us);
    return [either(`Raggiunta a ${at}`, `Reached at ${at}`), reachedBy(view)].filter(Boolean).join(', ');
  }
  if (view.rang_us === null) return '';
  return either(`Telefono squillato a ${after(view.rang_us)}`, `Phone rang at ${after(view.rang_us)}`);
}

/**
 * The clock of the deadline: {value, unit, tone, word, small}.
 * @param {CaseView} view @param {number} nowUs
 */
export function deadline(view, nowUs) {
  const at = f.clock(view.deadline_us);
  if (view.met_us !== null) return met(view);
  if (view.closed_us !== null) return { value: '—', unit: '', tone: 'text-3', word: t('closed'), small: at };
  const left = Math.ceil((view.deadline_us - nowUs) / 1e6);
  if (left < 0 || view.missed_us !== null) {
    const small = either(`scaduta alle ${at}`, `deadline was ${at}`);
    return { value: `+${Math.max(0, -left)}`, unit: 's', tone: 'bad', word: t('late'), small };
  }
  const small = either(`scade alle ${at}`, `deadline ${at}`);
  return {
    value: String(left),
    unit: 's',
    tone: left <= 20 ? 'wait' : 'action',
    word: t('secondsLeft'),
    small,
  };
}

/**
 * When the user was reached, as the deadline counts it: once an alert that had met it is reopened, the
 * answer of before, and not the one after. @param {CaseView} view
 */
function firstReached(view) {
  const { reached_us, met_us, reopened_us, steps } = view;
  if (reached_us === null || reopened_us === null || met_us > reopened_us) return reached_us;
  return steps.answered_us !== null && steps.answered_us <= reopened_us ? steps.answered_us : null;
}

/**
 * Once it is met: how, and with how much to spare. Amber as long as no operator has spoken to the user.
 * @param {CaseView} view
 */
function met(view) {
  const reached = firstReached(view);
  const value = f.seconds((reached ?? view.met_us) - view.received_us).replace(/\u00a0s$/, '');
  const spare = view.deadline_us - view.met_us;
  const tone = spare < 0 ? 'bad' : spokenTo(view) ? 'ok' : 'wait';
  const word = reached !== null ? t('reached') : view.rang_us !== null ? t('phoneRang') : t('takenUp');
  const past = either(`${f.seconds(-spare)} dopo il limite`, `${f.seconds(-spare)} past the deadline`);
  const before = either(`${f.seconds(spare)} di margine`, `${f.seconds(spare)} to spare`);
  const by = view.reached_us === null || view.reached_by === 'answer' ? '' : reachedBy(view);
  return { value, unit: 's', tone, word, small: by || (spare < 0 ? past : before) };
}
