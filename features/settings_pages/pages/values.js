// Conversions of a setting's value: for display, for the form, for the request.

import { languageName, localText, phrase, say } from '../../js/words/words.js';

/** @typedef {SettingRow & { texts: Record<string, any> }} Setting a key with the values of its form */

const UNITS = {
  s: phrase`s`,
  min: phrase`min`,
  days: phrase`days`,
  db: phrase`dB`,
};

/** Return the unit of a setting in words. @param {SettingRow} row */
const unit = ({ unit: of }) => (UNITS[of] ? UNITS[of]() : '');

/** Return the meaning of a setting. @param {SettingRow} row */
export const meaning = (row) => localText(row.meaning);

/** Return a value as text. @param {any} value */
function plain(value) {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([language, text]) => `${language}: ${text}`)
      .join(' · ');
  return String(value);
}

/** Return a value for display. @param {SettingRow} row @param {any} value */
export function shown(row, value) {
  if (row.hidden && value) return say`set, not shown`;
  if (typeof value === 'boolean') return value ? say`yes` : say`no`;
  const text = plain(value);
  if (!text) return '—';
  return unit(row) ? `${text} ${unit(row)}` : text;
}

/** Return the bounds of a number in words. @param {SettingRow} row */
const between = ({ least, most }) => say`${least} to ${most}`;

/** Return the allowed values in words. @param {SettingRow} row */
function bounds(row) {
  const parts = [unit(row)];
  if (row.least !== null && row.most !== null) parts.push(between(row));
  if (row.kind === 'texts' || row.kind === 'choices') parts.push(say`by commas`);
  if (row.kind === 'choices') parts.push(row.choices.join(', '));
  return parts.filter(Boolean).join(', ');
}

/** Return the initial values of the form. @param {SettingRow} row @returns {Record<string, any>} */
function texts(row) {
  const value = row.value ?? row.default;
  if (row.kind === 'words') return { it: '', en: '', .../** @type {object} */ (value) };
  if (row.kind === 'switch') return { typed: value };
  return { typed: row.hidden ? '' : plain(value) };
}

/** Return a row with the values of its form. @param {SettingRow} row @returns {Setting} */
export const setting = (row) => ({ ...row, texts: texts(row), ...texts(row) });

/** Return the fields of the form. @param {Setting} row @returns {FormField[]} */
export function fieldsOf(row) {
  if (row.kind === 'words')
    return Object.keys(row.texts).map((name) => ({
      name,
      label: () => languageName(name),
      kind: 'text',
      max: 300,
    }));
  const may = bounds(row);
  const label = () => (may ? `${row.path} (${may})` : row.path);
  if (row.kind === 'switch') return [{ name: 'typed', label, kind: 'check' }];
  if (row.kind === 'choice')
    return [{ name: 'typed', label, kind: 'select', choices: () => row.choices.map((one) => [one, one]) }];
  return [{ name: 'typed', label, kind: 'text', max: 2000 }];
}

/**
 * Return the request for the values of the form; undefined if the text is no number, or out of bounds.
 * @param {Setting} row @param {Record<string, any>} typed
 */
export function requestValue(row, typed) {
  if (row.kind === 'words')
    return Object.fromEntries(Object.entries(typed).filter(([, text]) => text.trim()));
  const { typed: value } = typed;
  if (row.kind === 'switch' || row.kind === 'choice') return value;
  if (row.kind === 'texts' || row.kind === 'choices')
    return value
      .split(',')
      .map((/** @type {string} */ one) => one.trim())
      .filter(Boolean);
  if (row.kind !== 'integer' && row.kind !== 'number') return value.trim();
  const number = value.trim() ? Number(value.replace(',', '.')) : NaN;
  const whole = row.kind === 'number' || Number.isInteger(number);
  return whole && number >= (row.least ?? -Infinity) && number <= (row.most ?? Infinity) ? number : undefined;
}

/** Return the requirement of a number in words. @param {SettingRow} row */
export const numberNeeded = (row) =>
  row.kind === 'integer'
    ? say`A whole number is needed, ${between(row)}.`
    : say`A number is needed, ${between(row)}.`;

/**
 * Return the value in the file when the form was filled: the row's value, or the value of another admin as
 * the center reported it.
 * @param {Setting} row @param {Record<string, any>} seen
 */
export function seenValue(row, seen) {
  if (row.kind === 'words' || seen.typed === row.texts.typed) return row.value;
  try {
    return JSON.parse(seen.typed);
  } catch {
    return seen.typed;
  }
}
