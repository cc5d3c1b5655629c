// The words of the page. The code contains the English sentence, which is also the key of the translations
// (`gateways/console/words`). In a translation {0} is the first `${…}`, {0:lower} the same in small letters,
// {mute} the key of that command. English sentences that need different translations are distinguished by a
// word after ##, which is not shown. A long sentence may be broken at a blank.

import { CATALOGUES, KEY, REFUSALS } from './center.js';

const ENGLISH = 'en';
const CONTEXT = /##\w+$/;
let chosen = ENGLISH;

/** Set the page's language; English if there is no catalogue for `lang`. @param {string} lang */
export function setLanguage(lang) {
  chosen = Object.hasOwn(CATALOGUES, lang) ? lang : ENGLISH;
  document.documentElement.lang = chosen;
}
/** Return the page's language. */
export const language = () => chosen;
/** Return the languages of the page. */
export const languages = () => [...Object.keys(CATALOGUES), ENGLISH];

/**
 * The catalogue keys, by the parts of a template, which are the same object each time.
 * @type {WeakMap<object, string>}
 */
const keys = new WeakMap();

/**
 * Return the catalogue key of a template: `{0}`, `{1}` in place of its values.
 * @param {TemplateStringsArray} strings
 */
function keyOf(strings) {
  if (!keys.has(strings)) {
    const key = strings.map((part, at) => (at ? `{${at - 1}}${part}` : part)).join('');
    keys.set(strings, key.replace(/\s*\n\s*/g, ' '));
  }
  return keys.get(strings);
}

/** Return the translation of a key, else the English sentence, with open placeholders. @param {string} key */
export const template = (key) => CATALOGUES[chosen]?.[key] || key.replace(CONTEXT, '');

/**
 * Return the translation of a key with its placeholders filled.
 * @param {string} key @param {unknown[]} [values]
 */
export const translate = (key, values = []) =>
  template(key).replace(/\{(\w+)(:lower)?\}/g, (hole, name, lower) => {
    const text = String(Object.hasOwn(values, name) ? values[name] : (KEY[name] ?? hole));
    return lower ? text.toLowerCase() : text;
  });

/**
 * Return a sentence in the page's language.
 * @param {TemplateStringsArray} strings @param {unknown[]} values
 */
export const say = (strings, ...values) => translate(keyOf(strings), values);
/**
 * Return a text that the center stores in several languages: in the page's language, else translated from its
 * English, else in any language.
 * @param {{ en?: string }} texts
 */
export const localText = (texts) =>
  texts[chosen] ?? (texts.en === undefined ? (Object.values(texts)[0] ?? '') : template(texts.en));
/**
 * Return a function that translates a sentence at each call, for tables.
 * @param {TemplateStringsArray} strings @param {unknown[]} values @returns {Phrase}
 */
export const phrase =
  (strings, ...values) =>
  () =>
    say(strings, ...values);
/**
 * Return a sentence in the page's language as a list of its words and its rendered values.
 * @param {TemplateStringsArray} strings @param {Drawn[]} values @returns {Drawn}
 */
export const pieces = (strings, ...values) =>
  template(keyOf(strings))
    .split(/\{(\d+)\}/)
    .map((part, at) => (at % 2 ? values[part] : part));

/** @typedef {{ key: string, pattern: RegExp }} Form */
/**
 * Return the pattern of a sentence made by the center, with {0} for a varying part.
 * @param {TemplateStringsArray} strings @returns {Form}
 */
export function form(strings) {
  const key = keyOf(strings);
  const parts = key.replace(CONTEXT, '').split(/\{\d+\}/);
  const plain = parts.map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'));
  return { key, pattern: new RegExp(`^${plain.join('(.*?)')}$`) };
}
/**
 * Translate a sentence made by the center; a sentence that matches no form is returned as it is.
 * @param {string} text @param {Form[]} forms the first match is used
 */
export function translateAnswer(text, forms) {
  for (const { key, pattern } of forms) {
    const found = pattern.exec(text);
    if (found) return translate(key, found.slice(1));
  }
  return text;
}

/** @type {Record<string, Phrase>} */
export const CHANNELS = { data: phrase`Data, app`, voice: phrase`Voice`, sms: phrase`SMS` };

/** @type {Record<string, Phrase>} */
export const OUTCOMES = {
  false_alarm: phrase`false alarm`,
  handed_over: phrase`handed over to 112`,
  briefed: phrase`112 briefed`,
  user_called_112: phrase`she called 112`,
  cancelled: phrase`cancelled`,
  test_done: phrase`test done`,
  no_contact: phrase`no contact`,
  put_away: phrase`put away`,
};

// Reasons why this page does not send a command that the center would accept (`alerts/unassigned.js`).
/** @type {Record<string, Phrase>} */
const OWN_REASONS = {
  own_case_first: phrase`You have a case: ${KEY.leave} or ${KEY.hand_over} first.`,
  another_waits: phrase`${KEY.take} takes who has nobody.`,
};
// Failures of the center itself, as answered by the center; details may follow after a colon.
/** @type {Record<string, Phrase>} */
const FAILURES = {
  'not durable': phrase`The centre has not written it down yet: see whether it happens, then press again.`,
  'the journal cannot be reached': phrase`The centre cannot reach its journal: press again.`,
  'the center has failed': phrase`The centre has failed: press again.`,
};

/** @type {Record<string, Phrase>} */
const NAMES = {
  it: phrase`Italian`,
  en: phrase`English`,
  fr: phrase`French`,
  de: phrase`German`,
  es: phrase`Spanish`,
  ro: phrase`Romanian`,
  uk: phrase`Ukrainian`,
  ar: phrase`Arabic`,
  sq: phrase`Albanian`,
  zh: phrase`Chinese`,
  pt: phrase`Portuguese`,
  ru: phrase`Russian`,
};

/** @type {Record<string, Phrase>} */
const ROLES = {
  operator: phrase`operator`,
  supervisor: phrase`supervisor`,
  admin: phrase`admin`,
};

/** Return the words for an alert's channel. @param {string} name */
export const channel = (name) => (CHANNELS[name] ?? CHANNELS.data)();
/** Return the words for an outcome; an unknown outcome is returned as it is. @param {string} name */
export const outcome = (name) => OUTCOMES[name]?.() ?? name ?? '?';
/** Return the reason of a refusal in words; an unknown code is returned as it is. @param {string} code */
export const reason = (code) => {
  const [kind] = code.split(':');
  const refused = REFUSALS[code] ?? REFUSALS[kind];
  return refused ? translate(refused) : ((FAILURES[kind] ?? OWN_REASONS[code])?.() ?? code);
};
/** Return a language's name in the page's language. @param {string} code */
export const languageName = (code) => NAMES[code]?.() ?? code;
/** Return a role's name. @param {string} role */
export const roleName = (role) => ROLES[role]();
/** Return a number with the language's decimal sign. @param {number} value @param {number} [digits] */
export const number = (value, digits = 1) => value.toFixed(digits).replace('.', say`.##decimal`);
