// Why the center does not sign on, or what it asks for besides, in words.

import { noneHere, tooOld } from '../access/factors.js';
import { either, t } from '../words/words.js';

/** Where no key is left to sign on by. @type {Pair} */
const LOST = [
  'L’hai persa? Chiedi un link a chi amministra il centro (Gestione, Operatori, P).',
  'Lost it? Ask the centre’s administrator for a link (Admin, Operators, P).',
];

/** @type {Record<string, (byToken: boolean) => string>} */
const FAULTS = {
  sessionEnded: () =>
    either(
      'La sessione è finita. Accedi di nuovo: le chiamate vanno avanti.',
      'Your session has ended. Sign on again: the calls go on.',
    ),
  tokenWrong: () => either('Nessun operatore ha questo codice.', 'No operator has this token.'),
  passwordWrong: () => either('Nome o password non corretti.', 'The name or the password is wrong.'),
  passkey_needed: () =>
    either(
      `La password è giusta. Ora serve la tua passkey. ${LOST[0]}`,
      `The password is right. Now your passkey is needed. ${LOST[1]}`,
    ),
  code_needed: () =>
    either(
      'La password è giusta. Ora serve il codice della tua app.',
      'The password is right. Now the code of your app is needed.',
    ),
  name_shared: () =>
    either(
      'Più operatori hanno questo nome: scrivi il tuo numero di telefono al posto del nome.',
      'Several operators have this name: type your telephone number in place of it.',
    ),
  code_wrong: () =>
    either(
      'Il codice non è giusto, o è già usato: aspetta il prossimo.',
      'The code is wrong, or was used: wait for the next one.',
    ),
  token_ended: () =>
    either(
      'Questo codice ormai vale solo per i programmi: usa la password o la passkey.',
      'This token is for programs by now: use your password or passkey.',
    ),
  passkey_unknown: () =>
    either('Il centro non conosce questa passkey.', 'The centre does not know this passkey.'),
  passkey_none: () =>
    either(
      `Nessuna passkey: annullata, o qui non ce n’è. ${LOST[0]}`,
      `No passkey: called off, or there is none here. ${LOST[1]}`,
    ),
  no_passkeys_here: noneHere,
  no_passkeys_known: tooOld,
  noCentre: () => t('noCentre'),
  many_at_once: () =>
    either('Molti stanno accedendo insieme. Aspetta.', 'Many are signing on at once. Wait.'),
  tooOften: (byToken) =>
    byToken
      ? either('Troppi tentativi sbagliati.', 'Too many wrong tries.')
      : either(
          'Troppi tentativi sbagliati. Aspetta, oppure usa il tuo codice personale.',
          'Too many wrong tries. Wait, or use your token.',
        ),
};

/** In words. @param {string} fault @param {boolean} byToken */
export const inWords = (fault, byToken) => (FAULTS[fault] ?? FAULTS.passwordWrong)(byToken);
