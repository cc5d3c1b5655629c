// The headset, for centers whose operators speak through the browser: opens the microphone when the shift
// begins, keeps the connection, and reports its state. Samples pass from the worklet to the link and back
// without this page. The console never sounds into a call: while it sounds, the microphone is muted.

import { onSound } from '../sound/sound.js';
import { byHeadset, isHeld } from './line.js';

export const MICROPHONE = 'securwoman-microphone';

export const SPEAKER = 'securwoman-speaker';

const SEGMENTS = 20;

const LEVEL_MS = 100; // interval of the worklet's levels

// A microphone that is on gives noise even without speech. Zeros mean a switch that is off, or the wrong
// device.
const SAID_MS = 3000; // silence after which a microphone is reported, as for a line
const DEAF_MS = 6000; // silence after which alerts ring the telephone

const HEARD = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };

// `is`: off | insecure | asking | denied | none | failed | blocked | connecting | live | deaf | lost |
// replaced | signed-off
export const state = {
  is: 'off',
  call: false,
  legs: [], // the operator's headset legs in all alerts
  silentMs: 0, // time for which the microphone has given only zeros
  wanted: false,
  turn: 0,
  microphones: [],
  speakers: [],
  redraw: () => {},
};

export let open = null; // {stream, context, node, link}

const ROOM_S = 0.3; // the delay of a loudspeaker and the echo of a room

onSound((lengthS) => open?.node?.port.postMessage({ hushS: lengthS + ROOM_S }));

/** Return true if the operators of this center speak through the browser. @param {Feed} feed */
export const used = (feed) => feed.center?.operator_line === 'headset';

/** Return true if the operator is on shift and would be unheard in a call. */
export const gone = () => state.wanted && !['live', 'asking', 'connecting'].includes(state.is);

/** Return true if alerts arrive in the headset; otherwise the telephone rings. @param {Feed} feed */
export const takes = (feed) => used(feed) && !gone();

/** Return the headset's state. @param {Feed} feed @returns {import('./line.js').Standing} */
export const standing = (feed) => ({
  is: state.is,
  gone: gone(),
  mute: mute(),
  // After the other window was closed, the center reports the voice as released.
  elsewhere: state.is === 'replaced' && feed.ownView()?.line_state !== 'released',
});

/** Connect the headset with the shift, and disconnect it at the end. Called at each change. @param {Ui} ui */
export function follow(ui) {
  state.redraw = ui.draw;
  const { feed } = ui;
  if (feed.link === 'lost') return; // the state is kept
  const views = feed.me ? [...feed.cases.values()] : [];
  state.legs = views.map((view) => byHeadset(view, feed.me)).filter(Boolean);
  const wanted = Boolean(
    feed.me && feed.link === 'live' && used(feed) && (ui.feed.myShift() !== 'off' || ui.screen.ownCase()),
  );
  if (wanted !== state.wanted) {
    state.wanted = wanted;
    if (wanted) begin();
    else end('off');
  } else if (wanted && state.is === 'signed-off') connect();
}

/** Retry, or take the voice over from another window. Return false if there was nothing to do. */
export function again() {
  if (!state.wanted || ['live', 'asking', 'connecting'].includes(state.is)) return false;
  begin();
  return true;
}

/** Set the state, and render the page. */
function turned(is) {
  state.is = is;
  state.redraw();
}

/** Close the microphone and the connection. */
function end(is) {
  state.turn += 1;
  state.call = false;
  state.silentMs = 0;
  if (open) {
    for (const track of open.stream.getTracks()) {
      track.onended = track.onmute = track.onunmute = null;
      track.stop();
    }
    open.link?.postMessage({ end: true });
    open.node?.port.postMessage({ end: true });
    open.context.onstatechange = null;
    open.context.close();
    open = null;
  }
  turned(is);
}

/** Open the microphone, then the connection. A later call replaces this one. */
export async function begin() {
  end('asking');
  const { turn } = state;
  if (!isSecureContext || !navigator.mediaDevices || !window.AudioWorkletNode) {
    turned('insecure');
    return;
  }
  try {
    const stream = await microphone();
    if (turn !== state.turn) {
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    const context = new AudioContext({ latencyHint: 'interactive' });
    open = { stream, context };
    const [track] = stream.getAudioTracks();
    track.onended = () => end('none');
    track.onmute = track.onunmute = () => state.redraw();
    await context.audioWorklet.addModule('/console/js/voice/worklet.js');
    if (turn !== state.turn) return;
    join();
    listDevices();
  } catch (error) {
    if (turn !== state.turn) return;
    end({ NotAllowedError: 'denied', NotFoundError: 'none' }[error.name] ?? 'failed');
  }
}

/** Return the stream of the chosen microphone if it is present, else of any microphone. */
async function microphone() {
  const chosen = localStorage.getItem(MICROPHONE);
  const any = () => navigator.mediaDevices.getUserMedia({ audio: HEARD });
  if (!chosen) return any();
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { ...HEARD, deviceId: { exact: chosen } } });
  } catch (error) {
    if (error.name !== 'OverconstrainedError' && error.name !== 'NotFoundError') throw error;
    return any();
  }
}

/** Connect the microphone, the worklet and the link. */
function join() {
  const { stream, context } = open;
  const node = new AudioWorkletNode(context, 'voice', {
    numberOfInputs: 1,
    numberOfOutputs: 1,
    outputChannelCount: [1],
  });
  const link = new Worker('/console/js/voice/link.js', { type: 'module' });
  const { port1, port2 } = new MessageChannel();
  node.port.postMessage({ link: port1 }, [port1]);
  link.postMessage({ audio: port2 }, [port2]);
  node.port.onmessage = ({ data }) => {
    paint(data.peak);
    listened(data.peak);
  };
  node.onprocessorerror = () => end('failed');
  link.onmessage = ({ data }) => {
    if (data.state === 'replaced') {
      end('replaced');
      return;
    } // an unused microphone is closed
    if (state.is === 'deaf') return; // sent before the link received the pause
    state.call = data.call;
    turned(data.state);
  };
  context.createMediaStreamSource(stream).connect(node).connect(context.destination);
  open.node = node;
  open.link = link;
  const speaker = localStorage.getItem(SPEAKER);
  if (speaker) context.setSinkId?.(speaker).catch(() => {}); // if absent, the default speaker stays
  context.onstatechange = connect;
  connect();
}

/**
 * Connect once the browser permits sound: before that no frames exist, and the center would report the
 * headset as gone.
 */
function connect() {
  if (!open?.link) return;
  if (open.context.state !== 'running') {
    turned('blocked');
    return;
  }
  turned('connecting');
  open.link.postMessage({
    connect: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/voice`,
  });
}

/**
 * Track the microphone's level. A silent microphone is disconnected, so that the telephone rings; its first
 * sound connects it again.
 * @param {number} peak the peak of the last tenth of a second
 */
export function listened(peak) {
  const before = mute();
  state.silentMs = peak > 0 ? 0 : state.silentMs + LEVEL_MS;
  if (state.is === 'live' && state.silentMs >= DEAF_MS && !isHeld(state.legs, state.call)) {
    open.link.postMessage({ pause: true });
    state.call = false;
    turned('deaf');
  } else if (state.is === 'deaf' && peak > 0) connect();
  else if (mute() !== before) state.redraw();
}

// Resume sound: browsers permit sound only after a gesture, unless the page uses the microphone.
const gesture = () => {
  if (open?.context.state === 'suspended') open.context.resume();
};

addEventListener('keydown', gesture, true);

addEventListener('pointerdown', gesture, true);

/** Update the lists of microphones and speakers. */
async function listDevices() {
  const all = (await navigator.mediaDevices.enumerateDevices().catch(() => [])).filter((one) => one.deviceId);
  state.microphones = all.filter((one) => one.kind === 'audioinput');
  state.speakers =
    'setSinkId' in AudioContext.prototype ? all.filter((one) => one.kind === 'audiooutput') : [];
  state.redraw();
}

navigator.mediaDevices?.addEventListener('devicechange', () => {
  if (!state.wanted) return;
  if (state.is === 'none' || state.is === 'failed') begin();
  else listDevices();
});

/** Play a tone in the headset, for the test of the sound. */
export function test() {
  if (!open || open.context.state !== 'running') return;
  const { context } = open;
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  const at = context.currentTime + 0.6; // after the alarm's
  oscillator.frequency.value = 440;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.2, at + 0.02);
  gain.gain.setValueAtTime(0.2, at + 0.5);
  gain.gain.linearRampToValueAtTime(0, at + 0.55);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.6);
}

/** Light the segments of the operator's own meter. */
function paint(peak) {
  const on =
    peak > 0 ? Math.max(0, Math.min(SEGMENTS, Math.ceil(SEGMENTS + (20 * Math.log10(peak)) / 3))) : 0;
  for (const element of document.querySelectorAll('[data-own]'))
    [...element.children].forEach((one, at) => one.classList.toggle('on', at < on));
}

/**
 * Return true if the system or a button of the headset has switched the microphone off, as the browser
 * reports.
 */
export const hushed = () => state.is === 'live' && open !== null && open.stream.getAudioTracks()[0].muted;

/** Return true if the headset is connected and the microphone gives no sound. */
export const mute = () => hushed() || (state.is === 'live' && state.silentMs >= SAID_MS);
