// The channel and language of a question, and the progress of a question that the center speaks.

import { languageName, phrase, say } from '../../words/words.js';

/** After this time without a key the screen shows that no key was pressed. */
const ANSWERS_WITHIN_US = 12e6;
/** @typedef {'write' | 'ask_spoken' | 'ask_aloud' | 'ask_softly'} Channel */
/** The channels in order: the first possible is the default, `ask_softly` only by a key. @type {Channel[]} */
const CHANNELS = ['write', 'ask_spoken', 'ask_aloud', 'ask_softly'];
/** The channels in order if no app shows messages: a user on the line is asked there. @type {Channel[]} */
const WITHOUT_APP = ['ask_spoken', 'ask_aloud', 'write', 'ask_softly'];
const SPOKEN = ['ask_spoken', 'ask_softly'];
const chosen = new Map(); // the channel chosen by an operator, by alert

/** Return true if the center speaks questions on this channel. @param {Channel} channel */
const isSpoken = (channel) => SPOKEN.includes(channel);

/**
 * The questions on the screen.
 * @typedef {{ ui: Ui, view: CaseView, protocol: CallProtocol }} QuestionContext
 */

/**
 * Return the channels by which a question of this protocol can be asked now.
 * @param {QuestionContext} context @returns {Channel[]}
 */
function possibleChannels(context) {
  const allowed = context.ui.feed.allowedIn(context.view);
  const can = (/** @type {Channel} */ channel) =>
    context.protocol.question.some((_, at) => language(context, at, channel));
  return (appReads(context) ? CHANNELS : WITHOUT_APP).filter(
    (channel) => allowed[channel] === null && can(channel),
  );
}

/** Return true if the app shows messages, and has not fallen silent. @param {QuestionContext} context */
const appReads = ({ ui, view }) =>
  view.app_reads && (view.lost_us === null || ui.feed.nowUs() < view.lost_us);

/**
 * Return the channel of the next question; null if there is none.
 * @param {QuestionContext} context @returns {Channel | null}
 */
export function currentChannel(context) {
  const all = possibleChannels(context);
  const wanted = chosen.get(context.view.alert);
  if (all.includes(wanted)) return wanted;
  chosen.delete(context.view.alert); // the chosen channel is not possible any longer
  return all.find((channel) => channel !== 'ask_softly') ?? null;
}

/**
 * Return true if another channel is possible; from `ask_softly` the key returns to the default.
 * @param {QuestionContext} context
 */
export const hasOtherChannel = (context) =>
  possibleChannels(context).some(
    (channel) => channel !== currentChannel(context) || channel === 'ask_softly',
  );

/** Choose the next channel (key I). @param {QuestionContext} context */
export function chooseNextChannel(context) {
  const all = possibleChannels(context);
  const now = currentChannel(context);
  if (now === 'ask_softly') chosen.delete(context.view.alert);
  else if (all.length) chosen.set(context.view.alert, all[(all.indexOf(now) + 1) % all.length]);
  context.ui.draw();
}

/**
 * Return the language of this question on this channel: the user's, the center's or English, the first
 * available; empty if none.
 * @param {QuestionContext} context @param {number} at @param {Channel} channel
 */
export function language({ ui, view, protocol }, at, channel) {
  const { center } = ui.feed;
  const wanted = [view.person?.language, center.language, 'en'];
  const words = Object.keys(protocol.question[at].ask);
  const there = isSpoken(channel) ? (center.speaks[recordingName(protocol, at)] ?? []) : words;
  return wanted.find((one) => one && there.includes(one)) ?? (isSpoken(channel) ? '' : words[0]);
}

/** Return the name of a question's recordings. @param {CallProtocol} protocol @param {number} at */
const recordingName = (protocol, at) => `${protocol.file}-${at + 1}`;

/**
 * Return the further fields of the command, for a question that the center speaks.
 * @param {QuestionContext} context @param {number} at @param {Channel} channel
 */
export const spokenFields = (context, at, channel) =>
  isSpoken(channel)
    ? { language: language(context, at, channel), question: recordingName(context.protocol, at) }
    : {};

/**
 * Return the name of the channel of the next question.
 * @param {QuestionContext} context @param {Channel | null} channel
 */
export function channelText(context, channel) {
  if (channel === 'write' && !context.view.app_reads) return say`By SMS, which can be answered`;
  if (channel === 'write' && !appReads(context)) return say`In the app, which does not answer`;
  if (channel === 'write') return say`In the app: yes or no`;
  if (channel === 'ask_spoken') return say`The centre speaks it: key 1 yes, 2 no`;
  if (channel === 'ask_softly') return say`Whispered in her ear: key 1 yes, 2 no`;
  if (channel === 'ask_aloud') return say`Ask aloud yourself: key 1 yes, 2 no`;
  return hasOtherChannel(context)
    ? say`No voice to her. I: whisper in her ear`
    : say`Nothing can be asked now.`;
}

/**
 * Return the language's name if it is not the user's, else ''.
 * @param {CaseView} view @param {string} code
 */
export const otherLanguage = (view, code) =>
  view.person?.language && code !== view.person.language ? languageName(code) : '';

/** The progress of a spoken question. @type {Record<Exclude<QuestionProgress, 'heard'>, Phrase>} */
const PROGRESS = {
  waiting: phrase`about to hear it`,
  speaking: phrase`hears it now`,
  no_sound: phrase`not said: no voice`,
  cut_off: phrase`cut off`,
  hung_up: phrase`not heard: hung up`,
  replaced: phrase`not finished`,
  withheld: phrase`not said: she is to hear nobody`,
};

/** Return the answer to a question, else its progress. @param {SaidView} message @param {number} nowUs */
export function answerText(message, nowUs) {
  if (message.answer) return message.answer === 'yes' ? say`Yes` : say`No`;
  return message.spoken ? progressText(message, nowUs) : say`asked`;
}

/** Return the progress of a spoken question. @param {SaidView} said @param {number} nowUs */
export function progressText({ spoken, heard_us: heardUs }, nowUs) {
  if (spoken !== 'heard') return PROGRESS[spoken]?.() ?? spoken; // a newer node may send other states
  return nowUs - heardUs < ANSWERS_WITHIN_US ? say`heard##question` : say`heard, no key`;
}
