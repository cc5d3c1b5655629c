// The words for an alert's assurance level, and for the reason why a signature is not valid.

import * as f from './format.js';
import { phrase, say } from './words.js';

/** @type {Record<string, Phrase>} */
const LEVELS = {
  device: phrase`proved by her phone`,
  app: phrase`not proved: the number is what the app says`,
  network: phrase`not proved: the number is what the network says`,
};

/** @type {Record<string, Phrase>} */
const DOUBTS = {
  clock: phrase`signed by a clock that is wrong`,
  nonce: phrase`a signature that was used before`,
  young: phrase`signed by a phone added in the last three days`,
  unknown_key: phrase`signed with a key that no phone has`,
  signature: phrase`a signature that does not hold`,
  digest: phrase`changed after it was signed`,
  number: phrase`signed by another number’s phone`,
  budget: phrase`the sender sends too many`,
};

/** Return the day when a phone was enrolled, in words. @param {number | null} sinceUs */
export const enrolled = (sinceUs) => (sinceUs === null ? '' : say`enrolled on ${f.day(sinceUs)}`);

/**
 * Return the words for an alert's assurance level and doubt.
 * @param {{proof: string, doubt: string | null, key_enrolled_us: number | null}} view
 */
export const assuranceText = (view) => {
  const level = LEVELS[view.proof] ? LEVELS[view.proof]() : view.proof;
  const text = [level, enrolled(view.key_enrolled_us)].filter(Boolean).join(', ');
  if (!view.doubt) return text;
  return `${text}, ${DOUBTS[view.doubt] ? DOUBTS[view.doubt]() : view.doubt}`;
};
