// Sounds of the console: none in a silent alert or under duress, and none into a call.

let context = null;
let loop = null;
let loopKind = '';

/** Enable sound. Must be called in a gesture: browsers are silent before one. */
export function unlock() {
  context ??= new AudioContext();
  if (context.state === 'suspended') context.resume();
}
/**
 * Enable sound, and wait until sound is possible; at most a second, for there may be no gesture or output.
 */
export async function unlockAndWait() {
  unlock();
  await Promise.race([
    context.resume(),
    new Promise((done) => {
      setTimeout(done, 1000);
    }),
  ]);
}
/** Return true if the browser does not permit sound yet. */
export const blocked = () => context === null || context.state !== 'running';

/** @type {(lengthS: number) => void} */
let notifyListener = () => {};
/** Set the listener that is called with the number of seconds from now for which the page sounds. */
export const onSound = (listener) => {
  notifyListener = listener;
};

/** Play one tone. */
function tone(hz, startS, lengthS, volume) {
  notifyListener(startS + lengthS);
  const at = context.currentTime + startS;
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = hz;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(volume, at + 0.01);
  gain.gain.setValueAtTime(volume, at + lengthS - 0.02);
  gain.gain.linearRampToValueAtTime(0, at + lengthS);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + lengthS);
}

/**
 * Repeat a sound; '' stops it. A call with the current sound changes nothing.
 * @param {'alert' | 'test' | 'lost' | ''} kind
 */
export function playRepeatedly(kind) {
  if (kind === loopKind) return;
  loopKind = kind;
  clearInterval(loop);
  loop = null;
  if (!kind) return;
  let turns = 0;
  const play = () => {
    if (blocked()) return;
    const grown = Math.min(1, 0.4 + turns * 0.15); // from 40 % to full in 6 s
    turns += 1;
    if (kind === 'alert') [880, 1175].forEach((hz, i) => tone(hz, i * 0.25, 0.25, 0.5 * grown));
    if (kind === 'test') [440, 587.5].forEach((hz, i) => tone(hz, i * 0.25, 0.25, 0.25 * grown));
    if (kind === 'lost') tone(220, 0, 0.4, 0.3);
  };
  play();
  loop = setInterval(play, kind === 'lost' ? 5000 : 1500);
}

/** Play a sound once. @param {'tick' | 'late' | 'try' | 'message' | 'last'} kind */
export function playOnce(kind) {
  if (blocked()) return;
  if (kind === 'last') [523, 392].forEach((hz, i) => tone(hz, i * 0.3, 0.25, 0.3));
  if (kind === 'message') tone(660, 0, 0.15, 0.3);
  if (kind === 'tick') tone(1760, 0, 0.04, 0.2);
  if (kind === 'late') [880, 740, 587].forEach((hz, i) => tone(hz, i * 0.3, 0.25, 0.5));
  if (kind === 'try') [880, 1175].forEach((hz, i) => tone(hz, i * 0.25, 0.25, 0.5));
}
