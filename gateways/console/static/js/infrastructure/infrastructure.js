// The infrastructure's place: lines, operators, and all alarms in words. Supervisors and admins have the
// administration's commands for lines here.

import { html, nothing } from '../../vendor/lit.js';
import { placesBelow, openBelow } from '../shell/subplaces.js';
import { word } from '../shell/parts.js';
import { say } from '../words/words.js';
import { allAlarms, unusableLines } from '../alarms/alarms.js';
import * as history from '../alarms/history.js';
import * as panel from '../alarms/panel.js';
import * as shelving from '../alarms/shelving.js';
import { lineWord, shiftWord } from '../shift/shift.js';
import { leftUs } from '../shift/wrap-up.js';
import { lineRow, nodeLines } from './lines.js';
import { unusedModems } from './modems.js';
import { button, status } from '../admin/frame/page.js';
import {
  acts,
  beside,
  enter as enterLines,
  mayOrder,
  pressed as linesPressed,
  rows,
} from '../admin/lines/rows.js';
import * as f from '../words/format.js';
import * as s from '../case/situation.js';

/** Open the place. @param {Ui} ui */
export function enter(ui) {
  panel.clear();
  enterLines(ui);
}

/**
 * Handle a key of the place. The arrows lead through the alarms, then through the lines.
 * @param {Ui} ui @param {string} key
 */
export function pressed(ui, key) {
  const mayCommand = mayOrder(ui);
  const inLines = mayCommand && Boolean(document.activeElement?.closest('.lines, .form'));
  if (!inLines && !history.shown() && openBelow(ui, 'plant', key)) return true;
  return (!inLines && panel.pressed(ui, key)) || (mayCommand && linesPressed(ui, key));
}

/** Render one operator. @param {Ui} ui @param {OperatorView} one */
function operatorRow(ui, one) {
  const view = one.alert ? ui.feed.cases.get(one.alert) : null;
  const onCase = one.alert ? word('headset', say`On a case`, 'ink-action') : shiftWord(one, ui.feed.nowUs());
  const more = view ? s.shortName(view) : '';
  return html`<tr>
    <th scope="row">
      ${one.name}${
        one.operator === ui.feed.me.operator
          ? html` <span class="ink-2">${say`You`.toLowerCase()}</span>`
          : nothing
      }
    </th>
    <td>${onCase}</td>
    ${one.line === 'on_demand' ? nothing : html`<td>${lineWord(one)}</td>`}
    <td class="ink-2 cut">${more}</td>
    <td class="num ink-2">${one.since_us ? f.clock(one.since_us) : ''}</td>
  </tr>`;
}

/** Render the operators. @param {Ui} ui */
function operatorsPanel(ui) {
  const { feed } = ui;
  const ready = feed.operators.filter(
    (one) => one.state === 'ready' && !one.alert && !leftUs(one, feed.nowUs()),
  ).length;
  return html`<section class="panel">
      <div class="panel__head">
        <h2>${say`Operators`}</h2>
        <span class="ink-2">${say`Ready and free: ${ready}`}</span>
      </div>
      <div class="panel__body plant__body" tabindex="0" role="group" aria-label=${say`Operators`}>
        <table class="table">
          <thead>
            <tr>
              <th>${say`Who`}</th>
              <th>${say`State`}</th>
              ${
                feed.operators.some((one) => one.line !== 'on_demand')
                  ? html`<th>${say`Voice`}</th>`
                  : nothing
              }
              <th>${say`Case`}</th>
              <th class="num">${say`Since##hour`}</th>
            </tr>
          </thead>
          <tbody>
            ${feed.operators.map((one) => operatorRow(ui, one))}
          </tbody>
        </table>
      </div>
    </section>`;
}

/** Render the place. @param {Ui} ui */
export function pane(ui) {
  const { feed } = ui;
  if (history.shown()) return history.pane(ui);
  const places = placesBelow(ui, 'plant');
  const all = allAlarms(ui).filter((one) => !one.quiet_us && !one.over_us);
  const mayCommand = mayOrder(ui);
  const usable = feed.lines.length - unusableLines(feed).size;
  return html`<section class="view plant" aria-labelledby="plant-h">
    <header class="page-head">
      <h1 id="plant-h" tabindex="-1">${say`Equipment`}</h1>
      <p>
        ${
          all.length
            ? word('warn', all.length === 1 ? say`1 alarm` : say`${all.length} alarms`, 'ink-bad')
            : word('check', say`No alarms`, 'ink-ok')
        }
      </p>
      ${
        places.length
          ? html`<div class="page-head__end">
              ${places.map(({ keys, title }) => button(ui, [keys[0], title(ui)]))}
            </div>`
          : nothing
      }
    </header>
    ${panel.panel(ui)}
    ${shelving.sideForm(ui) || (mayCommand && beside(ui)) || operatorsPanel(ui)}
    <section class="panel lines">
      <div class="panel__head">
        <h2>${say`Lines`}</h2>
        <span class="ink-2"
          >${say`${usable} of ${feed.lines.length} usable`}</span
        >
      </div>
      <div class="panel__body plant__body" tabindex="0" role="group" aria-label=${say`Lines`}>
        <table class="table">
          <thead>
            <tr>
              <th>${say`Line`}</th>
              <th>${say`Trunk`}</th>
              <th>${say`State`}</th>
              <th>${say`For whom, why`}</th>
              <th class="num">${say`Since##hour`}</th>
            </tr>
          </thead>
          ${
            feed.nodes.length > 1
              ? feed.nodes.map((one) => nodeLines(ui, one))
              : html`<tbody>
                  ${feed.lines.map((one) => lineRow(ui, one))}
                </tbody>`
          }
        </table>
        ${unusedModems(feed.modems)}
      </div>
      ${
        mayCommand
          ? html`<div class="chapter__keys">
              ${rows.row() ? acts(ui).map((one) => button(ui, one)) : nothing}${status(ui, rows)}
            </div>`
          : nothing
      }
    </section>
  </section>`;
}
