// What came of an order about one's access, in words.

import { either } from '../words/words.js';

/** What came of an order: whether it is good, and the words. */
/** @type {Record<string, () => [boolean, string]>} */
export const SAID = {
  passkeyAdded: () => [true, either('La passkey c’è.', 'The passkey is added.')],
  appAdded: () => [
    true,
    either(
      'L’app c’è: da ora si chiede il suo codice.',
      'The app is added: its code is asked for from now on.',
    ),
  ],
  renamed: () => [true, either('Nome cambiato.', 'Renamed.')],
  removed: () => [true, either('Tolta.', 'Removed.')],
  ended: () => [true, either('Sessione finita.', 'The session has ended.')],
  passwordSet: () => [
    true,
    either(
      'Password cambiata; le altre sessioni sono finite.',
      'Password changed; the other sessions have ended.',
    ),
  ],
  noPasskey: () => [
    false,
    either(
      'Nessuna passkey: annullata, o c’è già su questo dispositivo.',
      'No passkey: called off, or there already on this device.',
    ),
  ],
  codeWrong: () => [
    false,
    either(
      'Il codice non è giusto: scrivi quello che l’app mostra ora.',
      'The code is wrong: type the one that the app shows now.',
    ),
  ],
  tooLate: () => [
    false,
    either('È passato troppo tempo: ricomincia.', 'That took too long: begin once more.'),
  ],
  passwordWrong: () => [
    false,
    either('La password di adesso non è giusta.', 'The present password is wrong.'),
  ],
  passwordSimple: () => [
    false,
    either(
      'Corta, o si indovina subito. Prendi quattro parole che non c’entrano tra loro, e niente nomi.',
      'Short, or guessed at once. Take four words that have nothing to do with each other, no names.',
    ),
  ],
  many_at_once: () => [
    false,
    either('Molti chiedono insieme: riprova.', 'Many are asking at once: try again.'),
  ],
  tooOften: () => [false, either('Troppi tentativi sbagliati: aspetta.', 'Too many wrong tries: wait.')],
  notDone: () => [false, either('Non è riuscito: riprova.', 'That was not done: try again.')],
};
