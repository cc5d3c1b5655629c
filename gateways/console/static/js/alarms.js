// What is wrong with the center, in plain words: what the journal says, and what is seen from here.

import { html, nothing } from '../vendor/lit.js';
import { icon } from './parts.js';
import { either, t } from './words.js';
import { isLate } from './situation.js';
import { go } from './sections.js';

const SHOWN = 3;
const SHOWN_NARROW = 1;

// For each kind: the short words of the bar, and the sentence of the plant view. `s` is what it is about.
const KINDS = {
  'journal.not_durable': () => [either('Disco: nulla è durevole', 'Disk: nothing durable'), t('notDurable')],
  'deadline.missed': (s) => [either(`${s} oltre il limite`, `${s} past deadline`), either(`Allarmi reali aperti oltre la scadenza, lei non raggiunta: ${s}`, `Real alerts open past the deadline, she not reached: ${s}`)],
  'node.lost': (s) => [either(`Nodo ${s} perso`, `Node ${s} lost`), either(`Il nodo ${s} non risponde: i suoi allarmi sono passati agli altri, le sue linee non si possono usare. Controllare alimentazione, rete e database`, `Node ${s} is away: others have its alerts, and its lines cannot be used. Look at its power, its network and its way to the database`)],
  no_operator: () => [either('Nessuna pronta', 'No operator ready'), either('Nessuna operatrice è pronta: un allarme chiamerebbe i reperibili', 'No operator is ready: an alert would call those on call')],
  'line.out_of_service': (s) => [either(`Linea ${s} fuori uso`, `Line ${s} down`), either(`La linea ${s} non porta chiamate: modem spento, staccato o senza rete`, `Line ${s} carries no calls: its modem is off, unplugged or without a network`)],
  'line.wrong_modem': (s) => [either(`Linea ${s}: altro modem`, `Line ${s}: other modem`), either(`La linea ${s} non porta chiamate: alla sua porta c’è un altro modem (IMEI diverso); rimettere il suo, o correggere le impostazioni`, `Line ${s} carries no calls: another modem (another IMEI) is at its port; put its own back, or correct the settings`)],
  'line.pin_needed': (s) => [either(`Linea ${s}: manca il PIN`, `Line ${s}: PIN needed`), either(`La linea ${s} non porta chiamate: la SIM è chiusa e il suo PIN manca o è stato rifiutato; non viene ritentato`, `Line ${s} carries no calls: its SIM is closed, and the PIN is missing or was refused; it is not tried again`)],
  'line.puk_needed': (s) => [either(`Linea ${s}: SIM bloccata`, `Line ${s}: SIM locked`), either(`La linea ${s} non porta chiamate: la SIM è bloccata e chiede il PUK; sbloccarla in un telefono`, `Line ${s} carries no calls: its SIM is locked and wants its PUK; open it in a telephone`)],
  'line.no_sim': (s) => [either(`Linea ${s}: manca la SIM`, `Line ${s}: no SIM`), either(`La linea ${s} non porta chiamate: la SIM manca, è mal inserita o guasta`, `Line ${s} carries no calls: its SIM is missing, sits badly or is broken`)],
  'line.no_network': (s) => [either(`Linea ${s} senza rete`, `Line ${s}: no network`), either(`La linea ${s} non porta chiamate: il modem non è registrato in rete; controllare antenna e SIM`, `Line ${s} carries no calls: its modem is in no network; look at its aerial and its SIM`)],
  'line.weak_signal': (s) => [either(`Linea ${s}: segnale debole`, `Line ${s}: weak signal`), either(`La linea ${s} sente appena la rete: le chiamate possono cadere`, `Line ${s} hardly hears its network: calls may break off`)],
  'line.no_sound': (s) => [either(`Linea ${s} senza suono`, `Line ${s}: no sound`), either(`Dalla porta voce del modem della linea ${s} non è venuto suono in due allarmi di seguito: provarla con una chiamata, controllare la porta voce e il comando che la accende`, `No sound came from the voice port of line ${s}’s modem in two alerts in a row: try it with a call, look at its voice port and at the command that switches it on`)],
  'line.quarantined': (s) => [either(`Linea ${s} esclusa`, `Line ${s} taken out`), either(`La linea ${s} è esclusa: il modem non risponde, qualunque cosa si tenti`, `Line ${s} is taken out: its modem does not answer, whatever is tried`)],
  'line.failing': (s) => [
    either(`Linea ${s}: non chiama`, `Line ${s}: cannot call`),
    either(
      `La linea ${s} non riesce a chiamare: il modem o la sua rete rifiuta ogni chiamata; controllare SIM e `
        + 'contratto (blocchi, voce, VoLTE)',
      `Line ${s} makes no calls: its modem or its network refuses each one; look at its SIM and its plan `
        + '(barring, voice, VoLTE)',
    ),
  ],
  'line.stray_call': (s) => [
    either(`Linea ${s}: chiamata di nessuno`, `Line ${s}: stray call`),
    either(
      `Sulla linea ${s} c’è una chiamata che non è di alcun allarme: la si sta chiudendo; se resta, spegnere `
        + 'e riaccendere il modem',
      `Line ${s} has a call that is no alert’s: it is being ended; if it stays, switch the modem off and on`,
    ),
  ],
  'operator.line_lost': (s) => [either(`${s}: chiamata fissa giù`, `${s}: standing call down`), either(`La chiamata fissa di ${s} non regge: per un allarme si chiama il suo telefono`, `The standing call of ${s} does not stand: for an alert her phone is called`)],
  'actor.failing': (s) => [either('Parte in avaria', 'Part failing'), either(`Una parte del centro cade di continuo: ${s}`, `A part of the centre keeps failing: ${s}`)],
  'case.stuck': (s) => [either('Allarme fermo', 'Alert stuck'), either(`L’allarme ${s} non va avanti`, `Alert ${s} makes no progress`)],
  'leg.no_sound': () => [either('Una chiamata è muta', 'A call has no sound'), either('Da una chiamata in corso non viene alcun suono da 3 s: richiamare su un’altra linea', 'No sound has come for 3 s from a call that is up: call again on another line')],
  'recording.failed': () => [either('Non si registra', 'Not recording'), either('Le chiamate non vengono registrate: il disco è pieno o non si può scrivere; la voce continua', 'Calls are not being recorded: the disk is full or cannot be written; the voice goes on')],
  ended_soon_after_leave: () => [either('Caduta dopo uscita', 'Dropped after leaving'), either('La conferenza è caduta subito dopo l’uscita dell’operatrice: richiamare', 'The conference dropped soon after the operator had left: call again')],
};
const ORDER = Object.keys(KINDS);
const rank = (kind) => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length);

/** Whether an alarm says that its line carries no calls. */
export const carriesNone = (one) => one.alarm.startsWith('line.') && !['line.quarantined', 'line.weak_signal', 'line.no_sound'].includes(one.alarm);

/** The lines that carry no calls now. */
export const unusable = (feed) => new Set([...feed.lines.filter((one) => one.node && feed.node(one.node)?.alive === false).map((one) => one.line), ...feed.lines.filter((one) => one.quarantine).map((one) => one.line), ...feed.alarms.filter(carriesNone).map((one) => one.subject)]);

/** All alarms, gravest first: {kind, subject, short, long, text, since_us}. */
export function alarms(ui) {
  const { feed } = ui;
  const found = feed.alarms.map((one) => ({ kind: one.alarm, subject: one.subject, text: one.text, since_us: one.since_us }));
  if (feed.link === 'live') {
    const late = [...feed.cases.values()].filter((view) => !view.test && isLate(view, feed.nowUs()));
    if (late.length) found.push({ kind: 'deadline.missed', subject: String(late.length), text: '', since_us: Math.min(...late.map((view) => view.deadline_us)) });
    if (!feed.operators.some((one) => one.state === 'ready')) found.push({ kind: 'no_operator', subject: '', text: '', since_us: null });
  }
  return found.map((one) => {
    const [short, long] = KINDS[one.kind]?.(one.kind.startsWith('operator.') ? ui.names(one.subject) : one.subject) ?? [one.text || one.kind, one.text || one.kind];
    return { ...one, short, long };
  }).sort((a, b) => rank(a.kind) - rank(b.kind) || (a.since_us ?? 0) - (b.since_us ?? 0));
}

/** The gravest in the bar; the others are counted, and all of them are in the plant view. */
export function bar(ui) {
  const all = alarms(ui);
  const most = innerWidth <= 1500 ? SHOWN_NARROW : SHOWN;
  const shown = all.slice(0, most);
  return html`${shown.map((one) => html`<span class="ink-bad alarm" data-alarm=${one.kind} title=${one.long}>${icon('warn')}<span>${one.short}</span></span>`)}
    ${all.length > shown.length ? html`<span class="ink-bad"><button class="alarm__more" aria-label=${either(`Altri ${all.length - shown.length} avvisi, tasto 4`, `${all.length - shown.length} more alarms, key 4`)} @click=${() => { if (ui.feed.link !== 'lost' && !ui.incoming()) go(ui, 'plant'); }}>+${all.length - shown.length}</button></span>` : nothing}
    <span class="sr" role="status">${all.length ? either(`Avvisi: ${all.map((one) => one.long).join('. ')}`, `Alarms: ${all.map((one) => one.long).join('. ')}`) : ''}</span>`;
}
