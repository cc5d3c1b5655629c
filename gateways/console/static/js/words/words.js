// The words of the page in Italian and English. No logic but the choice between the two.

import { KEY, REFUSALS } from './center.js';

export const WORDS = {
  alerts: ['Allarmi', 'Alerts'],
  openAlerts: ['Allarmi aperti', 'Open alerts'],
  noAlerts: ['Nessun allarme aperto', 'No open alerts'],
  operators: ['Operatori', 'Operators'],
  lines: ['Linee', 'Lines'],
  real: ['REALE', 'REAL'],
  test: ['PROVA', 'TEST'],
  unknown: ['Persona sconosciuta', 'Unknown'],
  identifying: ['Identificazione in corso', 'Identifying'],
  noNumber: ['Numero non noto', 'Number not known'],
  onceOpened: ['All’apertura', 'Once opened'],
  requested: ['Richiesta', 'Requested'],
  channel: ['Canale', 'Channel'],
  position: ['Posizione', 'Position'],
  noPosition: ['Nessuna posizione', 'No position'],
  data: ['Dati, app', 'Data, app'],
  voice: ['Voce', 'Voice'],
  sms: ['SMS', 'SMS'],
  ready: ['Disponibile', 'Ready'],
  paused: ['In pausa', 'Paused'],
  off: ['Fuori turno', 'Off shift'],
  onCase: ['In un caso', 'On a case'],
  beingCalled: ['In chiamata', 'Being called'],
  notKnown: ['Non noto', 'Not known'],
  connected: ['Centro collegato', 'Centre connected'],
  psapReal: ['112 reale', '112 real'],
  psapSimulated: ['112 simulato', '112 simulated'],
  newAlert: ['Nuovo allarme', 'New alert'],
  acknowledge: ['Conferma', 'Acknowledge'],
  acknowledgeSub: [
    'Ferma il suono e apre il caso. Rispondi al telefono per prendere la chiamata.',
    'Stops the sound and opens the case. Answer your phone to take the call.',
  ],
  sounding: ['Suona finché non confermi', 'Alarm sounding until you acknowledge'],
  soundBlocked: ['Il browser blocca il suono: premi un tasto', 'The browser blocks the sound: press a key'],
  noSound: ['Nessun suono: costrizione', 'No sound: duress'],
  noSoundHere: ['Nessun suono qui', 'No sound here'],
  noSoundAtAll: ['Nessun suono', 'No sound'],
  isRecorded: ['Si registra', 'Recorded'],
  withoutSound: ['Senza suono', 'No sound'],
  unheard: ['Non si sa', 'Not known'],
  testNever: ['prova: mai al 112', 'a test: never to 112'],
  yourPhoneRings: ['Il tuo telefono squilla', 'Your phone is ringing'],
  yourPhoneNext: ['Chiamiamo il tuo telefono', 'Your phone is being called'],
  usersPhoneNext: ['Poi chiamiamo l’utente', 'The user’s phone comes next'],
  usersPhoneRings: ['Il suo telefono squilla', 'Her phone is ringing'],
  usersPhoneSilent: ['Il suo telefono non viene chiamato', 'Her phone is not called'],
  usersLineUp: ['È in linea', 'She is on the line'],
  phoneRang: ['Ha squillato', 'Phone rang'],
  takenUp: ['Presa in carico', 'Taken up'],
  late: ['In ritardo', 'Late'],
  secondsLeft: ['Secondi rimasti', 'Seconds left'],
  received: ['Ricevuto', 'Received'],
  operator: ['Operatore', 'Operator'],
  listener: ['In ascolto', 'Listening in'],
  ringing: ['Squilla', 'Ringing'],
  answers: ['Risponde', 'Answers'],
  psap: ['112', '112'],
  handedOver: ['Affidata', 'Handed over'],
  user: ['Utente', 'User'],
  you: ['Tu', 'You'],
  noOperatorYet: ['Non assegnato', 'Nobody yet'],
  onLine: ['In linea', 'On the line'],
  perhapsAnswered: ['Forse ha risposto', 'May have answered'],
  answered: ['Ha risposto', 'Answered'],
  joining: ['Risponde, si unisce', 'Answered, joining'],
  onHold: ['In attesa', 'On hold'],
  dialling: ['Chiamiamo', 'Being called'],
  releasing: ['Si chiude', 'Hanging up'],
  ended: ['Chiamata finita', 'Call ended'],
  busy: ['Linea occupata', 'Busy'],
  noAnswer: ['Non risponde', 'No answer'],
  unreachable: ['Irraggiungibile', 'Unreachable'],
  failed: ['Non riuscita', 'Failed'],
  notCalled: ['Non chiamato', 'Not called'],
  notCalledF: ['Non chiamata', 'Not called'],
  doNotCall: ['Non chiamare', 'Do not call'],
  toldElsewhere: ['Informato', 'Briefed'],
  noLineFor112: ['Nessuna linea', 'No line'],
  seeksLine: ['Cerca una linea', 'Looking for a line'],
  askedFor: ['Richiesto', 'Asked for'],
  triedOn: ['si riprova', 'trying again'],
  line: ['Linea', 'Line'],
  secondCall: ['2ª chiamata', 'Second call'],
  simulated: ['simulato', 'simulated'],
  whatHappened: ['Che cosa è successo', 'What happened'],
  newestFirst: ['dal più recente', 'newest first'],
  writeNote: ['Scrivi una nota', 'Write a note'],
  noteSend: ['Ctrl+Invio invia', 'Ctrl+Enter sends'],
  language: ['Lingua', 'Language'],
  battery: ['Batteria', 'Phone battery'],
  usersNote: ['La sua nota', 'Her note'],
  signals: ['Segnali', 'Signals'],
  readTo112: ['Leggi al 112, in quest’ordine', 'Read to 112, in this order'],
  where: ['Dove', 'Where'],
  what: ['Che cosa', 'What'],
  who: ['Chi', 'Who'],
  yes: ['Sì', 'Yes'],
  no: ['No', 'No'],
  asked: ['chiesto', 'asked'],
  nextProtocol: ['Altre domande', 'Other questions'],
  hearsNobody: ['Non vi sente', 'Hears nobody'],
  notIn: ['Non è unita', 'Not joined'],
  keysPressed: ['Tasti premuti: ', 'Keys pressed: '],
  noMessages: [
    'Ancora nessun messaggio. Con ? alla fine: una domanda sì/no.',
    'No message yet. With ? at its end: a question for yes or no.',
  ],
  whereExactly: ['Dove di preciso', 'Where exactly'],
  whatHappens: ['Che cosa succede', 'What happens'],
  changed: ['cambiato', 'changed'],
  dangerous: ['Pericoloso', 'Dangerous'],
  weapons: ['Armi', 'Weapons'],
  injured: ['Feriti', 'Injured'],
  children: ['Bambini', 'Children'],
  with: ['Con lei', 'With her'],
  phone: ['Telefono', 'Phone'],
  north: ['nord', 'north'],
  south: ['sud', 'south'],
  east: ['est', 'east'],
  west: ['ovest', 'west'],
  now: ['Ora', 'Now'],
  yours: ['Tuo', 'Yours'],
  yoursWith112: ['Tuo, col 112', 'Yours, with 112'],
  yoursCalled: ['Tuo, ti chiamiamo', 'Yours, calling you'],
  noOperatorHas: ['Nessuno lo segue', 'Nobody has it'],
  running: ['poco tempo', 'running out'],
  reached: ['Raggiunta', 'Reached'],
  notSpoken: ['Nessuno le ha parlato', 'Nobody has spoken to her'],
  closed: ['Chiuso', 'Closed'],
  free: ['Libera', 'Free'],
  outOfUse: ['Fuori uso', 'Out of use'],
  outOfService: ['Fuori servizio', 'Out of service'],
  since: ['dalle', 'since'],
  state: ['Stato', 'State'],
  trunk: ['Gruppo di linee', 'Trunk'],
  test112: ['112 di prova', 'Test 112'],
  machine: ['Segreteria', 'Machine'],
  muted: ['MUTO', 'MUTED'],
  handingOver: ['In passaggio', 'Handing over'],
  wrapUp: ['Post-chiamata', 'Wrap-up'],
  readyNow: ['Torno disponibile', 'Ready now'],
  seen: ['Visto', 'Seen'],
  enter: ['Invio', 'Enter'],
  space: ['Spazio', 'Space'],
  thenEnter: ['poi Invio', 'then Enter'],
  restarted: ['Una parte del centro è stata riavviata alle', 'Part of the centre was restarted at'],
  callsAreUp: ['le chiamate continuano', 'the calls go on'],
  unreachableCentre: ['Centro non raggiungibile', 'Centre unreachable'],
  retryNow: ['Riprova ora', 'Retry now'],
  beingMade: ['Si prepara…', 'It is being made…'],
  downloaded: ['Scaricato', 'Downloaded'],
  notMade: ['Non è riuscito: riprova', 'It has not worked: try again'],
  noConnection: ['Nessun collegamento', 'No connection'],
  duress: ['Costrizione', 'Duress'],
  silent: ['Silenzioso', 'Silent'],
  signOn: ['Accedi', 'Sign on'],
  signOnText: [
    'Incolla il tuo codice personale. Lo dà chi amministra il centro.',
    'Paste your personal token. The centre’s administrator gives it to you.',
  ],
  token: ['Codice personale', 'Personal token'],
  noCentre: ['Il centro non risponde.', 'The centre does not answer.'],
  startShift: ['Inizia il turno', 'Start shift'],
  startShiftSub: [
    'Da ora il tuo telefono può squillare. Accende anche il suono.',
    'From now on your phone may ring. Turns the sound on, too.',
  ],
  resumeShift: ['Riprendi il turno', 'Resume shift'],
  pause: ['Pausa', 'Pause'],
  endShift: ['Fine turno', 'End shift'],
  drill: ['Esercitazione', 'Drill'],
  trySound: ['Prova il suono', 'Try the sound'],
  allKeys: ['Tutti i tasti', 'All keys'],
  signOff: ['Esci', 'Sign off'],
  signOffLast: ['Nessun altro è disponibile: esci lo stesso', 'You are the last one: sign off all the same'],
  signOffEnds: ['Esci: chiude anche il turno', 'Sign off: ends your shift, too'],
  theme: ['Chiaro o scuro', 'Light or dark'],
  readyText: [
    'Nessun allarme è tuo. Un nuovo allarme occupa tutto lo schermo e fa squillare il tuo telefono.',
    'No alert is yours. A new one takes the whole screen and rings your phone.',
  ],
  offText: [
    'Il tuo telefono non squilla finché non inizi il turno.',
    'Your phone does not ring until you start your shift.',
  ],
  pausedText: [
    'Il tuo telefono non squilla finché non riprendi.',
    'Your phone does not ring until you resume.',
  ],
  shift: ['Turno', 'Shift'],
  yourPhone: ['Il tuo telefono', 'Your phone'],
  alarmSound: ['Suono d’allarme', 'Alarm sound'],
  soundOff: ['Bloccato dal browser', 'Blocked by the browser'],
  open: ['aperti', 'open'],
  back: ['Torna', 'Back'],
};

/** @type {Record<string, Word>} */
export const CHANNELS = { data: 'data', voice: 'voice', sms: 'sms' };

/** @type {Record<string, Pair>} */
export const OUTCOMES = {
  false_alarm: ['falso allarme', 'false alarm'],
  handed_over: ['affidata al 112', 'handed over to 112'],
  briefed: ['112 informato', '112 briefed'],
  user_called_112: ['ha chiamato lei il 112', 'she called 112'],
  cancelled: ['annullato', 'cancelled'],
  test_done: ['prova finita', 'test done'],
  no_contact: ['nessun contatto', 'no contact'],
  put_away: ['messo da parte', 'put away'],
};

// Why this page does not give an order that the center would take (`alerts/waiting.js`).
/** @type {Record<string, Pair>} */
const OWN_REASONS = {
  own_case_first: [
    `Hai un caso: prima ${KEY.leave} o ${KEY.hand_over}.`,
    `You have a case: ${KEY.leave} or ${KEY.hand_over} first.`,
  ],
  another_waits: [`${KEY.take} prende chi non ha nessuno.`, `${KEY.take} takes who has nobody.`],
};
// What the center answers where it fails itself; more may follow behind a colon.
/** @type {Record<string, Pair>} */
const FAILURES = {
  'not durable': [
    'Il centro non l’ha ancora scritto: guarda se accade, poi premi di nuovo.',
    'The centre has not written it down yet: see whether it happens, then press again.',
  ],
  'the journal cannot be reached': [
    'Il centro non raggiunge il suo giornale: premi di nuovo.',
    'The centre cannot reach its journal: press again.',
  ],
  'the center has failed': [
    'Il centro ha avuto un guasto: premi di nuovo.',
    'The centre has failed: press again.',
  ],
};

/** @type {Record<string, Pair>} */
const LANGUAGES = {
  it: ['Italiano', 'Italian'],
  en: ['Inglese', 'English'],
  fr: ['Francese', 'French'],
  de: ['Tedesco', 'German'],
  es: ['Spagnolo', 'Spanish'],
  ro: ['Rumeno', 'Romanian'],
  uk: ['Ucraino', 'Ukrainian'],
  ar: ['Arabo', 'Arabic'],
  sq: ['Albanese', 'Albanian'],
  zh: ['Cinese', 'Chinese'],
  pt: ['Portoghese', 'Portuguese'],
  ru: ['Russo', 'Russian'],
};

let english = true;

/** @param {string} lang */
export function setLanguage(lang) {
  english = lang !== 'it';
  document.documentElement.lang = english ? 'en' : 'it';
}
export const isEnglish = () => english;
/** Either of two texts. @template T @param {T} it @param {T} en @returns {T} */
export const either = (it, en) => (english ? en : it);
/** A word of the table. @param {Word} key @returns {string} */
export const t = (key) => WORDS[key][english ? 1 : 0];
/** @param {string} name */
export const channel = (name) => t(CHANNELS[name] ?? 'data');
/** @param {string} name */
export const outcome = (name) => (OUTCOMES[name] ? either(...OUTCOMES[name]) : (name ?? '?'));
/** Why it was refused; what has no words here says it by itself. @param {string} code */
export const reason = (code) => {
  const [kind] = code.split(':');
  const words = REFUSALS[code] ?? REFUSALS[kind] ?? FAILURES[kind] ?? OWN_REASONS[code];
  return words ? either(...words) : code;
};
/** @param {string} code */
export const languageName = (code) => (LANGUAGES[code] ? either(...LANGUAGES[code]) : code);
/** A number with the language's decimal sign. @param {number} value @param {number} [digits] */
export const number = (value, digits = 1) =>
  english ? value.toFixed(digits) : value.toFixed(digits).replace('.', ',');
