// Signal processing of the headset: conversion between the device's sample rate and the center's, and the
// jitter buffer. No clock and no device is used here: time is the number of frames processed.

export const RATE_HZ = 16000;
export const FRAME = 320; // samples: 20 ms

const LOBES = 12;
const KAISER_BETA = 6;

/** Return the modified Bessel function of order zero, for the Kaiser window. */
const bessel = (x) => {
  let sum = 1,
    term = 1;
  for (let k = 1; k < 30; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
};
/** Return the normalized sinc. */
const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
/** Return the greatest common divisor. */
const divisor = (a, b) => (b ? divisor(b, a % b) : a);

/**
 * A converter of a stream of samples to another rate, by a polyphase linear-phase FIR filter. The ratio is
 * exact: no drift.
 */
export class Resampler {
  constructor(fromHz, toHz) {
    const common = divisor(fromHz, toHz);
    this.up = toHz / common;
    this.down = fromHz / common;
    const cut = Math.min(1, toHz / fromHz); // removes what would alias into the band
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

  /** Convert the next part of the stream, of any length. */
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
const FRAMES_MAX = 6;
const TARGET_MOST = 4; // for a network worse than a LAN
const WINDOW = 50; // frames: a second
const CALM_WINDOWS = 10;
const BRIEF = 10; // frames: a longer pause is an end, and no sign of a bad network
const QUIET = 0.01; // −40 dBFS: room noise, of which 20 ms can be dropped

/**
 * A jitter buffer. Frames arrive at any time, one frame is played every 20 ms, and the delay stays bounded.
 */
export class JitterBuffer {
  constructor() {
    this.waiting = [];
    this.filling = true;
    this.target = TARGET;
    this.empty = BRIEF;
    this.last = new Float32Array(FRAME);
    this.calm = 0;
    this.counts = { played: 0, missing: 0, underruns: 0, dropped: 0, inserted: 0 };
    this.resetWindow();
  }

  /** Start a new window of measurement. */
  resetWindow() {
    this.left = WINDOW;
    this.least = Infinity;
    this.surplus = false;
    this.forced = false;
    this.shortage = false;
  }

  /** Add a received frame (Float32, `FRAME` samples). */
  push(frame) {
    this.waiting.push(frame);
    while (this.waiting.length > FRAMES_MAX) {
      this.waiting.shift();
      this.counts.dropped += 1;
    }
  }

  /** Return the frame to play now. */
  pop() {
    if (this.filling ? this.waiting.length < this.target : this.waiting.length === 0) return this.conceal();
    if (this.filling) {
      this.filling = false;
      // The buffer was empty only for a moment: the network is worse than assumed.
      if (this.empty < BRIEF) {
        this.target = Math.min(TARGET_MOST, this.target + 1);
        this.calm = 0;
      }
      this.empty = 0;
      this.resetWindow();
    }
    this.adapt();
    if (this.shortage && isQuiet(this.waiting[0])) {
      this.resetWindow();
      this.counts.inserted += 1;
      return new Float32Array(FRAME);
    }
    if (this.surplus && (this.forced || isQuiet(this.waiting[0]))) {
      this.resetWindow();
      this.waiting.shift();
      this.counts.dropped += 1;
    }
    this.counts.played += 1;
    this.last = this.waiting.shift();
    return this.last;
  }

  /** Return the last frame faded out: an interrupted word does not click. */
  conceal() {
    if (!this.filling) this.counts.underruns += 1;
    this.filling = true;
    this.empty += 1;
    this.counts.missing += 1;
    const faded = this.last.map((value, i) => value * (1 - (i + 1) / FRAME));
    this.last = new Float32Array(FRAME);
    return faded;
  }

  /**
   * Adapt once a second, in a quiet moment: drop a frame that was never needed, insert one that will be
   * needed.
   */
  adapt() {
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
    this.resetWindow();
    this.surplus = least > this.target;
    this.forced = pending && this.surplus; // a whole second had no quiet moment
    this.shortage = least <= 1;
  }
}

/** Return true if the frame contains only room noise. */
const isQuiet = (frame) => frame.every((value) => Math.abs(value) < QUIET);

/** Convert samples to the center's format, s16le. */
export function toPcm(samples) {
  const frame = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i += 1)
    frame[i] = Math.max(-32768, Math.min(32767, Math.round(samples[i] * 32767)));
  return frame.buffer;
}
/** Convert samples from the center's format, s16le. */
export const fromPcm = (buffer) => Float32Array.from(new Int16Array(buffer), (value) => value / 32768);
