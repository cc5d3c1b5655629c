// Every alarm in words: what is wrong, and what is to be done about it.

import { either, t } from '../words/words.js';

/**
 * For each kind, gravest first: the short words of the bar, and the sentence of the plant view. `s` is what
 * it is about.
 */
export const KINDS = {
  'psap.no_line': () => [
    either('Nessuna linea per il 112', 'No line for 112'),
    either(
      'Nessuna linea può chiamare il 112: serve un altro telefono. Controllare modem, SIM e rete delle ' +
        'linee riservate',
      'No line can call 112: another phone is needed. Look at the modems, SIMs and network of the ' +
        'lines kept for it',
    ),
  ],
  'journal.not_durable': () => [either('Disco: nulla è durevole', 'Disk: nothing durable'), t('notDurable')],
  'deadline.missed': (s) => [
    either(`${s} oltre il limite`, `${s} past deadline`),
    either(
      `Allarmi reali oltre la scadenza, telefono mai squillato: ${s}`,
      `Real alerts past the deadline, the phone has not rung: ${s}`,
    ),
  ],
  'node.lost': (s) => [
    either(`Nodo ${s} perso`, `Node ${s} lost`),
    either(
      `Il nodo ${s} non risponde: i suoi allarmi sono passati agli altri, le sue linee non si possono ` +
        'usare. Controllare alimentazione, rete e database',
      `Node ${s} is away: others have its alerts, and its lines cannot be used. Look at its power, its ` +
        'network and its way to the database',
    ),
  ],
  no_operator: () => [
    either('Nessuno disponibile', 'No operator ready'),
    either(
      'Nessun operatore è disponibile: un allarme chiamerebbe i reperibili',
      'No operator is ready: an alert would call those on call',
    ),
  ],
  'alert.no_operator_line': () => [
    either('Nessuna linea per gli operatori', 'No line to operators'),
    either(
      'Un allarme non trova un operatore: le chiamate falliscono su ogni linea. Rispondere con T, e ' +
        'guardare le linee',
      'No operator can be called for an alert: calls fail on each line. Take it with T, and look at ' +
        'the lines',
    ),
  ],
  'line.out_of_service': (s) => [
    either(`Linea ${s} fuori uso`, `Line ${s} down`),
    either(
      `La linea ${s} non porta chiamate: modem spento, staccato o senza rete`,
      `Line ${s} carries no calls: its modem is off, unplugged or without a network`,
    ),
  ],
  'line.wrong_modem': (s) => [
    either(`Linea ${s}: altro modem`, `Line ${s}: other modem`),
    either(
      `La linea ${s} non porta chiamate: alla sua porta c’è un altro modem (IMEI diverso); rimettere ` +
        'il suo, o correggere le impostazioni',
      `Line ${s} carries no calls: another modem (another IMEI) is at its port; put its own back, or ` +
        'correct the settings',
    ),
  ],
  'line.pin_needed': (s) => [
    either(`Linea ${s}: manca il PIN`, `Line ${s}: PIN needed`),
    either(
      `La linea ${s} non porta chiamate: la SIM è chiusa e il suo PIN manca o è stato rifiutato; non ` +
        'viene ritentato',
      `Line ${s} carries no calls: its SIM is closed, and the PIN is missing or was refused; it is not ` +
        'tried again',
    ),
  ],
  'line.puk_needed': (s) => [
    either(`Linea ${s}: SIM bloccata`, `Line ${s}: SIM locked`),
    either(
      `La linea ${s} non porta chiamate: la SIM è bloccata e chiede il PUK; sbloccarla in un telefono`,
      `Line ${s} carries no calls: its SIM is locked and wants its PUK; open it in a telephone`,
    ),
  ],
  'line.no_sim': (s) => [
    either(`Linea ${s}: manca la SIM`, `Line ${s}: no SIM`),
    either(
      `La linea ${s} non porta chiamate: la SIM manca, è mal inserita o guasta`,
      `Line ${s} carries no calls: its SIM is missing, sits badly or is broken`,
    ),
  ],
  'line.no_network': (s) => [
    either(`Linea ${s} senza rete`, `Line ${s}: no network`),
    either(
      `La linea ${s} non porta chiamate: il modem non è registrato in rete; controllare antenna e SIM`,
      `Line ${s} carries no calls: its modem is in no network; look at its aerial and its SIM`,
    ),
  ],
  'line.no_voice_service': (s) => [
    either(`Linea ${s}: solo dati`, `Line ${s}: data only`),
    either(
      `La linea ${s} è registrata solo per i dati e non può chiamare: mancano VoLTE e 2G`,
      `Line ${s} is registered for data only: no voice call can be placed; there is neither VoLTE nor 2G`,
    ),
  ],
  'line.weak_signal': (s) => [
    either(`Linea ${s}: segnale debole`, `Line ${s}: weak signal`),
    either(
      `La linea ${s} sente appena la rete: le chiamate possono cadere`,
      `Line ${s} hardly hears its network: calls may break off`,
    ),
  ],
  'line.no_sound': (s) => [
    either(`Linea ${s} senza suono`, `Line ${s}: no sound`),
    either(
      `Dalla porta voce del modem della linea ${s} non è venuto suono in due allarmi di seguito: ` +
        'provarla con una chiamata, controllare la porta voce e il comando che la accende',
      `No sound came from the voice port of line ${s}’s modem in two alerts in a row: try it with a ` +
        'call, look at its voice port and at the command that switches it on',
    ),
  ],
  'line.quarantined': (s) => [
    either(`Linea ${s} esclusa`, `Line ${s} taken out`),
    either(
      `La linea ${s} è esclusa: il modem non risponde, qualunque cosa si tenti`,
      `Line ${s} is taken out: its modem does not answer, whatever is tried`,
    ),
  ],
  'operator.line_lost': (s) => [
    either(`${s}: chiamata fissa giù`, `${s}: standing call down`),
    either(
      `La chiamata fissa di ${s} non regge: per un allarme chiamiamo il suo telefono`,
      `The standing call of ${s} does not stand: for an alert the phone is called`,
    ),
  ],
  'actor.failing': (s) => [
    either('Parte in avaria', 'Part failing'),
    either(`Una parte del centro cade di continuo: ${s}`, `A part of the centre keeps failing: ${s}`),
  ],
  'certificate.unusable': () => [
    either('Certificato non usato', 'Certificate not used'),
    either(
      'Il nuovo certificato del centro non è valido o non va con la sua chiave: si usa ancora il ' +
        'precedente; `securwoman doctor` dice perché',
      'The centre’s new certificate cannot be used, or does not fit its key: the one before it is still ' +
        'served; `securwoman doctor` says why',
    ),
  ],
  'case.stuck': (s) => [
    either(`${s}: allarme fermo`, `${s}: alert stuck`),
    either(
      `L’allarme di ${s} non va avanti: seguirlo a voce`,
      `The alert of ${s} makes no progress: see to it by phone`,
    ),
  ],
  'pin.wrong': (s) => [
    either(`${s}: PIN sbagliati`, `${s}: wrong PINs`),
    either(
      `Qualcuno prova e riprova ad annullare l’allarme di ${s} con un PIN sbagliato: un segno di costrizione`,
      `Somebody keeps trying to cancel the alert of ${s} with a wrong PIN: a sign of coercion`,
    ),
  ],
  'line.failing': (s) => [
    either(`Linea ${s}: non chiama`, `Line ${s}: cannot call`),
    either(
      `La linea ${s} non riesce a chiamare: il modem o la sua rete rifiuta ogni chiamata; controllare ` +
        'SIM e ' +
        'contratto (blocchi, voce, VoLTE)',
      `Line ${s} makes no calls: its modem or its network refuses each one; look at its SIM and its plan ` +
        '(barring, voice, VoLTE)',
    ),
  ],
  'line.stray_call': (s) => [
    either(`Linea ${s}: chiamata di nessuno`, `Line ${s}: stray call`),
    either(
      `Sulla linea ${s} c’è una chiamata che non è di alcun allarme: la stiamo chiudendo; se resta, ` +
        'spegnere ' +
        'e riaccendere il modem',
      `Line ${s} has a call that is no alert’s: it is being ended; if it stays, switch the modem off and on`,
    ),
  ],
  'line.voice_worn': (s) => [
    either(`Linea ${s}: voce logora`, `Line ${s}: voice worn`),
    either(
      `La voce della linea ${s} è logora: le chiamate possono restare mute; si usa per ultima, e il modem ` +
        'viene riavviato appena è libera e lo è un’altra linea',
      `The voice of line ${s} is worn: calls on it may be mute; it is used last, and its modem reset as ` +
        'soon as it and another line are free',
    ),
  ],
  'leg.no_sound': (s) => [
    either(`${s}: nessun suono`, `${s}: no sound`),
    either(
      `Dalla chiamata di ${s} non viene alcun suono da 3 s: richiamare su un’altra linea`,
      `No sound has come for 3 s from the call of ${s}: call again on another line`,
    ),
  ],
  'recording.failed': () => [
    either('Non si registra', 'Not recording'),
    either(
      'Le chiamate non vengono registrate: il disco è pieno o non si può scrivere; la voce continua',
      'Calls are not being recorded: the disk is full or cannot be written; the voice goes on',
    ),
  ],
  'backup.old': () => [
    either('Manca il backup', 'No backup'),
    either(
      'L’ultimo backup riuscito ha più di un giorno, o non ce n’è: controllare il disco di destinazione; ' +
        '`securwoman doctor` dice dove e quando',
      'The last good backup is older than a day, or there is none: look at the disk that it goes to; ' +
        '`securwoman doctor` says where and when',
    ),
  ],
  'data.refused': (s) => [
    either(`${s}: dati rifiutati`, `${s}: data refused`),
    either(
      `Il sistema ${s} del 112 rifiuta i dati degli allarmi: il 112 va informato a voce; controllare ` +
        'accordi, certificato e chiave',
      `112’s system ${s} refuses the data of alerts: tell 112 by voice; look at what was agreed, at the ` +
        'certificate and the key',
    ),
  ],
  'data.away': (s) => [
    either(`${s} non riceve dati`, `${s}: no data taken`),
    either(
      `Il sistema ${s} del 112 non risponde da un minuto: si continua a tentare; il 112 va informato ` +
        'a voce',
      `112’s system ${s} has not answered for a minute: it is tried on; tell 112 by voice`,
    ),
  ],
  ended_soon_after_leave: (s) => [
    either(`${s}: linea caduta`, `${s}: line dropped`),
    either(
      `La conferenza di ${s} è caduta subito dopo l’uscita dell’operatore: prendere il caso`,
      `The conference of ${s} dropped soon after the operator had left: take the case`,
    ),
  ],
};
