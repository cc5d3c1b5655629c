// What a test call has shown of a line's voice, in words.

import { either } from '../../words/words.js';

/** @param {VoiceShown} voice */
const gain = ({ better_gain_in_db: better }) =>
  better === null
    ? ''
    : either(` Prova ${Math.round(better)} dB in entrata.`, ` Try ${Math.round(better)} dB in.`);

/** @type {Record<Finding, (voice: VoiceShown) => string>} */
const WORDS = {
  not_answered: () =>
    either(
      'Nessuno ha risposto: della voce non si sa nulla.',
      'Nobody answered: nothing is known of the voice.',
    ),
  no_port: () => either('Il modem non dà voce al centro.', 'Its modem gives no voice to the centre.'),
  refused: () =>
    either(
      'Il modem non ha acceso la voce: forse il suo firmware è solo per dati.',
      'The modem did not switch its voice on: its firmware may be for data alone.',
    ),
  nothing: () => either('Dalla porta della voce non arriva nulla.', 'Nothing comes from the voice port.'),
  mute: () =>
    either(
      'Arriva solo silenzio digitale: la voce va altrove.',
      'Digital silence alone comes: the voice goes elsewhere.',
    ),
  noise: () => either('Arriva rumore forte come una voce.', 'Noise as loud as speech comes.'),
  rate: () => either('La voce va a velocità sbagliata.', 'The voice runs at a wrong speed.'),
  not_taken: () => either('Chi è chiamato sente buchi.', 'Whoever is called hears gaps.'),
  worn: () => either('La voce del modem è deteriorata.', 'The modem’s voice is worn.'),
  short: () =>
    either('Troppo breve: servono dieci secondi in linea.', 'Too short: ten seconds on the line are needed.'),
  late: ({ opened_after_s: s }) =>
    either(
      `La voce si è aperta ${Math.round(s)} s dopo la risposta.`,
      `The voice opened ${Math.round(s)} s after the answer.`,
    ),
  lost: ({ lost_frames: n }) =>
    either(
      `Perso ${ms(n)} di voce: altra presa USB, altro cavo.`,
      `${ms(n)} of voice lost: another USB socket, another cable.`,
    ),
  drift: () => either('L’orologio del modem è molto sbagliato.', 'The modem’s clock is far off.'),
  loud: (voice) => either('Troppo forte, distorta.', 'Too loud, distorted.') + gain(voice),
  quiet: (voice) => either('Piano.', 'Quiet.') + gain(voice),
  echo: ({ echo_db: dB }) =>
    either(`Torna un’eco a ${Math.round(dB)} dB.`, `An echo comes back at ${Math.round(dB)} dB.`),
  no_voice: () =>
    either('Nessuno ha parlato: il livello non si conosce.', 'Nobody has spoken: the level is not known.'),
};

/** @param {number} frames */
const ms = (frames) => `${(frames * 20).toLocaleString()} ms`;

/** One sentence each; of a line whose voice works that alone. @param {VoiceShown} voice */
export const findings = (voice) =>
  voice.findings.length
    ? voice.findings.map((one) => WORDS[one](voice))
    : [either('La voce funziona nei due sensi.', 'The voice works both ways.')];
