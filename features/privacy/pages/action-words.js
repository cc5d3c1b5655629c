// The words for actions of the audit.

import { form, phrase, translateAnswer } from '../../js/words/words.js';

/** @type {Record<string, Phrase>} */
const ACTIONS = {
  'read.list': phrase`Read a list`,
  'read.alert': phrase`Opened an alert`,
  'read.person': phrase`Read a person`,
  'read.staff': phrase`Read operators’ data`,
  'read.figures': phrase`Read the figures`,
  'read.audit': phrase`Read this audit`,
  export: phrase`Exported`,
  import: phrase`Imported`,
  'recording.played': phrase`Played a recording`,
  'change.person': phrase`Changed a person`,
  'change.staff': phrase`Changed an operator`,
  'change.key': phrase`Changed an access`,
  'change.alert': phrase`Corrected or reviewed an alert`,
  'change.kept': phrase`Changed what is kept`,
  'change.line': phrase`Ordered something of a line`,
  'change.settings': phrase`Settings changed`,
  sign_on: phrase`Signed on`,
  sign_off: phrase`Signed off`,
  refused: phrase`Refused`,
  'audit.pruned': phrase`Old entries taken away`,
};

/**
 * The details that the center writes in an entry. The first matching form is used: longer forms come before
 * shorter ones.
 */
const DETAILS = [
  form`added`,
  form`all##audit`,
  form`112's page`,
  form`a code was asked for`,
  form`device revoked`,
  form`dossier`,
  form`earlier`,
  form`enrolled`,
  form`erased`,
  form`feed`,
  form`import looked at`,
  form`invitation revoked`,
  form`lines not taken`,
  form`nothing: it was so already`,
  form`opened`,
  form`operator`,
  form`own reviews`,
  form`person`,
  form`person's data`,
  form`picture`,
  form`PINs`,
  form`printed`,
  form`record`,
  form`recordings listed`,
  form`released`,
  form`removed`,
  form`review`,
  form`reviewed##audit`,
  form`revoked`,
  form`shown`,
  form`sign-on link`,
  form`snapshot`,
  form`story`,
  form`the first admin, by the printed link`,
  form`token, link and sessions ended`,
  form`figures of {0} days`,
  form`reviews of {0}`,
  form`outcome {0} corrected to {1}`,
  form`line {0} taken out of service`,
  form`line {0} put back into service`,
  form`line {0} was in service`,
  form`center.toml: line {0}, {1}`,
  form`center.toml: psap.live on`,
  form`center.toml: psap.live off`,
  form`PIN of line {0}`,
  form`modem added: {0}`,
  form`node {0}: it was so already`,
  form`node {0}: nothing any more`,
  form`node {0}: drain`,
  form`node {0}: restart`,
  form`test of ways: {0}`,
  form`app key issued: {0}`,
  form`app key revoked: {0}`,
  form`app keys revoked: {0}`,
  form`invitation for {0} days, by a short message`,
  form`invitation for {0} days, handed over`,
  form`import: {0} added, {1} changed`,
  form`added as operator, with a sign-on link`,
  form`added as supervisor, with a sign-on link`,
  form`added as admin, with a sign-on link`,
  form`alarms kept quiet for {0} min: {1}`,
  form`alarms heard again: {0}`,
  form`test call on line {0} ended`,
  form`roster {0}`,
  form`confirmed: {0}`,
  form`taken back: {0}`,
  form`{0} merged into {1}`,
  form`{0} days`,
  form`{0} ordered`,
];

/**
 * Return an entry's details in the page's language; unknown details are returned as they are.
 * @param {string} text
 */
export const detailText = (text) => translateAnswer(text, DETAILS);

/** Return an action in words. @param {string} action */
export const actionText = (action) => ACTIONS[action]?.() ?? action;
