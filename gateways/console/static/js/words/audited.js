// What the audit calls an action, in words.

import { either } from './words.js';

/** @type {Record<string, Pair>} */
const ACTIONS = {
  'read.list': ['Ha letto un elenco', 'Read a list'],
  'read.alert': ['Ha aperto un allarme', 'Opened an alert'],
  'read.person': ['Ha letto una persona', 'Read a person'],
  'read.staff': ['Ha letto gli operatori', 'Read the operators'],
  'read.figures': ['Ha letto le statistiche', 'Read the figures'],
  'read.audit': ['Ha letto il registro accessi', 'Read this audit'],
  export: ['Ha esportato', 'Exported'],
  import: ['Ha importato', 'Imported'],
  'recording.played': ['Ha ascoltato una registrazione', 'Played a recording'],
  'change.person': ['Ha cambiato una persona', 'Changed a person'],
  'change.staff': ['Ha cambiato un operatore', 'Changed an operator'],
  'change.key': ['Ha cambiato un accesso', 'Changed an access'],
  'change.alert': ['Ha corretto o valutato un allarme', 'Corrected or reviewed an alert'],
  'change.kept': ['Ha cambiato che cosa si conserva', 'Changed what is kept'],
  'change.line': ['Ha agito su una linea', 'Ordered something of a line'],
  'change.settings': ['Impostazioni cambiate', 'Settings changed'],
  sign_on: ['Accesso', 'Signed on'],
  sign_off: ['Uscita', 'Signed off'],
  refused: ['Respinto', 'Refused'],
  'audit.pruned': ['Voci vecchie tolte', 'Old entries taken away'],
};

/** What was done. @param {string} action */
export const done = (action) => (ACTIONS[action] ? either(...ACTIONS[action]) : action);
