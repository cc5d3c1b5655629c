// The line above the command bar: the user's last message until it is read, then a message that 112 does not
// know; and the keys for a user who cannot talk.

import { html, nothing } from '../../../vendor/lit.js';
import { KEY } from '../../words/center.js';
import { say } from '../../words/words.js';
import * as f from '../../words/format.js';
import { pageCode } from '../psap-text.js';
import * as s from '../situation.js';
import { button, fillKeys } from './fill-keys.js';
import { answeredQuestion, newestMessage, offeredMessage, unreadCount, messageText } from './read-state.js';

/** The commands that ask a question. @type {OperatorCommand[]} */
const ASKS = ['write', 'ask_spoken', 'ask_aloud', 'ask_softly'];

/** Return true if user and operator cannot talk. @param {CaseView} view */
const cannotTalk = (view) => s.keptSilent(view) || view.user_hears_nobody || view.duress;

/**
 * Return true if the keys are shown in this case: for a user who cannot talk, and beside the text for 112.
 * @param {Ui} ui @param {CaseView} view @param {Allowed} allowed
 */
const hasKeys = (ui, view, allowed) =>
  s.isOwnCase(view, ui.feed.me) &&
  view.closed_us === null &&
  ui.feed.link !== 'lost' &&
  (cannotTalk(view) || s.showsBriefing(view, ui.feed.me, allowed));

/** Render the keys. @param {Ui} ui @param {CaseView} view @param {Allowed} allowed */
export function keys(ui, view, allowed) {
  if (!hasKeys(ui, view, allowed)) return nothing;
  const [mayAsk, mayWrite] = [ASKS, ['write']].map(
    (commands) => cannotTalk(view) && commands.some((by) => allowed[by] === null),
  );
  return html`<span class="latest__keys"
    >${mayAsk ? button(ui, KEY.ask_spoken, say`questions`) : nothing}
    ${mayWrite ? button(ui, KEY.write, say`write`) : nothing}
    ${button(ui, KEY.brief, say`for 112`)}
    ${allowed.open_page === null ? button(ui, KEY.open_page, say`page`) : nothing}</span
  >`;
}

/**
 * Render the line above the command bar. `isShown`: the messages are on the screen already; `named`: so are
 * the keys, or their panels; `briefing`: so is the text for 112, with the code of its page. The line is
 * present even when empty: a screen reader announces what appears in it.
 * @param {Ui} ui @param {CaseView} view @param {Allowed} allowed
 * @param {{ isShown: boolean, named: boolean, briefing: boolean }} is
 */
export function line(ui, view, allowed, { isShown, named, briefing }) {
  const count = unreadCount(view);
  const one = isShown ? null : count ? newestMessage(view) : offeredMessage(view, allowed);
  const row = named || briefing ? nothing : keys(ui, view, allowed);
  const code = briefing || view.closed_us !== null ? nothing : pageCode(view);
  const author = one && s.capital(s.firstName(view));
  const others = count > 1 ? say`read ${count}` : say`read##button`;
  const is = one ? 'said' : row === nothing && code === nothing ? 'none' : 'keys';
  return html`<div class="latest" data-is=${is}>
    <p class="latest__said" role="status">${
      one
        ? html`<small>${f.clock(one.at_us)} ${author}</small
            ><b>${answeredQuestion(view, one)}${messageText(view, one)}</b>`
        : nothing
    }</p>
    ${one ? html`${button(ui, KEY.write, others)}${fillKeys(ui, view, allowed, one)}` : nothing}
    ${row} ${code}
  </div>`;
}
