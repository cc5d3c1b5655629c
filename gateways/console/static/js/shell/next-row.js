/**
 * Which row of a list the arrows lead to: from the one pointed at, `by` further, no further than its ends; to
 * the first where none is. Empty where there are no rows.
 * @param {string[]} rows by what each is known @param {string} from @param {number} by
 */
export function stepped(rows, from, by) {
  const at = rows.indexOf(from);
  return rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))] ?? '';
}
