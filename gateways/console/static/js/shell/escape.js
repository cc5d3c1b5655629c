// The layers that Esc closes: the first open layer of this list. Esc never sends a command, and withdraws
// none. A field receives Esc before all layers, and loses the focus.

import * as dialogue from '../case/dialogue/dialogue.js';
import * as questions from '../case/dialogue/questions.js';
import * as facts from '../case/facts.js';
import * as handover from '../case/handover.js';
import * as record from '../case/record.js';
import * as own from '../shift/last-alert.js';
import * as shifts from '../shift/shift.js';
import { phrase } from '../words/words.js';
import * as sections from './sections.js';

/**
 * `close` returns true if the layer was open.
 * @typedef {{ name: Phrase, close: (ui: Ui, view: CaseView | null) => boolean }} Layer
 */

/**
 * Return the layer of a panel of the case that is shown.
 * @param {Phrase} name @param {{ close: (ui: Ui, view: CaseView) => boolean }} one @returns {Layer}
 */
const panel = (name, one) => ({ name, close: (ui, view) => view !== null && one.close(ui, view) });

/** The layers in the order in which Esc closes them; of the panels, the uppermost first. @type {Layer[]} */
export const LAYERS = [
  { name: phrase`the keys`, close: closesKeyList },
  { name: phrase`a key that waits for Enter`, close: disarms },
  { name: phrase`a question`, close: cancelsQuestion },
  { name: phrase`handing over`, close: (ui) => handover.pressed(ui, 'Escape') },
  panel(phrase`questions`, questions),
  panel(phrase`for 112`, facts),
  panel(phrase`messages`, dialogue),
  panel(phrase`record`, record),
  { name: phrase`what is open in a place`, close: sections.closeOpen },
  { name: phrase`the place, or another case`, close: leavesPlace },
];

/** Close the uppermost open layer. @param {Ui} ui */
export function close(ui) {
  const view = ui.screen.section === 'case' ? ui.screen.selected() : null;
  LAYERS.some((layer) => layer.close(ui, view));
}

/** Return the layers in words, for the list of keys. */
export const layersInWords = () => LAYERS.map(({ name }) => name()).join(' → ');

/** Close the list of keys. @param {Ui} ui */
function closesKeyList(ui) {
  if (!ui.screen.help) return false;
  ui.press('?');
  return true;
}

/** Disarm a key that waits for Enter. @param {Ui} ui */
function disarms(ui) {
  if (!ui.commands.armed) return false;
  ui.commands.disarm();
  ui.draw();
  return true;
}

/** Cancel a question of the shift or of the last alert. @param {Ui} ui @param {CaseView | null} view */
function cancelsQuestion(ui, view) {
  if (ui.screen.section !== 'case' || view !== null) return false;
  return shifts.pressed(ui, 'Escape') || own.pressed(ui, 'Escape');
}

/** Leave the place, or the case of another operator. @param {Ui} ui @param {CaseView | null} view */
function leavesPlace(ui, view) {
  if (ui.screen.section !== 'case') ui.screen.leave();
  else if (view !== null && view.alert !== ui.screen.ownCase()?.alert) ui.screen.back();
  else return false;
  return true;
}
