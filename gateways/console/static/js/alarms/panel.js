// The alarms of the infrastructure's place: a row for each kind with what to do; an opened row lists each
// alarm.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { button } from '../admin/frame/page.js';
import { icon, word } from '../shell/parts.js';
import { nextRow } from '../shell/next-row.js';
import { say } from '../words/words.js';
import * as f from '../words/format.js';
import { allAlarms } from './alarms.js';
import * as callouts from './callouts.js';
import { ROWS, groupAlarms } from './groups.js';
import * as history from './history.js';
import { SIGNS, priorityName, roleName } from './kinds.js';
import * as shelving from './shelving.js';

const EACH = 20;
const REST = 'rest'; // the key of the row that opens the remaining rows
const state = { cursor: '', opened: '', all: false };

/** Reset the panel and its parts. */
export function clear() {
  Object.assign(state, { cursor: '', opened: '', all: false });
  history.clear();
  shelving.clear();
  callouts.clear();
}

/** Return the groups that are shown, and the groups behind the last row. @param {Ui} ui */
function rows(ui) {
  const groups = groupAlarms(allAlarms(ui));
  if (state.all || groups.length <= ROWS + 1) return { groups, behind: [] };
  return { groups: groups.slice(0, ROWS), behind: groups.slice(ROWS) };
}

/** Handle a key of the alarms. Return true if the key was used. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  if (history.shown()) return history.pressed(ui, key);
  const mayShelve = shelving.mayShelve(ui);
  if (callouts.pressed(ui, key)) return true;
  if (key === 'H') history.open(ui);
  else if (key === 'Q' && mayShelve)
    shelving.open(
      ui,
      groupAlarms(allAlarms(ui)).find((one) => one.key === state.cursor),
    );
  else if (key === 'X' && mayShelve && state.cursor.startsWith('shelf/')) shelving.endShelf(ui, state.cursor);
  else if (key === 'ArrowDown' || key === 'ArrowUp') {
    const { groups, behind } = rows(ui);
    const keys = [
      ...groups.map((one) => one.key),
      ...(behind.length ? [REST] : []),
      ...shelving.activeShelves(ui).map(shelving.shelfKey),
    ];
    const next = nextRow(keys, state.cursor, key === 'ArrowDown' ? 1 : -1);
    if (next === state.cursor && key === 'ArrowDown') return false; // the arrow continues in the lines below
    point(ui, next);
  } else if (key === 'Enter' && state.cursor) open(ui, state.cursor);
  else if (key === 'Escape' && (state.opened || state.all)) {
    Object.assign(state, { opened: '', all: false });
    ui.draw();
  } else return false;
  return true;
}

/** Focus a row. @param {Ui} ui @param {string} key */
function point(ui, key) {
  state.cursor = key;
  ui.draw();
  document.querySelector(`[data-group="${CSS.escape(key)}"]`)?.focus();
}

/** Open or close a row. @param {Ui} ui @param {string} key */
function open(ui, key) {
  if (key === REST) state.all = true;
  else state.opened = state.opened === key ? '' : key;
  state.cursor = key;
  ui.draw();
}

/** Return the start of an alarm in words; an unknown start gives an empty text. @param {number} us */
function since(us) {
  if (!us || !Number.isFinite(us)) return '';
  const when = `${f.minute(us)} ${f.shortDay(us)}`;
  return say`since ${when}`;
}

/** Render the state of one alarm: shelved, ended, acknowledged or new. @param {Ui} ui @param {Alarm} one */
function stateOf(ui, one) {
  if (one.quiet_us) return word('hush', say`quiet until ${f.minute(one.quiet_us)}`);
  if (one.over_us) {
    const over = say`over at ${f.minute(one.over_us)}`;
    return html`${word('check', over)}<small>${say`not seen`}</small>`;
  }
  if (one.seen_us) {
    const when = say`seen at ${f.minute(one.seen_us)}`;
    return html`${word('done', when)}<small>${ui.feed.names(one.seen_by)}</small>`;
  }
  return word(one.seen ? 'done' : 'bell', one.seen ? say`Seen`.toLowerCase() : say`not seen`);
}

/** Render the single alarms of a group. @param {Ui} ui @param {AlarmGroup} one */
function each(ui, one) {
  const shown = one.members.slice(0, EACH);
  const more = one.members.length - shown.length;
  return html`<ul class="alarms__each">
    ${shown.map(
      (alarm) =>
        html`<li>
          <div>
            ${alarm.means}${
              alarm.text && alarm.text !== alarm.means
                ? html`<small lang="en">${alarm.text}</small>`
                : nothing
            }${alarm.woken && !alarm.seen ? html`<small>${alarm.woken}</small>` : nothing}
          </div>
          <span class="ink-2">${since(alarm.since_us)}</span>
          <span class="ink-2">${stateOf(ui, alarm)}</span>
        </li>`,
    )}
    ${more > 0 ? html`<li class="ink-2">${say`and ${more} more`}</li>` : nothing}
  </ul>`;
}

/** Render one group. @param {Ui} ui @param {AlarmGroup} one */
function row(ui, one) {
  const { members } = one;
  const opened = state.opened === one.key;
  const first = Math.min(...members.map((alarm) => alarm.since_us ?? Infinity));
  const last = members.at(-1);
  return html`<li data-fresh=${one.fresh ? '' : nothing} data-state=${one.state}>
    <button
      class="alarms__row"
      data-group=${one.key}
      data-kind=${one.kind}
      aria-expanded=${opened ? 'true' : 'false'}
      @click=${() => open(ui, one.key)}
      @focus=${() => {
        state.cursor = one.key;
      }}>
      <span class="alarms__soon" data-priority=${one.priority}
        ><i aria-hidden="true">${SIGNS[one.priority]}</i>${priorityName(one.priority)}</span
      ><span class="alarms__what"
        ><b>${one.means}</b>${members.length > 1 ? html` <em>× ${members.length}</em>` : nothing}${
          one.todo ? html`<small>${one.todo}</small>` : nothing
        }</span
      ><span class="ink-2">${roleName(one.acts)}<small>${since(first)}</small></span
      ><span class="alarms__state ink-2"
        >${
          members.length > 1 && one.state === 'stands'
            ? one.fresh
              ? word('bell', say`${one.fresh} not seen`)
              : word('done', say`Seen`.toLowerCase())
            : stateOf(ui, last)
        }</span
      >
    </button>
    ${opened ? each(ui, one) : nothing}
  </li>`;
}

/** Render the alarms. @param {Ui} ui */
export function panel(ui) {
  const { groups, behind } = rows(ui);
  const unseen = groups.some((one) => one.fresh) || behind.some((one) => one.fresh);
  return html`<section class="panel plant__alarms" aria-labelledby="alarms-h">
    <div class="panel__head">
      <h2 id="alarms-h">${say`Alarms`}</h2>
      <div class="alarms__keys">
        ${button(ui, ['H', say`Past`])}${
          shelving.mayShelve(ui) ? button(ui, ['Q', say`Planned work`]) : nothing
        }${state.cursor.startsWith('shelf/') ? button(ui, ['X', say`Unmute##alarms`]) : nothing}
      ${
        unseen
          ? html`<button class="btn" aria-keyshortcuts="K" @click=${() => ui.press('K')}>
              <kbd>K</kbd><span>${say`Seen`}</span>
            </button>`
          : nothing
      }
      </div>
    </div>
    ${shelving.fault()}
    <ul class="panel__body">
      ${callouts.rows(ui)}
      ${repeat(
        groups,
        (one) => one.key,
        (one) => row(ui, one),
      )}
      ${
        behind.length
          ? html`<li>
              <button class="alarms__row" data-group=${REST} @click=${() => open(ui, REST)}>
                <span></span
                ><span>${say`${behind.length} more alarms`}</span>
              </button>
            </li>`
          : nothing
      }
      ${shelving.rows(ui, (key) => {
        state.cursor = key;
        ui.draw();
      })}
      ${
        groups.length
          ? nothing
          : html`<li class="alarms__none ink-2">
              ${icon('check', 'ink-ok')}
              <div>${say`Everything works`}</div>
            </li>`
      }
    </ul>
  </section>`;
}
