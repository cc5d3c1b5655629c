// All keys, grouped by the place where they act, for the list of keys. Pure.

import { FEATURES } from '../features.js';
import { ORDERS } from '../words/center.js';
import { say, translate } from '../words/words.js';
import * as closing from './escape.js';
import * as sections from './sections.js';

/**
 * Return the keys of these commands with their effects; ⏎ is added if Enter always follows. Commands that the
 * center does not have are left out.
 * @param {OperatorCommand[]} commands @returns {[string, string][]}
 */
const commandKeys = (...commands) =>
  commands
    .filter((command) => command in ORDERS)
    .map((command) => {
      const { key, enter, listed, label } = ORDERS[command];
      return [enter === 'always' ? `${key} ⏎` : key, translate(listed ?? label)];
    });

/** Return the keys that features add to a group of the console's own. @param {keyof KernelKeys} where */
const featureKeys = (where) => FEATURES.flatMap(({ placeKeys }) => placeKeys?.[where]?.() ?? []);

/** Return all groups of keys. @returns {ListedKeys[]} */
export const groups = () => [
  {
    title: say`In a case`,
    rows: [
      [say`Space`, say`Acknowledge`],
      ...commandKeys(
        'call_psap',
        'declare_false_alarm',
        'redial_user',
        'reopen',
        'mark_machine',
        'confirm_answer',
      ),
      ...commandKeys(
        'briefing_given',
        'leave',
        'take',
        'hand_over',
        'another_line',
        'mute',
        'listen',
        'call_aloud',
      ),
      ...commandKeys('close'),
    ],
  },
  {
    title: say`Writing, and 112`,
    rows: [
      ...commandKeys('note'),
      ['Ctrl ⏎', say`Send the note`],
      ...commandKeys('write'),
      ['← →', say`The message, for 112: where, what; Del: not needed`],
      ...commandKeys('write_by_sms'),
      ...commandKeys('ask_spoken').map(
        ([key, effect]) => /** @type {[string, string]} */ ([`${key} 1 … 9`, effect]),
      ),
      ['I', say`Questions: by another way`],
      ...commandKeys('withhold_voices', 'brief', 'open_page', 'announce'),
      ['C', say`Copy the text for 112`],
      ['D', say`The record of the person`],
    ],
  },
  {
    title: say`Everywhere`,
    rows: [
      [sections.keys(), say`Sections`],
      ['↑ ↓ ⏎', say`Open alerts`],
      ['K', say`Seen: ends the sound of every alarm`],
      ['G', say`Headset: try again, here, or from the phone`],
      ...featureKeys('everywhere'),
      ['?', say`All keys`],
      ['Esc', `${say`Closes, in this order`}: ${closing.layersInWords()}`],
    ],
  },
  {
    title: say`Shift`,
    rows: [
      ['P', `${say`Pause`} / ${say`Resume shift`}`],
      ['1 … 4', say`After P: why you pause`],
      ['O ⏎', say`End shift`],
      ['W B', say`Leave a note; handover notes`],
      ['S', say`Try the sound`],
      ['Y N', say`Heard, not heard`],
      ...featureKeys('shift'),
    ],
  },
  {
    title: say`Equipment`,
    rows: [
      ['↑ ↓ ⏎', say`Alarms, and each of them`],
      ['H T /', say`Past alarms, days, search`],
      ['Q X', say`Planned work, quiet alarms`],
      ['R', say`I see to it, call nobody else`],
      ...featureKeys('plant'),
    ],
  },
  ...FEATURES.flatMap((one) => one.groups?.() ?? []),
  {
    title: say`Admin`,
    rows: [
      ['C L N', say`Keys, lines, nodes`],
      ...FEATURES.flatMap(({ chapters = [] }) => chapters).map(
        ({ key, name }) => /** @type {[string, string]} */ ([key, name()]),
      ),
      ['S', say`Start; M modem`],
      ['A F M P Y', say`Lines: one more modem; out of service; check; PIN; the real 112`],
      ['D Q', say`Nodes: drain; restart when no alert is open`],
      ['V', say`Version and licences`],
      ...FEATURES.flatMap(({ keys = () => [] }) => keys()),
    ],
  },
];
