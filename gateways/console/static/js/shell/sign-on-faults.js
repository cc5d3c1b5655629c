// The words for faults of the sign-on, and for further requirements of the center.

import { noneHere, tooOld } from '../access/factors.js';
import { phrase, say } from '../words/words.js';

/** The advice if the operator has lost the only key. @type {Phrase} */
const LOST_KEY = phrase`Lost it? Ask the centre’s administrator for a link (Admin, Operators, P).`;

/** @type {Record<string, (byToken: boolean) => string>} */
const FAULTS = {
  sessionEnded: () => say`Your session has ended. Sign on again: the calls go on.`,
  tokenWrong: () => say`No operator has this token.`,
  passwordWrong: () => say`The name or the password is wrong.`,
  passkey_needed: () => say`The password is right. Now your passkey is needed. ${LOST_KEY()}`,
  code_needed: () => say`The password is right. Now the code of your app is needed.`,
  name_shared: () => say`Several operators have this name: type your telephone number in place of it.`,
  code_wrong: () => say`The code is wrong, or was used: wait for the next one.`,
  token_ended: () => say`This token is for programs by now: use your password or passkey.`,
  passkey_unknown: () => say`The centre does not know this passkey.`,
  passkey_none: () => say`No passkey: called off, or there is none here. ${LOST_KEY()}`,
  no_passkeys_here: noneHere,
  no_passkeys_known: tooOld,
  noCentre: () => say`The centre does not answer.`,
  many_at_once: () => say`Many are signing on at once. Wait.`,
  tooOften: (byToken) =>
    byToken ? say`Too many wrong tries.` : say`Too many wrong tries. Wait, or use your token.`,
};

/** Return the words for a fault of the sign-on. @param {string} fault @param {boolean} byToken */
export const inWords = (fault, byToken) => (FAULTS[fault] ?? FAULTS.passwordWrong)(byToken);
