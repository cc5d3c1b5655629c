// The addresses of the center's nodes, in case a node fails: the present address, and the next.

const OWN = ''; // the origin of this page

/** Return the valid addresses of a list. */
const validAddresses = (list) =>
  Array.isArray(list) ? list.filter((one) => typeof one === 'string' && /^https?:\/\/[^/ ]+$/.test(one)) : [];

export class Addresses {
  /** `kept`: the stored list; `keep(list)`: called with each new list. */
  constructor(kept, keep) {
    this.keep = keep;
    this.list = [OWN];
    this.at = 0;
    this.failures = 0; // since the last answer
    this.#take(validAddresses(kept));
  }

  /** Return the prefix of each path. */
  get now() {
    return this.list[this.at];
  }
  /** Return true if there is more than one address. */
  get several() {
    return this.list.length > 1;
  }
  /**
   * Return true if a node has not been tried since the last answer: the request is then repeated immediately.
   */
  get more() {
    return this.several && this.failures > 0 && this.failures % this.list.length !== 0;
  }

  /** Reset the failures after an answer. */
  answered() {
    this.failures = 0;
  }

  /** Switch to the next address after a failure, unless another request has switched already. */
  failed(address) {
    if (address !== this.now) return;
    this.at = (this.at + 1) % this.list.length;
    this.failures += 1;
  }

  /** Store the newest list, in the order of attempts. An empty list changes nothing. */
  learn(list) {
    const found = validAddresses(list);
    if (
      found.length === 0 ||
      (found.length === this.learnt?.length && found.every((one, i) => one === this.learnt[i]))
    )
      return;
    this.#take(found);
    this.keep(found);
  }

  /** Use a new list; the present address stays if the list has it. */
  #take(found) {
    const { now } = this;
    this.learnt = found;
    this.list = [...new Set([OWN, ...found.map((one) => (one === location.origin ? OWN : one))])];
    this.at = Math.max(0, this.list.indexOf(now));
  }
}
