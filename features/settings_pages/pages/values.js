// A value of the settings as it is shown, as it is typed, and as it is sent.

import { languageName, own, phrase, say } from '../../js/words/words.js';

/** @typedef {SettingRow & { texts: Record<string, any> }} Setting a key, and what its form holds */

const UNITS = {
  s: phrase`s`,
  min: phrase`min`,
  days: phrase`days`,
  db: phrase`dB`,
};

/** @param {SettingRow} row */
const unit = ({ unit: of }) => (UNITS[of] ? UNITS[of]() : '');

/** What a key means. @param {SettingRow} row */
export const meaning = (row) => own(row.meaning);

/** @param {any} value */
function plain(value) {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([language, text]) => `${language}: ${text}`)
      .join(' · ');
  return String(value);
}

/** In words. @param {SettingRow} row @param {any} value */
export function shown(row, value) {
  if (row.hidden && value) return say`set, not shown`;
  if (typeof value === 'boolean') return value ? say`yes` : say`no`;
  const text = plain(value);
  if (!text) return '—';
  return unit(row) ? `${text} ${unit(row)}` : text;
}

/** @param {SettingRow} row */
const between = ({ least, most }) => say`${least} to ${most}`;

/** What may be typed. @param {SettingRow} row */
function bounds(row) {
  const parts = [unit(row)];
  if (row.least !== null && row.most !== null) parts.push(between(row));
  if (row.kind === 'texts' || row.kind === 'choices') parts.push(say`by commas`);
  if (row.kind === 'choices') parts.push(row.choices.join(', '));
  return parts.filter(Boolean).join(', ');
}

/** What the form begins with. @param {SettingRow} row @returns {Record<string, any>} */
function texts(row) {
  const value = row.value ?? row.default;
  if (row.kind === 'words') return { it: '', en: '', .../** @type {object} */ (value) };
  if (row.kind === 'switch') return { typed: value };
  return { typed: row.hidden ? '' : plain(value) };
}

/** @param {SettingRow} row @returns {Setting} */
export const setting = (row) => ({ ...row, texts: texts(row), ...texts(row) });

/** @param {Setting} row @returns {FormField[]} */
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
 * What is sent for what stands in the form; undefined: that is no number, or none that it may be.
 * @param {Setting} row @param {Record<string, any>} typed
 */
export function sent(row, typed) {
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

/** What a number has to be. @param {SettingRow} row */
export const noNumber = (row) =>
  row.kind === 'integer'
    ? say`A whole number is needed, ${between(row)}.`
    : say`A number is needed, ${between(row)}.`;

/**
 * What the file said when it was seen: as the row, or as the center has told another admin's.
 * @param {Setting} row @param {Record<string, any>} seen
 */
export function wasThere(row, seen) {
  if (row.kind === 'words' || seen.typed === row.texts.typed) return row.value;
  try {
    return JSON.parse(seen.typed);
  } catch {
    return seen.typed;
  }
}
