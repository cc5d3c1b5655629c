// The five slots of the dock, and which key orders which command. Pure: (view, allowed, armed) → data.

import * as claims from '../words/claims.js';
import { either, reason, t } from '../words/words.js';
import { missing } from '../case/dialogue/missing.js';
import { changesLine, offersLine } from '../case/otherline.js';
import {
  first,
  inDoubt,
  keptSilent,
  mine,
  possessive,
  talking,
  briefed,
  tellsItself,
  toldAll,
} from '../case/situation.js';

/** @typedef {(command: OperatorCommand) => string} Why */

/** Commands that have a key of their own whatever the step is. */
export const KEYS = {
  E: 'call_psap',
  R: 'redial_user',
  M: 'mark_machine',
  B: 'briefing_given',
  L: 'leave',
  A: 'listen',
  Y: 'confirm_answer',
  O: 'call_aloud',
  F: 'declare_false_alarm',
  X: 'close',
  P: 'open_page',
  I: 'write_by_sms',
};

const always = () => true;

/**
 * What waits for Enter, for it cannot be undone, or would cost a call that is up: when it does, and the words
 * that stand on the screen for as long as it waits, before *Enter confirms*.
 * @type {Partial<Record<OperatorCommand, { when: (view: CaseView, step: Action) => boolean,
 *   said: (view: CaseView) => string }>>}
 */
export const CONFIRMED = {
  declare_false_alarm: {
    when: always,
    said: (view) =>
      talking(view.user)
        ? either('Falso allarme, si saluta e si chiude', 'False alarm: goodbye is said, and the alert closes')
        : either('Falso allarme, si chiude', 'False alarm: the alert closes'),
  },
  close: {
    when: always,
    said: (view) =>
      untold(view)
        ? either('Chiudere, e il 112 non ne sa nulla', 'Close it, and 112 knows nothing of it')
        : either('Chiudere', 'Close it'),
  },
  leave: {
    when: (view) => missing(view).length > 0 || !(tellsItself(view) || toldAll(view)),
    said: unknownTo112,
  },
  put_away: {
    when: always,
    said: () => either('Metterlo da parte, senza il 112', 'Put it away, without 112'),
  },
  another_line: { when: always, said: changesLine },
  give_voices: {
    when: (view) => view.duress,
    said: () => either('Chi la obbliga sentirà le voci', 'Who forces her will hear the voices'),
  },
  call_aloud: { when: always, said: rings },
  redial_user: { when: (view) => Boolean(view.dial_withheld) || keptSilent(view), said: rings },
  write_by_sms: {
    when: always,
    said: () =>
      either(
        'I messaggi vanno per SMS e il suo telefono suona',
        'Messages go by SMS, and the phone sounds there',
      ),
  },
  reopen: {
    when: always,
    said: (view) =>
      view.duress && view.psap_told_us === null
        ? either('L’allarme riprende, e si chiama il 112', 'The alert goes on, and 112 is called')
        : either('L’allarme riprende', 'The alert goes on'),
  },
  mark_machine: {
    when: always,
    said: (view) =>
      talking(view.psap)
        ? either('La sua chiamata si chiude, il 112 resta', 'The user’s call ends, 112 stays')
        : either('La sua chiamata si chiude', 'The user’s call ends'),
  },
  called_elsewhere: {
    // Y says as well that the user has answered, where that is in doubt.
    when: (view, step) => step?.command !== 'called_elsewhere' || inDoubt(view.user),
    said: () => either('Il 112 è informato', '112 is briefed'),
  },
};

/** What 112 does not know as the operator leaves. @param {CaseView} view */
function unknownTo112(view) {
  const them = missing(view);
  const quoted = them.slice(0, 2).map(({ text }) => `«${text.length > 40 ? `${text.slice(0, 39)}…` : text}»`);
  const more = them.length > 2 ? either(`, e altri ${them.length - 2}`, `, and ${them.length - 2} more`) : '';
  if (them.length)
    return either(
      `Il 112 non sa: ${quoted.join(', ')}${more}`,
      `112 does not know: ${quoted.join(', ')}${more}`,
    );
  return !briefed(view)
    ? either('Nessuno ha detto che il 112 sa tutto (B)', 'Nobody has said that 112 is briefed (B)')
    : either('Il 112 non sa l’ultima novità', '112 does not know the latest');
}

/** Whether 112 knows nothing of a real alert, as far as is known. @param {CaseView} view */
export const untold = (view) =>
  !view.test &&
  !view.presumed_calling_112 &&
  [view.steps.psap_us, view.psap_elsewhere_us, view.briefing_us].every((us) => us === null);

/** @param {CaseView} view */
function rings(view) {
  return either(`Il telefono di ${first(view)} squillerà`, `${possessive(view)} phone will ring`);
}

/**
 * Whether this command waits for Enter.
 * @param {OperatorCommand} command @param {CaseView} view @param {Action} step
 */
export const arms = (command, view, step) => CONFIRMED[command]?.when(view, step) ?? false;

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
  if (key === 'X') return endOf(view, allowed);
  if (key === 'A' && view.listener === me.operator) return 'stop_listening';
  if (key === 'R' && view.closed_us !== null) return 'reopen';
  return SAID[key]?.(view, me, allowed) ?? KEYS[key] ?? null;
}

/**
 * What X does: what is forged is put away while 112 knows nothing of it.
 * @param {CaseView} view @param {Allowed} allowed
 */
export const endOf = (view, allowed) =>
  allowed.put_away === null && (untold(view) || allowed.close !== null) ? 'put_away' : 'close';

/**
 * That X closes, where it does and an operator has had the alert.
 * @param {CaseView} view @param {Allowed} allowed
 */
export function closeSaid(view, allowed) {
  const had = view.closed_us === null && view.steps.operator_us !== null;
  if (!had || allowed.close !== null || endOf(view, allowed) !== 'close') return '';
  return untold(view)
    ? either(
        'Come supervisore puoi chiudere senza il 112: X, poi Invio.',
        'As a supervisor you may close it without 112: X, then Enter.',
      )
    : either('Chiudere: X, poi Invio.', 'To close it: X, then Enter.');
}

/**
 * Keys that act where their words stand in the dock, and nowhere else: what they order now, or null.
 * @typedef {(view: CaseView, me: MeView, allowed: Allowed) => OperatorCommand | null} WhereSaid
 * @type {Record<string, WhereSaid>}
 */
const SAID = { S: voices, V: anotherLine, Z: announces };

/** @type {WhereSaid} */
function anotherLine(view, me) {
  return offersLine(view, me) ? 'another_line' : null;
}

/** @type {WhereSaid} */
function voices(view, me, allowed) {
  if (!mine(view, me) || !talking(view.user)) return null;
  const command = view.user_hears_nobody ? 'give_voices' : 'withhold_voices';
  return allowed[command] === null ? command : null;
}

/** Where the user could speak to 112, and may not be able to. @type {WhereSaid} */
function announces(view, me, allowed) {
  const could = mine(view, me) && !view.duress && view.user_hears_psap && !view.psap.hears.length;
  return could && allowed.announce === null ? 'announce' : null;
}

/**
 * The words of those keys; that of V stands with what is said of the line.
 * @param {CaseView} view @param {MeView} me @param {Allowed} allowed
 */
export function keysSaid(view, me, allowed) {
  const cannot = announces(view, me, allowed) ? either('Non può parlare: Z.', 'She cannot speak: Z.') : '';
  const command = voices(view, me, allowed);
  if (command === null) return cannot;
  const said =
    command === 'withhold_voices'
      ? either('Perché non senta voci: S.', 'So that she hears no voices: S.')
      : view.duress
        ? either('Farle sentire le voci: S, poi Invio.', 'To let the voices through: S, then Enter.')
        : either('Farle sentire le voci: S.', 'To let the voices through: S.');
  return [cannot, said].filter(Boolean).join(' ');
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
          : talking(view.user)
            ? either('Saluta e chiude: F, poi Invio', 'Says goodbye and closes: F, then Enter')
            : either('Chiude: F, poi Invio', 'Closes the alert: F, then Enter'),
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
  const asks = arms('redial_user', view, null)
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
  const plain = either('Come nessuna risposta: M, poi Invio', 'As no answer: M, then Enter');
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
    const sub = claims.said({ view, nowUs: 0 }, 'mutedForBoth', 'mutedForUser', 'mutedFor112', 'muted');
    return { key: 'U', command: 'unmute', label: t('unmute'), sub, why: null, tone: 'armed' };
  }
  const sub = either('Acceso: U lo spegne', 'Your microphone is open');
  return { key: 'U', command: 'mute', label: t('mute'), sub, why: why('mute') };
}
