// The text that is read to 112 and copied for 112: place, event, user, phone, in this order. Pure: (view,
// now, place) → lines.
//
// A line is {key, parts}; a part is {id, text, copied, is}: `text` on the screen; `copied` in the copy if it
// differs (a unit in full, a time of day instead of an age); `is` is the value to compare, so that a running
// age is no change.

import { languageName, number, phrase, say } from '../words/words.js';
import * as f from '../words/format.js';
import * as s from './situation.js';
import { endedCalls, endingKind, endingName, userEnding } from './call-ending.js';
import { claimText } from '../words/claims.js';
import { for112 } from './record.js';
import { addressName, addressSentence, townAfter } from '../position/address.js';
import { spokenDegrees } from '../position/wording.js';

const NEW_MS = 8000;
/**
 * The further fields that 112 asks for, in the order of 112, with their names.
 * @type {Record<string, Phrase>}
 */
export const FIELDS = {
  where: phrase`Where exactly`,
  what: phrase`What happens`,
  weapons: phrase`Weapons`,
  injured: phrase`Injured`,
  children: phrase`Children`,
  with: phrase`With her`,
};
/** The name of each line. @type {Record<string, Phrase>} */
export const LABELS = {
  where: phrase`Where`,
  what: phrase`What`,
  dangerous: phrase`Dangerous`,
  weapons: phrase`Weapons`,
  injured: phrase`Injured`,
  children: phrase`Children`,
  with: phrase`With her`,
  who: phrase`Who`,
  phone: phrase`Phone`,
};
/** The channels by which a position arrives. @type {Record<string, Phrase>} */
const CHANNELS = { data: phrase`app`, sms: phrase`SMS`, voice: () => '' };
/** The sources of a position. @type {Record<string, Phrase>} */
const SOURCES = {
  app: () => '',
  gps: phrase`GPS`,
  wifi: phrase`Wi-Fi`,
  cell: phrase`phone network`,
  network: phrase`phone network`,
  aml: phrase`by SMS (AML)`,
};

/** The fields with their own line; other fields are part of a line of the center. */
const OWN_LINES = ['dangerous', 'weapons', 'injured', 'children', 'with'];

/**
 * Return the source and channel of a position. A position that is not from the app is unproved.
 * @param {Pick<PositionView, 'source' | 'channel'>} p
 */
export function sourceName(p) {
  const found = SOURCES[p.source]?.() ?? p.source;
  const channel = CHANNELS[p.channel]?.() ?? '';
  if (p.source === 'aml') return found;
  return found && channel ? `${found} (${channel})` : found || channel;
}

/**
 * Return a part; without `more`, its text is also copied and compared.
 * @param {string} id @param {string} text @param {Partial<Part>} [more] @returns {Part}
 */
const part = (id, text, more = {}) => ({ id, text, copied: text, is: text, ...more });
/** Join the texts that are not empty. */
const join = (texts, separator = ' ') => texts.filter(Boolean).join(separator);
/** Return the hemispheres of a position. @param {PositionView} p */
const hemispheres = (p) => [p.lat < 0 ? say`south` : say`north`, p.lon < 0 ? say`west` : say`east`];

/**
 * Return the lines. `place` is the named place: sentences, the nearest town first; may be empty.
 * @param {CaseView} view @param {number} nowUs @param {string[]} place
 * @returns {{ key: string, parts: Part[] }[]}
 */
export function briefing(view, nowUs, place = []) {
  return [
    {
      key: 'where',
      parts: [
        ...fieldParts(view, 'where'),
        ...oldPositionParts(view, nowUs),
        ...(view.position
          ? positionParts(view.position, nowUs, place)
          : [part('none', noPositionText(view))]),
        ...recordParts(view, 'where'),
      ],
    },
    {
      key: 'what',
      parts: [...fieldParts(view, 'what'), part('alert', join([alertText(view), contactText(view, nowUs)]))],
    },
    ...OWN_LINES.map((key) => ({ key, parts: [...fieldParts(view, key), ...recordParts(view, key)] })).filter(
      ({ parts }) => parts.length,
    ),
    { key: 'who', parts: userParts(view) },
    {
      key: 'phone',
      parts: [
        part('phone', view.phone ? f.phone(view.phone) : say`Number not known`, {
          look: view.phone ? 'phone' : '',
        }),
      ],
    },
  ];
}

/**
 * Return the parts of the user's record for a line, as far as 112 may receive them.
 * @param {CaseView} view @param {string} key @returns {Part[]}
 */
const recordParts = (view, key) =>
  for112(view.person?.for_112 ?? {})
    .filter((one) => one.beside === key)
    .map(({ id, text }) => part(id, `${withoutPeriod(text)}.`, { look: key === 'dangerous' ? '' : 'small' }));

/** Return the text without its final period. */
const withoutPeriod = (text = '') => text.replace(/[.\s]+$/, '');

/**
 * Return the text of a field as a sentence; if it was withdrawn after 112 was briefed, the withdrawal.
 * @param {CaseView} view @param {string} field @returns {Part[]}
 */
function fieldParts(view, field) {
  const text = withoutPeriod(view.briefing[field]?.text);
  const before = withoutPeriod(view.changed?.fields[field]);
  if (text) return [part(field, `${text}.`)];
  return before ? [part(field, say`No longer so: ${before}.`)] : [];
}

/**
 * Return true if this part differs from the text last read to 112.
 * @param {CaseView} view @param {string} id
 */
export function isChanged({ changed }, id) {
  if (!changed) return false;
  if (id === 'address') return changed.address;
  return ['coordinates', 'none'].includes(id) ? changed.position : id in changed.fields;
}

/**
 * Return the warning before an old position: the user may be elsewhere now.
 * @param {CaseView} view @param {number} nowUs @returns {Part[]}
 */
function oldPositionParts(view, nowUs) {
  const text = claimText({ view, nowUs }, 'placeIsOld');
  if (!text) return [];
  const at = f.clock(view.position.at_us);
  const copied = say`Where she was at ${at}:`;
  return [part('old', text, { copied, is: '' })];
}

/** Return the parts of the position. @param {PositionView} p @param {number} nowUs @param {string[]} place */
function positionParts(p, nowUs, place) {
  const [ns, ew] = hemispheres(p);
  const lat = Math.abs(p.lat).toFixed(5);
  const lon = Math.abs(p.lon).toFixed(5);
  const m = p.accuracy_m === null ? null : Math.round(p.accuracy_m);
  const source = sourceName(p);
  const accuracy = m === null ? '' : say`Accurate to ${m} m`;
  const within = m === null ? '' : say`Accurate to ${m} metres`;
  const at = f.clock(p.at_us);
  const named = place.map((sentence, i) => (i ? sentence : townAfter(p.address, sentence)));
  return [
    ...(p.address
      ? [part('address', addressSentence(p.address, place[0]), { is: addressName(p.address) })]
      : []),
    // On the screen the distance is beside the accuracy, which saves a line.
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
    part('spelled', `${spokenDegrees(p.lat)} ${ns} · ${spokenDegrees(p.lon)} ${ew}`, {
      look: 'small',
      copied: `${degreesInWords(p.lat)} ${ns}, ${degreesInWords(p.lon)} ${ew}.`,
    }),
    part(
      'accuracy',
      join([...place.slice(1), `${join([accuracy, f.age(nowUs - p.at_us), source], ', ')}.`]),
      {
        look: 'small',
        is: `${m} ${p.at_us} ${source}`,
        copied: `${join([within, say`at ${at}`, source], ', ')}.`,
      },
    ),
  ];
}

/** Return the reason why the position is unknown. @param {CaseView} view */
const noPositionText = (view) =>
  ({
    voice: say`Not known: voice alert.`,
    sms: say`Not known: alert by SMS.`,
  })[view.channel] ?? say`Not known.`;

/**
 * Return degrees as degrees, minutes and seconds with one decimal.
 * @param {number} value @returns {[number, number, number]}
 */
const sixtieths = (value) => {
  const all = Math.round(Math.abs(value) * 36000);
  return [Math.floor(all / 36000), Math.floor(all / 600) % 60, (all % 600) / 10];
};
/** Return degrees in words: degrees, minutes, seconds. */
function degreesInWords(value) {
  const [degrees, minutes, seconds] = sixtieths(value);
  return say`${degrees} degrees ${minutes} minutes ${number(seconds)} seconds`;
}

/** Return the channel and time of the alert. @param {CaseView} view */
function alertText(view) {
  const raised = f.clock(view.raised_us);
  const by = {
    data: say`from the app`,
    voice: say`by a phone call`,
    sms: say`by SMS`,
  }[view.channel];
  return say`Alert ${by} at ${raised}.`;
}

/** Return the state of the contact with the user. @param {CaseView} view @param {number} nowUs */
function contactText(view, nowUs) {
  if (view.duress) return say`She cancelled under duress: do not phone her.`;
  if (s.unheard(view.user) || (s.isTalking(view.user) && view.user.parted_us !== null))
    return say`Her phone was on the line with us; whether it still is, is not known.`;
  if (s.isTalking(view.user) && view.user.no_sound_us !== null)
    return say`Her line is open, but nothing is heard on it.`;
  // Only a key pressed proves that a person answered: a machine has a voice as well.
  if (s.isTalking(view.user))
    return view.user.pressed
      ? say`She is on the phone with us.`
      : say`Her phone was answered: we are on the line.`;
  if (s.keptSilent(view)) return say`She cannot talk: do not phone her.`;
  if (view.wrong_pins) return say`Somebody tried to cancel with a wrong PIN.`;
  const declined = endedCalls(view, 'user').some((one) => endingKind(one) === 'declined');
  const calling = view.user.state === 'ringing' ? say`We are calling her.` : '';
  const spoke = claimText(
    { view, nowUs },
    'spokeThenNothing',
    'spokeAndHungUp',
    'spokeAndDropped',
    'spokeBefore',
    'machineAnswers',
  );
  if (spoke) return spoke;
  if (declined) return join([say`She declined our call.`, calling]);
  const end = view.user.state === 'released' ? userEnding(view) : null;
  if (end !== null && end !== 'ours') return say`We called her: ${endingName(end).toLowerCase()}.`;
  return calling;
}

/** Return the parts of the user. @param {CaseView} view */
function userParts(view) {
  const { person } = view;
  const speaks = person?.language ? say`, speaks ${languageName(person.language)}` : '';
  const note = s.ownNote(view);
  const more = join([
    note ? say`Note: ${note}.` : '',
    view.battery_pct === null ? '' : say`Phone battery ${view.battery_pct} %.`,
  ]);
  return [
    part('name', `${s.name(view)}${speaks}.`),
    ...(more ? [part('more', more, { look: 'small', is: person?.notes ?? '' })] : []),
    ...recordParts(view, 'who'),
  ];
}

/**
 * Return the text to copy: each line with its name, so that the text can be understood alone.
 * @param {CaseView} view @param {number} nowUs
 * @param {string[]} [place]
 */
export function copyText(view, nowUs, place = []) {
  const lines = briefing(view, nowUs, place).map(
    ({ key, parts }) =>
      `${LABELS[key]().toUpperCase()}: ${parts
        .map(({ id, copied }) => (isChanged(view, id) ? `[${say`changed`}] ${copied}` : copied))
        .join('\n')}`,
  );
  return [...(view.test ? [say`TEST, not a real alert.`] : []), ...lines]
    .join('\n')
    .replaceAll('\u00a0', ' ')
    .replaceAll('\u2002', ' ');
}

/**
 * Return the memory of the parts shown, with the time of their last change. A part that was never shown is no
 * change, nor is a part that returns unchanged: the address of a new position arrives a moment later.
 * @param {Map<string, { is: string, atMs: number }>} before @param {{ key: string, parts: Part[] }[]} lines
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

/** Return true if the part changed a moment ago. @param {string} key @param {number} nowMs */
export const isNew = (memory, key, id, nowMs) =>
  nowMs - (memory.get(`${key}/${id}`)?.atMs ?? -Infinity) < NEW_MS;
