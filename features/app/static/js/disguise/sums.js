// The arithmetic of a pocket calculator: one key after the other, as labelled. Pure: no clock, no page, and
// typed text is never executed.

const MOST_DIGITS = 12;
const PRECISION = 12; // digits after which 0.1 + 0.2 is 0.3

/**
 * `shown`: the typed or computed figure, with a point; `is`: the figure is being 'typed', is a 'result', or
 * is 'waiting' for the second figure; `first` and `operator` wait for the second figure; `last`: the
 * operation that = repeats.
 * @typedef {{ shown: string, is: 'typed' | 'result' | 'waiting', first: number?, operator: string,
 *   last: { operator: string, second: number }? }} Sum
 */

/** @type {Readonly<Sum>} */
export const CLEARED = Object.freeze({ shown: '0', is: 'result', first: null, operator: '', last: null });
const FAULT = 'E'; // the display of a division by zero

const OPERATORS = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

const figure = (value) => (Number.isFinite(value) ? String(Number(value.toPrecision(PRECISION))) : FAULT);
const digits = (text) => text.replace(/[^0-9]/g, '').length;

/**
 * Return the sum after one more key: a digit, '.', an operator, '=', '%', 'N' (sign), 'B' (delete the last
 * digit) or 'C' (clear). Other keys change nothing.
 * @param {Sum} sum @param {string} key @returns {Sum}
 */
export function press(sum, key) {
  if (key === 'C') return CLEARED;
  if (sum.shown === FAULT) return /^[0-9.]$/.test(key) ? press(CLEARED, key) : sum;
  if (/^[0-9]$/.test(key)) return digit(sum, key);
  if (Object.hasOwn(OPERATORS, key)) return operator(sum, key);
  switch (key) {
    case '.':
      if (sum.is !== 'typed') return { ...sum, shown: '0.', is: 'typed' };
      return sum.shown.includes('.') ? sum : { ...sum, shown: `${sum.shown}.` };
    case '=':
      return equals(sum);
    case '%':
      return percent(sum);
    case 'N':
      return sign(sum);
    case 'B':
      return back(sum);
    default:
      return sum;
  }
}

/** Return the sum after a digit. */
function digit(sum, key) {
  if (sum.is !== 'typed') return { ...sum, shown: key, is: 'typed' };
  if (digits(sum.shown) >= MOST_DIGITS) return sum;
  return { ...sum, shown: (sum.shown + key).replace(/^(-?)0(?=[0-9])/, '$1') };
}

/** Return the sum after an operator; an open operation is computed first. @returns {Sum} */
function operator(sum, key) {
  const first =
    sum.operator && sum.is !== 'waiting'
      ? OPERATORS[sum.operator](sum.first, Number(sum.shown))
      : Number(sum.shown);
  return { shown: figure(first), is: 'waiting', first, operator: key, last: null };
}

/** Return the sum after =. @returns {Sum} */
function equals(sum) {
  const value = Number(sum.shown);
  const now = sum.operator ? { operator: sum.operator, second: value } : sum.last;
  if (!now) return { ...sum, is: 'result' };
  const first = sum.operator ? sum.first : value;
  const found = OPERATORS[now.operator](first, now.second);
  return { shown: figure(found), is: 'result', first: null, operator: '', last: now };
}

/**
 * Return the sum after %: a share of the first figure in additions and subtractions, as on any calculator;
 * else a hundredth.
 * @returns {Sum}
 */
function percent(sum) {
  const of = sum.operator === '+' || sum.operator === '-' ? sum.first : 1;
  return { ...sum, shown: figure((of * Number(sum.shown)) / 100), is: 'result' };
}

/** Return the sum after a change of sign. @returns {Sum} */
function sign(sum) {
  if (sum.is !== 'typed') return { ...sum, shown: figure(-Number(sum.shown)), is: 'result' };
  return { ...sum, shown: sum.shown.startsWith('-') ? sum.shown.slice(1) : `-${sum.shown}` };
}

/** Return the sum without its last digit. */
function back(sum) {
  if (sum.is !== 'typed') return sum;
  const shown = sum.shown.slice(0, -1);
  return { ...sum, shown: shown === '' || shown === '-' ? '0' : shown };
}

/** Return the figure as displayed: thousands in groups, with the language's decimal sign. */
export function displayed({ shown }, english) {
  const [point, group] = english ? ['.', ','] : [',', '.'];
  const [whole, rest] = shown.split('.');
  const grouped = whole.replace(/^(-?[0-9]+)/, (all) => all.replace(/\B(?=(?:[0-9]{3})+$)/g, group));
  return rest === undefined ? grouped : `${grouped}${point}${rest}`;
}
