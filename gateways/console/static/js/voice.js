// Her headset, where operators have their voice in the browser: asks for the microphone when her shift
// begins, keeps the connection, and says how it stands. The sound itself goes from the worklet to the link
// and back, past this page. Never a sound into the call: while the console itself sounds, her microphone says
// nothing.

import { html, nothing } from '../vendor/lit.js';
import { word } from './parts.js';
import { either } from './words.js';
import { onSound } from './sound.js';

const MICROPHONE = 'securwoman-microphone';
const SPEAKER = 'securwoman-speaker';
const SEGMENTS = 20;
const HEARD = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };

// off | insecure | asking | denied | none | failed | blocked | connecting | live | lost | replaced |
// signed-off
const state = {
  is: 'off',
  call: false,
  wanted: false,
  turn: 0,
  microphones: [],
  speakers: [],
  redraw: () => {},
};
let open = null; // {stream, context, node, link}

const ROOM_S = 0.3; // so long a room, and the way out of the loudspeaker, go on after it

onSound((lengthS) => open?.node?.port.postMessage({ hushS: lengthS + ROOM_S }));

/** Whether this center's operators have their voice in the browser. */
export const used = (feed) => feed.center?.operator_line === 'headset';
/** On shift, and yet she could not be heard if she were called. */
export const gone = () => state.wanted && !['live', 'asking', 'connecting'].includes(state.is);

/** Whether alerts come to her headset; while it is gone her telephone rings. */
export const takes = (feed) => used(feed) && !gone();

/** Begin with her shift, end with it; said again and again. */
export function follow(ui) {
  state.redraw = ui.redraw;
  const { feed } = ui;
  if (feed.link === 'lost') return; // what she was, she is still
  const wanted = Boolean(
    feed.me && feed.link === 'live' && used(feed) && (ui.myShift() !== 'off' || ui.mineNow()),
  );
  if (wanted !== state.wanted) {
    state.wanted = wanted;
    if (wanted) begin();
    else end('off');
  } else if (wanted && state.is === 'signed-off') connect();
}

/**
 * Her key to try again, or to take the voice over from another window. True where there was something to do.
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

async function begin() {
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
    await context.audioWorklet.addModule('/console/js/voice-worklet.js');
    if (turn !== state.turn) return;
    join();
    listDevices();
  } catch (error) {
    if (turn !== state.turn) return;
    end({ NotAllowedError: 'denied', NotFoundError: 'none' }[error.name] ?? 'failed');
  }
}

/** The one she has chosen, if it is there, else any. */
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
  const link = new Worker('/console/js/voice-link.js', { type: 'module' });
  const { port1, port2 } = new MessageChannel();
  node.port.postMessage({ link: port1 }, [port1]);
  link.postMessage({ audio: port2 }, [port2]);
  node.port.onmessage = ({ data }) => paint(data.peak);
  node.onprocessorerror = () => end('failed');
  link.onmessage = ({ data }) => {
    if (data.state === 'replaced') {
      end('replaced');
      return;
    } // a microphone that nobody hears is not left open
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

/** Once sound runs: before that there is nothing to say, and the center would take her for gone. */
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

/** A tone in her ear, for the trial of the sound. */
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

/**
 * Connected, and yet switched off by the system or by a button of the headset's own: the browser gives
 * silence.
 */
const hushed = () => state.is === 'live' && open !== null && open.stream.getAudioTracks()[0].muted;
const told = () => STATES[hushed() ? 'hushed' : state.is]();

const KEY = html`<kbd>G</kbd>`;
const STATES = {
  off: () => [
    'todo',
    'ink-2',
    either('Si collegano con il turno', 'Connected with your shift'),
    either('Il browser ti chiederà il microfono', 'The browser will ask for the microphone'),
  ],
  insecure: () => [
    'warn',
    'ink-bad',
    either('Qui non è possibile', 'Not possible here'),
    either(
      'Il browser dà il microfono solo a pagine cifrate: apri la console con https://',
      'The browser gives the microphone to encrypted pages only: open the console with https://',
    ),
  ],
  asking: () => [
    'headset',
    'ink-wait',
    either('Consenti il microfono', 'Allow the microphone'),
    either('Il browser te lo chiede, in alto a sinistra', 'The browser asks you, at the top left'),
  ],
  denied: () => [
    'warn',
    'ink-bad',
    either('Microfono non consentito', 'Microphone not allowed'),
    either(
      html`Consentilo accanto all’indirizzo della pagina, poi ${KEY}`,
      html`Allow it beside the page’s address, then ${KEY}`,
    ),
  ],
  none: () => [
    'warn',
    'ink-bad',
    either('Nessun microfono', 'No microphone'),
    either('Collega le cuffie', 'Plug in your headset'),
  ],
  failed: () => [
    'warn',
    'ink-bad',
    either('Il microfono non risponde', 'The microphone does not answer'),
    either(
      html`Forse lo usa un altro programma. Poi ${KEY}`,
      html`Another program may be using it. Then ${KEY}`,
    ),
  ],
  blocked: () => [
    'hush',
    'ink-bad',
    either('Audio fermo', 'Sound is stopped'),
    either('Premi un tasto qualsiasi', 'Press any key'),
  ],
  connecting: () => ['link', 'ink-wait', either('Si collegano…', 'Connecting…'), ''],
  live: () => [
    'check',
    'ink-ok',
    state.call ? either('In linea', 'On the line') : either('Collegate', 'Connected'),
    either('Tienile addosso: gli allarmi arrivano qui.', 'Keep it on: alerts come here.'),
  ],
  hushed: () => [
    'mute',
    'ink-bad',
    either('Microfono spento', 'Microphone is off'),
    either('L’hanno spento le cuffie o il sistema', 'The headset or the system has switched it off'),
  ],
  lost: () => [
    'nolink',
    'ink-bad',
    either('Scollegate, riprovo', 'Disconnected, trying again'),
    either('Chi chiama non ti sente', 'Callers do not hear you'),
  ],
  replaced: () => [
    'warn',
    'ink-bad',
    either('In un’altra finestra', 'In another window'),
    either(html`La tua voce è là. Per averla qui ${KEY}`, html`Your voice is there. To have it here ${KEY}`),
  ],
  'signed-off': () => ['nolink', 'ink-bad', either('Accedi di nuovo', 'Sign on again'), ''],
};

/** How it stands, on the page where she waits. */
export function headsetState() {
  const [ic, tone, text, advice] = told();
  return html`<span data-headset=${state.is}>${word(ic, text, tone)}</span><small>${advice}</small> ${
    open
      ? html`${level()}
            <div class="devices">
              ${choice(
                MICROPHONE,
                either('Microfono', 'Microphone'),
                state.microphones,
              )}${choice(SPEAKER, either('Ascolto', 'Speaker'), state.speakers)}
            </div>`
      : nothing
  }`;
}

/** Her own microphone, moving; drawn past the page, and never spoken. */
export const level = () =>
  html`<span class="meter meter--own" data-own aria-hidden="true"
    ><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i><i></i
    ><i></i><i></i><i></i><i></i><i></i
  ></span>`;

function choice(key, label, devices) {
  if (devices.length < 2) return nothing;
  const chosen = localStorage.getItem(key) ?? 'default';
  return html`<label
    ><span class="sr">${label}</span
    ><select
      @keydown=${(e) => e.stopPropagation()}
      @change=${(e) => {
        localStorage.setItem(key, e.target.value);
        begin();
      }}>
      ${devices.map(
        (one) =>
          html`<option value=${one.deviceId} ?selected=${one.deviceId === chosen}>
            ${one.label || label}
          </option>`,
      )}
    </select></label
  >`;
}

/** What a new alert does, where her telephone does nothing. */
export const readyText = () =>
  either(
    'Nessun allarme è tuo. Un nuovo allarme occupa tutto lo schermo e lo senti in cuffia.',
    'No alert is yours. A new one takes the whole screen and you hear it in your headset.',
  );
/**
 * What she is to do while the center is out of reach, and her voice with it; null where she is on a
 * telephone.
 */
export const whenLost = (feed) =>
  !used(feed)
    ? null
    : gone()
      ? either(
          'Non ti sentono. Se dura, squilla il tuo telefono: rispondi.',
          'You are not heard. If it lasts your phone rings: answer it.',
        )
      : either('Continua a parlare.', 'Keep talking.');
export const acknowledgeSub = () =>
  either(
    'Ferma il suono e apre il caso. Parla per prendere la chiamata.',
    'Stops the sound and opens the case. Speak to take the call.',
  );
/** Her voice is in the call already: what makes it hers. */
export const comesIn = () => either('È nelle tue cuffie: parla', 'It is in your headset: speak');

/** In the bar, in every view. */
export function inBar(ui) {
  if (!used(ui.feed)) return nothing;
  const bad = gone() || hushed();
  const text = bad ? told()[2] : either('Cuffie', 'Headset');
  return html`<span class=${bad ? 'ink-bad' : ''} data-headset=${state.is}
    >${word(bad ? 'warn' : 'headset', text, state.is === 'live' ? 'ink-ok' : '')}</span
  >`;
}

/** Over her own case: she is not heard. */
export function banner(mine) {
  if (!mine || !(gone() || hushed())) return null;
  const [, , title, advice] = told();
  return {
    icon: 'headset',
    tone: 'bad',
    title: either(`Non ti sentono. ${title}`, `You are not heard. ${title}`),
    text: advice,
    aside: '',
  };
}
