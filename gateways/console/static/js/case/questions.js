// What is asked of a user who cannot talk, by kind of trouble: one key a question, answered by yes or no, in
// the user's language with the operator's beside it. By the app where it shows messages, else on the line.

import { html, nothing } from '../../vendor/lit.js';
import { either, t } from '../words/words.js';
import { newId } from './writing.js';

let opened = null; // of which alert
const chosen = new Map(); // by alert: which protocol

/** @param {CaseView} view */
export const isOpen = (view) => opened === view.alert;

/** J opens them; J again leads to the next protocol. @param {Ui} ui @param {CaseView} view */
export function open(ui, view) {
  if (isOpen(view))
    chosen.set(view.alert, ((chosen.get(view.alert) ?? 0) + 1) % ui.feed.center.protocols.length);
  opened = view.alert;
  ui.draw();
}

/** True where they were open. @param {Ui} ui @param {CaseView} view */
export function close(ui, view) {
  if (!isOpen(view)) return false;
  opened = null;
  ui.draw();
  return true;
}

/** @param {Ui} ui @param {CaseView} view */
const protocol = (ui, view) => ui.feed.center.protocols[chosen.get(view.alert) ?? 0];

/**
 * In that language, else in English, else in any.
 * @param {Record<string, string>} words @param {string} language
 */
const inLanguage = (words, language) => words[language] ?? words.en ?? Object.values(words)[0] ?? '';
/** In the operator's. @param {Record<string, string>} words */
const own = (words) => inLanguage(words, document.documentElement.lang);

/**
 * How a question reaches the user now; null where it does not.
 * @param {Allowed} allowed @returns {'write' | 'ask_aloud' | null}
 */
function way(allowed) {
  if (allowed.write === null) return 'write';
  return allowed.ask_aloud === null ? 'ask_aloud' : null;
}

/** The question as it was asked last. @param {CaseView} view @param {string} text */
const asked = (view, text) => view.dialogue.findLast((one) => one.by && one.text === text);

/** A key while they are open: 1 to 9. True where it was for them. @param {Ui} ui @param {string} key */
export function pressed(ui, key) {
  const view = ui.screen.section === 'case' ? ui.screen.selected() : null;
  if (view === null || !isOpen(view) || !/^[1-9]$/.test(key)) return false;
  const question = protocol(ui, view).question[Number(key) - 1];
  if (question) ask(ui, view, question, key);
  return true;
}

/** @param {Ui} ui @param {CaseView} view @param {Question} question @param {string} key */
async function ask(ui, view, question, key) {
  const allowed = ui.feed.allowedIn(view);
  const command = way(allowed);
  if (command === null) return ui.orders.refuse(key, view.alert, allowed.write);
  const text = inLanguage(question.ask, view.person?.language ?? document.documentElement.lang);
  const fills = question.fills ? { field: question.fills, yes: own(question.yes), no: own(question.no) } : {};
  const answer = await ui.feed.command(view.alert, command, { id: newId(), text, asks: true, ...fills });
  if (!answer.ok) ui.orders.refuse(key, view.alert, answer.reason);
}

/** @param {Ui} ui @param {CaseView} view @param {Allowed} allowed */
export function panel(ui, view, allowed) {
  const now = protocol(ui, view);
  const language = view.person?.language ?? document.documentElement.lang;
  const how = {
    write: either('Nella sua app: Sì o No', 'In the app: yes or no'),
    ask_aloud: either('Chiedi a voce: tasto 1 per sì, 2 per no', 'Ask aloud: key 1 for yes, 2 for no'),
  }[way(allowed)];
  return html`<div class="panel__head">
      <h2>${own(now.name)}</h2>
      <button class="btn" @click=${() => open(ui, view)}>
        <kbd>J</kbd><span>${t('nextProtocol')}</span>
      </button>
      <button class="btn" @click=${() => close(ui, view)}><kbd>Esc</kbd><span>${t('back')}</span></button>
    </div>
    <div class="panel__body questions">
      <p class="ink-2">
        ${now.advise ? html`<b class="questions__advise">${own(now.advise)}</b>` : nothing}
        ${how ?? either('Ora non le si può chiedere nulla.', 'Nothing can be asked now.')}
      </p>
      <ol>
        ${now.question.map((question, at) => {
          const text = inLanguage(question.ask, language);
          const said = asked(view, text);
          const mine = own(question.ask);
          return html`<li data-asked=${said ? 'yes' : nothing}>
            <button
              class="questions__ask"
              ?disabled=${!how}
              @click=${() => ask(ui, view, question, String(at + 1))}>
              <kbd>${at + 1}</kbd><span lang=${language}>${text}</span>
            </button>
            ${mine === text ? nothing : html`<small>${mine}</small>`}
            <b class="questions__answer" role="status">${said ? answerOf(said) : ''}</b>
          </li>`;
        })}
      </ol>
    </div>`;
}

/** @param {SaidView} said */
const answerOf = (said) => (said.answer ? t(said.answer === 'yes' ? 'yes' : 'no') : t('asked'));
