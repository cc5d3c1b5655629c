// By which way people are told, in words.

import { phrase } from '../words/words.js';

/** @type {Record<DutyWay, Phrase>} */
const WAYS = {
  call: phrase`phone`,
  sms: phrase`SMS`,
  email: phrase`e-mail`,
  webhook: phrase`webhook`,
  apprise: phrase`apprise`,
};

/** @param {DutyWay} way */
export const wayName = (way) => WAYS[way]();
