// The timeline's entries in words. An entry is a fact of the journal; see docs/api.md. The display of each
// event is defined beside the event (messages/events); this module fills its placeholders in the page's
// language.

import { channel, outcome, phrase, reason, say, template } from '../words/words.js';
import { noLineReason } from './banner.js';
import { FIELDS, sourceName } from './briefing.js';
import { endReason } from './handover-status.js';
import { clipName } from './party.js';
import { endingLine } from './call-ending.js';
import { capital, onHeadset, onShiftsCall } from './situation.js';
import { label } from '../steps/labels.js';
import { addressName } from '../position/address.js';
import { notDialledReason } from '../words/not-dialled.js';
import * as f from '../words/format.js';

/** The display of each event. @type {Record<string, ListItem[]>} */
const ITEMS = await fetch('/console/data/events.json').then(
  (answer) => (answer.ok ? answer.json() : {}),
  () => ({}), // without this table each entry shows its type
);

/** The kinds of data that can be erased. @type {Record<string, Phrase>} */
const KINDS = {
  number: phrase`numbers`,
  position: phrase`positions`,
  words: phrase`notes and texts`,
};
/** The evidence that the user was reached. @type {Record<string, Phrase>} */
const REACHED = {
  inbound: phrase`she called`,
  app: phrase`says the app`,
  voice: phrase`heard`,
  digit: phrase`pressed a key`,
  operator: phrase`says the operator`,
};

/** The claims of unproved signals under the user's number. @type {Record<string, Phrase>} */
const CLAIMS = {
  signal: phrase`another signal of this number`,
  silent: phrase`another signal asks for silence`,
  position: phrase`another position`,
  words: phrase`writes`,
  rings: phrase`says that the phone rings`,
  cancels: phrase`asks to cancel`,
};

/** Return a word of a table; an unknown key is returned as it is. @param {Record<string, Phrase>} table */
const lookUp = (table, key) => (table[key] ? table[key]() : key);

/** Return `to`, `of` and `from` with a name. @param {string} name */
const nameForms = (name) => [say`to ${name}`, say`${name}’s`, say`from ${name}`];
/**
 * Return the words for the placeholders of an item.
 * @param {Entry} entry @param {string} user @param {Names} names @param {boolean} test
 * @returns {Record<string, () => string>}
 */
function placeholders(entry, user, names, test) {
  const op = entry.operator ? names(entry.operator) : '';
  const named = user || say`the user`;
  const who = { user: named, operator: op || say`Operator`, psap: '112', listener: op }[entry.party] ?? '';
  const usersCase = user ? nameForms(user) : [say`to the user`, say`The user’s`, say`from the user`];
  const psapsCase = [say`to 112`, say`112’s`, say`from 112`];
  const [to, ofThem, from] = { user: usersCase, psap: psapsCase }[entry.party] ?? nameForms(who);
  return {
    op: () => op,
    next: () => names(entry.to),
    name: () => user,
    user: () => named,
    User: () => capital(named),
    to_user: () => usersCase[0],
    of_user: () => usersCase[1],
    who: () => who,
    Who: () => capital(who),
    to: () => to,
    of: () => ofThem,
    from: () => from,
    psap: () => (test ? say`simulated` : '112'),
    line: () => (entry.line ? `, ${f.lineName(entry.line)}` : ''),
    again: () => (entry.attempt > 1 ? say`, attempt ${entry.attempt}` : ''),
    times: () => (entry.times > 1 ? ` (${entry.times})` : ''),
    text: () => entry.text || say`(erased)`,
    also: () => (entry.text ? `: ${entry.text}` : ''),
    because: () => (entry.text ? ` (${entry.text})` : ''),
    reason: () => entry.reason ?? '',
    channel: () => channel(entry.channel),
    outcome: () => outcome(entry.outcome),
    claim: () => lookUp(CLAIMS, entry.reason),
    reached: () => lookUp(REACHED, entry.reason),
    kinds: () =>
      entry.text
        .split(' ')
        .map((one) => lookUp(KINDS, one))
        .join(', '),
    field: () => FIELDS[entry.reason]?.() ?? label('note'),
    refusal: () => reason(entry.reason),
    withheld: () => notDialledReason(entry.reason),
    lack: () => noLineReason(entry.reason),
    clip: () => clipName(entry.reason),
    ended: () => endReason(entry.reason),
    accuracy: () => (entry.accuracy_m === undefined ? '' : `, ${f.accuracy(entry.accuracy_m)}`),
    source: () => (entry.text ? `, ${sourceName({ source: entry.text, channel: null })}` : ''),
    address: () => {
      const nearness = /** @type {Nearness} */ (entry.reason);
      const name = addressName({ nearness, street: entry.text, number: '' });
      return nearness === 'number' ? capital(entry.text) : name;
    },
  };
}

/**
 * Return true if the entry has the values of the item's condition.
 * @param {Entry} entry @param {ListItem} item
 */
function matches(entry, { when = {} }) {
  const own = onHeadset(entry) ? 'headset' : onShiftsCall(entry) ? 'nailed_up' : '';
  const facts = { ...entry, own };
  return Object.entries(when).every(([field, value]) => (facts[field] ?? '') === value);
}

/**
 * Return one entry: {icon, tone, text}; null if another entry reports the same. `user` is the user's name, or
 * empty; `names` returns an operator's name.
 * @param {Entry} entry @param {Names} names
 * @param {string} user @param {boolean} test
 */
export function entryLine(entry, user, names, test) {
  const items = ITEMS[entry.what];
  if (!items) return { icon: 'todo', tone: '', text: entry.what };
  const words = placeholders(entry, user, names, test);
  if (entry.what === 'leg.released') return endingLine(entry, words.Who(), words.of());
  const item = items.find((one) => matches(entry, one));
  if (!item) return null;
  const text = template(item.says).replace(/\{(\w+)\}/g, (_, name) => words[name]() ?? '');
  return text ? { icon: item.icon, tone: item.tone, text } : null;
}
