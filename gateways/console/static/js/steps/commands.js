// The five slots of the dock, and which key orders which command. Pure: (view, allowed, armed) → data.

import { either, reason, t } from '../words/words.js';
import { asObject, first, inDoubt, keptSilent, talking } from '../case/situation.js';

/** @typedef {(command: OperatorCommand) => string} Why */

/** Commands that have a key of their own whatever the step is. */
export const KEYS = {
  E: 'call_psap',
  R: 'redial_user',
  M: 'mark_machine',
  B: 'briefing_given',
  L: 'leave',
  T: 'take',
  A: 'listen',
  Y: 'confirm_answer',
  Z: 'announce',
  O: 'call_aloud',
  F: 'declare_false_alarm',
  X: 'close',
  V: 'another_line',
  S: 'withhold_voices',
  P: 'open_page',
  I: 'write_by_sms',
};

/**
 * Whether this key waits for Enter: what it does cannot be undone, or would cost a call that is up.
 * @param {string} key @param {OperatorCommand} command @param {CaseView} view @param {Action} step
 */
export function arms(key, command, view, step) {
  const last = [
    'declare_false_alarm',
    'close',
    'put_away',
    'another_line',
    'call_aloud',
    'reopen',
    'write_by_sms',
  ];
  if (last.includes(command)) return true;
  if (command === 'mark_machine') return talking(view.user);
  if (command === 'redial_user') return Boolean(view.dial_withheld) || keptSilent(view);
  // Y says as well that the user has answered, where that is in doubt.
  return command === 'called_elsewhere' && (step?.command !== command || inDoubt(view.user));
}

/**
 * The command of a key: that of the step first, which may have borrowed it.
 * @param {string} key @param {Action} step @param {CaseView} view @param {MeView} me @param {Allowed} allowed
 */
export function commandOf(key, step, view, me, allowed) {
  if (step.key === key && step.command) return step.command;
  // 112 may be told on another phone before the screen asks for it: no line, or no answer.
  if (key === 'Y' && allowed.confirm_answer !== null && allowed.called_elsewhere === null)
    return 'called_elsewhere';
  // What nothing proves is real, or forged: where there is no answer to confirm, and nothing that is over.
  if (key === 'Y' && allowed.confirm_answer !== null && allowed.vouch === null) return 'vouch';
  if (key === 'X' && allowed.close !== null && allowed.put_away === null) return 'put_away';
  if (key === 'A' && view.listener === me.operator) return 'stop_listening';
  if (key === 'R' && view.closed_us !== null) return 'reopen';
  if (key === 'S' && view.user_hears_nobody) return 'give_voices';
  return KEYS[key] ?? null;
}

/**
 * The five slots, always the same, in the same order.
 * @param {CaseView} view @param {Allowed} allowed @param {string} armed @returns {Action[]}
 */
export function slots(view, allowed, armed) {
  const why = (command) => (allowed[command] ? reason(allowed[command]) : null);
  return [
    {
      key: 'F',
      command: 'declare_false_alarm',
      label: t('falseAlarm'),
      why: why('declare_false_alarm'),
      sub:
        armed === 'F'
          ? confirms()
          : either('Saluta e chiude: F, poi Invio', 'Takes leave and closes: F, then Enter'),
    },
    again(view, why, armed),
    machine(view, why, armed),
    {
      key: 'N',
      command: '',
      label: t('note'),
      sub:
        view.closed_us === null
          ? either('Scrivi mentre parli', 'Write while you talk')
          : either('Anche adesso che è chiuso', 'Closed alerts take notes, too'),
      why: null,
    },
    microphone(view, allowed, why),
  ];
}

const confirms = () => either('Invio conferma, Esc annulla', 'Enter confirms, Esc disarms');

/** @param {CaseView} view @param {Why} why @param {string} armed @returns {Action} */
function again(view, why, armed) {
  if (view.closed_us !== null) {
    const sub =
      armed === 'R'
        ? confirms()
        : either('L’allarme riprende: R, poi Invio', 'The alert goes on: R, then Enter');
    return { key: 'R', command: 'reopen', label: t('reopen'), sub, why: why('reopen') };
  }
  const plain = either('La chiamiamo subito', 'She is called at once');
  const asks = arms('R', 'redial_user', view, null)
    ? either('Chiamala lo stesso: R, poi Invio', 'Call her all the same: R, then Enter')
    : plain;
  return {
    key: 'R',
    command: 'redial_user',
    label: t('redial'),
    sub: armed === 'R' ? confirms() : asks,
    why: why('redial_user'),
  };
}

/** @param {CaseView} view @param {Why} why @param {string} armed @returns {Action} */
function machine(view, why, armed) {
  const ends = either('Chiude la sua chiamata: M, poi Invio', 'Ends her call: M, then Enter');
  const plain = either('Vale come nessuna risposta', 'Counts as no answer');
  const sub = armed === 'M' ? confirms() : talking(view.user) ? ends : plain;
  return { key: 'M', command: 'mark_machine', label: t('machine'), sub, why: why('mark_machine') };
}

/**
 * The key of one's own microphone: an operator's is open, that of who listens in closed.
 * @param {CaseView} view @param {Allowed} allowed @param {Why} why @returns {Action}
 */
function microphone(view, allowed, why) {
  if (allowed.stop_whispering === null) {
    const sub = either('L’operatore ti sente', 'The operator hears you');
    return {
      key: 'U',
      command: 'stop_whispering',
      label: t('stopWhispering'),
      sub,
      why: null,
      tone: 'armed',
    };
  }
  if (allowed.whisper === null) {
    const sub = either('Ti sente solo l’operatore', 'The operator alone hears you');
    return { key: 'U', command: 'whisper', label: t('whisper'), sub, why: null };
  }
  if (view.operator_leg.muted && allowed.unmute === null) {
    const sub = either(
      `Spento: ${asObject(view)} non ti sente`,
      `You are muted: ${first(view)} cannot hear you`,
    );
    return { key: 'U', command: 'unmute', label: t('unmute'), sub, why: null, tone: 'armed' };
  }
  const sub = either('Acceso: U lo spegne', 'Your microphone is open');
  return { key: 'U', command: 'mute', label: t('mute'), sub, why: why('mute') };
}
