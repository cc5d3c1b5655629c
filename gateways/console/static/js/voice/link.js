// A worker: the headset's connection to the center, independent of the page, which may be busy rendering. A
// frame that cannot be sent at once is out of date and is dropped.

const SILENCE_MS = 750; // the center sends a message every quarter of a second
const OPEN_MS = 1000;
const WATCH_MS = 100;
const PAUSES_MS = [0, 200, 400, 800]; // between attempts; the last pause repeats
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

/**
 * Report the connection's state to the page: `live`, `lost`, `replaced` or `signed-off`; and whether a call
 * is connected.
 */
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

/** Open the connection. */
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

/** Close the connection without reporting its end. */
function drop() {
  const before = socket;
  socket = null;
  before?.close();
}

/**
 * Handle the end of the connection: report it, and retry unless the center ended the session.
 * @param {number} code
 */
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
  // The pause counts from the last attempt: a timeout is not followed by another pause.
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
