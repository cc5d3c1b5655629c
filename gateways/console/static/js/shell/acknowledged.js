// The sounding alerts and alarms that the operator of this page has acknowledged.

/**
 * Return when the alert was last broken or reopened, or 0: the alert then sounds again.
 * @param {CaseView} view
 */
function soundsAgainUs(view) {
  return Math.max(view.broken_us ?? 0, view.reopened_us ?? 0);
}
/**
 * Return the key of an alert's acknowledgement; a new break or reopening has a new key.
 * @param {CaseView} view
 */
const keyOf = (view) => (soundsAgainUs(view) ? `${view.alert}@${soundsAgainUs(view)}` : view.alert);

export class Acknowledged {
  #keys = new Set();

  /**
   * Return true if this alert, in its state, needs no more sound for `me`.
   * @param {CaseView} view @param {MeView} me
   */
  has(view, me) {
    if (this.#keys.has(keyOf(view))) return true;
    const reopened = view.reopened_us !== null && view.reopened_us === soundsAgainUs(view);
    if (!reopened) return false;
    return (
      [...view.timeline].reverse().find((one) => one.what === 'alert.reopened')?.operator === me.operator
    );
  }

  /** Acknowledge an alert. @param {CaseView} view */
  add(view) {
    this.#keys.add(keyOf(view));
  }

  /** Withdraw the acknowledgement of an alert. @param {CaseView} view */
  delete(view) {
    this.#keys.delete(keyOf(view));
  }

  /** Return true if this alarm or unassigned alert is acknowledged. @param {string} key */
  hasKey(key) {
    return this.#keys.has(key);
  }

  /** Acknowledge an alarm or unassigned alert. @param {string} key */
  addKey(key) {
    this.#keys.add(key);
  }

  clear() {
    this.#keys.clear();
  }

  /** Return the acknowledged keys, for the page of another node. */
  keys() {
    return [...this.#keys];
  }

  /** Acknowledge the keys received from another node's page. */
  restore(keys) {
    for (const key of Array.isArray(keys) ? keys : []) if (typeof key === 'string') this.#keys.add(key);
  }
}

/** Return the key of the acknowledgement of an unassigned alert. @param {CaseView} view */
export const waitingKey = (view) => `${keyOf(view)}/waiting`;
