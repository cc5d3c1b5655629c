// What to do while 112 is not asked for: it is between the operator and the user. Pure.

import { said } from '../words/claims.js';
import * as f from '../words/format.js';
import { KEY } from '../words/center.js';
import { either, reason } from '../words/words.js';
import { endOf } from './commands.js';
import { asItAnswers, callPsap, soon } from './steps.js';
import { recordOf } from '../case/record.js';
import * as s from '../case/situation.js';

/** 112 is not asked for: it is between the operator and the user. @param {Moment} now @returns {Said} */
export function alone(now) {
  const [say, more, step] = between(now);
  return [say, [more, realOrForged(now)].filter(Boolean).join(' '), step];
}

/** Nothing proves the alert, nobody was heard: the operator may say which it is. @param {Moment} now */
function realOrForged({ view, allowed }) {
  if (allowed.vouch !== null) return '';
  return endOf(view, allowed) === 'put_away'
    ? either(
        `Non provato. È vero: ${KEY.vouch}. È falso: ${KEY.put_away}, poi Invio.`,
        `Not proved. Real: ${KEY.vouch}. Forged: ${KEY.put_away}, then Enter.`,
      )
    : either(`Non provato. È vero: ${KEY.vouch}.`, `Not proved. Real: ${KEY.vouch}.`);
}

/** @param {Moment} now @returns {Said} */
function between(now) {
  const { view, nowUs, center } = now;
  const who = s.first(view);
  const user = s.asObject(view);
  if (view.duress) {
    if (s.talking(view.user))
      return [
        view.user_hears_nobody
          ? either(
              `Chiama subito il 112. ${s.capital(who)} è in linea e non sente nessuno.`,
              `Call 112 now. ${s.capital(who)} is on the line and hears nobody.`,
            )
          : either(
              `Chiama subito il 112. ${s.capital(who)} è in linea: non nominare l’allarme.`,
              `Call 112 now. ${s.capital(who)} is on the line: do not mention the alert.`,
            ),
        said(now, 'overheard', 'noVoiceThere'),
        callPsap(view, either('Il 112 entra e ascolta', '112 joins and listens'), 'primary'),
      ];
    if (knewBefore(view)) return toldBefore(view, either('Non telefonarle.', 'Do not phone her.'));
    return [
      either(`Chiama subito il 112, senza richiamare ${user}.`, `Call 112 now, without calling ${user}.`),
      either('Di’ al 112 di non telefonarle.', 'Tell 112 not to phone her.'),
      callPsap(
        view,
        either('Il suo telefono non squilla e non mostra nulla', 'Her phone will not ring and shows nothing'),
        'primary',
      ),
    ];
  }
  if (s.talking(view.user)) return asked(now);
  if (s.keptSilent(view) && !s.underWay(view.user) && knewBefore(view))
    return toldBefore(view, either('Non può parlare.', 'She cannot talk.'));
  if (s.keptSilent(view) && !s.underWay(view.user))
    return [
      either(
        'Chiama il 112 e leggi il testo: non può parlare.',
        'Call 112 and read the text: she cannot talk.',
      ),
      either(
        `Il suo telefono non viene chiamato. Chiamarla lo stesso: ${KEY.call_aloud}, poi Invio.`,
        `Her phone is not called. To call her all the same: ${KEY.call_aloud}, then Enter.`,
      ),
      callPsap(view, asItAnswers(), 'primary'),
    ];
  if (s.isLate(view, nowUs) || view.presumed_calling_112)
    return [
      either(`Chiama il 112: chiedi se ${who} è già da loro.`, `Call 112: ask whether ${who} is with them.`),
      either(
        'Sì: dai posizione e nome. No: leggi tutto il testo.',
        'Yes: give position and name. No: read the whole text.',
      ),
      callPsap(view, asItAnswers(), 'primary'),
    ];
  const [say, more] = tries(now);
  if (s.unanswered(view, nowUs, center)) {
    const not = s.inDoubt(view.user) ? say : notThere(now);
    return [not, s.inDoubt(view.user) ? more : going(view), callPsap(view, asItAnswers(), 'primary')];
  }
  return [
    say,
    more,
    view.user.state === 'released' ? callPsap(view, asItAnswers(), 'primary') : callPsap(view, soon()),
  ];
}

/** Whether 112 was told before the alert was reopened. @param {CaseView} view */
const knewBefore = (view) => view.psap_told_us !== null && view.psap_told_us < (view.reopened_us ?? 0);

/**
 * 112 knows of the alert, from an earlier call. @param {CaseView} view @param {string} user @returns {Said}
 */
function toldBefore(view, user) {
  const at = f.clock(view.psap_told_us);
  return [
    either(`Il 112 sa dell’allarme dalle ${at}.`, `112 has known of the alert since ${at}.`),
    either(
      `${user} Qualcosa di nuovo per il 112: ${KEY.call_psap}.`,
      `${user} Something new for 112: ${KEY.call_psap}.`,
    ),
    callPsap(view, asItAnswers()),
  ];
}

/** @param {Moment} now @returns {Said} */
function asked(now) {
  const { view, allowed } = now;
  const mistake =
    allowed.declare_false_alarm === 'psap_briefed'
      ? reason('psap_briefed')
      : either(
          `Uno sbaglio: ${KEY.declare_false_alarm}. Ogni altra risposta, o silenzio: ${KEY.call_psap}.`,
          `A mistake: ${KEY.declare_false_alarm}. Any other answer, or silence: ${KEY.call_psap}.`,
        );
  const both = either('Il 112 entra subito in conversazione con voi due', '112 joins the two of you at once');
  if (view.silent)
    return [
      either('In silenzio: ascolta. Chiama il 112.', 'Be quiet and listen. Call 112.'),
      either(
        `Non può parlare. Uno sbaglio: ${KEY.declare_false_alarm}.`,
        `She cannot talk. A mistake: ${KEY.declare_false_alarm}.`,
      ),
      callPsap(view, both, 'primary'),
    ];
  if (view.user_hears_nobody) return [said(now, 'hearsNobody'), '', callPsap(view, both, 'primary')];
  if (view.wrong_pins || view.cancelled) return [...isItTheUser(view), callPsap(view, both, 'primary')];
  return [
    either('Chiedi: «Sei al sicuro? Puoi parlare?»', 'Ask: “Are you safe? Can you talk?”'),
    mistake,
    callPsap(view, both, 'primary'),
  ];
}

/**
 * Somebody wants the alert to be over: what is asked is what somebody beside the user cannot answer, or need
 * not understand. @param {CaseView} view @returns {[string, string]}
 */
function isItTheUser(view) {
  const { safe_word } = recordOf(view);
  return safe_word
    ? [
        either('Chiedi la parola d’ordine, senza dirla tu.', 'Ask for the safe word, and do not say it.'),
        either(
          `È «${safe_word}»: ${KEY.declare_false_alarm}. Altrimenti: ${KEY.call_psap}.`,
          `It is “${safe_word}”: ${KEY.declare_false_alarm}. Otherwise: ${KEY.call_psap}.`,
        ),
      ]
    : [
        either(
          'Può non essere sola: chiedi ciò che si risponde con sì o no.',
          'She may not be alone: ask what yes or no answers.',
        ),
        either(
          `Non nominare l’allarme. Nel dubbio: ${KEY.call_psap}.`,
          `Do not mention the alert. In doubt: ${KEY.call_psap}.`,
        ),
      ];
}

/** What is done meanwhile for a user who does not answer. @param {CaseView} view */
function going(view) {
  if (view.user.state === 'ringing')
    return either(
      `Intanto il suo telefono squilla. Una segreteria: ${KEY.mark_machine}.`,
      `Her phone rings meanwhile. A machine: ${KEY.mark_machine}.`,
    );
  if (s.underWay(view.user)) return either(`Intanto la stiamo chiamando.`, 'She is being called meanwhile.');
  return either(`Richiamarla: ${KEY.redial_user}.`, `To call her again: ${KEY.redial_user}.`);
}

/** Why the user is not on the line, as far as is known. @param {Moment} now */
const notThere = (now) =>
  `${said(
    now,
    'usersMachine',
    'userDeclined',
    'userBusy',
    'userHungUp',
    'usersLineDropped',
    'userUnreachable',
    'userDoesNotAnswer',
    'userAway',
  )} ${either('Chiama il 112.', 'Call 112.')}`;

/** How far the call to the user is: [sentence, more]. @param {Moment} now */
function tries(now) {
  const { view } = now;
  const Who = s.capital(s.first(view));
  if (s.inDoubt(view.user))
    return [
      either(`${Who} forse ha risposto. Senti qualcuno?`, `${Who} may have answered. Do you hear anybody?`),
      either(
        `È lei: ${KEY.confirm_answer}. Una segreteria: ${KEY.mark_machine}. Squilla: attendi.`,
        `It is her: ${KEY.confirm_answer}. A machine: ${KEY.mark_machine}. Ringing: wait.`,
      ),
    ];
  if (view.operator_leg.network && view.user.state === 'ringing')
    return [
      either(
        'Il suo telefono squilla. Non senti nulla finché non risponde.',
        'Her phone rings. You hear nothing until she answers.',
      ),
      either(
        'Per chiamare il 112 non serve aspettare: il suo telefono smette di squillare.',
        'You need not wait to call 112: her phone then stops ringing.',
      ),
    ];
  if (view.user.state === 'ringing')
    return [
      either('Senti la sua linea. Attendi che risponda.', 'You hear her line. Wait for her to answer.'),
      either(
        `Una segreteria: ${KEY.mark_machine}. Per chiamare il 112 non serve aspettare.`,
        `A machine: ${KEY.mark_machine}. You need not wait to call 112.`,
      ),
    ];
  if (s.underWay(view.user))
    return [either(`Stiamo chiamando ${s.first(view)}.`, `${Who} is being called.`), ''];
  if (view.user.state === 'released')
    return [
      notThere(now),
      either(`Richiamarla: ${KEY.redial_user}.`, `To call her again: ${KEY.redial_user}.`),
    ];
  if (view.dial_withheld)
    return [
      either(
        `Il suo numero non viene chiamato. Chiama il 112, o premi ${KEY.redial_user} e Invio.`,
        `Her number is not called. Call 112, or press ${KEY.redial_user} and Enter.`,
      ),
      '',
    ];
  return [
    either(`Sei in linea. Ora chiamiamo ${s.first(view)}.`, `You are on the line. ${Who} is called next.`),
    '',
  ];
}
