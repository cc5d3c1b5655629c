// What has been asked of the journal for the history: the list, the chosen story, and whether it is reopened.

import { save } from '../shell/saving.js';
import { reason, t } from '../words/words.js';

const PAGE = 50;

/** What is known, and asked. */
export const state = {
  search: '',
  /** @type {PastAlert[]} */
  items: [],
  more: false,
  cursor: null,
  chosen: null,
  /** @type {CaseView} */
  story: null,
  erased: 0,
  fault: false,
  asked: 0,
  askedAtMs: 0,
  pages: 1,
  typing: 0,
  reopening: null,
  said: '',
  /** @type {{ alert: string, said: '' | 'beingMade' | 'downloaded' | 'notMade' }} */
  given: { alert: '', said: '' }, // of which alert something was last handed out, and what came of it
};

/** Show the story of this alert. @param {Ui} ui @param {string} alert */
export async function choose(ui, alert) {
  state.chosen = alert;
  state.cursor = alert;
  state.reopening = null;
  state.said = '';
  ui.draw();
  const view = await read(ui, `/v1/alerts/${encodeURIComponent(alert)}/story`);
  if (state.chosen !== alert) return;
  state.story = view;
  ui.draw();
}

/** @param {Ui} ui @param {string} path */
async function read(ui, path) {
  try {
    const answer = await ui.feed.read(path);
    state.fault = !answer.ok;
    return answer.ok ? await answer.json() : null;
  } catch {
    state.fault = true;
    return null;
  }
}

/** @param {Ui} ui */
export async function load(ui, older = false) {
  const asked = (state.asked += 1);
  state.askedAtMs = Date.now();
  const query = new URLSearchParams({ search: state.search.trim(), limit: String(PAGE) });
  if (older) query.set('before', String(state.items.at(-1).seq));
  const page = await read(ui, `/v1/alerts?${query}`);
  if (asked !== state.asked) return; // something else has been asked for meanwhile
  if (page) {
    state.items = older ? [...state.items, ...page.alerts] : page.alerts;
    state.pages = older ? state.pages + 1 : 1;
    state.more = page.more;
  }
  ui.draw();
}

/** Forget what is shown, and ask anew, once something was erased. @param {Ui} ui */
export function forget(ui) {
  if (state.erased === ui.feed.erased) return;
  state.erased = ui.feed.erased;
  state.items = [];
  state.story = null;
  load(ui);
  if (state.chosen) choose(ui, state.chosen);
}

/** Why the chosen alert may not be reopened, or null where it may. @param {CaseView} story */
const whyNot = (story) => (story.closed_us === null ? 'not_closed' : (story.reopen ?? null));

/**
 * R asks, E adds 112, Enter does it, and every other key leaves it as it is. True where the key was for that.
 * @param {Ui} ui @param {string} key
 */
export function reopens(ui, key) {
  const story = state.chosen && state.story?.alert === state.chosen ? state.story : null;
  if (!story) return false;
  if (state.reopening === null) {
    if (key !== 'R') return false;
    const no = whyNot(story);
    state.said = no ? reason(no) : '';
    state.reopening = no ? null : { psap: false };
  } else if (key === 'E') state.reopening = { psap: !state.reopening.psap };
  else {
    const { psap } = state.reopening;
    state.reopening = null;
    if (key === 'Enter') reopen(ui, story.alert, psap);
  }
  ui.draw();
  return true;
}

/** Whether Enter is the answer to a question here. @param {Ui} ui */
export const asks = (ui) => ui.screen.section === 'history' && state.reopening !== null;

/**
 * Have it made, which can take a while, and save it.
 * @param {Ui} ui @param {string} alert @param {'dossier' | 'person'} what
 */
export async function give(ui, alert, what) {
  if (state.given.said === 'beingMade') return;
  state.given = { alert, said: 'beingMade' };
  ui.draw();
  const done = await save(ui, `/v1/alerts/${encodeURIComponent(alert)}/${what}`, `${what}-${alert}.zip`);
  state.given.said = done ? 'downloaded' : 'notMade';
  ui.draw();
}

/** @param {Ui} ui @param {string} alert @param {boolean} psap */
async function reopen(ui, alert, psap) {
  const answer = await ui.feed.command(alert, 'reopen', psap ? { party: 'psap' } : {});
  if (answer.ok) {
    ui.screen.open(alert);
    return;
  }
  state.said = reason(answer.reason) || t('noConnection');
  ui.draw();
}
