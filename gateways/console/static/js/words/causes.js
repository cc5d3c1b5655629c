// Why a call ended, in plain words: ITU-T Q.850, table 1, and the center's own causes above 127. Data, and
// one look-up.

import { either } from './words.js';

/** @type {Record<string, Pair>} */
const CAUSES = {
  1: ['Il numero non esiste.', 'The number does not exist.'],
  2: ['Nessuna strada verso la rete di quel numero.', 'There is no way to the network of that number.'],
  3: ['Nessuna strada verso quel numero.', 'There is no way to that number.'],
  16: ['Ha riagganciato, o ha rifiutato la chiamata.', 'The phone was hung up, or the call declined.'],
  17: ['Stava già parlando con qualcuno.', 'Already talking to somebody else.'],
  18: ['Il telefono non ha risposto alla rete.', 'The phone did not answer the network.'],
  19: ['Ha squillato, nessuno ha risposto.', 'It rang, and nobody answered.'],
  20: ['Il telefono è spento o senza campo.', 'The phone is switched off or out of reach.'],
  21: ['La chiamata è stata rifiutata.', 'The call was declined.'],
  22: ['Il numero è cambiato.', 'The number has changed.'],
  27: ['La linea di quel numero è guasta.', 'The line of that number is out of order.'],
  28: ['Il numero è incompleto o sbagliato.', 'The number is incomplete or wrong.'],
  29: ['La rete non concede questo servizio.', 'The network does not allow this service.'],
  31: ['La rete non ha detto perché.', 'The network did not say why.'],
  34: ['La rete non aveva linee libere.', 'The network had no free channel.'],
  38: ['La rete è guasta.', 'The network is out of order.'],
  41: ['Un guasto passeggero della rete.', 'A passing fault of the network.'],
  42: ['La rete è sovraccarica.', 'The network is overloaded.'],
  44: ['Il canale chiesto non era libero.', 'The channel asked for was not free.'],
  47: ['La rete non aveva mezzi liberi.', 'The network had nothing free.'],
  50: ['La SIM non è abilitata a questa chiamata.', 'The SIM is not subscribed to this call.'],
  55: ['La SIM non può ricevere questa chiamata.', 'The SIM is barred from this call.'],
  57: ['La SIM non è autorizzata a questa chiamata.', 'The SIM is not authorised for this call.'],
  58: ['La rete non può portare la chiamata ora.', 'The network cannot carry the call now.'],
  65: ['La rete non porta chiamate di questo tipo.', 'The network carries no calls of this kind.'],
  79: ['La rete non sa fare quanto chiesto.', 'The network cannot do what was asked.'],
  88: ['L’altro apparecchio non può ricevere la chiamata.', 'The other device cannot take the call.'],
  102: ['La rete ha aspettato troppo una risposta.', 'The network waited too long for an answer.'],
  111: ['Un errore di protocollo della rete.', 'A protocol error of the network.'],
  127: ['Un’altra rete ha chiuso senza dire perché.', 'Another network ended it without saying why.'],
  200: ['Il nostro modem si è spento o staccato.', 'Our modem was switched off or unplugged.'],
  201: ['La nostra linea portava già una chiamata.', 'Our line already carried a call.'],
  202: ['Un numero di emergenza che non era da chiamare.', 'An emergency number that was not to be called.'],
  203: ['Nessuna nostra linea era libera.', 'None of our lines was free.'],
  204: ['Il server della nostra linea non si sente.', 'The server of our line is not heard.'],
};
/** @type {Pair} */
const UNUSUAL = ['La rete ha detto un motivo insolito.', 'The network gave an unusual reason.'];

/** A sentence for the cause, with its number for those who look further. @param {number} value */
export const causeInWords = (value) =>
  `${either(...(CAUSES[value] ?? UNUSUAL))} (${value > 127 ? either('centro', 'centre') : 'Q.850'} ${value})`;

/**
 * What to say of a party whose call has ended; empty while there is nothing to say.
 * @param {PartyView} party
 */
export const why = (party) =>
  party.state === 'released' && party.cause !== null ? causeInWords(party.cause) : '';
