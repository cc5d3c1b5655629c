// The arithmetic of the headset: between the device's rate and the center's, and the frames that wait to be
// heard. No clock and no device in it: time is the number of frames taken.

export const RATE_HZ = 16000;
export const FRAME = 320; // samples: 20 ms

const LOBES = 12;
const KAISER_BETA = 6;

const bessel = (x) => {
  let sum = 1,
    term = 1;
  for (let k = 1; k < 30; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
};
const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const divisor = (a, b) => (b ? divisor(b, a % b) : a);

/**
 * A stream of samples at one rate into the same sound at another, by a linear-phase FIR in phases. No drift:
 * the ratio is exact.
 */
export class Resampler {
  constructor(fromHz, toHz) {
    const common = divisor(fromHz, toHz);
    this.up = toHz / common;
    this.down = fromHz / common;
    const cut = Math.min(1, toHz / fromHz); // what would fold back into the band is filtered out
    this.taps = 2 * Math.ceil(LOBES / cut);
    this.phases = [];
    for (let phase = 0; phase < this.up; phase += 1) {
      const row = new Float32Array(this.taps);
      let sum = 0;
      for (let tap = 0; tap < this.taps; tap += 1) {
        const at = tap - this.taps / 2 + 1 - phase / this.up;
        const edge = (2 * at) / this.taps;
        row[tap] =
          Math.abs(edge) < 1
            ? cut * sinc(cut * 0.92 * at) * bessel(KAISER_BETA * Math.sqrt(1 - edge * edge))
            : 0;
        sum += row[tap];
      }
      this.phases.push(row.map((value) => value / sum));
    }
    this.waiting = new Float32Array(this.taps - 1);
    this.phase = 0;
  }

  /** The next part of the stream, of any length. */
  process(samples) {
    const all = new Float32Array(this.waiting.length + samples.length);
    all.set(this.waiting);
    all.set(samples, this.waiting.length);
    const made = [];
    let at = 0;
    while (at + this.taps <= all.length) {
      const row = this.phases[this.phase];
      let sum = 0;
      for (let tap = 0; tap < this.taps; tap += 1) sum += row[tap] * all[at + tap];
      made.push(sum);
      this.phase += this.down;
      at += Math.floor(this.phase / this.up);
      this.phase %= this.up;
    }
    this.waiting = all.slice(at);
    return Float32Array.from(made);
  }
}

const TARGET = 2; // frames: 40 ms wait on average
const CAP = 6;
const TARGET_MOST = 4; // where the network is worse than a LAN
const WINDOW = 50; // frames: a second
const CALM_WINDOWS = 10;
const BRIEF = 10; // frames: a longer pause is an end, and says nothing of the network
const QUIET = 0.01; // −40 dBFS: room noise; 20 ms of it are not missed

/** What waits to be heard. Frames come when they come, one leaves every 20 ms, and the delay never creeps. */
export class Jitter {
  constructor() {
    this.waiting = [];
    this.filling = true;
    this.target = TARGET;
    this.empty = BRIEF;
    this.last = new Float32Array(FRAME);
    this.calm = 0;
    this.counts = { played: 0, missing: 0, underruns: 0, dropped: 0, inserted: 0 };
    this.begin();
  }

  begin() {
    this.left = WINDOW;
    this.least = Infinity;
    this.surplus = false;
    this.forced = false;
    this.shortage = false;
  }

  /** One frame has come (Float32, `FRAME` samples). */
  push(frame) {
    this.waiting.push(frame);
    while (this.waiting.length > CAP) {
      this.waiting.shift();
      this.counts.dropped += 1;
    }
  }

  /** The frame that is to be heard now. */
  pop() {
    if (this.filling ? this.waiting.length < this.target : this.waiting.length === 0) return this.missed();
    if (this.filling) {
      this.filling = false;
      // It ran out only for a moment: the network is worse than was allowed for.
      if (this.empty < BRIEF) {
        this.target = Math.min(TARGET_MOST, this.target + 1);
        this.calm = 0;
      }
      this.empty = 0;
      this.begin();
    }
    this.look();
    if (this.shortage && quiet(this.waiting[0])) {
      this.begin();
      this.counts.inserted += 1;
      return new Float32Array(FRAME);
    }
    if (this.surplus && (this.forced || quiet(this.waiting[0]))) {
      this.begin();
      this.waiting.shift();
      this.counts.dropped += 1;
    }
    this.counts.played += 1;
    this.last = this.waiting.shift();
    return this.last;
  }

  /** The last frame again, fading away: a word that breaks off does not click. */
  missed() {
    if (!this.filling) this.counts.underruns += 1;
    this.filling = true;
    this.empty += 1;
    this.counts.missing += 1;
    const faded = this.last.map((value, i) => value * (1 - (i + 1) / FRAME));
    this.last = new Float32Array(FRAME);
    return faded;
  }

  /** Once a second: a frame that was never needed goes, one that will be needed comes, where it is quiet. */
  look() {
    this.least = Math.min(this.least, this.waiting.length);
    this.left -= 1;
    if (this.left > 0) return;
    const { least } = this;
    this.calm += 1;
    if (this.calm >= CALM_WINDOWS && this.target > TARGET) {
      this.target -= 1;
      this.calm = 0;
    }
    const pending = this.surplus;
    this.begin();
    this.surplus = least > this.target;
    this.forced = pending && this.surplus; // it found no quiet moment in a whole second
    this.shortage = least <= 1;
  }
}

const quiet = (frame) => frame.every((value) => Math.abs(value) < QUIET);

/** To the center's samples, s16le, and back. */
export function packed(samples) {
  const frame = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i += 1)
    frame[i] = Math.max(-32768, Math.min(32767, Math.round(samples[i] * 32767)));
  return frame.buffer;
}
export const unpacked = (buffer) => Float32Array.from(new Int16Array(buffer), (value) => value / 32768);
