// All keys by where they act, for the list of keys. Pure.

import { either, t } from '../words/words.js';
import * as closing from './closing.js';

/** @typedef {{ title: string, rows: [string, string][] }} Group */

/** @returns {Group[]} */
export const groups = () => [
  {
    title: either('Nel caso', 'In a case'),
    rows: [
      [t('space'), t('acknowledge')],
      [
        'E',
        either(
          'Chiama il 112; di nuovo E, da 1 a 5 s dopo: annulla',
          'Call 112; E again, 1 to 5 s later: take it back',
        ),
      ],
      ['F ⏎', t('falseAlarm')],
      ['R', either('Richiama l’utente', 'Call the user again')],
      ['R ⏎', either('Riapri un allarme chiuso', 'Reopen a closed alert')],
      ['M ⏎', either('Segreteria: la sua chiamata si chiude', 'A machine: the user’s call ends')],
      [
        'Y',
        either(
          'Ha risposto; 112 informato da un altro telefono; allarme non provato: è vero',
          'There is an answer; 112 briefed on another phone; an alert that is not proved is real',
        ),
      ],
      ['B', t('briefingGiven')],
      ['L', t('leave')],
      [
        'T',
        either(
          'Prendi il caso; lascia una prova per un allarme vero',
          'Take the case; leave a test for a real one',
        ),
      ],
      ['H', `${t('handOver')} / ${t('keepCase')}`],
      ['V ⏎', either('Richiama su un’altra linea', 'Call again on another line')],
      [
        'U',
        either(
          'Il tuo microfono; in ascolto: parla all’operatore',
          'Your microphone; listening in: speak to the operator',
        ),
      ],
      ['A', either('Ascolta, smetti di ascoltare (supervisore)', 'Listen in, stop listening (supervisor)')],
      ['O ⏎', either('In un caso silenzioso: chiamala lo stesso', 'In a silent case: call her all the same')],
      [
        'X ⏎',
        either(
          'Chiudi, dopo il 112; metti da parte ciò che è falso',
          'Close, after 112; put away what is forged',
        ),
      ],
    ],
  },
  {
    title: either('Scrivere, e il 112', 'Writing, and 112'),
    rows: [
      ['N', either('Nota, anche su un allarme chiuso', 'Note, on a closed alert too')],
      ['Ctrl ⏎', either('Manda la nota', 'Send the note')],
      ['W', either('Scrivi all’utente', 'Write to the user')],
      [
        '← →',
        either(
          'Il suo messaggio, per il 112: dove, che cosa; Canc: non serve',
          'The message, for 112: where, what; Del: not needed',
        ),
      ],
      [
        'I ⏎',
        either('Dai messaggi: per SMS, il telefono suona', 'From the messages: by SMS, the phone sounds'),
      ],
      ['J 1 … 9', either('Domande sì/no, se non può parlare', 'Yes/no questions, if she cannot talk')],
      ['I', either('Domande: in un altro modo', 'Questions: by another way')],
      [
        'S',
        either('Dal suo telefono nessuna voce / di nuovo voci', 'No voice from the phone / voices again'),
      ],
      ['Q', either('Che cosa si sa per il 112', 'What is known for 112')],
      ['P', either('Pagina per il 112, con un codice', 'A page for 112, with a code')],
      ['Z', either('Di’ al 112 che non può parlare', 'Tell 112 that she cannot speak')],
      ['C', either('Copia il testo per il 112', 'Copy the text for 112')],
      ['D', either('La scheda della persona', 'The record of the person')],
    ],
  },
  {
    title: either('Ovunque', 'Everywhere'),
    rows: [
      ['1 … 5', either('Sezioni', 'Sections')],
      ['↑ ↓ ⏎', t('openAlerts')],
      ['K', either('Visto: ferma il suono di tutti gli avvisi', 'Seen: ends the sound of every alarm')],
      [
        'G',
        either('Cuffie: riprova, portale qui, o dal telefono', 'Headset: try again, here, or from the phone'),
      ],
      ['+ − 0', either('Mappa: più vicina, più lontana, al centro', 'Map: nearer, further, to the middle')],
      ['?', t('allKeys')],
      ['Esc', `${either('Chiude, nell’ordine', 'Closes, in this order')}: ${closing.inWords()}`],
    ],
  },
  {
    title: either('Turno', 'Shift'),
    rows: [
      ['P', `${t('pause')} / ${t('resumeShift')}`],
      ['1 … 4', either('Dopo P: perché vai in pausa', 'After P: why you pause')],
      ['O ⏎', t('endShift')],
      ['W B', either('Scrivi una consegna; le consegne', 'Leave a note; what was handed over')],
      ['S', t('trySound')],
      ['Y N', either('Sentito, non sentito', 'Heard, not heard')],
      ['D', t('drill')],
    ],
  },
  {
    title: either('Impianti', 'Plant'),
    rows: [
      ['↑ ↓ ⏎', either('Avvisi, e ciascuno da vicino', 'Alarms, and each of them')],
      ['H T /', either('Avvisi passati, giorni, cerca', 'Past alarms, days, search')],
      ['Q X', either('Lavoro previsto, avvisi in silenzio', 'Planned work, quiet alarms')],
      ['R', either('Ci penso io, non chiamare altri', 'I see to it, call nobody else')],
      ['N T E', either('Prova di notte, adesso, interrompi', 'Nightly proof, now, end it')],
    ],
  },
  {
    title: either('Allarmi e statistiche', 'Alerts and figures'),
    rows: [
      ['H /', either('Storico, cerca', 'History, search')],
      ['O P D', either('Storico: correggi l’esito, stampa, CSV', 'History: correct the outcome, print, CSV')],
      ['J Y', either('Storico: fascicolo, tutti i dati', 'History: dossier, all the person’s data')],
      ['F X', either('Filtri, senza filtri', 'Filters, no filters')],
      ['T W Y D', either('Statistiche: periodo, CSV', 'Figures: period, CSV')],
      ['A ↑ ↓ P D', either('Disponibilità, mese, PDF, CSV', 'Availability, month, PDF, CSV')],
      ['Q', either('Valutazioni', 'Reviews')],
      [
        '← → V A M',
        either('Valutazioni: mese, valuta, ascolta, le mie', 'Reviews: month, judge, listen, my own'),
      ],
    ],
  },
  {
    title: either('Gestione', 'Admin'),
    rows: [
      [
        'O U C J L B I N R',
        either(
          'Operatori, persone, chiavi, reperibilità, linee, backup, impostazioni, nodi, registro accessi',
          'Operators, people, keys, on duty, lines, backups, settings, nodes, audit',
        ),
      ],
      ['S', either('Avvio; M modem, T prova', 'Start; M modem, T test')],
      [
        'G P Q M D X F T',
        either(
          'Persone: scheda, telefoni, invita, unisci, dati da dare, cancella; da un file; silenziosi',
          'People: record, phones, invite, merge, data to give, erase; from a file; silent ones',
        ),
      ],
      [
        'W P D H G T',
        either(
          'Reperibilità: settimana, persone, sostituzioni, festivi; cambio adesso; prova',
          'On duty: week, people, overrides, holidays; swap now; test',
        ),
      ],
      [
        'A T E F M P Y',
        either(
          'Linee: un modem in più; prova, riaggancia, fuori servizio; controllo; PIN; il 112 vero',
          'Lines: one more modem; test call, hang up, out of service; check; PIN; the real 112',
        ),
      ],
      ['A T', either('Backup: fanne uno, prova a ripristinarlo', 'Backups: make one, restore for trial')],
      [
        'D Q F',
        either(
          'Nodi: svuota; riavvia appena libero. Impostazioni: solo le scelte',
          'Nodes: drain; restart when no alert is open. Settings: only what is set',
        ),
      ],
      ['P A', either('Registro accessi: di chi, o chi', 'Audit: whose, or by whom')],
      ['V', either('Versione e licenze', 'Version and licences')],
    ],
  },
];
