// The five slots of the command bar, and the command of each key. Pure: (view, allowed, armed) → data.

import * as claims from '../words/claims.js';
import { COMMANDS, KEY, ORDERS } from '../words/center.js';
import { reason, say, translate } from '../words/words.js';
import { action, label } from './labels.js';
import { missingMessages } from '../case/dialogue/missing-in-text.js';
import { effectText, offersAnotherLine } from '../case/other-line.js';
import {
  inDoubt,
  keptSilent,
  isOwnCase,
  possessive,
  isTalking,
  isBriefed,
  userCanTellPsap,
  isFullyBriefed,
} from '../case/situation.js';

/** @typedef {(command: OperatorCommand) => string} Why */

/** The commands that their key sends unless another command has borrowed the key, by key. */
const KEYS = Object.fromEntries(COMMANDS.filter((one) => ORDERS[one].whenever).map((one) => [KEY[one], one]));

/**
 * The conditions under which commands wait for Enter, for commands that wait sometimes.
 * @type {Partial<Record<OperatorCommand, (view: CaseView, step: Action) => boolean>>}
 */
export const ENTER_CONDITIONS = {
  leave: (view) => missingMessages(view).length > 0 || !(userCanTellPsap(view) || isFullyBriefed(view)),
  give_voices: (view) => view.duress,
  redial_user: (view) => Boolean(view.dial_withheld) || keptSilent(view),
  // Y also confirms that the user has answered, if the answer is doubtful.
  called_elsewhere: (view, step) => step?.command !== 'called_elsewhere' || inDoubt(view.user),
};

/**
 * The effects of Enter that depend on the case: shown while the key waits, before *Enter confirms*.
 * @type {Partial<Record<OperatorCommand, (view: CaseView) => string>>}
 */
export const ENTER_EFFECTS = {
  declare_false_alarm: (view) =>
    isTalking(view.user)
      ? say`False alarm: goodbye is said, and the alert closes`
      : say`False alarm: the alert closes`,
  close: (view) => (isUnreported(view) ? say`Close it, and 112 knows nothing of it` : say`Close it`),
  leave: unknownTo112,
  another_line: effectText,
  call_aloud: ringsText,
  redial_user: ringsText,
  reopen: (view) =>
    view.duress && view.psap_told_us === null
      ? say`The alert goes on, and 112 is called`
      : say`The alert goes on`,
  mark_machine: (view) =>
    isTalking(view.psap) ? say`The user’s call ends, 112 stays` : say`The user’s call ends`,
};

/**
 * Return the effect of Enter while this command waits.
 * @param {OperatorCommand} command @param {CaseView} view
 */
export const enterEffect = (command, view) =>
  ENTER_EFFECTS[command]?.(view) ?? translate(ORDERS[command].waiting);

/** Return what 112 does not know when the operator leaves. @param {CaseView} view */
function unknownTo112(view) {
  const them = missingMessages(view);
  const quoted = them.slice(0, 2).map(({ text }) => `«${text.length > 40 ? `${text.slice(0, 39)}…` : text}»`);
  const more = them.length > 2 ? say`, and ${them.length - 2} more` : '';
  if (them.length) return say`112 does not know: ${quoted.join(', ')}${more}`;
  return !isBriefed(view)
    ? say`Nobody has said that 112 is briefed (${KEY.briefing_given})`
    : say`112 does not know the latest`;
}

/** Return true if 112 is not known to have any report of this real alert. @param {CaseView} view */
export const isUnreported = (view) =>
  !view.test &&
  !view.presumed_calling_112 &&
  [view.steps.psap_us, view.psap_elsewhere_us, view.briefing_us].every((us) => us === null);

/** Return that the user's phone will ring. @param {CaseView} view */
function ringsText(view) {
  return say`${possessive(view)} phone will ring`;
}

/**
 * Return true if this command waits for Enter.
 * @param {OperatorCommand} command @param {CaseView} view @param {Action} step
 */
export function waitsForEnter(command, view, step) {
  const { enter } = ORDERS[command];
  return enter === 'always' || (enter === 'sometimes' && ENTER_CONDITIONS[command](view, step));
}

/**
 * Return the command of a key: first the command of the step, which may have borrowed the key.
 * @param {string} key @param {Action} step @param {CaseView} view @param {MeView} me @param {Allowed} allowed
 * @returns {OperatorCommand | null}
 */
export function commandOf(key, step, view, me, allowed) {
  if (step.key === key && step.command) return step.command;
  // 112 may be briefed on another phone before the screen requires it, without a line or an answer.
  if (key === KEY.called_elsewhere && allowed.confirm_answer !== null && allowed.called_elsewhere === null)
    return 'called_elsewhere';
  // An unproved alert can be marked as real unless an answer has to be confirmed.
  if (key === KEY.vouch && allowed.confirm_answer !== null && allowed.vouch === null) return 'vouch';
  if (key === KEY.close) return closingCommand(view, allowed);
  if (key === KEY.stop_listening && view.listener === me.operator) return 'stop_listening';
  if (key === KEY.reopen && view.closed_us !== null) return 'reopen';
  return HINTED_KEYS[key]?.(view, me, allowed) ?? KEYS[key] ?? null;
}

/**
 * Return the command of X: a forged alert is put away while 112 knows nothing of it, other alerts are closed.
 * @param {CaseView} view @param {Allowed} allowed
 */
export const closingCommand = (view, allowed) =>
  allowed.put_away === null && (isUnreported(view) || allowed.close !== null) ? 'put_away' : 'close';

/**
 * Return how to close the alert with X, if X is allowed and an operator has had the alert; else ''.
 * @param {CaseView} view @param {Allowed} allowed
 */
export function closingHint(view, allowed) {
  const had = view.closed_us === null && view.steps.operator_us !== null;
  if (!had || allowed.close !== null || closingCommand(view, allowed) !== 'close') return '';
  return isUnreported(view)
    ? say`As a supervisor you may close it without 112: ${KEY.close}, then Enter.`
    : say`To close it: ${KEY.close}, then Enter.`;
}

/**
 * Keys that act only while their words are in the command bar: a function that returns the command, or null.
 * @typedef {(view: CaseView, me: MeView, allowed: Allowed) => OperatorCommand | null} HintedKey
 * @type {Record<string, HintedKey>}
 */
const HINTED_KEYS = {
  [KEY.withhold_voices]: voicesCommand,
  [KEY.another_line]: lineCommand,
  [KEY.announce]: announceCommand,
};

/** Return the command to change the line, if it is offered. @type {HintedKey} */
function lineCommand(view, me) {
  return offersAnotherLine(view, me) ? 'another_line' : null;
}

/** Return the command to mute or unmute the voices for the user, if it is allowed. @type {HintedKey} */
function voicesCommand(view, me, allowed) {
  if (!isOwnCase(view, me) || !isTalking(view.user)) return null;
  const command = view.user_hears_nobody ? 'give_voices' : 'withhold_voices';
  return allowed[command] === null ? command : null;
}

/** Return the command to announce, if the user could speak to 112 and may be unable to. @type {HintedKey} */
function announceCommand(view, me, allowed) {
  const could = isOwnCase(view, me) && !view.duress && view.user_hears_psap && !view.psap.hears.length;
  return could && allowed.announce === null ? 'announce' : null;
}

/**
 * Return the words of these keys. The words of V are part of the words on the line.
 * @param {CaseView} view @param {MeView} me @param {Allowed} allowed
 */
export function keyHints(view, me, allowed) {
  const announceHint = announceCommand(view, me, allowed) ? say`She cannot speak: ${KEY.announce}.` : '';
  const command = voicesCommand(view, me, allowed);
  if (command === null) return announceHint;
  const hint =
    command === 'withhold_voices'
      ? say`So that she hears no voices: ${KEY.withhold_voices}.`
      : view.duress
        ? say`To let the voices through: ${KEY.give_voices}, then Enter.`
        : say`To let the voices through: ${KEY.give_voices}.`;
  return [announceHint, hint].filter(Boolean).join(' ');
}

/**
 * Return the five slots, always in the same order.
 * @param {CaseView} view @param {Allowed} allowed @param {string} armed @returns {Action[]}
 */
export function slots(view, allowed, armed) {
  const why = (command) => (allowed[command] ? reason(allowed[command]) : null);
  return [
    {
      ...action(
        'declare_false_alarm',
        armed === KEY.declare_false_alarm
          ? armedHint()
          : isTalking(view.user)
            ? say`Says goodbye and closes: ${KEY.declare_false_alarm}, then Enter`
            : say`Closes the alert: ${KEY.declare_false_alarm}, then Enter`,
      ),
      why: why('declare_false_alarm'),
    },
    redialSlot(view, why, armed),
    machineSlot(view, why, armed),
    {
      key: KEY.note,
      command: '',
      label: label('note'),
      sub: view.closed_us === null ? say`Write while you talk` : say`Closed alerts take notes, too`,
      why: null,
    },
    microphoneSlot(view, allowed, why),
  ];
}

/** Return how an armed key continues. */
const armedHint = () => say`Enter confirms, Esc disarms`;

/**
 * Return the slot to call the user again, or to reopen a closed alert.
 * @param {CaseView} view @param {Why} why @param {string} armed @returns {Action}
 */
function redialSlot(view, why, armed) {
  if (view.closed_us !== null) {
    const sub = armed === KEY.reopen ? armedHint() : say`The alert goes on: ${KEY.reopen}, then Enter`;
    return { ...action('reopen', sub), why: why('reopen') };
  }
  const plain = say`She is called at once`;
  const hint = waitsForEnter('redial_user', view, null)
    ? say`Call her all the same: ${KEY.redial_user}, then Enter`
    : plain;
  return {
    ...action('redial_user', armed === KEY.redial_user ? armedHint() : hint),
    why: why('redial_user'),
  };
}

/**
 * Return the slot to mark the user's call as answered by a machine.
 * @param {CaseView} view @param {Why} why @param {string} armed @returns {Action}
 */
function machineSlot(view, why, armed) {
  const ends = say`Ends her call: ${KEY.mark_machine}, then Enter`;
  const plain = say`As no answer: ${KEY.mark_machine}, then Enter`;
  const sub = armed === KEY.mark_machine ? armedHint() : isTalking(view.user) ? ends : plain;
  return { ...action('mark_machine', sub), why: why('mark_machine') };
}

/**
 * Return the slot of the microphone: an operator's is open, a listener's closed.
 * @param {CaseView} view @param {Allowed} allowed @param {Why} why @returns {Action}
 */
function microphoneSlot(view, allowed, why) {
  if (allowed.stop_whispering === null)
    return {
      ...action('stop_whispering', say`The operator hears you`, 'armed'),
      why: null,
    };
  if (allowed.whisper === null)
    return {
      ...action('whisper', say`The operator alone hears you`),
      why: null,
    };
  if (view.operator_leg.muted && allowed.unmute === null) {
    const sub = claims.claimText({ view, nowUs: 0 }, 'mutedForBoth', 'mutedForUser', 'mutedFor112', 'muted');
    return { ...action('unmute', sub, 'armed'), why: null };
  }
  return {
    ...action('mute', say`Your microphone is open`),
    why: why('mute'),
  };
}
