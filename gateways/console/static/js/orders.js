// What the operator orders from this page, and what is said where it is refused, or was not taken.

import { either, reason, t } from './words.js';
import * as waiting from './waiting.js';

const ARMED_MS = 3000;
const REFUSED_MS = 8000;

/** Say under the key why it was not carried out. */
export function refuse(ui, key, alert, text) {
  if (ui.feed.link === 'signed-off') return; // that is said where she signs on again
  ui.refused = {
    key,
    alert,
    text: text ? reason(text) : t('noConnection'),
    untilMs: Date.now() + REFUSED_MS,
  };
  ui.draw();
}

/** A key that was meant for the screen before. */
export function notTaken(ui, key, alert) {
  const name = key === 'Space' ? t('space') : key;
  const it = `${name} non è stato preso: lo schermo era appena cambiato. Premi di nuovo.`;
  refuse(ui, key, alert, either(it, `${name} was not taken: the screen had just changed. Press again.`));
}

export async function order(ui, key, command, to = null, party = null) {
  const alert = ui.chosen;
  const view = ui.feed.cases.get(alert);
  const asks = command === 'take' && view && !ui.known.has(view, ui.feed.me);
  if (asks) ui.known.add(view); // her phone will ring because she asks for it: no alarm
  if (command === 'take') waiting.asked(alert);
  const answer = await ui.feed.command(alert, command, '', to, party);
  if (answer.ok) return;
  if (asks) ui.known.delete(view);
  refuse(ui, key, alert, answer.reason);
}

export async function shift(ui, key, state, why) {
  const answer = await ui.feed.shift(state, why);
  if (!answer.ok) refuse(ui, key, null, answer.reason);
}

/** Wait some seconds for Enter. */
export function arm(ui, key) {
  ui.armed = key;
  ui.refused = null; // that it was refused before is over
  ui.armedAlert = ui.chosen;
  const alert = ui.chosen;
  setTimeout(() => {
    if (ui.armed !== key || ui.armedAlert !== alert) return;
    ui.armed = null;
    ui.draw();
  }, ARMED_MS);
  ui.draw();
}

/**
 * Send what is written. The field keeps the focus: what is typed next is a note, too, and never a command.
 */
export async function sendNote(ui, alert) {
  const text = (ui.drafts.get(alert) ?? '').trim();
  if (!text) return;
  ui.drafts.delete(alert);
  ui.draw();
  const answer = await ui.feed.command(alert, 'note', text);
  if (answer.ok) return;
  // What the centre has not got is put back, before what was written meanwhile.
  ui.drafts.set(alert, [text, ui.drafts.get(alert) ?? ''].filter(Boolean).join('\n'));
  refuse(ui, 'N', alert, answer.reason);
}
