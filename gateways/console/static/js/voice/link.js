// A worker: the headset's connection to the center. The page, which may be busy drawing, has no part in it.
// What cannot be sent at once is old, and is not sent.

const SILENCE_MS = 750; // the center says something every quarter of a second
const OPEN_MS = 1000;
const WATCH_MS = 100;
const PAUSES_MS = [0, 200, 400, 800]; // from one try to the next; the last one repeats
const WAITING_BYTES = 3 * 640; // 60 ms
const SIGN_ON = 4401;
const REPLACED = 4409;
const ENDED = 4410;

let address = '';
let audio = null; // the port to the worklet
let socket = null;
let heardMs = 0;
let triedMs = 0;
let retry = 0;
let tries = 0;
let said = '';

/** Tell the page how it stands: `live`, `lost`, `replaced` or `signed-off`; and whether a call is on. */
function tell(state, call = false) {
  const now = `${state}/${call}`;
  if (now !== said) {
    said = now;
    postMessage({ state, call });
  }
}

onmessage = ({ data }) => {
  if (data.audio) {
    audio = data.audio;
    audio.onmessage = ({ data: frame }) => {
      if (socket?.readyState === WebSocket.OPEN && socket.bufferedAmount < WAITING_BYTES) socket.send(frame);
    };
  }
  if (data.connect) {
    address = data.connect;
    tries = 0;
    said = '';
    connect();
  }
  if (data.pause) {
    drop();
    clearTimeout(retry);
  }
  if (data.end) {
    drop();
    clearTimeout(retry);
    close();
  }
};

function connect() {
  drop();
  clearTimeout(retry);
  heardMs = triedMs = performance.now();
  const made = new WebSocket(address);
  made.binaryType = 'arraybuffer';
  socket = made;
  made.onmessage = ({ data }) => {
    heardMs = performance.now();
    tries = 0;
    if (typeof data === 'string') {
      tell('live', JSON.parse(data).joined);
      return;
    }
    tell('live', true);
    audio?.postMessage(data, [data]);
  };
  made.onclose = ({ code }) => {
    if (socket === made) lost(code);
  };
}

function drop() {
  const before = socket;
  socket = null;
  before?.close();
}

/** @param {number} code */
function lost(code) {
  drop();
  if (code === REPLACED) {
    tell('replaced');
    return;
  }
  if (code === SIGN_ON || code === ENDED) {
    tell('signed-off');
    return;
  }
  tell('lost');
  // What has waited in vain for an answer has waited long enough.
  retry = setTimeout(
    connect,
    Math.max(0, triedMs + PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)] - performance.now()),
  );
  tries += 1;
}

setInterval(() => {
  if (socket && performance.now() - heardMs > (socket.readyState === WebSocket.OPEN ? SILENCE_MS : OPEN_MS))
    lost(0);
}, WATCH_MS);
