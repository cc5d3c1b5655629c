// What a case is at for the operator who looks at it: its sentence, its step, its banner. Pure: (view, allowed, me, now) → data.

import { either, outcome, reason, t } from './words.js';
import * as f from './format.js';
import { next as handedOver } from './handover.js';

const BUSY = new Set([17]);
const NO_ANSWER = new Set([16, 18, 19, 31]);
const UNREACHABLE = new Set([1, 20, 27, 28, 41]);
const CENTERS_OWN = 200;

export const mine = (view, me) => view.operator === me.operator;
export const calledFor = (view, me) => view.reserved.includes(me.operator) && !mine(view, me);
export const talking = (party) => party.state === 'answered' && party.confirmed;
/** Said to be answered by a line whose word proves nothing: it may still ring. */
export const inDoubt = (party) => party.state === 'answered' && !party.confirmed;
export const underWay = (party) => party.state === 'originating' || party.state === 'ringing' || party.state === 'answered';
/** Whether the text is being read to 112: it has the room, the parties are in one row. */
export const reading = (view) => talking(view.psap) && !talking(view.user) && view.left_us === null && view.closed_us === null;
/** What she is called in a sentence: as its subject, and after a verb. */
export const first = (view) => view.person?.first_name || either('lei', 'she');
export const whom = (view) => view.person?.first_name || either('lei', 'her');
export const capital = (text) => text[0].toUpperCase() + text.slice(1);
export const name = (view) => (view.person ? `${view.person.first_name} ${view.person.last_name}`.trim() : view.identified ? t('unknown') : t('identifying'));
/** Where there is room for one thing only. */
export const shortName = (view) => (view.person || !view.phone ? name(view) : f.phone(view.phone));

/** Why there is no position, as short as the header needs it. */
export const noPosition = (view) => ({ voice: either('nessuna, allarme a voce', 'none, voice alert'), sms: either('nessuna, allarme SMS', 'none, SMS alert') })[view.channel] ?? either('nessuna', 'none');

/** Whether the deadline has passed with her not reached. */
export const isLate = (view, nowUs) => view.met_us === null && view.closed_us === null && (view.missed_us !== null || nowUs > view.deadline_us);

/** The clock of the deadline: {value, unit, tone, word, small}. */
export function deadline(view, nowUs) {
  if (view.met_us !== null) {
    const spare = view.deadline_us - view.met_us;
    const value = f.seconds(view.met_us - view.received_us).replace(/\u00a0s$/, '');
    return spare >= 0
      ? { value, unit: 's', tone: 'ok', word: t('reachedInTime'), small: either(`${f.seconds(spare)} di margine`, `${f.seconds(spare)} to spare`) }
      : { value, unit: 's', tone: 'bad', word: t('reachedLate'), small: either(`${f.seconds(-spare)} dopo il limite`, `${f.seconds(-spare)} past the deadline`) };
  }
  const left = Math.ceil((view.deadline_us - nowUs) / 1e6);
  const at = f.clock(view.deadline_us);
  if (view.closed_us !== null) return { value: '—', unit: '', tone: 'text-3', word: t('closed'), small: at };
  if (left < 0 || view.missed_us !== null) return { value: `+${Math.max(0, -left)}`, unit: 's', tone: 'bad', word: t('late'), small: either(`scaduta alle ${at}`, `deadline was ${at}`) };
  return { value: String(left), unit: 's', tone: left <= 20 ? 'wait' : 'action', word: t('secondsLeft'), small: either(`scade alle ${at}`, `deadline ${at}`) };
}

/** What is being played to a party: the first of it; empty where nothing is. */
export const heard = ({ hears: [clip] }) => (clip ? either(`sente: ${t(clip)}`, `hears: ${t(clip)}`) : '');

/** The other parties of a line that joins its calls in the network. */
const beside = (view, party) => [view.user, view.operator_leg, view.psap].filter((one) => one !== party && one.network && one.line === party.line);
const othersUp = (view, party) => beside(view, party).some(talking);
/** While one of them is called those who are up are on hold. */
const addsSomebody = (view, party) => beside(view, party).some((one) => ['originating', 'ringing'].includes(one.state) || inDoubt(one));

/** Where the network joins the calls, and 112 cannot be one of them: she calls it on another phone. */
export const callsElsewhere = (view, allowed) => (talking(view.psap) ? view.psap.network && !beside(view, view.psap).some(underWay) : view.operator_leg.network && allowed.briefing_given === null);

/** One tile: {is, icon, label, time, foot}. `nowUs` for the running clocks. */
export function tile(party, which, view, nowUs, center) {
  const foot = [];
  if (party.attempt > 1) foot.push(either(`${party.attempt}º tentativo`, `attempt ${party.attempt}`));
  if (which === 'user' && view.duress && center.duress === 'psap_first') return { is: 'hush', icon: 'hush', label: t('doNotCall'), time: '', foot: either('Uno squillo la esporrebbe', 'A ring would expose her') };
  switch (party.state) {
    case 'answered': {
      if (inDoubt(party)) return { is: 'ring', icon: 'ring', label: t('perhapsAnswered'), time: f.span(nowUs - party.ringing_us), foot: [...foot, either('risposta non certa', 'answer not certain')].join(', ') };
      if (party.network && !party.joined && addsSomebody(view, party)) return { is: 'hush', icon: 'hush', label: t('onHold'), time: f.span(nowUs - party.answered_us), foot: [...foot, either('non sente nulla', 'hears nothing')].join(', ') };
      const label = party.joined || (party.network && !othersUp(view, party)) ? t('onLine') : t('joining');
      if (party.joined && party.network) foot.push(either('unita dalla rete', 'joined by the network'));
      if (view.user_hears_psap && view.operator_leg.state !== 'answered' && which !== 'operator') foot.push(which === 'user' ? either('parla con il 112', 'talking to 112') : either(`parla con ${whom(view)}`, `talking to ${whom(view)}`));
      if (heard(party)) foot.push(heard(party));
      if (party.no_sound_us !== null) return { is: 'hush', icon: 'hush', label: t('withoutSound'), time: f.span(nowUs - party.answered_us), foot: foot.join(', ') };
      if (party.muted) return { is: 'hush', icon: 'mute', label: t('muted'), time: f.span(nowUs - party.answered_us), foot: foot.join(', ') };
      return { is: 'live', icon: which === 'operator' ? 'headset' : 'voice', label, time: f.span(nowUs - party.answered_us), foot: foot.join(', ') };
    }
    case 'ringing': {
      if (which === 'user') {
        const left = Math.ceil(center.no_answer_s - (nowUs - party.ringing_us) / 1e6);
        if (left > 0) foot.push(either(`Senza risposta tra ${left} s`, `No answer in ${left} s`));
      }
      return { is: 'ring', icon: 'ring', label: party.attempt > 1 && which === 'user' ? t('secondCall') : t('ringing'), time: f.span(nowUs - party.ringing_us), foot: foot.join(', ') };
    }
    case 'originating':
      return { is: 'ring', icon: 'phone', label: t('dialling'), time: f.span(nowUs - party.since_us), foot: foot.join(', ') };
    case 'releasing':
      return { is: 'idle', icon: 'phone', label: t('releasing'), time: '', foot: foot.join(', ') };
    case 'released': {
      if (party.answered_us !== null) return { is: 'idle', icon: 'todo', label: t('ended'), time: f.span(party.released_us - party.answered_us), foot: either(`alle ${f.clock(party.released_us)}`, `at ${f.clock(party.released_us)}`) };
      return { is: which === 'operator' ? 'idle' : 'fail', icon: 'warn', label: cause(party.cause), time: party.attempt > 1 ? `${party.attempt}×` : '', foot: either(`alle ${f.clock(party.released_us)}`, `at ${f.clock(party.released_us)}`) };
    }
    default:
      return { is: 'idle', icon: 'todo', label: which === 'user' ? t('notCalledF') : which === 'psap' ? t('notCalled') : t('nobodyYet'), time: '', foot: '' };
  }
}

export function cause(value) {
  if (BUSY.has(value)) return t('busy');
  if (NO_ANSWER.has(value)) return t('noAnswer');
  if (UNREACHABLE.has(value)) return t('unreachable');
  if (value >= CENTERS_OWN) return either('Linea caduta', 'Line failed');
  return t('failed');
}

/** So long the screen says that a part of the centre was restarted. */
const RESTART_SAID_US = 60e6;

/** The banner, or null: red for what is wrong, plain for what has only to be known. */
export function banner(view, nowUs) {
  return wrong(view, nowUs) ?? restarted(view, nowUs);
}

/** A restart in the middle of the alert. That the calls are up is said only where it is so. */
function restarted(view, nowUs) {
  const at = view.restarted_us;
  if (view.closed_us !== null || at === null || nowUs - at > RESTART_SAID_US) return null;
  const parties = [view.user, view.operator_leg, view.psap];
  const fell = parties.some((party) => party.state === 'released' && party.released_us >= at);
  const calls = !fell && parties.some(talking) ? `; ${t('callsAreUp')}` : '';
  return { tone: 'note', icon: 'link', title: `${t('restarted')} ${f.clock(at)}${calls}.`, text: '', aside: '' };
}

/** What is wrong or late, or null. */
function wrong(view, nowUs) {
  if (view.closed_us !== null) return null;
  if (view.duress) return { icon: 'shield', title: t('duress'), text: either('Annullato con il PIN di costrizione: qualcuno la obbliga. Sul suo telefono l’allarme risulta chiuso. Non richiamarla.', 'Cancelled with the duress PIN: someone is forcing her. On her phone the alert looks closed. Do not call her.'), aside: t('silent') };
  if (!isLate(view, nowUs)) return null;
  const told = view.advice === 'call_112_now';
  const presumed = view.presumed_calling_112 ? either(` Si presume che ${first(view)} stia chiamando il 112.`, ` ${capital(first(view))} is presumed to be calling 112.`) : '';
  const app = told ? either(' L’app le ha detto di chiamare il 112.', ' The app has told her to call 112.') : '';
  return { icon: 'warn', title: t('late'), text: either(`Scadenza passata, non raggiunta.${presumed}${app}`, `Deadline passed, not reached.${presumed}${app}`), aside: '' };
}

/** What to do now: {say, more, step: {key, command, label, sub, tone, why}}. `allowed` is reason by command. */
export function next(view, allowed, me, nowUs, names) {
  const who = first(view);
  const Who = capital(who);
  const her = whom(view);
  const psapLabel = view.test ? t('test112') : t('call112');
  const E = (sub, tone) => ({ key: 'E', command: 'call_psap', label: psapLabel, sub, tone });
  const say = (text, more, step) => ({ say: text, more, step: { ...step, why: step.command && allowed[step.command] ? reason(allowed[step.command]) : step.why ?? null } });

  if (view.closed_us !== null) {
    return say(either(`Chiuso: ${outcome(view.outcome)}.`, `Closed: ${outcome(view.outcome)}.`), either(`alle ${f.clock(view.closed_us)}`, `at ${f.clock(view.closed_us)}`), { key: 'Enter', command: '', local: 'back', label: t('back'), sub: either('Alla lista degli allarmi', 'To the list of alerts'), tone: '' });
  }
  if (!mine(view, me)) {
    if (view.listener === me.operator) {
      const stop = { key: 'A', command: 'stop_listening', label: either('Smetti di ascoltare', 'Stop listening'), sub: either('La tua linea si chiude', 'Your line closes'), tone: '' };
      const operator = names(view.operator);
      if (view.whispering) return say(either(`${operator} ti sente, e nessun altro.`, `${operator} hears you, and nobody else does.`), either('Per tacere: U.', 'To be silent: U.'), stop);
      if (view.listening && allowed.whisper === null) return say(either('Stai ascoltando: nessuno ti sente.', 'You are listening: nobody hears you.'), either(`Per parlare a ${operator} sola: U.`, `To speak to ${operator} alone: U.`), stop);
      return view.listening ? say(either('Stai ascoltando: nessuno ti sente.', 'You are listening: nobody hears you.'), either('Lo schermo dice a tutti che ascolti.', 'Every screen says that you listen.'), stop) : say(either('Si chiama il tuo telefono, per ascoltare.', 'Your phone is being called, to listen.'), '', stop);
    }
    if (view.hand_over) { const over = handedOver(view, me, names); return say(over.say, over.more, over.step); }
    if (calledFor(view, me)) return say(either('Rispondi al tuo telefono.', 'Answer your phone.'), either('Appena rispondi il caso è tuo.', 'The case is yours as soon as you answer.'), inDoubt(view.operator_leg) && view.operator_leg.operator === me.operator ? { ...E('', ''), key: 'T', command: 'take', label: either('Ci sono', 'I am here'), sub: either('Se hai risposto: parla, o T', 'If you have answered: speak, or T'), tone: 'primary' } : { ...E('', ''), why: either('Prima rispondi al telefono', 'Answer your phone first') });
    if (view.left_us !== null && !view.operator) {
      const both = view.user_hears_psap ? either(`${Who} e il 112 si parlano.`, `${Who} and 112 are talking.`) : either('Si sta chiudendo.', 'It is being ended.');
      return say(either(`Affidata al 112. ${both}`, `Handed over to 112. ${both}`), either('Non serve altro. Per tornare in linea: T.', 'Nothing more to do. To come back on the line: T.'), { key: 'T', command: 'take', label: t('take'), sub: either('Si chiama il tuo telefono', 'Rings your phone'), tone: '' });
    }
    if (view.operator) return say(either(`Il caso è di ${names(view.operator)}.`, `${names(view.operator)} has the case.`), allowed.listen === null ? either('Ascoltare senza essere sentita: A.', 'To listen unheard: A.') : '', { key: 'T', command: 'take', label: t('take'), sub: '', tone: '' });
    const calling = view.reserved.map(names).join(', ');
    return say(
      calling ? either(`Si sta chiamando ${calling}.`, `Calling ${calling}.`) : either('Nessuno ha questo caso.', 'Nobody has this case.'),
      '',
      { key: 'T', command: 'take', label: t('take'), sub: either('Si chiama il tuo telefono', 'Rings your phone'), tone: calling ? '' : 'primary' },
    );
  }
  if (callsElsewhere(view, allowed) && view.left_us === null && view.false_alarm_us === null) return elsewhere(view, say, her);
  if (talking(view.psap)) {
    if (talking(view.user)) return say(either(`${Who} e il 112 si parlano. Puoi lasciare.`, `${Who} and 112 are talking. You can leave.`), heard(view.psap) ? either(`Il 112 ${heard(view.psap)}.`, `112 ${heard(view.psap)}.`) : either('Resta se il 112 ha ancora bisogno di te. Non può parlare: Z.', 'Stay if 112 still needs you. She cannot speak: Z.'), { key: 'L', command: 'leave', label: t('leave'), sub: either(`${Who} e il 112 restano uniti. La tua linea si chiude.`, `${Who} and 112 stay joined. Your line closes.`), tone: 'primary' });
    if (view.briefing_us === null) return say(either('Leggi il testo al 112.', 'Read the text to 112.'), underWay(view.user) ? either('La si sta richiamando: se risponde, entra con voi.', 'She is being called again: if she answers, she joins you.') : '', { key: 'B', command: 'briefing_given', label: t('briefingGiven'), sub: either('Poi puoi lasciare con L', 'Then you may leave with L'), tone: 'primary' });
    return say(either('Il 112 sa tutto. Puoi lasciare.', '112 knows everything. You can leave.'), either('Lasciando si chiude anche la linea col 112.', 'Leaving ends the line to 112, too.'), { key: 'L', command: 'leave', label: t('leave'), sub: either('L’allarme si chiude', 'The alert closes'), tone: 'primary' });
  }
  if (inDoubt(view.psap)) return say(either('Il 112 forse ha risposto. Lo senti?', '112 may have answered. Do you hear them?'), either('Se parla, lo schermo se ne accorge da solo.', 'If they speak, the screen notices by itself.'), { key: 'Y', command: 'confirm_answer', label: t('answered'), sub: either('Il 112 è in linea', '112 is on the line'), tone: 'primary' });
  if (view.psap_requested_us !== null && view.operator_leg.network) return say(either('Si sta chiamando il 112. Resta in linea.', '112 is being called. Stay on the line.'), either('Finché non risponde su questa linea nessuno si sente.', 'Until it answers nobody on this line hears anybody.'), E('', ''));
  if (view.psap_requested_us !== null) return say(either('Si sta chiamando il 112. Resta in linea.', '112 is being called. Stay on the line.'), talking(view.user) ? either(`Intanto continua a parlare con ${her}.`, `Keep talking to ${her} meanwhile.`) : '', E('', ''));
  if (view.left_us !== null || view.false_alarm_us !== null) return say(either('L’allarme si sta chiudendo.', 'The alert is being ended.'), '', E('', ''));
  if (view.duress) return say(either(`Chiama subito il 112, senza richiamare ${her}.`, `Call 112 now, without calling ${her}.`), either('Di’ al 112 di non telefonarle.', 'Tell 112 not to phone her.'), E(either('Il suo telefono non squilla e non mostra nulla', 'Her phone will not ring and shows nothing'), 'primary'));
  if (talking(view.user)) return say(either('Chiedi: «Sei al sicuro? Puoi parlare?»', 'Ask: “Are you safe? Can you talk?”'), either('Uno sbaglio: F. Ogni altra risposta, o silenzio: E.', 'A mistake: F. Any other answer, or silence: E.'), E(either('Il 112 entra subito in conversazione con voi due', '112 joins the two of you at once'), 'primary'));
  if (isLate(view, nowUs) || view.presumed_calling_112) return say(either(`Chiama il 112: chiedi se ${who} è già da loro.`, `Call 112: ask whether ${who} is with them.`), either('Sì: dai posizione e nome. No: leggi tutto il testo.', 'Yes: give position and name. No: read the whole text.'), E(either('Leggi il testo appena risponde', 'Read the text as it answers'), 'primary'));
  if (inDoubt(view.user)) return say(either(`${Who} forse ha risposto. Senti qualcuno?`, `${Who} may have answered. Do you hear anybody?`), either('È lei: Y. Una segreteria: M. Squilla: attendi.', 'It is her: Y. A machine: M. Ringing: wait.'), E(either('Possibile già ora', 'Allowed now'), ''));
  if (view.operator_leg.network && (view.user.state === 'ringing' || inDoubt(view.user))) return say(either('Il suo telefono squilla. Non senti nulla finché non risponde.', 'Her phone rings. You hear nothing until she answers.'), either('Per chiamare il 112 non serve aspettare: il suo telefono smette di squillare.', 'You need not wait to call 112: her phone then stops ringing.'), E(either('Possibile già ora', 'Allowed now'), ''));
  if (view.user.state === 'ringing') return say(either('Senti la sua linea. Attendi che risponda.', 'You hear her line. Wait for her to answer.'), either('Una segreteria: M. Per chiamare il 112 non serve aspettare.', 'A machine: M. You need not wait to call 112.'), E(either('Possibile già ora', 'Allowed now'), ''));
  if (underWay(view.user)) return say(either(`Si sta chiamando ${her}.`, `${Who} is being called.`), '', E(either('Possibile già ora', 'Allowed now'), ''));
  if (view.user.state === 'released') return say(either(`${Who} non è in linea. Chiama il 112.`, `${Who} is not on the line. Call 112.`), either('Richiamarla: R.', 'To call her again: R.'), E(either('Appena risponde leggi il testo', 'Read the text as it answers'), 'primary'));
  return say(either(`Sei in linea. Ora si chiama ${her}.`, `You are on the line. ${Who} is called next.`), '', E(either('Possibile già ora', 'Allowed now'), ''));
}

/** What to do where 112 cannot join the line: the briefing is given on another phone. */
function elsewhere(view, say, her) {
  if (view.briefing_us !== null) return say(either('Il 112 sa tutto. Puoi lasciare.', '112 knows everything. You can leave.'), talking(view.user) ? either(`Lasciando si chiude anche la linea con ${her}.`, `Leaving ends ${her}’s line, too.`) : '', { key: 'L', command: 'leave', label: t('leave'), sub: either('L’allarme si chiude', 'The alert closes'), tone: 'primary' });
  const step = { key: 'B', command: 'briefing_given', label: t('briefingGiven'), sub: either('Dopo averlo letto al 112', 'Once you have read it to 112'), tone: 'primary' };
  if (!talking(view.user)) return say(either('Chiama il 112 da un altro telefono e leggi il testo.', 'Call 112 on another phone and read the text.'), either('Su questa linea il 112 non può entrare.', '112 cannot be joined on this line.'), step);
  return say(either('Chiedi: «Sei al sicuro? Puoi parlare?»', 'Ask: “Are you safe? Can you talk?”'), either('Uno sbaglio: F. Ogni altra risposta, o silenzio: chiama il 112 da un altro telefono. Qui non può entrare.', 'A mistake: F. Any other answer, or silence: call 112 on another phone. It cannot be joined here.'), step);
}

/** The five slots, always the same, in the same order. */
export function slots(view, allowed, armed) {
  const why = (command) => (allowed[command] ? reason(allowed[command]) : null);
  return [
    { key: 'F', command: 'declare_false_alarm', label: t('falseAlarm'), sub: armed === 'F' ? either('Invio conferma, Esc annulla', 'Enter confirms, Esc disarms') : either('Saluta e chiude: F, poi Invio', 'Takes leave and closes: F, then Enter'), why: why('declare_false_alarm'), arms: true },
    { key: 'R', command: 'redial_user', label: t('redial'), sub: either('La si chiama subito', 'She is called at once'), why: why('redial_user') },
    { key: 'M', command: 'mark_machine', label: t('machine'), sub: either('Vale come nessuna risposta', 'Counts as no answer'), why: why('mark_machine') },
    { key: 'N', command: '', local: 'note', label: t('note'), sub: either('Scrivi senza lasciare la voce', 'Write while you talk'), why: null },
    microphone(view, allowed, why),
  ];
}

/** The key of one's own microphone: an operator's is open, that of who listens in closed. */
function microphone(view, allowed, why) {
  if (allowed.stop_whispering === null) return { key: 'U', command: 'stop_whispering', label: t('stopWhispering'), sub: either('L’operatrice ti sente', 'The operator hears you'), why: null, tone: 'armed' };
  if (allowed.whisper === null) return { key: 'U', command: 'whisper', label: t('whisper'), sub: either('Ti sente la sola operatrice', 'The operator alone hears you'), why: null };
  return view.operator_leg.muted && allowed.unmute === null
    ? { key: 'U', command: 'unmute', label: t('unmute'), sub: either(`Sei muta: ${whom(view)} non ti sente`, `You are muted: ${first(view)} cannot hear you`), why: null, tone: 'armed' }
    : { key: 'U', command: 'mute', label: t('mute'), sub: either('Il tuo microfono è aperto', 'Your microphone is open'), why: why('mute') };
}

/** Commands that have a key of their own whatever the step is. */
export const KEYS = { E: 'call_psap', R: 'redial_user', M: 'mark_machine', B: 'briefing_given', L: 'leave', T: 'take', A: 'listen', Y: 'confirm_answer', Z: 'announce' };
