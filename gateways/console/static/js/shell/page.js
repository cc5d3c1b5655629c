// The whole page: sign-on, the bar, the list at the left, the ready view, the incoming alert, the case, the
// list of keys.

import { html, nothing } from '../../vendor/lit.js';
import { FEATURES } from '../features.js';
import { icon } from './parts.js';
import { say } from '../words/words.js';
import { caseView } from '../case/case.js';
import { firstSignOnForm, hasLinkCode } from './first-sign-on.js';
import { signOnForm } from './sign-on.js';
import { incomingView } from '../case/incoming.js';
import { notices } from './notices.js';
import { bar } from './bar.js';
import { rail } from '../alerts/rail.js';
import { readyView } from '../shift/ready.js';
import { help } from './help.js';
import * as sections from './sections.js';

/** Render the page. @param {Ui} ui */
export function page(ui) {
  const { feed } = ui;
  if (hasLinkCode() && !feed.me) return firstSignOnForm(ui);
  if (feed.link === 'starting' || feed.link === 'signed-off') return signOnForm(ui);
  if (!feed.me)
    return html`<main class="gate">
      <div class="gate__card">
        <h1>${icon('link')}securWoman</h1>
        <p role="status">${feed.link === 'lost' ? say`The centre does not answer.` : ''}</p>
      </div>
    </main>`;
  for (const { map } of FEATURES) map?.prepare(ui);
  const incoming = ui.screen.incoming();
  const view = ui.screen.selected();
  const elsewhere = incoming ? null : sections.pane(ui);
  const railed = view && !incoming && !elsewhere;
  return html`<div class="console" data-rail=${railed ? 'on' : 'off'} ?inert=${ui.screen.help}>
      ${bar(ui, incoming)}${notices(ui)} ${railed ? rail(ui) : nothing}
      <main>
        ${incoming ? incomingView(ui, incoming) : (elsewhere ?? (view ? caseView(ui, view) : readyView(ui)))}
      </main>
    </div>
    ${ui.screen.help ? help(ui) : nothing}${FEATURES.map((one) => one.printView?.(ui))}`;
}
