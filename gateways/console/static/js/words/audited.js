// What the audit calls an action, in words.

import { either } from './words.js';

/** @type {Record<string, Pair>} */
const ACTIONS = {
  'read.list': ['Ha letto un elenco', 'Read a list'],
  'read.alert': ['Ha aperto un allarme', 'Opened an alert'],
  'read.person': ['Ha letto una persona', 'Read a person'],
  'read.staff': ['Ha letto dati degli operatori', 'Read operators’ data'],
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

/** What the center writes beside it, where it is always the same. @type {Record<string, string>} */
const DETAILS = {
  added: 'aggiunto',
  all: 'tutto',
  "112's page": 'pagina per il 112',
  'a code was asked for': 'chiesto un codice',
  'device revoked': 'telefono revocato',
  dossier: 'fascicolo',
  earlier: 'allarmi precedenti',
  enrolled: 'telefono abilitato',
  erased: 'cancellato',
  feed: 'sullo schermo',
  'import looked at': 'elenco letto, non ancora preso',
  'invitation revoked': 'invito revocato',
  'lines not taken': 'righe non prese',
  'nothing: it was so already': 'nulla: era già così',
  opened: 'aperto',
  operator: 'operatore',
  'own reviews': 'valutazioni ricevute',
  person: 'persona',
  "person's data": 'dati della persona',
  picture: 'foto',
  PINs: 'PIN',
  printed: 'stampato',
  record: 'scheda',
  'recordings listed': 'elenco delle registrazioni',
  released: 'non più trattenuto',
  removed: 'tolto',
  review: 'valutazione',
  reviewed: 'valutato',
  revoked: 'revocato',
  shown: 'mostrato',
  'sign-on link': 'link per entrare',
  snapshot: 'all’apertura della pagina',
  story: 'storia',
  'the first admin, by the printed link': 'primo amministratore, con il link stampato',
  'token, link and sessions ended': 'codice, link e sessioni finiti',
};

/** And where something of the moment is in it. @type {[RegExp, string][]} */
const FORMS = [
  [/^(\d+) days$/, '$1 giorni'],
  [/^figures of (\d+) days$/, 'statistiche di $1 giorni'],
  [/^reviews of (.+)$/, 'valutazioni di $1'],
  [/^outcome (.+) corrected to (.+)$/, 'esito $1 corretto in $2'],
  [/^line (\S+) taken out of service$/, 'linea $1 messa fuori servizio'],
  [/^line (\S+) put back into service$/, 'linea $1 rimessa in servizio'],
  [/^line (\S+) was in service$/, 'linea $1: era in servizio'],
  [/^center\.toml: line ([^,]+), (.+)$/, 'center.toml: linea $1, $2'],
  [/^center\.toml: psap\.live on$/, 'center.toml: 112 vero acceso (psap.live)'],
  [/^center\.toml: psap\.live off$/, 'center.toml: 112 vero spento (psap.live)'],
  [/^PIN of line (\S+)$/, 'PIN della linea $1'],
  [/^modem added: (.+)$/, 'modem aggiunto: $1'],
  [/^node (\S+): it was so already$/, 'nodo $1: era già così'],
  [/^node (\S+): nothing any more$/, 'nodo $1: più nulla'],
  [/^node (\S+): drain$/, 'nodo $1: svuotare'],
  [/^node (\S+): restart$/, 'nodo $1: riavviare'],
  [/^(\S+) ordered$/, 'backup, ordinato: $1'],
  [/^test of ways: (.+)$/, 'prova di reperibilità: $1'],
  [/^app key issued: (.+)$/, 'chiave dell’app emessa: $1'],
  [/^app keys? revoked: (.+)$/, 'chiave dell’app revocata: $1'],
  [/^invitation for (\d+) days, by a short message$/, 'invito per $1 giorni, per SMS'],
  [/^invitation for (\d+) days, handed over$/, 'invito per $1 giorni, consegnato'],
  [/^import: (\d+) added, (\d+) changed$/, 'elenco preso: $1 aggiunte, $2 cambiate'],
  [/^added as operator, with a sign-on link$/, 'aggiunto come operatore, con un link per entrare'],
  [/^added as supervisor, with a sign-on link$/, 'aggiunto come supervisore, con un link per entrare'],
  [/^added as admin, with a sign-on link$/, 'aggiunto come admin, con un link per entrare'],
  [/^alarms kept quiet for (\d+) min: (.+)$/, 'avvisi in silenzio per $1 min: $2'],
  [/^alarms heard again: (.+)$/, 'avvisi di nuovo sonori: $1'],
  [/^test call on line (\S+) ended$/, 'chiamata di prova su $1 finita'],
  [/^roster (\d+)$/, 'reperibilità, versione $1'],
  [/^confirmed: (.+)$/, 'confermato: $1'],
  [/^taken back: (.+)$/, 'non più confermato: $1'],
  [/^(\S+) merged into (\S+)$/, '$1 unito a $2'],
];

/**
 * What the center has composed, in Italian; as it stands where no form is of it.
 * @param {string} text @param {[RegExp, string][]} forms
 */
export function inItalian(text, forms) {
  const form = forms.find(([pattern]) => pattern.test(text));
  return form ? text.replace(...form) : text;
}

/** What was written beside it; as it stands where the page has no words of its own. @param {string} text */
export const detail = (text) => either(DETAILS[text] ?? inItalian(text, FORMS), text);

/** What was done. @param {string} action */
export const done = (action) => (ACTIONS[action] ? either(...ACTIONS[action]) : action);
