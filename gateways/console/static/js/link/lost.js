// Over everything while the center cannot be reached.

import { either, t } from '../words/words.js';

/** @param {Ui} ui */
export function lostBanner(ui) {
  const { feed } = ui;
  const now = Date.now();
  const oldS = Math.max(0, Math.round((now - feed.heardAtMs) / 1000));
  const inS = Math.max(0, Math.ceil((feed.retryAtMs - now) / 1000));
  return {
    icon: 'nolink',
    title: t('unreachableCentre'),
    text: either(
      `Quello che vedi è di ${oldS} s fa. Le chiamate possono continuare senza questo schermo.`,
      `What you see is ${oldS} s old. Calls can go on without this screen.`,
    ),
    aside: feed.goesTo
      ? either(`Passo a ${new URL(feed.goesTo).host}`, `Going on at ${new URL(feed.goesTo).host}`)
      : either(`Riprovo tra ${inS} s`, `Retrying in ${inS} s`),
  };
}
