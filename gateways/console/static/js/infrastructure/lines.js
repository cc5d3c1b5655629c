// The lines of the infrastructure's place: purpose, state, and the reason why a line carries no calls. The
// lines of a node are shown together.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../shell/parts.js';
import { phrase, say } from '../words/words.js';
import { mayOrder, rows } from '../admin/lines/rows.js';
import { allAlarms, carriesNoCalls } from '../alarms/alarms.js';
import { attemptOnLine } from '../alarms/callouts.js';
import * as f from '../words/format.js';
import * as s from '../case/situation.js';

/**
 * Return the purpose of the line's trunk. A trunk named in the settings keeps its name.
 * @param {LineView | LineRow} one
 */
export function trunkName(one) {
  const name = { public: say`public`, emergency: '' }[one.trunk] ?? one.trunk;
  return [name, one.emergency ? say`kept for 112` : ''].filter(Boolean).join(', ');
}

/** The icon and name of each party. @type {Record<Party, [string, Phrase]>} */
const PARTIES = {
  user: ['voice', phrase`User`],
  operator: ['headset', phrase`Operator`],
  psap: ['112', phrase`112`],
  listener: ['headset', phrase`Listening in`],
};

/**
 * Render the signal of the line's modem: the one number that shows a bad place or aerial before calls fail. A
 * modem that cannot be polled has no signal: its last value is out of date.
 * @param {LineView} one
 */
export const signalText = (one) =>
  one.state === 'ready' && typeof one.signal_dbm === 'number'
    ? html` <small class=${one.signal_dbm < -107 ? 'ink-wait' : 'ink-2'}
        >${String(one.signal_dbm).replace('-', '−')} dBm</small
      >`
    : nothing;

/** Return a level in words, whole decibels. @param {number} db */
const dB = (db) => String(Math.round(db)).replace('-', '−');

/**
 * Return the loudness of the line's last call in both directions; if it is wrong, with the setting to try.
 * @param {LineView} one
 */
function loudness({ loudness: found }) {
  if (!found) return '';
  const gain = found.better_gain_in_db;
  const more = gain === null ? '' : say`, try gain_in_db = ${gain}`;
  const [into, out] = [dB(found.into.dbfs), dB(found.out.dbfs)];
  switch (found.says) {
    case 'quiet':
      return say`Quiet: ${into} dBFS` + more;
    case 'loud':
      return say`Too loud, distorted` + more;
    case 'no_sound':
      return say`Last call without sound`;
    default:
      return say`In ${into}, out ${out} dBFS`;
  }
}

/**
 * Return the cause of a line's alarm in a few words; the alarms show the whole sentence.
 * @param {Ui} ui @param {AlarmView} out
 */
function alarmCause(ui, out) {
  const known =
    out && allAlarms(ui).find((alarm) => alarm.kind === out.alarm && alarm.subject === out.subject);
  return known ? (known.means.split(': ')[1] ?? known.short) : '';
}

/** The networks that carry a line's calls; an unknown network has no words. @type {Record<string, string>} */
const SERVICES = { ims: ', VoLTE', csfb: ', LTE → 2G/3G', circuit: ', 2G/3G' };

/** Return the alarm that this line carries no calls. @param {Ui} ui @param {LineView} one */
const alarmOf = (ui, one) =>
  ui.feed.alarms.find((alarm) => carriesNoCalls(alarm) && alarm.subject === one.line);

/**
 * Render the state of a line in a few words: an operator's action before the modem's report.
 * @param {Ui} ui @param {LineView} one
 */
export function stateWord(ui, one) {
  const [ic, party] = PARTIES[one.party] ?? PARTIES.user;
  if (one.alert) return word(ic, party(), 'ink-action');
  if (one.tester) return word('voice', say`On test`, 'ink-action');
  if (attemptOnLine(ui, one.line)) return word('ring', say`Calling##line`, 'ink-action');
  if (one.out) return word('pause', say`Out of service`, 'ink-wait');
  if (one.quarantine || alarmOf(ui, one) || ui.feed.node(one.node)?.alive === false)
    return word('warn', say`Out of use`, 'ink-bad');
  if (one.operator) return word('voice', say`Standing call`, 'ink-2');
  return word('check', say`Free`, 'ink-ok');
}

/**
 * Return the person for whom the line is used, or the reason why it carries no calls.
 * @param {Ui} ui @param {LineView} one
 */
export function usage(ui, one) {
  const view = one.alert ? ui.feed.cases.get(one.alert) : null;
  if (view) return s.shortName(view);
  if (one.tester) return ui.feed.names(one.tester);
  const attempt = attemptOnLine(ui, one.line);
  if (attempt) return attempt.name;
  if (one.out) return `${one.out.reason} (${ui.feed.names(one.out.by)})`;
  if (one.operator) return ui.feed.names(one.operator);
  return one.quarantine || alarmCause(ui, alarmOf(ui, one)) || loudness(one);
}

/** Render one line. @param {Ui} ui @param {LineView} one */
export function lineRow(ui, one) {
  const since = one.out?.since_us ?? alarmOf(ui, one)?.since_us ?? one.since_us;
  const mayCommand = mayOrder(ui);
  return html`<tr
    data-key=${mayCommand ? one.line : nothing}
    tabindex=${mayCommand ? '0' : nothing}
    aria-current=${mayCommand && rows.cursor === one.line ? 'true' : nothing}
    @focus=${() => {
      if (!mayCommand) return;
      rows.cursor = one.line;
      ui.draw();
    }}>
    <th scope="row">${one.line}</th>
    <td class="ink-2">
      ${trunkName(one)}${SERVICES[one.service] ?? nothing}${
        one.joins === 'host' ? nothing : html`, ${say`no voice here`}`
      }
    </td>
    <td>${stateWord(ui, one)}${signalText(one)}</td>
    <td class="ink-2 cut" title=${usage(ui, one)}>${usage(ui, one)}</td>
    <td class="num ink-2">${since ? f.clock(since) : ''}</td>
  </tr>`;
}

/** Render the state of a node in a few words. @param {NodeView} one */
function nodeState(one) {
  if (!one.alive) return one.left ? word('todo', say`Stopped`, 'ink-2') : word('warn', say`Lost`, 'ink-bad');
  if (one.draining) return word('clock', say`Draining`, 'ink-wait');
  return word('check', say`Up`, 'ink-ok');
}

/** Render a node and its lines. @param {Ui} ui @param {NodeView} one */
export function nodeLines(ui, one) {
  const here = one === ui.feed.nodes[0];
  const more = here ? say`this console` : one.alive ? say`signals are told at its own console` : '';
  const lines = ui.feed.lines.filter((each) => each.node === one.node);
  return html`<tbody data-node=${one.node}>
    <tr class="plant__node">
      <th scope="rowgroup" colspan="2">${say`Node ${one.node}`}</th>
      <td>${nodeState(one)}</td>
      <td class="ink-2 cut">${more}</td>
      <td class="num ink-2">${lines.length ? '' : say`no lines`}</td>
    </tr>
    ${lines.map((each) => lineRow(ui, each))}
  </tbody>`;
}
