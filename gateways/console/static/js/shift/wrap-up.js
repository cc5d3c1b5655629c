// Wrap-up: the seconds after an operator's part in an alert that are for notes. The center decides when a
// wrap-up ends.

import { html, nothing } from '../../vendor/lit.js';
import { say } from '../words/words.js';
import * as f from '../words/format.js';
import { word } from '../shell/parts.js';

/**
 * Return the rest of an operator's wrap-up, microseconds; 0 outside a wrap-up.
 * @param {OperatorView} one @param {number} nowUs
 */
export function leftUs(one, nowUs) {
  const until = one?.wrap_up_until_us ?? null;
  return until === null || one.state !== 'ready' || one.alert ? 0 : Math.max(0, until - nowUs);
}

/** Return a duration in words, rounded up: a wrap-up shown as ended has ended. @param {number} us */
const span = (us) => f.span(Math.ceil(us / 1e6) * 1e6);

/** Render the wrap-up with its rest. @param {number} us */
export const wrapUpWord = (us) => word('note', `${say`Wrap-up`} ${span(us)}`, 'ink-wait');

/** Return the rest of the wrap-up of the operator of this page, microseconds. @param {Ui} ui */
const ownLeftUs = (ui) => leftUs(ui.feed.ownView(), ui.feed.nowUs());

/** Return true while the operator of this page is in a wrap-up. @param {Ui} ui */
export const inWrapUp = (ui) => ownLeftUs(ui) > 0 && ui.feed.link === 'live';

/**
 * Return true if Enter ends the wrap-up. In a closed case Enter leads back, and in other places Enter has
 * another meaning.
 * @param {Ui} ui
 */
const enterEnds = (ui) => ui.screen.section === 'case' && (ui.screen.selected()?.closed_us ?? null) === null;

/** Render the operator's state in the bar during a wrap-up. @param {Ui} ui */
export const inBar = (ui) => {
  const enter = enterEnds(ui)
    ? html`<span class="wide"> · ${say`Enter`}: ${say`Ready now`.toLowerCase()}</span>`
    : nothing;
  return word('note', html`${say`Wrap-up`} ${span(ownLeftUs(ui))}${enter}`, 'ink-wait');
};

/** Return the ready view's content during a wrap-up: `{title, text, step}`. @param {Ui} ui */
export const readyContent = (ui) => ({
  title: `${say`Wrap-up`} ${span(ownLeftUs(ui))}`,
  text: say`Time for your notes: the others are called before you. Where none is free, a real alert rings
    all the same.`,
  step: {
    key: 'Enter',
    label: say`Ready now`,
    sub: say`You are called like everybody again.`,
  },
});
