// All keys by where they act, for the list of keys. Pure.

import { ORDERS } from '../words/center.js';
import { either, t } from '../words/words.js';
import * as closing from './closing.js';

/** @typedef {{ title: string, rows: [string, string][] }} Group */

/**
 * Orders by their keys, with what they do; ⏎ where Enter always follows.
 * @param {OperatorCommand[]} commands @returns {[string, string][]}
 */
const of = (...commands) =>
  commands.map((command) => {
    const { key, enter, listed, label } = ORDERS[command];
    return [enter === 'always' ? `${key} ⏎` : key, either(...(listed ?? label))];
  });

/** @returns {Group[]} */
export const groups = () => [
  {
    title: either('Nel caso', 'In a case'),
    rows: [
      [t('space'), t('acknowledge')],
      ...of('call_psap', 'declare_false_alarm', 'redial_user', 'reopen', 'mark_machine', 'confirm_answer'),
      ...of('briefing_given', 'leave', 'take', 'hand_over', 'another_line', 'mute', 'listen', 'call_aloud'),
      ...of('close'),
    ],
  },
  {
    title: either('Scrivere, e il 112', 'Writing, and 112'),
    rows: [
      ...of('note'),
      ['Ctrl ⏎', either('Manda la nota', 'Send the note')],
      ...of('write'),
      [
        '← →',
        either(
          'Il suo messaggio, per il 112: dove, che cosa; Canc: non serve',
          'The message, for 112: where, what; Del: not needed',
        ),
      ],
      ...of('write_by_sms'),
      ...of('ask_spoken').map(([key, said]) => /** @type {[string, string]} */ ([`${key} 1 … 9`, said])),
      ['I', either('Domande: in un altro modo', 'Questions: by another way')],
      ...of('withhold_voices', 'brief', 'open_page', 'announce'),
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
