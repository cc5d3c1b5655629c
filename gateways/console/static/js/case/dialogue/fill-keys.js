// The keys that add a user's message to the text for 112, or put it aside.

import { html, nothing } from '../../../vendor/lit.js';
import { KEY } from '../../words/center.js';
import { phrase, say } from '../../words/words.js';
import { inSight } from '../../steps/visible-keys.js';
import { putAside } from './missing-in-text.js';
import { reportRead, offeredMessage, unreadCount } from './read-state.js';

/** The field of the text for 112 that each key fills. */
const FILLS = { ArrowLeft: 'where', ArrowRight: 'what' };
/** The names of the fields. @type {Record<string, Phrase>} */
const FIELDS = { where: phrase`Where`, what: phrase`What` };
const ARROWS = { ArrowLeft: '←', ArrowRight: '→' };
const ASIDE = 'Delete';
const FIELD_MAX = 500;

/**
 * Render a key as a button.
 * @param {Ui} ui @param {string} key @param {Drawn} label @param {string} [shown]
 */
export const button = (ui, key, label, shown = key) =>
  html`<button class="btn" data-key=${key} aria-keyshortcuts=${key} @click=${() => ui.press(key)}>
    <kbd>${shown}</kbd><span>${label}</span>
  </button>`;

/**
 * Render the keys that add this message to the text for 112; nothing unless the message is the offered one.
 * @param {Ui} ui @param {CaseView} view @param {Allowed} allowed @param {SaidView} one
 */
export const fillKeys = (ui, view, allowed, one) =>
  ui.feed.link !== 'lost' && offeredMessage(view, allowed) === one
    ? html`<span class="said__keys"
        >${Object.entries(FILLS).map(([key, field]) =>
          button(ui, key, say`to “${FIELDS[field]()}”`, ARROWS[key]),
        )}${button(ui, ASIDE, say`not needed`, say`Del`)}</span
      >`
    : nothing;

/**
 * Handle a key. Return true if its message is on the screen.
 * @param {Ui} ui @param {string} key @param {CaseView} view @param {Allowed} allowed
 */
export function pressed(ui, key, view, allowed) {
  const one = FILLS[key] || key === ASIDE ? offeredMessage(view, allowed) : null;
  const caps = one ? [...document.querySelectorAll(`.said__keys [data-key="${key}"]`)] : [];
  if (!caps.length) return false;
  if (!inSight(caps.map((cap) => cap.closest('.said, .latest').querySelector('p')))) return true;
  if (FILLS[key]) fillField(ui, view, FILLS[key], one);
  else {
    putAside(view, one);
    ui.draw();
  }
  return true;
}

/**
 * Add the message to a field of the text, after the present content. The message is reported as read only if
 * it is the only unread one.
 * @param {Ui} ui @param {CaseView} view @param {string} field @param {SaidView} one
 */
async function fillField(ui, view, field, one) {
  const before = view.briefing[field]?.text ?? '';
  const text = [before.replace(/[.\s]+$/, ''), one.text.trim()].filter(Boolean).join('. ');
  const answer = await ui.feed.command(view.alert, 'brief', { field, text: text.slice(0, FIELD_MAX) });
  if (!answer.ok) return ui.commands.refuse(KEY.brief, view.alert, answer.reason);
  return unreadCount(view) === 1 ? reportRead(ui, view, one.number) : undefined;
}
