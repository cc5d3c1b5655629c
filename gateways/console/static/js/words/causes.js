// The reason why a call ended, in plain words: ITU-T Q.850, table 1, and the center's own causes above 127.
// Data, and one look-up.

import { phrase, say } from './words.js';

/** @type {Record<string, Phrase>} */
const CAUSES = {
  1: phrase`The number does not exist.`,
  2: phrase`There is no way to the network of that number.`,
  3: phrase`There is no way to that number.`,
  16: phrase`The phone was hung up, or the call declined.`,
  17: phrase`Already talking to somebody else.`,
  18: phrase`The phone did not answer the network.`,
  19: phrase`It rang, and nobody answered.`,
  20: phrase`The phone is switched off or out of reach.`,
  21: phrase`The call was declined.`,
  22: phrase`The number has changed.`,
  27: phrase`The line of that number is out of order.`,
  28: phrase`The number is incomplete or wrong.`,
  29: phrase`The network does not allow this service.`,
  31: phrase`The network did not say why.`,
  34: phrase`The network had no free channel.`,
  38: phrase`The network is out of order.`,
  41: phrase`A passing fault of the network.`,
  42: phrase`The network is overloaded.`,
  44: phrase`The channel asked for was not free.`,
  47: phrase`The network had nothing free.`,
  50: phrase`The SIM is not subscribed to this call.`,
  55: phrase`The SIM is barred from this call.`,
  57: phrase`The SIM is not authorised for this call.`,
  58: phrase`The network cannot carry the call now.`,
  65: phrase`The network carries no calls of this kind.`,
  79: phrase`The network cannot do what was asked.`,
  88: phrase`The other device cannot take the call.`,
  102: phrase`The network waited too long for an answer.`,
  111: phrase`A protocol error of the network.`,
  127: phrase`Another network ended it without saying why.`,
  200: phrase`Our modem was switched off or unplugged.`,
  201: phrase`Our line already carried a call.`,
  202: phrase`An emergency number that was not to be called.`,
  203: phrase`None of our lines was free.`,
  204: phrase`The server of our line is not heard.`,
};
/** @type {Phrase} */
const UNUSUAL = phrase`The network gave an unusual reason.`;

/** Return a sentence for the cause, with the cause's number for specialists. @param {number} value */
export const causeInWords = (value) =>
  `${(CAUSES[value] ?? UNUSUAL)()} (${value > 127 ? say`centre` : 'Q.850'} ${value})`;

/**
 * Return the reason why a party's call has ended; an empty string for a call in progress.
 * @param {PartyView} party
 */
export const why = (party) =>
  party.state === 'released' && party.cause !== null ? causeInWords(party.cause) : '';
