// Wrap-up: the seconds after an operator's part in an alert that are for notes. What stands is the
// center's.

import { html, nothing } from '../../vendor/lit.js';
import { say } from '../words/words.js';
import * as f from '../words/format.js';
import { word } from '../shell/parts.js';

/**
 * What an operator has left of it, microseconds; 0 where there is none.
 * @param {OperatorView} one @param {number} nowUs
 */
export function leftUs(one, nowUs) {
  const until = one?.wrap_up_until_us ?? null;
  return until === null || one.state !== 'ready' || one.alert ? 0 : Math.max(0, until - nowUs);
}

/** A part of a second counts as one: what is said to be over is over. @param {number} us */
const span = (us) => f.span(Math.ceil(us / 1e6) * 1e6);

/** @param {number} us */
export const wrapWord = (us) => word('note', `${say`Wrap-up`} ${span(us)}`, 'ink-wait');

/** @param {Ui} ui */
const mine = (ui) => leftUs(ui.feed.myself(), ui.feed.nowUs());

/** Whether the operator of this page is in it now. @param {Ui} ui */
export const wrapping = (ui) => mine(ui) > 0 && ui.feed.link === 'live';

/**
 * Whether Enter ends it: not where it goes back from what is closed, nor in the other places.
 * @param {Ui} ui
 */
const enterEnds = (ui) => ui.screen.section === 'case' && (ui.screen.selected()?.closed_us ?? null) === null;

/** The operator's state in the bar. @param {Ui} ui */
export const inBar = (ui) => {
  const enter = enterEnds(ui)
    ? html`<span class="wide"> · ${say`Enter`}: ${say`Ready now`.toLowerCase()}</span>`
    : nothing;
  return word('note', html`${say`Wrap-up`} ${span(mine(ui))}${enter}`, 'ink-wait');
};

/** The ready view in it: {title, text, step}. @param {Ui} ui */
export const hero = (ui) => ({
  title: `${say`Wrap-up`} ${span(mine(ui))}`,
  text: say`Time for your notes: the others are called before you. Where none is free, a real alert rings
    all the same.`,
  step: {
    key: 'Enter',
    label: say`Ready now`,
    sub: say`You are called like everybody again.`,
  },
});
