// Why something of the administration was not done, in words.

import { either, t } from '../../words/words.js';

/** @type {Record<string, Pair>} */
const WHY = {
  needed: ['Serve qualcosa qui.', 'Something is needed here.'],
  changed_meanwhile: [
    'Nel frattempo un altro admin l’ha cambiato: resta com’è.',
    'Another admin has changed it meanwhile: it stays as it is.',
  ],
  last_admin: [
    'È l’ultimo admin: prima nominane un altro.',
    'This is the last admin: make another one first.',
  ],
  last_key: ['È l’ultima chiave: prima creane un’altra.', 'This is the last key: issue another one first.'],
  yourself: ['Sei tu: può farlo solo un altro admin.', 'This is you: only another admin can do it.'],
  on_an_alert: ['È in un allarme: aspetta che finisca.', 'On an alert: wait until it has ended.'],
  number_refused: [
    'Non può essere il numero di un operatore.',
    'This cannot be an operator’s telephone number.',
  ],
  name_taken: [
    'C’è già un operatore con questo nome e numero, o con questo codice.',
    'There is an operator with this name and number, or with this id.',
  ],
  last_for_112: [
    'È l’ultima linea per il 112: per toglierla scrivi qui il suo nome.',
    'It is the last line for 112: to take it out type its name here.',
  ],
  elsewhere: ['Non si cambia qui.', 'It is not changed here.'],
  not_writable: ['Da qui il file non si può scrivere.', 'The file cannot be written from here.'],
  nobody_else: ['Nessun altro nodo prenderebbe gli allarmi.', 'No other node would take the alerts.'],
  node_gone: ['Questo nodo non risponde.', 'This node is away.'],
  not_a_number: ['Non è un numero che si possa chiamare.', 'This is no number that can be called.'],
  number_taken: [
    'È il numero di un’altra persona: cercala; se è la stessa, uniscile.',
    'This is another person’s number: search for it; if it is the same person, merge them.',
  ],
  one_already: ['Sono già la stessa persona.', 'They are one person already.'],
  records_too_long: [
    'Le due schede non stanno in una: prima accorciane una.',
    'The two records do not fit into one: shorten one of them first.',
  ],
  not_typed: ['Non è né la fine di un numero né il nome.', 'Neither the end of a number nor the name.'],
  line_elsewhere: [
    'È di un altro nodo: provala dalla sua console.',
    'It is another node’s: try it at that one’s console.',
  ],
  line_not_ready: ['La linea non può chiamare ora.', 'The line cannot call now.'],
  line_in_use: ['La linea porta una chiamata.', 'The line has a call.'],
  line_needed: [
    'C’è un allarme aperto: le ultime linee libere restano sue.',
    'An alert is open: the last free lines are kept for it.',
  ],
  number_of_112: ['Per prova il 112 non si chiama mai.', '112 is never called for a test.'],
  number_not_called: ['Questo numero non si può chiamare.', 'This number cannot be called.'],
  not_typed_live: [
    'Scrivi la frase così com’è: CHIAMA IL 112 VERO',
    'Type the sentence as it is: CALL THE REAL 112',
  ],
  no_number: [
    'Una delle due linee non ha il suo numero nelle impostazioni.',
    'One of the two lines has no number in the settings.',
  ],
  off_shift: ['Prima inizia il turno: 1, poi P.', 'Begin your shift first: 1, then P.'],
  drill_running: ['È già in corso.', 'It is running already.'],
  drill_phone_in_alert: ['Quel telefono è in un allarme vero.', 'That phone is in a real alert.'],
  taken: ['Ci pensa già qualcuno, o è finito.', 'Somebody sees to it already, or it is over.'],
  measured: ['Si misura: nessuno lo conferma.', 'It is measured: nobody confirms it.'],
  never_quiet: [
    'Da questo avviso dipende chi è in pericolo: non si può tenere in silenzio.',
    'Somebody in danger depends on this alarm: it is never kept quiet.',
  ],
  empty: ['Serve un nome.', 'A name is needed.'],
  no_line: ['Nessuna linea manda SMS.', 'No line sends text messages.'],
  busy: ['È già in corso.', 'It is being done already.'],
  notYours: ['Solo per gli admin.', 'For admins only.'],
  notThere: ['Non c’è più.', 'It is not there any more.'],
  notValid: ['Così non va bene.', 'This is not valid.'],
  tooLarge: ['Il file è troppo grande.', 'The file is too large.'],
  notDone: ['Non è riuscito: riprova.', 'That was not done: try again.'],
};

/** Of these the center says more than a code can. */
const IN_ITS_WORDS = ['settings_faulty', 'would_not_start'];

/** @param {string} code @param {{ path?: string, reason?: string }} [said] */
export function why(code, { path = '', reason = '' } = {}) {
  if (IN_ITS_WORDS.includes(code)) return path ? `${path}: ${reason}` : reason;
  return code === 'noConnection' ? t('noConnection') : either(...(WHY[code] ?? WHY.notDone));
}

/** Another admin was first. @param {string} isNow */
export const meanwhile = (isNow) =>
  either(
    `Un altro admin ha scritto «${isNow}». Invio scrive il tuo.`,
    `Another admin has written “${isNow}”. Enter writes yours.`,
  );

/** @type {Record<number, string>} */
const CODES = {
  403: 'notYours',
  404: 'notThere',
  400: 'notValid',
  413: 'tooLarge',
  412: 'changed_meanwhile',
};

/**
 * What the center has answered: the struct, or why not.
 * @param {Promise<Response>} asked
 * @returns {Promise<{ said: any, code: string, path: string, isNow: string, reason: string }>}
 */
export async function answered(asked) {
  const answer = await asked.catch(() => null);
  const said = answer && answer.status !== 204 ? await answer.json().catch(() => null) : null;
  if (answer?.ok) return { said: said ?? {}, code: '', path: '', isNow: '', reason: '' };
  const code = !answer ? 'noConnection' : said?.code || CODES[answer.status] || 'notDone';
  const { path = '', is_now: isNow = '', reason = '' } = said ?? {};
  return { said: null, code, path, isNow, reason };
}
