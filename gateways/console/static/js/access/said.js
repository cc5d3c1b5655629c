// What came of an order about one's access, in words.

import { say } from '../words/words.js';

/** What came of an order: whether it is good, and the words. */
/** @type {Record<string, () => [boolean, string]>} */
export const SAID = {
  passkeyAdded: () => [true, say`The passkey is added.`],
  appAdded: () => [true, say`The app is added: its code is asked for from now on.`],
  renamed: () => [true, say`Renamed.`],
  removed: () => [true, say`Removed.`],
  ended: () => [true, say`The session has ended.`],
  passwordSet: () => [true, say`Password changed; the other sessions have ended.`],
  noPasskey: () => [false, say`No passkey: called off, or there already on this device.`],
  codeWrong: () => [false, say`The code is wrong: type the one that the app shows now.`],
  tooLate: () => [false, say`That took too long: begin once more.`],
  passwordWrong: () => [false, say`The present password is wrong.`],
  passwordSimple: () => [
    false,
    say`Short, or guessed at once. Take four words that have nothing to do with each other, no names.`,
  ],
  many_at_once: () => [false, say`Many are asking at once: try again.`],
  tooOften: () => [false, say`Too many wrong tries: wait.`],
  notDone: () => [false, say`That was not done: try again.`],
};
