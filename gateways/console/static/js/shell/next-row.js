/**
 * Return the row of a list that the arrow keys lead to: `by` rows after `from`, no further than the ends; the
 * first row if `from` is not in the list. Return an empty string if there are no rows.
 * @param {string[]} rows the rows' identifiers @param {string} from @param {number} by
 */
export function nextRow(rows, from, by) {
  const at = rows.indexOf(from);
  return rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))] ?? '';
}
