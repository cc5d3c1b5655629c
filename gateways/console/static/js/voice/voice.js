// The headset, where operators have their voice in the browser: asks for the microphone when the shift
// begins, keeps the connection, and says how it stands. The sound itself goes from the worklet to the link
// and back, past this page. Never a sound into the call: while the console itself sounds, the microphone says
// nothing.

import { onSound } from '../sound/sound.js';
import { byHeadset, isHeld } from './line.js';

export const MICROPHONE = 'securwoman-microphone';

export const SPEAKER = 'securwoman-speaker';

const SEGMENTS = 20;

const LEVEL_MS = 100; // from one level of the worklet's to the next

// A microphone that is on gives noise, be nobody speaking: nothing but zeros is a switch, or another device.
const SAID_MS = 3000; // as long as a line without sound takes to be called so
const DEAF_MS = 6000; // after which the telephone is the better one

const HEARD = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };

// off | insecure | asking | denied | none | failed | blocked | connecting | live | deaf | lost | replaced |
// signed-off
export const state = {
  is: 'off',
  call: false,
  legs: [], // the operator's own on the headset, of all alerts
  silentMs: 0, // for so long the microphone has given nothing but zeros
  wanted: false,
  turn: 0,
  microphones: [],
  speakers: [],
  redraw: () => {},
};

export let open = null; // {stream, context, node, link}

const ROOM_S = 0.3; // so long a room, and the way out of the loudspeaker, go on after it

onSound((lengthS) => open?.node?.port.postMessage({ hushS: lengthS + ROOM_S }));

/** Whether this center's operators have their voice in the browser. @param {Feed} feed */
export const used = (feed) => feed.center?.operator_line === 'headset';

/** On shift, and yet the operator could not be heard if called. */
export const gone = () => state.wanted && !['live', 'asking', 'connecting'].includes(state.is);

/** Whether alerts come to the headset; while it is gone the telephone rings. @param {Feed} feed */
export const takes = (feed) => used(feed) && !gone();

/** How it stands, for what is said of it. @param {Feed} feed @returns {import('./line.js').Standing} */
export const standing = (feed) => ({
  is: state.is,
  gone: gone(),
  mute: mute(),
  // Where the other window was closed the center says that this voice stands nowhere.
  elsewhere: state.is === 'replaced' && feed.myself()?.line_state !== 'released',
});

/** Begin with the shift, end with it; said again and again. @param {Ui} ui */
export function follow(ui) {
  state.redraw = ui.draw;
  const { feed } = ui;
  if (feed.link === 'lost') return; // what was so is so still
  const views = feed.me ? [...feed.cases.values()] : [];
  state.legs = views.map((view) => byHeadset(view, feed.me)).filter(Boolean);
  const wanted = Boolean(
    feed.me && feed.link === 'live' && used(feed) && (ui.feed.myShift() !== 'off' || ui.screen.mineNow()),
  );
  if (wanted !== state.wanted) {
    state.wanted = wanted;
    if (wanted) begin();
    else end('off');
  } else if (wanted && state.is === 'signed-off') connect();
}

/**
 * The key to try again, or to take the voice over from another window. True where there was something to do.
 */
export function again() {
  if (!state.wanted || ['live', 'asking', 'connecting'].includes(state.is)) return false;
  begin();
  return true;
}

function turned(is) {
  state.is = is;
  state.redraw();
}

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

/** The one that was chosen, if it is there, else any. */
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
    } // a microphone that is not heard is not left open
    if (state.is === 'deaf') return; // said before the link was told to stop
    state.call = data.call;
    turned(data.state);
  };
  context.createMediaStreamSource(stream).connect(node).connect(context.destination);
  open.node = node;
  open.link = link;
  const speaker = localStorage.getItem(SPEAKER);
  if (speaker) context.setSinkId?.(speaker).catch(() => {}); // that one is not here: the usual one is
  context.onstatechange = connect;
  connect();
}

/** Once sound runs: before that there is nothing to say, and the center would take the headset for gone. */
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
 * A microphone that gives nothing is not connected, so that the telephone rings; with its first sound it is
 * again.
 * @param {number} peak of the last tenth of a second
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

// Browsers let sound run after a gesture only, unless the page listens already.
const gesture = () => {
  if (open?.context.state === 'suspended') open.context.resume();
};

addEventListener('keydown', gesture, true);

addEventListener('pointerdown', gesture, true);

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

/** A tone in the ear, for the trial of the sound. */
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

function paint(peak) {
  const on =
    peak > 0 ? Math.max(0, Math.min(SEGMENTS, Math.ceil(SEGMENTS + (20 * Math.log10(peak)) / 3))) : 0;
  for (const element of document.querySelectorAll('[data-own]'))
    [...element.children].forEach((one, at) => one.classList.toggle('on', at < on));
}

/** Switched off by the system or by a button of the headset's own, as the browser knows: it gives silence. */
export const hushed = () => state.is === 'live' && open !== null && open.stream.getAudioTracks()[0].muted;

/** Connected, and yet nobody is heard. */
export const mute = () => hushed() || (state.is === 'live' && state.silentMs >= SAID_MS);
