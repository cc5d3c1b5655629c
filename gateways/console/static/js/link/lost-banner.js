// The banner that is shown while the center cannot be reached.

import { say } from '../words/words.js';

/** Return the banner: age of the data, time of the next attempt. @param {Ui} ui */
export function lostBanner(ui) {
  const { feed } = ui;
  const now = Date.now();
  const oldS = Math.max(0, Math.round((now - feed.receivedAtMs) / 1000));
  const inS = Math.max(0, Math.ceil((feed.retryAtMs - now) / 1000));
  return {
    icon: 'nolink',
    title: say`Centre unreachable`,
    text: say`What you see is ${oldS} s old. Calls can go on without this screen.`,
    aside: feed.failoverAddress
      ? say`Going on at ${new URL(feed.failoverAddress).host}`
      : say`Retrying in ${inS} s`,
  };
}
