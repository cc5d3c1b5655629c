// The three parties side by side: the state of each call, and the audio links.

import { html, nothing } from '../../vendor/lit.js';
import { icon, word } from '../shell/parts.js';
import { label } from '../steps/labels.js';
import { KEY } from '../words/center.js';
import { say } from '../words/words.js';
import { why } from '../words/causes.js';
import { audioLink } from './audio-links.js';
import { tile } from './party.js';
import { meter, noSound, toneText } from '../sound/meters.js';
import { signal } from './signal.js';
import * as f from '../words/format.js';
import * as s from './situation.js';
import * as handed from './handover-status.js';
import * as otherline from './other-line.js';
import * as headset from '../voice/headset.js';

const PRESSED_US = 20e6; // pressed keys are shown for this long
const PRESSED_MAX = 4;

/**
 * Render the parties.
 * @param {Ui} ui @param {CaseView} view @param {number} nowUs @param {boolean} compact
 * @param {Allowed} allowed
 */
export function parties(ui, view, nowUs, compact, allowed) {
  const { feed } = ui;
  const operator = view.operator_leg.operator ?? view.operator ?? view.reserved[0] ?? null;
  const rows = [
    ['user', 'user', say`User`, s.name(view), view.user],
    [
      'operator',
      'headset',
      say`Operator`,
      operator === null ? '' : operator === feed.me.operator ? say`You` : ui.feed.names(operator),
      view.operator_leg,
    ],
    [
      'psap',
      '112',
      '112',
      view.test ? say`simulated` : view.psap.number ? f.phone(view.psap.number) : '',
      view.psap,
    ],
  ];
  const both = handed.tileTexts(ui, view, rows[1][3], nowUs);
  if (both) rows[1][3] = both.name;
  const links = [audioLink(view, 'user', 'operator'), audioLink(view, 'operator', 'psap')];
  /** Return the line of a party's call. @param {PartyView} party */
  const line = (party) => (s.isUnderWay(party) ? feed.lines.find((one) => one.line === party.line) : null);
  const tiles = rows.map(([which, , , , party]) => tile(party, which, view, nowUs, feed.center));
  if (both) tiles[1].foot = both.foot;
  return html`<section
      class="parties"
      ?data-compact=${compact}
      aria-label=${say`Who is on the line`}>
      ${rows.map(
        ([which, ic, role, name, party], i) =>
          html`${
            i
              ? html`<div class="link" data-is=${links[i - 1].is} title=${links[i - 1].text}>
                    ${icon(links[i - 1].icon)}<span class="sr">${links[i - 1].text}</span>
                  </div>`
              : nothing
          }
            <article
              class="party"
              data-party=${which}
              data-is=${tiles[i].is}
              tabindex=${why(party) ? '0' : nothing}
              aria-describedby=${why(party) ? `why-${which}` : nothing}>
              <p class="party__role">${icon(ic)}<span>${role}</span><b>${name}</b></p>
              <p class="party__line">
                ${
                  party.line
                    ? html`<span>${s.capital(f.lineName(party.line))}</span>${signal(line(party))}`
                    : ''
                }
              </p>
              <p class="party__state word">
                ${icon(tiles[i].icon, tiles[i].is === 'ring' ? 'breathe' : '')}${tiles[i].label}
              </p>
              ${
                pressedKeys(party, nowUs)
                  ? html`<b class="party__pressed" role="status"
                      ><span class="sr">${say`Keys pressed: `}</span>${pressedKeys(party, nowUs)}</b
                    >`
                  : html`<b class="party__time">${tiles[i].time}</b>`
              }
              <p class="party__foot">
                ${
                  (s.isTalking(party) || s.inDoubt(party)) && party.joined && !party.network
                    ? html`${
                        ui.feed.isElsewhere(view.node)
                          ? html`<span class="ink-2"
                              >${say`Levels at node ${view.node}`}</span
                            >`
                          : meter(which)
                      }${
                        noSound(view.alert, which) && !otherline.isWithoutSound(party)
                          ? word('hush', say`No sound`, 'ink-wait')
                          : nothing
                      }${
                        toneText(view.alert, which)
                          ? word('phone', toneText(view.alert, which), 'ink-wait')
                          : nothing
                      }`
                    : nothing
                }${otherline.lineKey(ui, view, which, party, allowed)}${headset.returnKey(ui, view, which)}${
                  which === 'user' ? callAloud(ui, view, allowed) : nothing
                }${tiles[i].foot}
              </p>
              ${why(party) ? html`<p class="party__why" id="why-${which}">${why(party)}</p>` : nothing}
            </article>`,
      )}
    </section>
    <p class="sr" role="status">${rows.map(([, , role], i) => `${role}: ${tiles[i].label}. `)}</p>`;
}

/** Return the keys recently pressed on a phone. @param {PartyView} party @param {number} nowUs */
function pressedKeys(party, nowUs) {
  const late = party.pressed_us === null || nowUs - party.pressed_us > PRESSED_US;
  return late || !s.isUnderWay(party) ? '' : [...party.pressed.slice(-PRESSED_MAX)].join(' ');
}

/**
 * Render, on the tile of a silent alert's user, the key to call the phone nevertheless (O, then Enter).
 * @param {Ui} ui @param {CaseView} view @param {Allowed} allowed
 */
function callAloud(ui, view, allowed) {
  if (
    !s.isOwnCase(view, ui.feed.me) ||
    !s.keptSilent(view) ||
    allowed.call_aloud !== null ||
    s.isUnderWay(view.user)
  )
    return nothing;
  const key = KEY.call_aloud;
  return html`<button class="btn" data-key=${key} aria-keyshortcuts=${key} @click=${() => ui.press(key)}>
    <kbd>${key}</kbd><span>${ui.commands.armed === key ? say`then Enter` : label('call_aloud')}</span>
  </button>`;
}
