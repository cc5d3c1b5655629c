// What is read to 112, and what is copied for it: where, what, who, phone, in this order. Pure: (view, now,
// place) → lines.
//
// A line is {key, parts}; a part is {id, text, copied, is}: `text` on the screen, `copied` in the copy where
// it differs (a unit in full, a time of day instead of an age), `is` what it is compared by, so that a second
// passing is no news.

import { either, languageName, t } from '../words/words.js';
import * as f from '../words/format.js';
import * as s from './situation.js';
import { ended, ending, endingName, usersEnding } from './ending.js';
import { said } from '../words/claims.js';
import { for112 } from './record.js';
import { addressName, addressSentence, townAfter } from '../place/address.js';
import { spoken } from '../place/places.js';

const NEW_MS = 8000;
/** What 112 asks for besides, in its order, and what it is called. @type {Record<string, Word>} */
export const FIELDS = {
  where: 'whereExactly',
  what: 'whatHappens',
  weapons: 'weapons',
  injured: 'injured',
  children: 'children',
  with: 'with',
};
/** @type {Record<string, Pair>} */
const CHANNELS = { data: ['app', 'app'], sms: ['SMS', 'SMS'], voice: ['', ''] };
/** @type {Record<string, Pair>} */
const SOURCES = {
  app: ['', ''],
  gps: ['GPS', 'GPS'],
  wifi: ['Wi-Fi', 'Wi-Fi'],
  cell: ['rete del telefono', 'phone network'],
  network: ['rete del telefono', 'phone network'],
  aml: ['per SMS (AML)', 'by SMS (AML)'],
};

/** Fields with a line of their own; the others stand with what the center knows of it. @type {Word[]} */
const OWN_LINES = ['dangerous', 'weapons', 'injured', 'children', 'with'];

/**
 * How the position was found, and by what way it came: what is not from the app, anybody may have sent.
 * @param {Pick<PositionView, 'source' | 'channel'>} p
 */
export function sourceName(p) {
  const found = SOURCES[p.source] ? either(...SOURCES[p.source]) : p.source;
  const came = CHANNELS[p.channel] ? either(...CHANNELS[p.channel]) : '';
  if (p.source === 'aml') return found;
  return found && came ? `${found} (${came})` : found || came;
}

/** @param {string} id @param {string} text @param {Partial<Part>} [more] @returns {Part} */
const part = (id, text, more = {}) => ({ id, text, copied: text, is: text, ...more });
const join = (texts, by = ' ') => texts.filter(Boolean).join(by);
/** @param {PositionView} p */
const sides = (p) => [p.lat < 0 ? t('south') : t('north'), p.lon < 0 ? t('west') : t('east')];

/**
 * The four lines. `place` is what is known of the place by name: sentences, the nearest town first; may be
 * empty.
 * @param {CaseView} view @param {number} nowUs @param {string[]} place
 * @returns {{ key: Word, parts: Part[] }[]}
 */
export function briefing(view, nowUs, place = []) {
  return [
    {
      key: 'where',
      parts: [
        ...filled(view, 'where'),
        ...oldPlace(view, nowUs),
        ...(view.position ? where(view.position, nowUs, place) : [part('none', unknownPlace(view))]),
        ...recorded(view, 'where'),
      ],
    },
    {
      key: 'what',
      parts: [...filled(view, 'what'), part('alert', join([what(view), silence(view, nowUs)]))],
    },
    ...OWN_LINES.map((key) => ({ key, parts: [...filled(view, key), ...recorded(view, key)] })).filter(
      ({ parts }) => parts.length,
    ),
    { key: 'who', parts: who(view) },
    {
      key: 'phone',
      parts: [
        part('phone', view.phone ? f.phone(view.phone) : t('noNumber'), { look: view.phone ? 'phone' : '' }),
      ],
    },
  ];
}

/**
 * What the user's record says of it, as far as 112 may be told.
 * @param {CaseView} view @param {string} key @returns {Part[]}
 */
const recorded = (view, key) =>
  for112(view.person?.for_112 ?? {})
    .filter((one) => one.beside === key)
    .map(({ id, text }) => part(id, `${unstopped(text)}.`, { look: key === 'dangerous' ? '' : 'small' }));

const unstopped = (text = '') => text.replace(/[.\s]+$/, '');

/**
 * What was written of one field, as a sentence; where 112 was read what is withdrawn, that.
 * @param {CaseView} view @param {string} field @returns {Part[]}
 */
function filled(view, field) {
  const text = unstopped(view.briefing[field]?.text);
  const before = unstopped(view.changed?.fields[field]);
  if (text) return [part(field, `${text}.`)];
  return before ? [part(field, either(`Non vale più: ${before}.`, `No longer so: ${before}.`))] : [];
}

/**
 * Whether 112 was last read something else of this part.
 * @param {CaseView} view @param {string} id
 */
export function isChanged({ changed }, id) {
  if (!changed) return false;
  if (id === 'address') return changed.address;
  return ['coordinates', 'none'].includes(id) ? changed.position : id in changed.fields;
}

/**
 * Said before the place, where the user may be elsewhere by now.
 * @param {CaseView} view @param {number} nowUs @returns {Part[]}
 */
function oldPlace(view, nowUs) {
  const text = said({ view, nowUs }, 'placeIsOld');
  if (!text) return [];
  const at = f.clock(view.position.at_us);
  const copied = either(`Dov’era alle ${at}:`, `Where she was at ${at}:`);
  return [part('old', text, { copied, is: '' })];
}

/** @param {PositionView} p @param {number} nowUs @param {string[]} place */
function where(p, nowUs, place) {
  const [ns, ew] = sides(p);
  const lat = Math.abs(p.lat).toFixed(5);
  const lon = Math.abs(p.lon).toFixed(5);
  const m = p.accuracy_m === null ? null : Math.round(p.accuracy_m);
  const source = sourceName(p);
  const accuracy = m === null ? '' : either(`Precisione ${m} m`, `Accurate to ${m} m`);
  const within = m === null ? '' : either(`Precisione ${m} metri`, `Accurate to ${m} metres`);
  const at = f.clock(p.at_us);
  const named = place.map((sentence, i) => (i ? sentence : townAfter(p.address, sentence)));
  return [
    ...(p.address
      ? [part('address', addressSentence(p.address, place[0]), { is: addressName(p.address) })]
      : []),
    // On the screen, how far it is from there stands with the accuracy: a line less.
    ...named.map((sentence, i) =>
      part(`place${i}`, i ? '' : sentence, { look: i ? 'none' : '', copied: sentence, is: place[i] }),
    ),
    part('coordinates', `${lat} ${ns} ${lon} ${ew}`, {
      look: 'coordinates',
      pairs: [
        [lat, ns],
        [lon, ew],
      ],
      copied: `${lat} ${ns}, ${lon} ${ew}.`,
    }),
    part('spelled', `${spoken(p.lat)} ${ns} · ${spoken(p.lon)} ${ew}`, {
      look: 'small',
      copied: `${spelled(p.lat)} ${ns}, ${spelled(p.lon)} ${ew}.`,
    }),
    part(
      'accuracy',
      join([...place.slice(1), `${join([accuracy, f.age(nowUs - p.at_us), source], ', ')}.`]),
      {
        look: 'small',
        is: `${m} ${p.at_us} ${source}`,
        copied: `${join([within, either(`alle ${at}`, `at ${at}`), source], ', ')}.`,
      },
    ),
  ];
}

/** @param {CaseView} view */
const unknownPlace = (view) =>
  ({
    voice: either('Non nota: allarme telefonico.', 'Not known: voice alert.'),
    sms: either('Non nota: allarme con un SMS.', 'Not known: alert by SMS.'),
  })[view.channel] ?? either('Non nota.', 'Not known.');

/** @param {number} value @returns {[number, number, string]} */
const pieces = (value) => {
  const all = Math.round(Math.abs(value) * 36000);
  return [Math.floor(all / 36000), Math.floor(all / 600) % 60, ((all % 600) / 10).toFixed(1)];
};
function spelled(value) {
  const [degrees, minutes, seconds] = pieces(value);
  return either(
    `${degrees} gradi ${minutes} primi ${seconds.replace('.', ',')} secondi`,
    `${degrees} degrees ${minutes} minutes ${seconds} seconds`,
  );
}

/** @param {CaseView} view */
function what(view) {
  const raised = f.clock(view.raised_us);
  const by = {
    data: either('dall’app', 'from the app'),
    voice: either('con una chiamata', 'by a phone call'),
    sms: either('con un SMS', 'by SMS'),
  }[view.channel];
  const it =
    view.channel === 'voice' ? `Allarme telefonico alle ${raised}.` : `Allarme ${by} alle ${raised}.`;
  return either(it, `Alert ${by} at ${raised}.`);
}

/** @param {CaseView} view @param {number} nowUs */
function silence(view, nowUs) {
  if (view.duress)
    return either(
      'Ha annullato sotto costrizione: non telefonarle.',
      'She cancelled under duress: do not phone her.',
    );
  if (s.unheard(view.user) || (s.talking(view.user) && view.user.parted_us !== null))
    return either(
      'Il suo telefono era in linea con noi; non si sa se lo è ancora.',
      'Her phone was on the line with us; whether it still is, is not known.',
    );
  if (s.talking(view.user) && view.user.no_sound_us !== null)
    return either(
      'La sua linea è aperta, ma non si sente nulla.',
      'Her line is open, but nothing is heard on it.',
    );
  // Who has answered is known by a key of the phone alone: a machine has a voice as well.
  if (s.talking(view.user))
    return view.user.pressed
      ? either('È al telefono con noi.', 'She is on the phone with us.')
      : either('Il suo telefono ha risposto, siamo in linea.', 'Her phone was answered: we are on the line.');
  if (s.keptSilent(view))
    return either('Non può parlare: non telefonarle.', 'She cannot talk: do not phone her.');
  if (view.wrong_pins)
    return either(
      'Qualcuno ha provato ad annullare con un PIN sbagliato.',
      'Somebody tried to cancel with a wrong PIN.',
    );
  const declined = ended(view, 'user').some((one) => ending(one) === 'declined');
  const going = view.user.state === 'ringing' ? either('La stiamo chiamando.', 'We are calling her.') : '';
  const spoke = said(
    { view, nowUs },
    'spokeThenNothing',
    'spokeAndHungUp',
    'spokeAndDropped',
    'spokeBefore',
    'machineAnswers',
  );
  if (spoke) return spoke;
  if (declined) return join([either('Ha rifiutato la chiamata.', 'She declined our call.'), going]);
  const how = view.user.state === 'released' ? usersEnding(view) : null;
  if (how !== null && how !== 'ours')
    return either(
      `L’abbiamo chiamata: ${endingName(how).toLowerCase()}.`,
      `We called her: ${endingName(how).toLowerCase()}.`,
    );
  return going;
}

/** @param {CaseView} view */
function who(view) {
  const { person } = view;
  const speaks = person?.language
    ? either(
        `, parla ${languageName(person.language).toLowerCase()}`,
        `, speaks ${languageName(person.language)}`,
      )
    : '';
  const note = s.ownNote(view);
  const more = join([
    note ? either(`Nota: ${note}.`, `Note: ${note}.`) : '',
    view.battery_pct === null
      ? ''
      : either(`Batteria del telefono ${view.battery_pct} %.`, `Phone battery ${view.battery_pct} %.`),
  ]);
  return [
    part('name', `${s.name(view)}${speaks}.`),
    ...(more ? [part('more', more, { look: 'small', is: person?.notes ?? '' })] : []),
    ...recorded(view, 'who'),
  ];
}

/**
 * The text to be copied: each line with its name, so that the text can be understood by itself.
 * @param {CaseView} view @param {number} nowUs
 * @param {string[]} [place]
 */
export function copyText(view, nowUs, place = []) {
  const lines = briefing(view, nowUs, place).map(
    ({ key, parts }) =>
      `${t(key).toUpperCase()}: ${parts
        .map(({ id, copied }) => (isChanged(view, id) ? `[${t('changed')}] ${copied}` : copied))
        .join('\n')}`,
  );
  return [
    ...(view.test ? [either('PROVA, non è un allarme reale.', 'TEST, not a real alert.')] : []),
    ...lines,
  ]
    .join('\n')
    .replaceAll('\u00a0', ' ')
    .replaceAll('\u2002', ' ');
}

/**
 * What was last read of each part, with when it changed: the memory after these lines. What was never seen is
 * not new, nor is what comes back as it was: the address of a new position is there a moment after it.
 * @param {number} nowMs
 */
export function remember(before, lines, nowMs) {
  const after = new Map(before);
  for (const { key, parts } of lines) {
    for (const { id, is } of parts) {
      const known = before.get(`${key}/${id}`);
      const changed = known ? known.is !== is : before.size > 0;
      after.set(`${key}/${id}`, { is, atMs: changed ? nowMs : (known?.atMs ?? -Infinity) });
    }
  }
  return after;
}

/** Whether the part changed just now. @param {string} key @param {number} nowMs */
export const isNew = (memory, key, id, nowMs) =>
  nowMs - (memory.get(`${key}/${id}`)?.atMs ?? -Infinity) < NEW_MS;
