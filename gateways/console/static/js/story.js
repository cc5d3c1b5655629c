// The timeline's entries in words. An entry is a fact of the journal; see docs/api.md.

import { channel, either, outcome, reason, t } from './words.js';
import { cause } from './situation.js';
import { why } from './handover.js';
import * as f from './format.js';

const MET = { ringing: ['squilla', 'ringing'], answered: ['ha risposto', 'answered'], inbound: ['ha chiamato lei', 'she called'] };

/** {icon, tone, text} of one entry. `her` is what she is called, `names` gives an operator's name. */
export function told(entry, her, names, test) {
  const op = entry.operator ? names(entry.operator) : '';
  const psap = test ? t('simulated') : '112';
  const who = { user: her, operator: op || t('operator'), psap: '112', listener: op }[entry.party] ?? '';
  const again = entry.attempt > 1 ? either(`, ${entry.attempt}º tentativo`, `, attempt ${entry.attempt}`) : '';
  const line = entry.line ? `, ${f.lineName(entry.line)}` : '';
  const s = (icon, tone, it, en) => ({ icon, tone, text: either(it, en) });
  switch (entry.what) {
    case 'alert.received': return s('bell', '', `Allarme ricevuto, ${channel(entry.channel)}`, `Alert received, ${channel(entry.channel)}`);
    case 'alert.signal_added': return s('bell', '', `Segnalato di nuovo, ${channel(entry.channel)}`, `Signalled again, ${channel(entry.channel)}`);
    case 'position.updated': {
      const m = entry.accuracy_m === undefined ? '' : `, ${f.accuracy(entry.accuracy_m)}`;
      const n = entry.times > 1 ? ` (${entry.times})` : '';
      return s('pin', '', `Nuova posizione${m}${n}`, `New position${m}${n}`);
    }
    case 'alert.cancelled': return entry.duress ? s('shield', 'bad', 'Annullato con PIN di costrizione', 'Cancelled with the duress PIN') : s('phone', 'wait', 'Annullato dall’app', 'Cancelled from the app');
    case 'note.added': return { icon: 'note', tone: '', text: `${op || either('Il suo SMS', 'Her SMS')}: ${entry.text}` };
    case 'advice.changed': return entry.advice === 'call_112_now' ? s('phone', 'wait', 'App: «chiama il 112 ora»', 'App: “call 112 now”') : s('phone', '', 'App: attendi', 'App: wait');
    case 'command.refused': return { icon: 'warn', tone: 'wait', text: `${op}: ${reason(entry.reason)}` };
    case 'case.opened': return s('link', '', 'Il centro ha ripreso il caso', 'The centre has taken the case up again');
    case 'user.identified': return s('user', '', `Identificata: ${her}`, `Identified: ${her}`);
    case 'user.unknown': return s('user', '', 'Nessuno con questo numero', 'Nobody of this number is known');
    case 'operator.reserved': return s('headset', '', `Si chiama ${op}`, `${op} is called for it`);
    case 'operator.not_answering': return s('headset', 'wait', `${op} non risponde`, `${op} does not answer`);
    case 'operator.joined': return s('headset', 'ok', `${op} ha il caso`, `${op} has the case`);
    case 'listener.left': return s('headset', '', `${op} non ascolta più`, `${op} listens no more`);
    case 'whisper.begun': return s('headset', 'wait', `${op} parla alla sola operatrice`, `${op} speaks to the operator alone`);
    case 'whisper.ended': return s('headset', '', `${op} ascolta soltanto`, `${op} only listens again`);
    case 'operator.left': return s('headset', '', `${op} non è più nel caso`, `${op} is off the case`);
    case 'leg.originating': if (entry.party === 'listener') return s('phone', '', `Si chiama ${op} per ascoltare${line}`, `Calling ${op}, to listen${line}`);
      return entry.party === 'psap' ? s('112', '', `${psap} chiamato${line}${again}`, `${psap} called${line}${again}`) : s('phone', '', `Si chiama ${who}${line}${again}`, `Calling ${who}${line}${again}`);
    case 'leg.ringing': return s('ring', entry.party === 'user' ? 'ok' : '', entry.party === 'user' ? `Il telefono di ${who} squilla${again}` : `${who} squilla${again}`, entry.party === 'user' ? `${who}’s phone rings${again}` : `${who} rings${again}`);
    case 'leg.answered': if (entry.party === 'listener') return s('headset', 'wait', `${op} ascolta`, `${op} is listening`);
      if (entry.doubt) return s('ring', '', `${who} forse risponde`, `${who} may have answered`);
      return s(entry.party === 'psap' ? '112' : 'voice', 'ok', `${who} risponde`, `${who} answers`);
    case 'leg.confirmed': return s(entry.party === 'psap' ? '112' : 'voice', 'ok', `${who} è in linea`, `${who} is on the line`);
    case 'leg.adopted': return s('link', '', `La chiamata di ${who} è stata ripresa`, `${who}’s call was taken over`);
    case 'leg.muted': return s('mute', 'wait', `${who}: microfono spento`, `${who} is muted`);
    case 'leg.unmuted': return s('voice', '', `${who}: microfono acceso`, `${who} is heard again`);
    case 'recording.started': return s('rec', '', `Si registra: ${entry.text}`, `Recorded: ${entry.text}`);
    case 'recording.stopped': return s('warn', 'wait', 'La registrazione si è fermata; la voce continua', 'The recording has stopped; the voice goes on');
    case 'recording.deleted': return s('rec', '', `Registrazione cancellata: ${entry.text}`, `Recording deleted: ${entry.text}`);
    case 'leg.digit': return s('phone', '', `Tasto ${entry.text} a ${who}`, `Key ${entry.text} to ${who}`);
    case 'leg.sound_lost': return s('hush', 'wait', `Nessun suono da ${who}${line}`, `No sound from ${who}${line}`);
    case 'leg.sound_back': return s('voice', '', `Di nuovo suono da ${who}`, `Sound again from ${who}`);
    case 'another_line.requested': return s('phone', '', `${op}: un’altra linea per ${who}`, `${op}: another line for ${who}`);
    case 'leg.released': return entry.talked ? s('phone', '', `${who} non è più in linea`, `${who} is off the line`) : s('phone', ['operator', 'listener'].includes(entry.party) ? '' : 'bad', `${who}: ${cause(entry.cause).toLowerCase()}`, `${who}: ${cause(entry.cause).toLowerCase()}`);
    case 'user.reached': { const met = MET[entry.reason]; return s('done', 'ok', `Raggiunta: ${met ? met[0] : ''}`, `Reached: ${met ? met[1] : ''}`); }
    case 'user.presumed_calling_112': return s('warn', 'wait', 'Si presume che stia chiamando il 112', 'Presumed to be calling 112');
    case 'machine.marked': return s('hush', '', `${op}: segreteria`, `${op}: a machine`);
    case 'redial.requested': return s('phone', '', `${op}: richiamare`, `${op}: call again`);
    case 'announcement.requested': return s('112', '', `${op} fa dire al 112: ${t(entry.reason)}`, `${op} has 112 told: ${t(entry.reason)}`);
    case 'psap.requested': return op ? s('112', '', `${op} chiede il 112`, `${op} asks for 112`) : s('112', '', 'Si chiede il 112', '112 is asked for');
    case 'psap.joined': return s('voice', 'ok', '112 in conversazione', '112 in conference');
    case 'false_alarm.declared': return s('check', '', `${op}: falso allarme`, `${op}: false alarm`);
    case 'briefing.given': return s('check', 'ok', `${op} ha letto il testo al 112`, `${op} has briefed 112`);
    case 'hand_over.requested': {
      const to = entry.to ? [` a ${names(entry.to)}`, ` to ${names(entry.to)}`] : ['', ''];
      const more = entry.text ? `: ${entry.text}` : '';
      return s('headset', 'wait', `${op} passa il caso${to[0]}${more}`, `${op} hands the case over${to[1]}${more}`);
    }
    case 'hand_over.ended': return { icon: 'headset', tone: 'wait', text: why(entry.reason) };
    case 'leave.requested': return s('headset', '', `${op} lascia`, `${op} leaves`);
    case 'deadline.missed': return s('warn', 'bad', 'Scadenza passata', 'Deadline passed');
    case 'alert.closed': return s('check', '', `Chiuso: ${outcome(entry.outcome)}`, `Closed: ${outcome(entry.outcome)}`);
    default: return { icon: 'todo', tone: '', text: entry.what };
  }
}
