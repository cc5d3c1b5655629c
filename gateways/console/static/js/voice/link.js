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
let worklet = null; // the port to the worklet
let socket = null;
let receivedMs = 0;
let attemptMs = 0;
let retry = 0;
let attempts = 0;
let lastReport = '';

/**
 * Report the connection's state to the page: `live`, `lost`, `replaced` or `signed-off`; and whether a call
 * is connected.
 */
function report(state, call = false) {
  const now = `${state}/${call}`;
  if (now !== lastReport) {
    lastReport = now;
    postMessage({ state, call });
  }
}

onmessage = ({ data }) => {
  if (data.audio) {
    worklet = data.audio;
    worklet.onmessage = ({ data: frame }) => {
      if (socket?.readyState === WebSocket.OPEN && socket.bufferedAmount < WAITING_BYTES) socket.send(frame);
    };
  }
  if (data.connect) {
    address = data.connect;
    attempts = 0;
    lastReport = '';
    connect();
  }
  if (data.pause) {
    closeSocket();
    clearTimeout(retry);
  }
  if (data.end) {
    closeSocket();
    clearTimeout(retry);
    close();
  }
};

/** Open the connection. */
function connect() {
  closeSocket();
  clearTimeout(retry);
  receivedMs = attemptMs = performance.now();
  const made = new WebSocket(address);
  made.binaryType = 'arraybuffer';
  socket = made;
  made.onmessage = ({ data }) => {
    receivedMs = performance.now();
    attempts = 0;
    if (typeof data === 'string') {
      report('live', JSON.parse(data).joined);
      return;
    }
    report('live', true);
    worklet?.postMessage(data, [data]);
  };
  made.onclose = ({ code }) => {
    if (socket === made) onClosed(code);
  };
}

/** Close the connection without reporting its end. */
function closeSocket() {
  const before = socket;
  socket = null;
  before?.close();
}

/**
 * Handle the end of the connection: report it, and retry unless the center ended the session.
 * @param {number} code
 */
function onClosed(code) {
  closeSocket();
  if (code === REPLACED) {
    report('replaced');
    return;
  }
  if (code === SIGN_ON || code === ENDED) {
    report('signed-off');
    return;
  }
  report('lost');
  // The pause counts from the last attempt: a timeout is not followed by another pause.
  retry = setTimeout(
    connect,
    Math.max(0, attemptMs + PAUSES_MS[Math.min(attempts, PAUSES_MS.length - 1)] - performance.now()),
  );
  attempts += 1;
}

setInterval(() => {
  if (
    socket &&
    performance.now() - receivedMs > (socket.readyState === WebSocket.OPEN ? SILENCE_MS : OPEN_MS)
  )
    onClosed(0);
}, WATCH_MS);
