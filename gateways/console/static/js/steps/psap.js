// What to do while 112 is wanted: called, on the line, without a line, or told on another phone. Pure.

import { either, t } from '../words/words.js';
import { isBroken } from '../case/broken.js';
import { callPsap, leave } from './steps.js';
import { hasChanged } from '../case/briefing.js';
import { heard } from '../case/party.js';
import * as s from '../case/situation.js';

/**
 * Where 112 cannot join the line, or no line can call it: it is called on another phone, and read the text.
 * @param {Moment} now @returns {Said}
 */
export function elsewhere(now) {
  const { view, allowed } = now;
  if (view.left_us !== null || view.false_alarm_us !== null) return null;
  const lacking = s.psapIs(view) === 'lacking';
  if (!lacking && !s.callsElsewhere(view, allowed)) return null;
  if (view.briefing_us !== null && !lacking) return null;
  const told = allowed.called_elsewhere === null;
  /** @type {Action} */
  const step = {
    key: told ? 'Y' : 'B',
    command: told ? 'called_elsewhere' : 'briefing_given',
    label: t('briefingGiven'),
    sub: either('Dopo averlo chiamato e letto il testo', 'Once you have called and read the text'),
    tone: 'primary',
  };
  const call = either(
    'Chiama il 112 da un altro telefono e leggi questo.',
    'Call 112 from another phone and read this.',
  );
  if (lacking) return [call, either('Qui si riprova di continuo.', 'It is being tried on here.'), step];
  if (!s.talking(view.user))
    return [
      call,
      either('Su questa linea il 112 non può entrare.', '112 cannot be joined on this line.'),
      step,
    ];
  const mistake = either(
    'Uno sbaglio: F. Ogni altra risposta, o silenzio: chiama il 112 da un altro telefono. Qui non può ' +
      'entrare.',
    'A mistake: F. Any other answer, or silence: call 112 from another phone. It cannot be joined here.',
  );
  return [
    either('Chiedi: «Sei al sicuro? Puoi parlare?»', 'Ask: “Are you safe? Can you talk?”'),
    mistake,
    step,
  ];
}

/** 112 is on the line, may be, is being called, or waits for a line. @param {Moment} now @returns {Said} */
export function withPsap({ view }) {
  const user = s.asObject(view);
  switch (s.psapIs(view)) {
    case 'there':
      return view.left_us === null ? conference(view) : null;
    case 'doubt': {
      /** @type {Action} */
      const step = {
        key: 'Y',
        command: 'confirm_answer',
        label: t('answered'),
        sub: either('Il 112 è in linea', '112 is on the line'),
        tone: 'primary',
      };
      return [
        either('Il 112 forse ha risposto. Lo senti?', '112 may have answered. Do you hear them?'),
        either('Se parla, lo schermo se ne accorge da solo.', 'If they speak, the screen notices by itself.'),
        step,
      ];
    }
    case 'calling': {
      const text = either(
        'Stiamo chiamando il 112. Resta in linea.',
        '112 is being called. Stay on the line.',
      );
      if (view.operator_leg.network)
        return [
          text,
          either(
            'Finché non risponde su questa linea nessuno si sente.',
            'Until it answers nobody on this line hears anybody.',
          ),
          callPsap(view),
        ];
      return [
        text,
        s.talking(view.user)
          ? either(`Intanto continua a parlare con ${user}.`, `Keep talking to ${user} meanwhile.`)
          : '',
        callPsap(view),
      ];
    }
    case 'waiting':
      return [
        either(
          'Cerchiamo una linea per il 112. Resta in linea.',
          'Looking for a line for 112. Stay on the line.',
        ),
        s.talking(view.user)
          ? either(`Intanto continua a parlare con ${user}.`, `Keep talking to ${user} meanwhile.`)
          : '',
        callPsap(view),
      ];
    default:
      return null;
  }
}

/** @param {CaseView} view @returns {Said} */
function conference(view) {
  const who = s.capital(s.first(view));
  /** @type {Action} */
  const briefed = {
    key: 'B',
    command: 'briefing_given',
    label: t('briefingGiven'),
    sub: either('Poi puoi lasciare con L', 'Then you may leave with L'),
    tone: 'primary',
  };
  const stays = either(
    `${who} e il 112 restano uniti. La tua linea si chiude.`,
    `${who} and 112 stay joined. Your line closes.`,
  );
  if (s.talking(view.user)) {
    if (view.duress)
      return [
        either(
          `Resta. ${who} e il 112 sono in linea, chi la obbliga può sentire.`,
          `Stay. ${who} and 112 are on the line; who forces her may hear.`,
        ),
        either('Lascia solo se lo chiede il 112.', 'Leave only if 112 asks you to.'),
        leave(stays, ''),
      ];
    const hears = heard(view.psap)
      ? either(`Il 112 ${heard(view.psap)}.`, `112 ${heard(view.psap)}.`)
      : either(
          'Resta se il 112 ha bisogno di te. Se lei non può parlare, premi Z.',
          'Stay if 112 needs you. If she cannot speak, press Z.',
        );
    return [
      either(`${who} e il 112 si parlano. Puoi lasciare.`, `${who} and 112 are talking. You can leave.`),
      hears,
      leave(stays),
    ];
  }
  const again = s.underWay(view.user)
    ? either(
        `Stiamo richiamando ${s.asObject(view)}: se risponde, entra con voi.`,
        `${who} is being called again, and joins you on answering.`,
      )
    : '';
  if (isBroken(view) && view.briefing_us === null)
    return [
      either(
        `Resta con il 112. ${again || `${who} non è in linea.`}`,
        `Stay with 112. ${again || `${who} is not on the line.`}`,
      ),
      either('Leggi il testo se serve.', 'Read the text if needed.'),
      briefed,
    ];
  if (view.briefing_us === null)
    return [either('Leggi il testo al 112.', 'Read the text to 112.'), again, briefed];
  if (hasChanged(view))
    return [either('Di’ al 112 che cosa è cambiato.', 'Tell 112 what has changed.'), again, briefed];
  return [
    either('Il 112 sa tutto. Puoi lasciare.', '112 knows everything. You can leave.'),
    again || either('Lasciando si chiude anche la linea col 112.', 'Leaving ends the line to 112, too.'),
    leave(either('L’allarme si chiude', 'The alert closes')),
  ];
}

/** 112 was called from another phone, and read the text. @param {Moment} now @returns {Said} */
export function toldElsewhere({ view, allowed }) {
  const told = s.psapIs(view) === 'told' || (view.briefing_us !== null && s.callsElsewhere(view, allowed));
  if (!told) return null;
  const line = s.talking(view.user)
    ? either(
        `Lasciando si chiude anche la linea con ${s.asObject(view)}.`,
        `Leaving ends ${s.asObject(view) === 'her' ? 'her' : s.possessive(view)} line, too.`,
      )
    : '';
  return [
    either('Il 112 sa tutto. Puoi lasciare.', '112 knows everything. You can leave.'),
    line,
    leave(either('L’allarme si chiude', 'The alert closes')),
  ];
}
