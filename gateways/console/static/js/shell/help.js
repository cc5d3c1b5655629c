// All keys, and what is chosen once: the language, the theme, signing off.

import { html } from '../../vendor/lit.js';
import * as access from '../access/access.js';
import * as dialogue from '../case/dialogue/dialogue.js';
import * as facts from '../case/facts.js';
import * as notes from '../case/notes.js';
import * as handed from '../shift/handed.js';
import { last } from '../shift/shift.js';
import { either, t } from '../words/words.js';
import { switchLanguage, switchTheme } from './looks.js';

let askedOnce = false; // whether the last operator who is ready has been asked once more
let before = null; // what had the focus

/**
 * The list of keys, which has the focus while it is there, and gives it back.
 * @param {Ui} ui @param {boolean} shown
 */
export function show(ui, shown) {
  askedOnce = false;
  if (shown) before = document.activeElement;
  ui.screen.cover(shown);
  ui.draw();
  if (shown) document.querySelector('.help [autofocus]').focus({ preventScroll: true });
  else before?.focus();
}

/** The last one who is ready is asked once more: it ends the shift, too. @param {Ui} ui */
async function signOff(ui) {
  const { feed, screen } = ui;
  if (last(ui) && !screen.mineNow() && !askedOnce) {
    askedOnce = true;
    ui.draw();
    return;
  }
  show(ui, false);
  const why = await feed.signOff();
  if (why) {
    ui.orders.refuse('?', screen.chosen, why);
    return;
  }
  screen.clear();
  ui.known.clear();
  notes.clear();
  dialogue.clear();
  facts.clear();
  handed.clear();
  ui.draw();
}

/** @param {Ui} ui */
function toAccess(ui) {
  show(ui, false);
  ui.screen.go('access');
}

/** @param {Ui} ui */
export function help(ui) {
  const rows = [
    [t('space'), t('acknowledge')],
    ['E', either('Chiama il 112; Esc entro 5 s la annulla', 'Call 112; Esc within 5 s takes it back')],
    ['F ⏎', t('falseAlarm')],
    [
      'R',
      either('Richiama; un allarme chiuso, poi Invio: riapri', 'Redial; a closed alert, then Enter: reopen'),
    ],
    [
      'M ⏎',
      either('Segreteria; con lei in linea M, poi Invio', 'A machine; with her on the line M, then Enter'),
    ],
    [
      'Y',
      either(
        'Conferma la risposta; 112 informato da un altro telefono; allarme non provato: è vero',
        'She, or 112, has answered; 112 briefed on another phone; an alert that is not proved is real',
      ),
    ],
    ['B', t('briefingGiven')],
    ['L', t('leave')],
    ['N', either('Nota, anche su un allarme chiuso', 'Note, on a closed alert too')],
    ['Ctrl ⏎', either('Manda la nota', 'Send the note')],
    ['A', either('Ascolta, smetti di ascoltare (supervisore)', 'Listen in, stop listening (supervisor)')],
    [
      'U',
      either(
        'Spegni e riaccendi il tuo microfono; in ascolto: parla solo all’operatore',
        'Mute and unmute yourself; listening in: speak to the operator alone',
      ),
    ],
    ['W', either('Scrivi all’utente', 'Write to the user')],
    [
      '← →',
      either('Il suo ultimo messaggio, per il 112: dove, che cosa', 'The last message, for 112: where, what'),
    ],
    ['I ⏎', either('Manda i messaggi per SMS: il telefono suona', 'Send messages by SMS: the phone sounds')],
    ['S', either('Dal suo telefono nessuna voce / di nuovo voci', 'No voice from the phone / voices again')],
    ['P', either('Pagina per il 112, con un codice', 'A page for 112, with a code')],
    ['J 1 … 9', either('Domande sì/no, se non può parlare', 'Yes/no questions, if she cannot talk')],
    ['I', either('Domande: in un altro modo', 'Questions: by another way')],
    ['D', either('La scheda della persona', 'The record of the person')],
    ['Q', either('Che cosa si sa per il 112', 'What is known for 112')],
    ['Z', either('Di’ al 112 che non può parlare', 'Tell 112 that she cannot speak')],
    ['C', either('Copia il testo per il 112', 'Copy the text for 112')],
    ['T', t('take')],
    ['H', `${t('handOver')} / ${t('keepCase')}`],
    ['V ⏎', either('Richiama su un’altra linea', 'Call again on another line')],
    [
      'X ⏎',
      either('Chiudi; metti da parte un allarme non provato', 'Close; put away an alert that is not proved'),
    ],
    ['↑ ↓ ⏎', t('openAlerts')],
    ['+ − 0', either('Mappa: più vicina, più lontana, al centro', 'Map: nearer, further, to the middle')],
    ['P', `${t('pause')} / ${t('resumeShift')}`],
    ['1 … 4', either('Dopo P: perché vai in pausa', 'After P: why you pause')],
    [
      'O',
      either(
        'Fine turno; in un caso silenzioso, poi Invio: chiamala lo stesso',
        'End shift; in a silent case, then Enter: call her all the same',
      ),
    ],
    ['W B', either('Turno: scrivi una consegna; le consegne', 'Shift: leave a note; what was handed over')],
    ['K', either('Visto: ferma il suono per tutti gli avvisi', 'Seen: ends the sound of every alarm')],
    ['↑ ↓ ⏎', either('Impianti: avvisi, e ciascuno da vicino', 'Plant: alarms, and each of them')],
    ['H T /', either('Impianti: avvisi passati, giorni, cerca', 'Plant: past alarms, days, search')],
    ['Q X', either('Impianti: lavoro previsto, avvisi in silenzio', 'Plant: planned work, quiet alarms')],
    ['R', either('Impianti: ci penso io, non chiamare altri', 'Plant: I see to it, call nobody else')],
    ['N T E', either('Impianti: prova di notte, adesso, interrompi', 'Plant: nightly proof, now, end it')],
    ['1 … 5', either('Sezioni', 'Sections')],
    ['H /', either('Storico, cerca', 'History, search')],
    ['T W Y D', either('Statistiche: periodo, CSV', 'Figures: period, CSV')],
    ['Q', either('Storico, statistiche: valutazioni', 'History, figures: reviews')],
    [
      'A ↑ ↓ P D',
      either('Statistiche: disponibilità, mese, PDF, CSV', 'Figures: availability, month, PDF, CSV'),
    ],
    [
      '← → V A M',
      either('Valutazioni: mese, valuta, ascolta, le mie', 'Reviews: month, judge, listen, my own'),
    ],
    ['F X', either('Storico, statistiche: filtri, senza filtri', 'History, figures: filters, no filters')],
    ['O P D', either('Storico: correggi l’esito, stampa, CSV', 'History: correct the outcome, print, CSV')],
    [
      'O U C J L B I N R',
      either(
        'Gestione: operatori, persone, chiavi, reperibilità, linee, backup, impostazioni, nodi, registro',
        'Admin: operators, people, keys, on duty, lines, backups, settings, nodes, audit',
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
    [
      'A T E F M P Y',
      either(
        'Linee: un modem in più; prova, riaggancia, fuori servizio; controllo; PIN; il 112 vero',
        'Lines: one modem more; test call, hang up, out of service; check; PIN; the real 112',
      ),
    ],
    [
      'W P D H G T',
      either(
        'Reperibilità: settimana, persone, sostituzioni, festivi; cambio adesso; prova',
        'On duty: week, people, overrides, holidays; swap now; test',
      ),
    ],
    ['S', either('Gestione: avvio; M modem, T prova', 'Admin: start; M modem, T test')],
    ['P A', either('Registro accessi: di chi, o chi', 'Audit: whose, or by whom')],
    ['V', either('Gestione: versione e licenze', 'Admin: version and licences')],
    [
      'G P Q M D X F T',
      either(
        'Persone: scheda, telefoni, invita, unisci, dati da dare, cancella; da un file; silenziosi',
        'People: record, phones, invite, merge, data to give, erase; from a file; silent ones',
      ),
    ],
    ['S', t('trySound')],
    ['Y N', either('Sentito, non sentito', 'Heard, not heard')],
    ['D', t('drill')],
    [
      'G',
      either('Cuffie: riprova, portale qui, o dal telefono', 'Headset: try again, here, or from the phone'),
    ],
    ['?', t('allKeys')],
    ['Esc', t('back')],
  ];
  return html`<div
    class="help"
    role="dialog"
    aria-modal="true"
    aria-label=${t('allKeys')}
    @click=${(e) => {
      if (e.target === e.currentTarget) ui.press('?');
    }}>
    <div class="help__card">
      <h2>${t('allKeys')}</h2>
      <div class="help__keys">
        ${rows.map(([key, label]) => html`<kbd>${key}</kbd><span>${label}</span>`)}
      </div>
      <div class="help__row">
        <button class="btn" @click=${() => switchLanguage(ui.draw)}>Italiano / English</button
        ><button class="btn" @click=${() => switchTheme(ui.draw)}>${t('theme')}</button
        ><button class="btn" @click=${() => toAccess(ui)}>${access.title()}</button
        ><button class="btn" @click=${() => signOff(ui)}>
          ${
            ui.feed.myShift() === 'off' ? t('signOff') : askedOnce ? t('signOffLast') : t('signOffEnds')
          }</button
        ><button class="btn" autofocus @click=${() => ui.press('?')}><kbd>Esc</kbd>${t('back')}</button>
      </div>
    </div>
  </div>`;
}
