// Each of the center's needs in words: what it is, and what is to be done where it is not met.

/** @typedef {{ name: Pair, text: Pair }} Words */

/** @type {Record<Need, Words>} */
export const NEEDS = {
  certificate: {
    name: ['Indirizzo fidato', 'Trusted address'],
    text: [
      'Browser e telefoni devono fidarsi dell’indirizzo del centro: senza, l’app non può lanciare allarmi.',
      'Browsers and phones have to trust the centre’s address: without it the app raises no alert.',
    ],
  },
  lines: {
    name: ['Due linee vere', 'Two real lines'],
    text: [
      'Operatore e persona si chiamano insieme: servono due modem con SIM sul gruppo pubblico.',
      'Operator and user are called at once: two modems with SIMs are needed on the public trunk.',
    ],
  },
  test_alert: {
    name: ['Allarme di prova', 'Test alert'],
    text: [
      'Il centro chiama il tuo telefono come quello di chi chiede aiuto. Non chiama mai il 112.',
      'The centre calls your phone as that of somebody in danger. It never calls 112.',
    ],
  },
  second_operator: {
    name: ['Un secondo operatore', 'A second operator'],
    text: [
      'Da soli non si copre un turno: chi non risponde deve avere qualcuno dopo. Capitolo O.',
      'Nobody covers a shift alone: who does not answer needs somebody behind. Chapter O.',
    ],
  },
  duty: {
    name: ['Se si guasta, qualcuno è chiamato', 'Somebody is called when it breaks'],
    text: [
      'Per due settimane nessuna ora scoperta, da chi ha preso una prova in 90 giorni. Capitolo J: P, T.',
      'For two weeks each hour is covered by who took a test within 90 days. Chapter J: P, T.',
    ],
  },
  emergency_trunk: {
    name: ['Interruttore 1: linea per il 112', 'Switch 1: a line for 112'],
    text: [
      'Un modem sul gruppo riservato al 112 (emergency = true): solo da lì può partire la chiamata.',
      'A modem on the trunk reserved for 112 (emergency = true): the call can leave only there.',
    ],
  },
  second_emergency_line: {
    name: ['Una seconda linea per il 112', 'A second line for 112'],
    text: [
      'Se il 112 è occupato, si richiama subito da un’altra linea riservata.',
      'Where 112 is busy it is called again at once, on another reserved line.',
    ],
  },
  backup: {
    name: ['Copia di sicurezza scritta', 'A backup written'],
    text: [
      'L’ultima è di oggi o di ieri, ed è dove le impostazioni dicono. Meglio su un altro disco.',
      'The last one is of today or yesterday, where the settings say. Better on another disk.',
    ],
  },
  backup_checked: {
    name: ['Copia di sicurezza provata', 'A backup tried'],
    text: [
      'Una copia è stata ripristinata per prova negli ultimi 8 giorni.',
      'One was restored for trial within the last 8 days.',
    ],
  },
  clock: {
    name: ['Orologio sincronizzato', 'Clock synchronised'],
    text: [
      'L’ora segue un server: apt install systemd-timesyncd. Altrimenti le ore scritte sono false.',
      'The time follows a server: apt install systemd-timesyncd. Else wrong times are written.',
    ],
  },
  ups: {
    name: ['Gruppo di continuità', 'Uninterruptible power'],
    text: [
      'Macchina, modem e rete vanno avanti senza corrente: provato staccando la spina.',
      'Machine, modems and network go on without mains: tried by pulling the plug.',
    ],
  },
  psap_agreement: {
    name: ['Accordo con il 112', 'Agreement with 112'],
    text: [
      'La centrale del 112 sa che questo centro chiama, e da quali numeri.',
      'The 112 centre knows that this one calls, and from which numbers.',
    ],
  },
  psap_live: {
    name: ['Interruttore 2: 112 vero', 'Switch 2: the real 112'],
    text: [
      'Per ultimo: L, poi Y e la frase; N, poi Q. Da allora E chiama il 112 vero.',
      'Last of all: L, then Y and the sentence; N, then Q. From then on E calls the real 112.',
    ],
  },
};
