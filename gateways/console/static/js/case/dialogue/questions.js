// The questions for a user who cannot talk, by protocol: one key for each question, answered by yes or no, in
// the user's language with the operator's beside it.

import { html, nothing } from '../../../vendor/lit.js';
import { KEY } from '../../words/center.js';
import { localText, reason, say } from '../../words/words.js';
import { inSight } from '../../steps/visible-keys.js';
import { psapState } from '../situation.js';
import * as channels from './question-channel.js';

let opened = null; // the alert of the open panel
const chosen = new Map(); // the chosen protocol, by alert

/** Return true if the questions of this case are open. @param {CaseView} view */
export const isOpen = (view) => opened === view.alert;

/**
 * Open the questions (key J); if they are open, show the next protocol.
 * @param {Ui} ui @param {CaseView} view
 */
export function open(ui, view) {
  if (isOpen(view))
    chosen.set(view.alert, ((chosen.get(view.alert) ?? 0) + 1) % ui.feed.center.protocols.length);
  opened = view.alert;
  ui.draw();
}

/** Close the questions. Return true if they were open. @param {Ui} ui @param {CaseView} view */
export function close(ui, view) {
  if (!isOpen(view)) return false;
  opened = null;
  ui.draw();
  return true;
}

/** Return the chosen protocol. @param {Ui} ui @param {CaseView} view */
const protocol = (ui, view) => ui.feed.center.protocols[chosen.get(view.alert) ?? 0];

/**
 * Return the questions on the screen.
 * @param {Ui} ui @param {CaseView} view @returns {channels.QuestionContext}
 */
const contextOf = (ui, view) => ({ ui, view, protocol: protocol(ui, view) });

/**
 * Return the last message that asked this question, in any language.
 * @param {CaseView} view @param {Question} question
 */
const lastAsked = (view, question) =>
  view.dialogue.findLast((one) => one.by && Object.values(question.ask).includes(one.text));

/**
 * Return why this question is not asked any longer, else ''.
 * @param {CaseView} view @param {Question} question
 */
const closedReason = (view, question) =>
  question.before_112 && psapState(view) !== '' ? say`called already` : '';

/**
 * Handle a key while the questions are open: 1 to 9, and I. Return true if the key was used.
 * @param {Ui} ui @param {string} key
 */
export function pressed(ui, key) {
  const view = ui.screen.section === 'case' ? ui.screen.selected() : null;
  if (view === null || !isOpen(view) || !/^[1-9I]$/.test(key)) return false;
  if (key === 'I') channels.chooseNextChannel(contextOf(ui, view));
  else if (protocol(ui, view).question[Number(key) - 1] && inSight([questionElement(Number(key))]))
    sendQuestion(ui, view, Number(key) - 1);
  return true;
}

/** Return the element of a question. @param {number} number */
const questionElement = (number) => document.querySelector(`.questions li:nth-child(${number})`);

/** Send a question. @param {Ui} ui @param {CaseView} view @param {number} at */
async function sendQuestion(ui, view, at) {
  const context = contextOf(ui, view);
  const command = channels.currentChannel(context);
  const key = String(at + 1);
  if (command === null) return ui.commands.refuse(key, view.alert, ui.feed.allowedIn(view).write);
  const question = context.protocol.question[at];
  const closed = closedReason(view, question);
  if (closed) return ui.commands.refuse(key, view.alert, closed);
  const language = channels.language(context, at, command);
  if (!language) return ui.commands.refuse(key, view.alert, 'no_voice');
  const text = question.ask[language] ?? localText(question.ask);
  const fills = question.fills
    ? { field: question.fills, yes: localText(question.yes), no: localText(question.no) }
    : {};
  const answer = await ui.feed.command(view.alert, command, {
    text,
    asks: true,
    ...fills,
    ...channels.spokenFields(context, at, command),
  });
  if (!answer.ok) ui.commands.refuse(key, view.alert, answer.reason);
}

/** Render the questions. @param {Ui} ui @param {CaseView} view */
export function panel(ui, view) {
  const context = contextOf(ui, view);
  const { protocol: now } = context;
  const channel = channels.currentChannel(context);
  return html`<div class="panel__head">
      <h2>${localText(now.name)}</h2>
      <button class="btn" @click=${() => open(ui, view)}>
        <kbd>${KEY.ask_spoken}</kbd><span>${say`Other questions`}</span>
      </button>
      <button class="btn" @click=${() => close(ui, view)}><kbd>Esc</kbd><span>${say`Back`}</span></button>
    </div>
    <div class="panel__body questions">
      <p class="ink-2">
        ${now.advise ? html`<b class="questions__advise">${localText(now.advise)}</b>` : nothing}
        <button
          class="questions__way"
          data-way=${channel ?? 'none'}
          ?disabled=${!channels.hasOtherChannel(context)}
          @click=${() => channels.chooseNextChannel(context)}>
          <kbd>I</kbd><span role="status">${channels.channelText(context, channel)}</span>
        </button>
      </p>
      <ol>
        ${now.question.map((question, at) => row(context, question, at, channel))}
      </ol>
    </div>`;
}

/**
 * Render one question.
 * @param {channels.QuestionContext} context @param {Question} question @param {number} at
 * @param {channels.Channel | null} channel
 */
function row(context, question, at, channel) {
  const { ui, view } = context;
  const language = channels.language(context, at, channel ?? 'write');
  const text = question.ask[language] ?? localText(question.ask);
  const operatorsText = localText(question.ask);
  const lastMessage = lastAsked(view, question);
  const closed = closedReason(view, question);
  const aside = [
    operatorsText === text ? '' : operatorsText,
    language ? channels.otherLanguage(view, language) : reason('no_voice'),
  ].filter(Boolean);
  return html`<li data-asked=${lastMessage ? 'yes' : nothing}>
    <button
      class="questions__ask"
      ?disabled=${!channel || !language || closed}
      @click=${() => sendQuestion(ui, view, at)}>
      <kbd>${at + 1}</kbd><span lang=${language || nothing}>${text}</span>
    </button>
    ${aside.length ? html`<small>${aside.join(' · ')}</small>` : nothing}
    <b class="questions__answer" role="status"
      >${lastMessage ? channels.answerText(lastMessage, ui.feed.nowUs()) : closed}</b
    >
  </li>`;
}
