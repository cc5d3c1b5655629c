// The timeline's entries in words. An entry is a fact of the journal; see docs/api.md.

import { channel, either, outcome, reason, t } from '../words/words.js';
import { whyNoLine } from './banner.js';
import { FIELDS, sourceName } from './briefing.js';
import { why } from './handed.js';
import { clipName } from './party.js';
import { endingTold } from './ending.js';
import { capital, onHeadset, onShiftsCall } from './situation.js';
import { addressName } from '../place/address.js';
import { withheld } from '../words/withheld.js';
import * as f from '../words/format.js';

/** What can be erased. @type {Record<string, Pair>} */
const KINDS = {
  number: ['numeri', 'numbers'],
  position: ['posizioni', 'positions'],
  words: ['note e testi', 'notes and texts'],
};
const REACHED = {
  inbound: ['ha chiamato lei', 'she called'],
  app: ['lo dice la sua app', 'says the app'],
  voice: ['si sente la sua voce', 'heard'],
  digit: ['ha premuto un tasto', 'pressed a key'],
  operator: ['lo dice l’operatore', 'says the operator'],
};
/** What became of an SMS to the user. @type {Record<string, [string, string, string, string]>} */
const CARRIED = {
  failed: ['warn', 'bad', 'SMS non partito', 'SMS not sent'],
  waits: ['clock', 'wait', 'SMS: telefono non raggiungibile', 'SMS: phone out of reach'],
  delivered: ['check', '', 'SMS consegnato', 'SMS delivered'],
  undelivered: ['warn', 'bad', 'SMS non consegnato', 'SMS not delivered'],
};

/** What came under her number from somebody who has not raised the alert. @type {Record<string, Pair>} */
const CLAIMS = {
  signal: ['un altro segnale con questo numero', 'another signal of this number'],
  silent: ['un altro segnale chiede silenzio', 'another signal asks for silence'],
  position: ['un’altra posizione', 'another position'],
  words: ['scrive', 'writes'],
  rings: ['dice che il telefono squilla', 'says that the phone rings'],
  cancels: ['chiede di annullare', 'asks to cancel'],
};

/** A name after each of these words, in Italian. @param {string} name @param {string[]} words */
const joined = (name, ...words) =>
  words.map((one) => (one.endsWith('’') ? `${one}${name}` : `${one} ${name}`));

/**
 * {icon, tone, text} of one entry; null where another one tells the same. `user` is the user's name, or
 * empty, `names` gives an operator's name.
 * @param {Entry} entry @param {Names} names
 * @param {string} user @param {boolean} test
 */
export function told(entry, user, names, test) {
  const op = entry.operator ? names(entry.operator) : '';
  const psap = test ? t('simulated') : '112';
  const named = user || either('l’utente', 'the user');
  const who = { user: named, operator: op || t('operator'), psap: '112', listener: op }[entry.party] ?? '';
  const usersCase = user ? joined(user, 'a', 'di', 'da') : joined('utente', 'all’', 'dell’', 'dall’');
  const [to, of, from] =
    entry.party === 'user'
      ? usersCase
      : entry.party === 'psap'
        ? joined('112', 'al', 'del', 'dal')
        : joined(who, 'a', 'di', 'da');
  const again =
    entry.attempt > 1 ? either(`, ${entry.attempt}º tentativo`, `, attempt ${entry.attempt}`) : '';
  const line = entry.line ? `, ${f.lineName(entry.line)}` : '';
  const s = (icon, tone, it, en) => ({ icon, tone, text: either(it, en) });
  switch (entry.what) {
    case 'alert.received':
      return s(
        'bell',
        '',
        `Allarme ricevuto, ${channel(entry.channel)}`,
        `Alert received, ${channel(entry.channel)}`,
      );
    case 'event.unreadable':
      return s('warn', 'bad', `Non si può leggere: ${entry.text}`, `Cannot be read: ${entry.text}`);
    case 'alert.signal_added':
      return s(
        'bell',
        '',
        `Segnalato di nuovo, ${channel(entry.channel)}${entry.times > 1 ? ` (${entry.times})` : ''}`,
        `Signalled again, ${channel(entry.channel)}${entry.times > 1 ? ` (${entry.times})` : ''}`,
      );
    case 'claim.added': {
      const [it, en] = CLAIMS[entry.reason];
      const more = entry.times > 1 ? ` (${entry.times})` : '';
      const said = `${more}${entry.text ? `: ${entry.text}` : ''}`;
      return entry.doubt
        ? s('warn', 'wait', `Non provato: ${it}${said}`, `Not proved: ${en}${said}`)
        : s('bell', 'wait', `Un altro suo telefono: ${it}${said}`, `Another phone of hers: ${en}${said}`);
    }
    case 'alert.beside':
      return entry.text === 'device'
        ? s(
            'bell',
            'wait',
            'C’è un allarme provato dello stesso numero',
            'A proved alert of this number is open',
          )
        : s(
            'bell',
            '',
            'C’è un allarme non provato dello stesso numero',
            'An alert of this number that is not proved is open',
          );
    case 'position.updated': {
      const m = entry.accuracy_m === undefined ? '' : `, ${f.accuracy(entry.accuracy_m)}`;
      const by = entry.text ? `, ${sourceName({ source: entry.text, channel: null })}` : '';
      const n = entry.times > 1 ? ` (${entry.times})` : '';
      return s('pin', '', `Nuova posizione${m}${by}${n}`, `New position${m}${by}${n}`);
    }
    case 'address.found': {
      if (!entry.text) return s('pin', '', 'Indirizzo (cancellato)', 'Address (erased)');
      const nearness = /** @type {Nearness} */ (entry.reason);
      const name = addressName({ nearness, street: entry.text, number: '' });
      return { icon: 'pin', tone: '', text: nearness === 'number' ? capital(entry.text) : name };
    }
    case 'alert.cancelled':
      return entry.duress
        ? s('shield', 'bad', 'Annullato con PIN di costrizione', 'Cancelled with the duress PIN')
        : s(
            'phone',
            'wait',
            'Annullato dall’app con il PIN giusto',
            'Cancelled from the app with the right PIN',
          );
    case 'note.added':
      return { icon: 'note', tone: '', text: `${op || either('Il suo SMS', 'Her SMS')}: ${entry.text}` };
    case 'dialogue.said':
      return { icon: 'note', tone: '', text: `${op || capital(named)}: ${entry.text}` };
    case 'dialogue.texts_ordered':
      return s('note', 'wait', `${op}: messaggi per SMS`, `${op}: messages by SMS`);
    case 'dialogue.carried': {
      const [symbol, tone, it, en] = CARRIED[entry.text];
      return s(symbol, tone, it, en);
    }
    case 'briefing.filled': {
      const name = t(FIELDS[entry.reason] ?? 'note');
      return s(
        'note',
        '',
        `${name}: ${entry.text || 'non più noto'}`,
        `${name}: ${entry.text || 'not known any more'}`,
      );
    }
    case 'advice.changed':
      return entry.advice === 'call_112_now'
        ? s('phone', 'wait', 'App: «chiama il 112 ora»', 'App: “call 112 now”')
        : s('phone', '', 'App: attendi', 'App: wait');
    case 'command.refused':
      return { icon: 'warn', tone: 'wait', text: `${op}: ${reason(entry.reason)}` };
    case 'case.opened':
      return s('link', '', 'Il centro ha ripreso il caso', 'The centre has taken the case up again');
    case 'user.identified':
      return s('user', '', `Identificata: ${user}`, `Identified: ${user}`);
    case 'user.unknown':
      return s('user', '', 'Numero non registrato', 'This number is not registered');
    case 'contacts.texted':
      return s('note', '', `SMS a ${entry.text}: 112 chiamato`, `SMS to ${entry.text}: 112 was called`);
    case 'operator.reserved':
      return s('headset', '', `Chiamata a ${op}`, `${op} is being called`);
    case 'operator.not_answering':
      return s('headset', 'wait', `${op} non risponde`, `${op} does not answer`);
    case 'operator.wanted':
      return entry.reason
        ? s('headset', 'wait', `${op} chiesto a un altro caso`, `Another case is asked for ${op}`)
        : s('headset', 'wait', `Un allarme chiede ${op}`, `An alert asks for ${op}`);
    case 'alert.vouched':
      return s('check', 'ok', `${op}: l’allarme è vero`, `${op}: the alert is real`);
    case 'operator.joined':
      return s('headset', 'ok', `${op} ha il caso`, `${op} has the case`);
    case 'listener.left':
      return s('headset', '', `${op} non ascolta più`, `${op} listens no more`);
    case 'whisper.begun':
      return s('headset', 'wait', `${op} parla solo all’operatore`, `${op} speaks to the operator alone`);
    case 'whisper.ended':
      return s('headset', '', `${op} ascolta soltanto`, `${op} only listens again`);
    case 'operator.left':
      if (entry.reason === 'given up')
        return s(
          'headset',
          'wait',
          `${op} passa a un allarme provato; questo torna in coda`,
          `${op} goes to a proved alert; this one waits again`,
        );
      return s('headset', '', `${op} lascia il caso`, `${op} has left the case`);
    case 'leg.originating':
      if (entry.party === 'listener')
        return s('phone', '', `Chiamata a ${op}, per ascoltare${line}`, `Calling ${op}, to listen${line}`);
      if (entry.reason === 'beside_lost')
        return s(
          '112',
          'wait',
          `${psap} chiamato due volte: la prima chiamata forse c’è ancora${line}${again}`,
          `${psap} called twice: the first call may still be up${line}${again}`,
        );
      if (entry.reason === 'inbound')
        return s('phone', '', `${capital(named)} ci chiama${line}`, `${capital(named)} calls us${line}`);
      return entry.party === 'psap'
        ? s('112', '', `${psap} chiamato${line}${again}`, `${psap} called${line}${again}`)
        : s('phone', '', `Chiamata ${to}${line}${again}`, `Calling ${who}${line}${again}`);
    case 'leg.ringing': {
      if (entry.party === 'psap') return s('ring', '', `Il 112 squilla${again}`, `112 rings${again}`);
      if (onHeadset(entry))
        return s('ring', '', `${who}: la chiamata è in cuffia`, `${who}: the call is in the headset`);
      if (onShiftsCall(entry))
        return s('ring', '', `${who}: sulla chiamata del turno`, `${who}: on the call of the shift`);
      return s(
        'ring',
        entry.party === 'user' ? 'ok' : '',
        `Il telefono ${of} squilla${again}`,
        `${capital(who)}’s phone rings${again}`,
      );
    }
    case 'leg.answered':
      if (entry.party === 'listener') return s('headset', 'wait', `${op} ascolta`, `${op} is listening`);
      if (entry.doubt)
        return s('ring', '', `${capital(who)} forse risponde`, `${capital(who)} may have answered`);
      if (entry.reason === 'inbound')
        return s('voice', 'ok', `Rispondiamo ${to}`, `The call of ${named} is answered`);
      return s(
        entry.party === 'psap' ? '112' : 'voice',
        'ok',
        `${capital(who)} risponde`,
        `${capital(who)} answers`,
      );
    case 'leg.confirmed':
      return s(
        entry.party === 'psap' ? '112' : 'voice',
        'ok',
        `${capital(who)} è in linea`,
        `${capital(who)} is on the line`,
      );
    case 'leg.adopted':
      return s('link', '', `La chiamata ${of} è stata ripresa`, `${capital(who)}’s call was taken over`);
    case 'leg.muted':
      return s('mute', 'wait', `${who}: microfono spento`, `${who} is muted`);
    case 'leg.unmuted':
      return s('voice', '', `${who}: microfono acceso`, `${who} is heard again`);
    case 'recording.started':
      return s('rec', '', `Si registra: ${entry.text}`, `Recorded: ${entry.text}`);
    case 'recording.stopped':
      return s(
        'warn',
        'wait',
        'La registrazione si è fermata; la voce continua',
        'The recording has stopped; the voice goes on',
      );
    case 'recording.deleted':
      return s('rec', '', `Registrazione cancellata: ${entry.text}`, `Recording deleted: ${entry.text}`);
    case 'alert.held':
      return s('rec', 'wait', 'Trattenuto: nulla si cancella', 'Held: nothing is erased');
    case 'alert.hold_ended':
      return s('rec', '', 'Non più trattenuto', 'No longer held');
    case 'alert.erased': {
      const kinds = entry.text.split(' ').map((one) => KINDS[one] ?? [one, one]);
      const [it, en] = [0, 1].map((n) => kinds.map((one) => one[n]).join(', '));
      return s('check', '', `Cancellati per sempre: ${it}`, `Erased for good: ${en}`);
    }
    case 'leg.digit':
      return s('phone', '', `Tasto ${entry.text} ${to}`, `Key ${entry.text} to ${who}`);
    case 'voices.withheld':
      return s('hush', 'wait', `${op}: nessuna voce ${usersCase[0]}`, `${op}: no voice to ${named}`);
    case 'voices.given':
      return s('voice', '', `${op}: ${named} sente di nuovo`, `${op}: ${named} hears again`);
    case 'page.opened':
      return s('112', '', `${op} apre la pagina per il 112`, `${op} opens the page for 112`);
    case 'page.viewed':
      return s('112', 'ok', `La pagina è letta da ${entry.text}`, `The page is looked at from ${entry.text}`);
    case 'data.sent':
      return entry.text === 'cancel'
        ? s('112', '', `Revoca a ${entry.reason}`, `Called off at ${entry.reason}`)
        : s('112', '', `Dati a ${entry.reason}`, `Data to ${entry.reason}`);
    case 'data.received':
      return s('112', 'ok', `${entry.reason} ha ricevuto i dati`, `${entry.reason} has the data`);
    case 'data.refused':
      return s(
        'warn',
        'bad',
        `${entry.reason} rifiuta i dati: ${entry.text}`,
        `${entry.reason} refuses the data: ${entry.text}`,
      );
    case 'leg.pressed':
      return s('voice', 'ok', `${who} preme ${entry.text}`, `${who} presses ${entry.text}`);
    case 'leg.unheard':
      return s(
        'hush',
        'wait',
        `Il modem non risponde${line}: non si sa se ${who} è ancora in linea`,
        `The modem does not answer${line}: whether ${who} is still on the line is not known`,
      );
    case 'leg.heard_again':
      return s('voice', '', `Il modem risponde di nuovo${line}`, `The modem answers again${line}`);
    case 'leg.sound_lost':
      return s('hush', 'wait', `Nessun suono ${from}${line}`, `No sound from ${who}${line}`);
    case 'leg.sound_back':
      return s('voice', '', `Di nuovo suono ${from}`, `Sound again from ${who}`);
    case 'another_line.requested':
      return s(
        'phone',
        '',
        `${op}: un’altra linea per ${entry.party === 'psap' ? 'il 112' : who}`,
        `${op}: another line for ${who}`,
      );
    case 'leg.released':
      return endingTold(entry, capital(who), of);
    case 'user.rang':
      return null; // The call's own ringing tells it.
    case 'user.reached': {
      if (entry.reason === 'answer') return null; // The call's own answer tells it.
      const by = REACHED[entry.reason] ?? [entry.reason, entry.reason];
      return s('done', 'ok', `Raggiunta: ${by[0]}`, `Reached: ${by[1]}`);
    }
    case 'text.unreadable':
      return s('warn', 'bad', `Un SMS non si può leggere${line}`, `A text message cannot be read${line}`);
    case 'pin.wrong':
      if (entry.reason === 'none_set')
        return s(
          'shield',
          'wait',
          'Chiede di annullare: nessun PIN impostato, non prova nulla',
          'Asked to cancel: no PIN is set, so this proves nothing',
        );
      return s('shield', 'bad', 'Digitato un PIN sbagliato', 'A wrong PIN was typed');
    case 'ringing.seen':
      return s('ring', 'ok', 'La sua app vede la chiamata', 'The app sees the call');
    case 'dial.withheld':
      return s(
        'warn',
        'wait',
        `Non chiamata: ${withheld(entry.reason)}`,
        `Not called: ${withheld(entry.reason)}`,
      );
    case 'call_aloud.requested':
      return s('phone', 'wait', `${op}: chiamarla lo stesso`, `${op}: call her all the same`);
    case 'psap.no_line':
      return s(
        'warn',
        'bad',
        `Nessuna linea per il 112: ${whyNoLine(entry.reason)}`,
        `No line for 112: ${whyNoLine(entry.reason)}`,
      );
    case 'psap.called_elsewhere':
      return s(
        'check',
        'ok',
        `${op} ha informato il 112 da un altro telefono`,
        `${op} has briefed 112 on another phone`,
      );
    case 'psap.withdrawn':
      return s('112', 'wait', `${op} annulla la chiamata al 112`, `${op} takes the call to 112 back`);
    case 'conference.broken':
      return entry.party === 'psap'
        ? s(
            'warn',
            'bad',
            'La linea del 112 è caduta dopo l’uscita',
            '112’s line dropped after the operator had left',
          )
        : s(
            'warn',
            'bad',
            `La linea ${usersCase[1]} è caduta dopo l’uscita`,
            `${capital(named)}’s line dropped after the operator had left`,
          );
    case 'conference.settled':
      return s(
        'check',
        'ok',
        `${capital(named)} e il 112 parlano di nuovo, da soli`,
        `${capital(named)} and 112 are talking again, by themselves`,
      );
    case 'alert.reopened':
      return s('bell', 'wait', `${op} riapre l’allarme`, `${op} reopens the alert`);
    case 'outcome.corrected':
      return s(
        'check',
        'wait',
        `${op} corregge l’esito: ${outcome(entry.outcome)}${entry.text ? ` (${entry.text})` : ''}`,
        `${op} corrects the outcome: ${outcome(entry.outcome)}${entry.text ? ` (${entry.text})` : ''}`,
      );
    case 'user.presumed_calling_112':
      return s('warn', 'wait', 'Si presume che stia chiamando il 112', 'Presumed to be calling 112');
    case 'machine.marked':
      return s('hush', '', `${op}: segreteria`, `${op}: a machine`);
    case 'redial.requested':
      return s('phone', '', `${op}: richiamare`, `${op}: call again`);
    case 'announcement.requested':
      return s(
        '112',
        '',
        `${op} fa dire al 112: ${clipName(entry.reason)}`,
        `${op} has 112 told: ${clipName(entry.reason)}`,
      );
    case 'announcement.failed':
      return entry.reason === 'no_sound'
        ? s('warn', 'wait', 'Domanda non detta: manca la voce', 'A question was not said: no voice')
        : s('warn', 'wait', 'Domanda interrotta', 'A question was cut off');
    case 'psap.requested':
      return op
        ? s('112', '', `${op} chiede il 112`, `${op} asks for 112`)
        : s('112', '', 'Si chiede il 112', '112 is asked for');
    case 'psap.joined':
      return s('voice', 'ok', '112 in conversazione', '112 in conference');
    case 'false_alarm.declared':
      return s('check', '', `${op}: falso allarme`, `${op}: false alarm`);
    case 'briefing.given':
      return s('check', 'ok', `${op} ha informato il 112`, `${op} has briefed 112`);
    case 'hand_over.requested': {
      const next = entry.to ? [` a ${names(entry.to)}`, ` to ${names(entry.to)}`] : ['', ''];
      const more = entry.text ? `: ${entry.text}` : '';
      return s(
        'headset',
        'wait',
        `${op} passa il caso${next[0]}${more}`,
        `${op} hands the case over${next[1]}${more}`,
      );
    }
    case 'hand_over.ended':
      return { icon: 'headset', tone: 'wait', text: why(entry.reason) };
    case 'leave.requested':
      return s('headset', '', `${op} lascia`, `${op} leaves`);
    case 'deadline.missed':
      return s('warn', 'bad', 'Scadenza passata', 'Deadline passed');
    case 'alert.closed':
      return s('check', '', `Chiuso: ${outcome(entry.outcome)}`, `Closed: ${outcome(entry.outcome)}`);
    default:
      return { icon: 'todo', tone: '', text: entry.what };
  }
}
