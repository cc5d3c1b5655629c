// The names of the channels by which people on duty are notified.

import { phrase } from '../words/words.js';

/** @type {Record<DutyWay, Phrase>} */
const NAMES = {
  call: phrase`phone`,
  sms: phrase`SMS`,
  email: phrase`e-mail`,
  webhook: phrase`webhook`,
  apprise: phrase`apprise`,
};

/**
 * Return the name of a channel; a channel that only a newer node knows keeps its code.
 * @param {DutyWay} channel
 */
export const channelName = (channel) => NAMES[channel]?.() ?? channel;
