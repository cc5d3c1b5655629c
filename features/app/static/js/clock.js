// The center's clock, as estimated by this phone: deadlines are times of the center, and a phone's clock may
// be minutes off. Each answer has the header `Date`, the second in which the answer was written: after the
// request was sent and before the answer arrived. `Date` therefore bounds the difference of the clocks from
// both sides, and the bounds of several answers narrow each other.

export class Clock {
  constructor() {
    this.least = -Infinity; // the center's clock minus the phone's, milliseconds
    this.most = Infinity;
  }

  /**
   * Learn from an answer's `date`. The request was sent at `sentMs`, the answer arrived at `cameMs`, both by
   * the phone's clock.
   */
  learn(date, sentMs, cameMs) {
    const wroteMs = Date.parse(date ?? '');
    if (Number.isNaN(wroteMs)) return;
    const least = wroteMs - cameMs;
    const most = wroteMs + 999 - sentMs;
    // Bounds that exclude each other mean that one of the clocks was set: the last answer counts.
    const stepped = least > this.most || most < this.least;
    this.least = stepped ? least : Math.max(this.least, least);
    this.most = stepped ? most : Math.min(this.most, most);
  }

  get isKnown() {
    return Number.isFinite(this.least);
  }

  /**
   * Return the center's time for a time of the phone, milliseconds; until the first answer, the phone's own.
   */
  center(ownMs) {
    return this.isKnown ? ownMs + (this.least + this.most) / 2 : ownMs;
  }
}
