// The browser's audio thread: sends the microphone's samples to the link in frames of 20 ms, and plays the
// link's frames. A frame is sent every 20 ms, silent or not: the center detects the headset by its frames.

import { FRAME, JitterBuffer, RATE_HZ, Resampler, toPcm, fromPcm } from './dsp.js';

const LEVEL_EVERY = 5; // frames: ten times a second

/** The processor between microphone, link and loudspeaker. */
class Voice extends AudioWorkletProcessor {
  constructor() {
    super();
    this.toCenter = new Resampler(sampleRate, RATE_HZ);
    this.toDevice = new Resampler(RATE_HZ, sampleRate);
    this.toSend = new Float32Array(0);
    this.toPlay = new Float32Array(0);
    this.jitter = new JitterBuffer();
    this.link = null;
    this.ended = false;
    this.frames = 0;
    this.silentFrames = 0; // number of frames still to be sent silent
    this.peak = 0;
    this.port.onmessage = ({ data }) => {
      if (data.link) {
        this.link = data.link;
        this.link.onmessage = (message) => this.jitter.push(fromPcm(message.data));
      }
      // Echo cancellation must learn a room first; an alarm heard as a voice would accept the call.
      if (data.hushS)
        this.silentFrames = Math.max(this.silentFrames, Math.ceil((data.hushS * RATE_HZ) / FRAME));
      if (data.end) this.ended = true;
    };
  }

  /** Process one block of samples. */
  process([microphone], [ear]) {
    this.send(microphone[0] ?? new Float32Array(ear[0].length));
    this.play(ear);
    return !this.ended;
  }

  /** Send the microphone's samples, and report the peak level. */
  send(samples) {
    for (const value of samples) this.peak = Math.max(this.peak, Math.abs(value));
    this.toSend = concatenated(this.toSend, this.toCenter.process(samples));
    while (this.toSend.length >= FRAME) {
      const frame =
        this.silentFrames > 0 ? new ArrayBuffer(2 * FRAME) : toPcm(this.toSend.subarray(0, FRAME));
      this.silentFrames = Math.max(0, this.silentFrames - 1);
      this.toSend = this.toSend.slice(FRAME);
      this.link?.postMessage(frame, [frame]);
      this.frames += 1;
      if (this.frames % LEVEL_EVERY === 0) {
        this.port.postMessage({ peak: this.peak, ...this.jitter.counts });
        this.peak = 0;
      }
    }
  }

  /** Fill the output with the samples to play. */
  play(ear) {
    const wanted = ear[0].length;
    while (this.toPlay.length < wanted)
      this.toPlay = concatenated(this.toPlay, this.toDevice.process(this.jitter.pop()));
    for (const channel of ear) channel.set(this.toPlay.subarray(0, wanted));
    this.toPlay = this.toPlay.slice(wanted);
  }
}

/** Return both parts as one array. */
function concatenated(first, second) {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

registerProcessor('voice', Voice);
