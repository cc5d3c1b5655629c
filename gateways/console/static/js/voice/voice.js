// The headset, for centers whose operators speak through the browser: opens the microphone when the shift
// begins, keeps the connection, and reports its state. Samples pass from the worklet to the link and back
// without this page. The console never sounds into a call: while it sounds, the microphone is muted.

import { onSound } from '../sound/sound.js';
import { headsetLeg, staysConnected } from './line.js';

export const MICROPHONE_KEY = 'securwoman-microphone';

export const SPEAKER_KEY = 'securwoman-speaker';

const SEGMENTS = 20;

const LEVEL_MS = 100; // interval of the worklet's levels

// A microphone that is on gives noise even without speech. Zeros mean a switch that is off, or the wrong
// device.
const SILENT_AFTER_MS = 3000; // silence after which a microphone is reported, as for a line
const PHONE_AFTER_MS = 6000; // silence after which alerts ring the telephone

const CONSTRAINTS = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  channelCount: 1,
};

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

export let audio = null; // {stream, context, node, link}

const ECHO_S = 0.3; // the delay of a loudspeaker and the echo of a room

onSound((lengthS) => audio?.node?.port.postMessage({ hushS: lengthS + ECHO_S }));

/** Return true if the operators of this center speak through the browser. @param {Feed} feed */
export const usesHeadset = (feed) => feed.center?.operator_line === 'headset';

/** Return true if the operator is on shift and would be unheard in a call. */
export const isDisconnected = () => state.wanted && !['live', 'asking', 'connecting'].includes(state.is);

/** Return true if alerts arrive in the headset; otherwise the telephone rings. @param {Feed} feed */
export const receivesAlerts = (feed) => usesHeadset(feed) && !isDisconnected();

/** Return the headset's state. @param {Feed} feed @returns {import('./line.js').HeadsetState} */
export const headsetState = (feed) => ({
  is: state.is,
  gone: isDisconnected(),
  mute: isSilent(),
  // After the other window was closed, the center reports the voice as released.
  elsewhere: state.is === 'replaced' && feed.ownView()?.line_state !== 'released',
});

/** Connect the headset with the shift, and disconnect it at the end. Called at each change. @param {Ui} ui */
export function followShift(ui) {
  state.redraw = ui.draw;
  const { feed } = ui;
  if (feed.link === 'lost') return; // the state is kept
  const views = feed.me ? [...feed.cases.values()] : [];
  state.legs = views.map((view) => headsetLeg(view, feed.me)).filter(Boolean);
  const wanted = Boolean(
    feed.me &&
    feed.link === 'live' &&
    usesHeadset(feed) &&
    (ui.feed.myShift() !== 'off' || ui.screen.ownCase()),
  );
  if (wanted !== state.wanted) {
    state.wanted = wanted;
    if (wanted) start();
    else stop('off');
  } else if (wanted && state.is === 'signed-off') connectLink();
}

/** Retry, or take the voice over from another window. Return false if there was nothing to do. */
export function retry() {
  if (!state.wanted || ['live', 'asking', 'connecting'].includes(state.is)) return false;
  start();
  return true;
}

/** Set the state, and render the page. */
function setState(is) {
  state.is = is;
  state.redraw();
}

/** Close the microphone and the connection. */
function stop(is) {
  state.turn += 1;
  state.call = false;
  state.silentMs = 0;
  if (audio) {
    for (const track of audio.stream.getTracks()) {
      track.onended = track.onmute = track.onunmute = null;
      track.stop();
    }
    audio.link?.postMessage({ end: true });
    audio.node?.port.postMessage({ end: true });
    audio.context.onstatechange = null;
    audio.context.close();
    audio = null;
  }
  setState(is);
}

/** Open the microphone, then the connection. A later call replaces this one. */
export async function start() {
  stop('asking');
  const { turn } = state;
  if (!isSecureContext || !navigator.mediaDevices || !window.AudioWorkletNode) {
    setState('insecure');
    return;
  }
  try {
    const stream = await openMicrophone();
    if (turn !== state.turn) {
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    const context = new AudioContext({ latencyHint: 'interactive' });
    audio = { stream, context };
    const [track] = stream.getAudioTracks();
    track.onended = () => stop('none');
    track.onmute = track.onunmute = () => state.redraw();
    await context.audioWorklet.addModule('/console/js/voice/worklet.js');
    if (turn !== state.turn) return;
    connectAudio();
    listDevices();
  } catch (error) {
    if (turn !== state.turn) return;
    stop({ NotAllowedError: 'denied', NotFoundError: 'none' }[error.name] ?? 'failed');
  }
}

/** Return the stream of the chosen microphone if it is present, else of any microphone. */
async function openMicrophone() {
  const chosen = localStorage.getItem(MICROPHONE_KEY);
  const any = () => navigator.mediaDevices.getUserMedia({ audio: CONSTRAINTS });
  if (!chosen) return any();
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { ...CONSTRAINTS, deviceId: { exact: chosen } },
    });
  } catch (error) {
    if (error.name !== 'OverconstrainedError' && error.name !== 'NotFoundError') throw error;
    return any();
  }
}

/** Connect the microphone, the worklet and the link. */
function connectAudio() {
  const { stream, context } = audio;
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
    drawLevel(data.peak);
    trackLevel(data.peak);
  };
  node.onprocessorerror = () => stop('failed');
  link.onmessage = ({ data }) => {
    if (data.state === 'replaced') {
      stop('replaced');
      return;
    } // an unused microphone is closed
    if (state.is === 'deaf') return; // sent before the link received the pause
    state.call = data.call;
    setState(data.state);
  };
  context.createMediaStreamSource(stream).connect(node).connect(context.destination);
  audio.node = node;
  audio.link = link;
  const speaker = localStorage.getItem(SPEAKER_KEY);
  if (speaker) context.setSinkId?.(speaker).catch(() => {}); // if absent, the default speaker stays
  context.onstatechange = connectLink;
  connectLink();
}

/**
 * Connect once the browser permits sound: before that no frames exist, and the center would report the
 * headset as gone.
 */
function connectLink() {
  if (!audio?.link) return;
  if (audio.context.state !== 'running') {
    setState('blocked');
    return;
  }
  setState('connecting');
  audio.link.postMessage({
    connect: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/voice`,
  });
}

/**
 * Track the microphone's level. A silent microphone is disconnected, so that the telephone rings; its first
 * sound connects it again.
 * @param {number} peak the peak of the last tenth of a second
 */
export function trackLevel(peak) {
  const before = isSilent();
  state.silentMs = peak > 0 ? 0 : state.silentMs + LEVEL_MS;
  if (state.is === 'live' && state.silentMs >= PHONE_AFTER_MS && !staysConnected(state.legs, state.call)) {
    audio.link.postMessage({ pause: true });
    state.call = false;
    setState('deaf');
  } else if (state.is === 'deaf' && peak > 0) connectLink();
  else if (isSilent() !== before) state.redraw();
}

// Resume sound: browsers permit sound only after a gesture, unless the page uses the microphone.
const resumeSound = () => {
  if (audio?.context.state === 'suspended') audio.context.resume();
};

addEventListener('keydown', resumeSound, true);

addEventListener('pointerdown', resumeSound, true);

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
  if (state.is === 'none' || state.is === 'failed') start();
  else listDevices();
});

/** Play a tone in the headset, for the test of the sound. */
export function playTone() {
  if (!audio || audio.context.state !== 'running') return;
  const { context } = audio;
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
function drawLevel(peak) {
  const on =
    peak > 0 ? Math.max(0, Math.min(SEGMENTS, Math.ceil(SEGMENTS + (20 * Math.log10(peak)) / 3))) : 0;
  for (const element of document.querySelectorAll('[data-own]'))
    [...element.children].forEach((one, at) => one.classList.toggle('on', at < on));
}

/**
 * Return true if the system or a button of the headset has switched the microphone off, as the browser
 * reports.
 */
export const isSwitchedOff = () =>
  state.is === 'live' && audio !== null && audio.stream.getAudioTracks()[0].muted;

/** Return true if the headset is connected and the microphone gives no sound. */
export const isSilent = () => isSwitchedOff() || (state.is === 'live' && state.silentMs >= SILENT_AFTER_MS);
