// Where the center can be asked: its nodes, of which one may be lost. Which of them is asked now, and which
// next.

const OWN = ''; // where this page is from

const known = (list) =>
  Array.isArray(list) ? list.filter((one) => typeof one === 'string' && /^https?:\/\/[^/ ]+$/.test(one)) : [];

export class Addresses {
  /** `kept` is the list of the last time; `keep(list)` is called with each new one. */
  constructor(kept, keep) {
    this.keep = keep;
    this.list = [OWN];
    this.at = 0;
    this.failures = 0; // since somebody has answered
    this.#take(known(kept));
  }

  /** Before each path. */
  get now() {
    return this.list[this.at];
  }
  get several() {
    return this.list.length > 1;
  }
  /** Whether one has not been asked yet since the last answer: then it is asked at once. */
  get more() {
    return this.several && this.failures > 0 && this.failures % this.list.length !== 0;
  }

  answered() {
    this.failures = 0;
  }

  /** Nobody is there: on to the next, unless another question has gone on already. */
  failed(address) {
    if (address !== this.now) return;
    this.at = (this.at + 1) % this.list.length;
    this.failures += 1;
  }

  /** The newest list, in the order in which to try. An empty one says nothing. */
  learn(list) {
    const found = known(list);
    if (
      found.length === 0 ||
      (found.length === this.learnt?.length && found.every((one, i) => one === this.learnt[i]))
    )
      return;
    this.#take(found);
    this.keep(found);
  }

  #take(found) {
    const { now } = this;
    this.learnt = found;
    this.list = [...new Set([OWN, ...found.map((one) => (one === location.origin ? OWN : one))])];
    this.at = Math.max(0, this.list.indexOf(now));
  }
}
