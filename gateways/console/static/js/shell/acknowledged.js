// What the operator of this page has acknowledged: alerts that were sounding, and what is wrong with the
// centre.

/** An alert that is broken, or was reopened, sounds anew. @param {CaseView} view */
function again(view) {
  return Math.max(view.broken_us ?? 0, view.reopened_us ?? 0);
}
/** @param {CaseView} view */
const keyOf = (view) => (again(view) ? `${view.alert}@${again(view)}` : view.alert);

export class Known {
  #keys = new Set();

  /**
   * Whether this alert, as it stands, needs no alarm for `me` any more.
   * @param {CaseView} view @param {MeView} me
   */
  has(view, me) {
    if (this.#keys.has(keyOf(view))) return true;
    const reopened = view.reopened_us !== null && view.reopened_us === again(view);
    if (!reopened) return false;
    return (
      [...view.timeline].reverse().find((one) => one.what === 'alert.reopened')?.operator === me.operator
    );
  }

  /** @param {CaseView} view */
  add(view) {
    this.#keys.add(keyOf(view));
  }

  /** @param {CaseView} view */
  delete(view) {
    this.#keys.delete(keyOf(view));
  }

  /** Of an alarm, or of an alert that no operator has. @param {string} key */
  hasKey(key) {
    return this.#keys.has(key);
  }

  /** @param {string} key */
  addKey(key) {
    this.#keys.add(key);
  }

  clear() {
    this.#keys.clear();
  }

  /** For another node's page; and there. */
  kept() {
    return [...this.#keys];
  }

  restore(keys) {
    for (const key of Array.isArray(keys) ? keys : []) if (typeof key === 'string') this.#keys.add(key);
  }
}

/** By what an alert that no operator has is known once it is acknowledged. @param {CaseView} view */
export const waitingKey = (view) => `${keyOf(view)}/waiting`;
