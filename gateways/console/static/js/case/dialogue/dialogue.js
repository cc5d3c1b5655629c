// The written dialogue: the messages between user and operator, and their delivery.

import { html, nothing } from '../../../vendor/lit.js';
import { icon } from '../../shell/parts.js';
import { label } from '../../steps/labels.js';
import { KEY } from '../../words/center.js';
import { phrase, reason, say } from '../../words/words.js';
import * as f from '../../words/format.js';
import * as s from '../situation.js';
import { progressText } from './question-channel.js';
import { fillKeys } from './fill-keys.js';
import { isAnswer } from './missing-in-text.js';
import * as readState from './read-state.js';
import { Writing } from './text-field.js';

const writing = new Writing({
  key: KEY.write,
  most: 1000,
  sends: (e) => e.key === 'Enter' && !e.shiftKey,
  // The app shows two keys for the answer to a question.
  send: (ui, alert, text, id) => ui.feed.command(alert, 'write', { text, id, asks: text.endsWith('?') }),
});
/** The last message that the operator had seen when the dialogue was closed, by alert. */
const closedAt = new Map();
/** The last message that was on this screen, by alert. */
const seen = new Map();

/** Forget all drafts and states. */
export function clear() {
  writing.clear();
  closedAt.clear();
  seen.clear();
  readState.clear();
}

/**
 * Return true if the dialogue has the panel: it is open, or a new message has arrived.
 * @param {CaseView} view
 */
export const isOpen = (view) => {
  const put = closedAt.get(view.alert);
  return put === undefined ? view.dialogue.length > 0 : readState.lastUserNumber(view) > put;
};

/** Open the dialogue. @param {Ui} ui @param {CaseView} view */
export function open(ui, view) {
  closedAt.set(view.alert, -1);
  ui.draw();
}

/** Focus the field. */
export const focus = () => writing.focus();

/**
 * Close the dialogue up to the messages seen. Return true if it was open.
 * @param {Ui} ui @param {CaseView} view
 */
export function close(ui, view) {
  if (!isOpen(view)) return false;
  closedAt.set(view.alert, seen.get(view.alert) ?? 0);
  ui.draw();
  return true;
}

/**
 * Note that the messages on this screen are seen, and report them as read.
 * @param {Ui} ui @param {CaseView} view
 */
function markShown(ui, view) {
  if (document.hidden || ui.screen.help) return;
  const upto = readState.lastUserNumber(view);
  seen.set(view.alert, upto);
  if (upto) readState.reportRead(ui, view, upto);
}

/** The reasons why the center did not send an SMS, or may not have. @type {Record<string, Phrase>} */
const FAILURES = {
  refused: phrase`SMS not sent: the network refuses it`,
  unknown: phrase`SMS perhaps not sent`,
  too_late: phrase`SMS not sent: no line was free`,
  unfit: phrase`SMS not sent: no number to write to`,
  withheld: phrase`SMS held back: others would notice`,
};

/**
 * Return the delivery of a message by SMS: [icon, tone, words].
 * @param {TextedView} texted @returns {string[]}
 */
function bySms(texted) {
  if (texted.delivered_us !== null)
    return ['check', 'ok', say`SMS delivered ${f.clock(texted.delivered_us)}`];
  if (texted.failed_us !== null)
    return ['warn', 'bad', FAILURES[texted.failure]?.() ?? say`SMS not delivered`];
  if (texted.waits_us !== null) return ['clock', 'wait', say`SMS: phone out of reach`];
  if (texted.sent_us === null) return ['clock', 'wait', say`SMS on its way out`];
  const sent = say`SMS sent ${f.clock(texted.sent_us)}`;
  return ['check', '', texted.awaits ? sent : `${sent}, ${say`no report to come`}`];
}

/**
 * Return the delivery of a message in the app: [icon, tone, words]; null if the app is no channel.
 * @param {CaseView} view @param {SaidView} one @returns {string[]}
 */
function byApp(view, one) {
  if (one.channel === 'voice') return null;
  if (one.read_us !== null) return ['check', 'ok', say`read`];
  if (one.arrived_us !== null) return ['check', '', say`arrived`];
  if (one.texted !== null) return null;
  return view.app_reads ? ['clock', 'wait', say`not arrived yet`] : ['warn', 'wait', say`not sent`];
}

/**
 * Return the progress of a question on the line: [icon, tone, words].
 * @param {SaidView} one @param {number} nowUs @returns {string[]}
 */
const onTheLine = (one, nowUs) => [
  'voice',
  one.spoken === 'heard' ? 'ok' : '',
  one.spoken ? progressText(one, nowUs) : say`asked aloud`,
];

/**
 * Render the channel of a received message, or the delivery of a sent one.
 * @param {CaseView} view @param {SaidView} one @param {number} nowUs
 */
function deliveryMarks(view, one, nowUs) {
  const received = one.claimed ? say`SMS, sender not proved` : 'SMS';
  const ways = one.by
    ? [byApp(view, one), one.texted && bySms(one.texted), one.channel === 'voice' && onTheLine(one, nowUs)]
    : [one.channel === 'sms' && ['note', one.claimed ? 'wait' : '', received]];
  return ways
    .filter(Boolean)
    .map(
      ([symbol, tone, word]) =>
        html`<span class="word said__state ${tone ? `ink-${tone}` : 'ink-3'}">${icon(symbol)}${word}</span>`,
    );
}

/**
 * Render one message.
 * @param {Ui} ui @param {CaseView} view @param {Allowed} allowed @param {SaidView} one
 */
function message(ui, view, allowed, one) {
  const author = one.by ? ui.feed.names(one.by) : s.firstName(view);
  return html`<li class="said" data-by=${one.by ? 'operator' : 'user'} data-number=${one.number}>
    <span class="said__by">${s.capital(author)} <time>${f.clock(one.at_us)}</time></span>
    <p class=${isAnswer(one) ? 'said__short' : ''}
      >${readState.answeredQuestion(view, one)}${readState.messageText(view, one)}</p
    >
    ${fillKeys(ui, view, allowed, one)} ${deliveryMarks(view, one, ui.feed.nowUs())}
  </li>`;
}

/** Return true if messages do not arrive in the app. @param {Ui} ui @param {CaseView} view */
const appIsLost = (ui, view) => view.lost_us !== null && ui.feed.nowUs() >= view.lost_us;

/**
 * Render that the app does not answer, with the key to send by SMS, unless messages are sent by SMS already.
 * @param {Ui} ui @param {CaseView} view @param {Allowed} allowed
 */
function lostHint(ui, view, allowed) {
  const key = KEY.write_by_sms;
  const goes = allowed.write_by_sms === 'texts_allowed';
  const none = appIsLost(ui, view) ? say`No answer from the app.` : '';
  if (view.closed_us !== null || goes || !(none || allowed.write === 'phone_would_sound')) return nothing;
  if (allowed.write_by_sms !== null) return html`<p class="ink-wait dialogue__lost">${none}</p>`;
  const sounds = say`An SMS makes the phone sound.`;
  const armed = say`Enter confirms, Esc disarms`;
  return html`<p class="ink-wait dialogue__lost">
    <button class="btn" @click=${() => ui.press(key)}>
      <kbd>${key}</kbd><span>${label('write_by_sms')}</span></button>
    ${ui.commands.armed === key ? armed : `${none} ${sounds}`}
  </p>`;
}

/**
 * Return the messages, the newest first. Beside the text for 112, the message that is missing there comes
 * first, so that its keys are visible.
 * @param {Ui} ui @param {CaseView} view @param {Allowed} allowed
 */
function orderedMessages(ui, view, allowed) {
  const first = s.showsBriefing(view, ui.feed.me, allowed) ? readState.offeredMessage(view, allowed) : null;
  const all = view.dialogue.toReversed();
  return first ? [first, ...all.filter((one) => one !== first)] : all;
}

/** Return the channel by which Enter sends. @param {Ui} ui @param {CaseView} view */
function sendHint(ui, view) {
  if (!view.app_reads) return say`Enter sends by SMS`;
  return appIsLost(ui, view) && ui.feed.allowedIn(view).write_by_sms === 'texts_allowed'
    ? say`Enter sends, by SMS as well`
    : say`Enter sends`;
}

/** Render the dialogue. @param {Ui} ui @param {CaseView} view @param {Allowed} allowed */
export function panel(ui, view, allowed) {
  markShown(ui, view);
  const why = allowed.write ?? null;
  return html`<div class="panel__head">
      <h2>${say`Messages with ${s.asObject(view)}`}</h2>
      <button class="btn" @click=${() => close(ui, view)}><kbd>Esc</kbd><span>${say`Back`}</span></button>
    </div>
    <div class="panel__body dialogue" role="log" tabindex="0" aria-label=${say`Messages`}>
      <ol>
        ${orderedMessages(ui, view, allowed).map((one) => message(ui, view, allowed, one))}
      </ol>
      ${
        view.dialogue.length
          ? nothing
          : html`<p class="ink-3">
              ${say`No message yet. With ? at its end: a question for yes or no.`}
            </p>`
      }
    </div>
    ${lostHint(ui, view, allowed)}
    ${
      why === null
        ? writing.field(ui, view.alert, say`Write ${s.toUser(view)}`, sendHint(ui, view))
        : html`<p class="ink-wait dialogue__why">${reason(why)}</p>`
    }`;
}
