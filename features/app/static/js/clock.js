// The center's clock as this phone can know it: a deadline is a moment of the center's, and a phone's clock
// may be minutes off.
//
// Each answer carries `Date`, the second in which it was written. It was written after the question left and
// before the answer came; so it bounds the difference of the clocks from both sides, and the bounds of
// several answers narrow each other.

export class Clock {
  constructor() {
    this.least = -Infinity; // the center's clock minus ours, milliseconds
    this.most = Infinity;
  }

  /** An answer was asked for at `sentMs`, came at `cameMs`, both by this phone, and says `date`. */
  heard(date, sentMs, cameMs) {
    const wroteMs = Date.parse(date ?? '');
    if (Number.isNaN(wroteMs)) return;
    const least = wroteMs - cameMs;
    const most = wroteMs + 999 - sentMs;
    // Bounds that exclude each other: one of the clocks was set. What came last counts.
    const stepped = least > this.most || most < this.least;
    this.least = stepped ? least : Math.max(this.least, least);
    this.most = stepped ? most : Math.min(this.most, most);
  }

  get isKnown() {
    return Number.isFinite(this.least);
  }

  /** The center's time for one of this phone's, milliseconds; the phone's own while nothing is known. */
  center(ownMs) {
    return this.isKnown ? ownMs + (this.least + this.most) / 2 : ownMs;
  }
}
