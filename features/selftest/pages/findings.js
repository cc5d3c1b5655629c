// What a test call has shown of a line's voice, in words.

import { say } from '../../js/words/words.js';

/** @param {VoiceShown} voice */
const gain = ({ better_gain_in_db: better }) =>
  better === null ? '' : say` Try ${Math.round(better)} dB in.`;

/** @type {Record<Finding, (voice: VoiceShown) => string>} */
const WORDS = {
  not_answered: () => say`Nobody answered: nothing is known of the voice.`,
  no_port: () => say`Its modem gives no voice to the centre.`,
  refused: () => say`The modem did not switch its voice on: its firmware may be for data alone.`,
  nothing: () => say`Nothing comes from the voice port.`,
  mute: () => say`Digital silence alone comes: the voice goes elsewhere.`,
  noise: () => say`Noise as loud as speech comes.`,
  rate: () => say`The voice runs at a wrong speed.`,
  not_taken: () => say`Whoever is called hears gaps.`,
  worn: () => say`The modem’s voice is worn.`,
  short: () => say`Too short: ten seconds on the line are needed.`,
  late: ({ opened_after_s: s }) => say`The voice opened ${Math.round(s)} s after the answer.`,
  lost: ({ lost_frames: n }) => say`${ms(n)} of voice lost: another USB socket, another cable.`,
  drift: () => say`The modem’s clock is far off.`,
  loud: (voice) => say`Too loud, distorted.` + gain(voice),
  quiet: (voice) => say`Quiet.` + gain(voice),
  echo: ({ echo_db: dB }) => say`An echo comes back at ${Math.round(dB)} dB.`,
  no_voice: () => say`Nobody has spoken: the level is not known.`,
};

/** @param {number} frames */
const ms = (frames) => `${(frames * 20).toLocaleString()} ms`;

/** One sentence each; of a line whose voice works that alone. @param {VoiceShown} voice */
export const findings = (voice) =>
  voice.findings.length ? voice.findings.map((one) => WORDS[one](voice)) : [say`The voice works both ways.`];
