// The channel and language of a question, and the progress of a question that the center speaks.

import { languageName, phrase, say } from '../../words/words.js';

/** After this time without a key the screen shows that no key was pressed. */
const ANSWERS_WITHIN_US = 12e6;
/** @typedef {'write' | 'ask_spoken' | 'ask_aloud' | 'ask_softly'} Way */
/** The channels in order: the first possible is the default, `ask_softly` only by a key. @type {Way[]} */
const WAYS = ['write', 'ask_spoken', 'ask_aloud', 'ask_softly'];
/** The channels in order if no app shows messages: a user on the line is asked there. @type {Way[]} */
const WITHOUT_APP = ['ask_spoken', 'ask_aloud', 'write', 'ask_softly'];
const SPOKEN = ['ask_spoken', 'ask_softly'];
const chosen = new Map(); // the channel chosen by an operator, by alert

/** Return true if the center speaks questions on this channel. @param {Way} by */
const isSpoken = (by) => SPOKEN.includes(by);

/** The questions on the screen. @typedef {{ ui: Ui, view: CaseView, protocol: CallProtocol }} Here */

/**
 * Return the channels by which a question of this protocol can be asked now.
 * @param {Here} here @returns {Way[]}
 */
function ways(here) {
  const allowed = here.ui.feed.allowedIn(here.view);
  const can = (/** @type {Way} */ by) => here.protocol.question.some((_, at) => language(here, at, by));
  return (reads(here) ? WAYS : WITHOUT_APP).filter((by) => allowed[by] === null && can(by));
}

/** Return true if the app shows messages, and has not fallen silent. @param {Here} here */
const reads = ({ ui, view }) => view.app_reads && (view.lost_us === null || ui.feed.nowUs() < view.lost_us);

/**
 * Return the channel of the next question; null if there is none.
 * @param {Here} here @returns {Way | null}
 */
export function way(here) {
  const all = ways(here);
  const wanted = chosen.get(here.view.alert);
  if (all.includes(wanted)) return wanted;
  chosen.delete(here.view.alert); // the chosen channel is not possible any longer
  return all.find((by) => by !== 'ask_softly') ?? null;
}

/**
 * Return true if another channel is possible; from `ask_softly` the key returns to the default.
 * @param {Here} here
 */
export const hasAnother = (here) => ways(here).some((by) => by !== way(here) || by === 'ask_softly');

/** Choose the next channel (key I). @param {Here} here */
export function another(here) {
  const all = ways(here);
  const now = way(here);
  if (now === 'ask_softly') chosen.delete(here.view.alert);
  else if (all.length) chosen.set(here.view.alert, all[(all.indexOf(now) + 1) % all.length]);
  here.ui.draw();
}

/**
 * Return the language of this question on this channel: the user's, the center's or English, the first
 * available; empty if none.
 * @param {Here} here @param {number} at @param {Way} by
 */
export function language({ ui, view, protocol }, at, by) {
  const { center } = ui.feed;
  const wanted = [view.person?.language, center.language, 'en'];
  const words = Object.keys(protocol.question[at].ask);
  const there = isSpoken(by) ? (center.speaks[nameOf(protocol, at)] ?? []) : words;
  return wanted.find((one) => one && there.includes(one)) ?? (isSpoken(by) ? '' : words[0]);
}

/** Return the name of a question's recordings. @param {CallProtocol} protocol @param {number} at */
const nameOf = (protocol, at) => `${protocol.file}-${at + 1}`;

/**
 * Return the further fields of the command, for a question that the center speaks.
 * @param {Here} here @param {number} at @param {Way} by
 */
export const voice = (here, at, by) =>
  isSpoken(by) ? { language: language(here, at, by), question: nameOf(here.protocol, at) } : {};

/** Return the name of the channel of the next question. @param {Here} here @param {Way | null} by */
export function wayName(here, by) {
  if (by === 'write' && !here.view.app_reads) return say`By SMS, which can be answered`;
  if (by === 'write' && !reads(here)) return say`In the app, which does not answer`;
  if (by === 'write') return say`In the app: yes or no`;
  if (by === 'ask_spoken') return say`The centre speaks it: key 1 yes, 2 no`;
  if (by === 'ask_softly') return say`Whispered in her ear: key 1 yes, 2 no`;
  if (by === 'ask_aloud') return say`Ask aloud yourself: key 1 yes, 2 no`;
  return hasAnother(here) ? say`No voice to her. I: whisper in her ear` : say`Nothing can be asked now.`;
}

/** Return the language's name if it is not the user's, else ''. @param {CaseView} view @param {string} by */
export const otherLanguage = (view, by) =>
  view.person?.language && by !== view.person.language ? languageName(by) : '';

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

/** Return the answer to a question, else its progress. @param {SaidView} said @param {number} nowUs */
export function outcome(said, nowUs) {
  if (said.answer) return said.answer === 'yes' ? say`Yes` : say`No`;
  return said.spoken ? progress(said, nowUs) : say`asked`;
}

/** Return the progress of a spoken question. @param {SaidView} said @param {number} nowUs */
export function progress({ spoken, heard_us: heardUs }, nowUs) {
  if (spoken !== 'heard') return PROGRESS[spoken]();
  return nowUs - heardUs < ANSWERS_WITHIN_US ? say`heard##question` : say`heard, no key`;
}
