// The state of the history: the list of alerts and the story of the chosen alert, as answered by the center.

import { save } from '../../../js/shell/download.js';
import * as reopening from '../../../js/alerts/reopening.js';
import { query as filters } from './filters.js';

const PAGE = 50;

/** The answers and the open requests. */
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
  requests: 0,
  reread: 0, // the event's place for which the story was requested again
  askedAtMs: 0,
  tag: '', // the tag of the shown answer
  pages: 1,
  typing: 0,
  /** @type {{ alert: string, result: '' | 'beingMade' | 'downloaded' | 'notMade' }} */
  handedOut: { alert: '', result: '' }, // the alert of the last file handed out, and the result
};

/** Show the story of an alert. @param {Ui} ui @param {string} alert */
export async function choose(ui, alert) {
  state.chosen = alert;
  state.cursor = alert;
  reopening.cancel();
  ui.draw();
  await reread(ui, alert);
}

/** Request the story again. @param {Ui} ui @param {string} alert */
async function reread(ui, alert) {
  const view = await read(ui, `/v1/alerts/${encodeURIComponent(alert)}/story`);
  if (state.chosen !== alert) return;
  state.story = view;
  ui.draw();
}

/** Request a path; return its JSON, or null. @param {Ui} ui @param {string} path */
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

/**
 * Request the first page of the list, or the page after the last for `older`. `again`: request the page only
 * if it has changed; only a changed page enters the audit.
 * @param {Ui} ui
 */
export async function load(ui, older = false, again = false) {
  const request = (state.requests += 1);
  state.askedAtMs = Date.now();
  const query = filters(ui);
  query.set('search', state.search.trim());
  query.set('limit', String(PAGE));
  if (older) query.set('before', String(state.items.at(-1).seq));
  const answer = await ui.feed
    .read(`/v1/alerts?${query}`, again && state.tag ? { 'if-none-match': state.tag } : {})
    .catch(() => null);
  const page = answer?.ok ? await answer.json().catch(() => null) : null;
  if (request !== state.requests) return; // a later request has replaced this one
  state.fault = !page && answer?.status !== 304;
  if (page) {
    state.tag = older ? '' : (answer.headers.get('etag') ?? '');
    state.items = older ? [...state.items, ...page.alerts] : page.alerts;
    state.pages = older ? state.pages + 1 : 1;
    state.more = page.more;
  }
  ui.draw();
}

/** Forget the shown alerts after an erasure, and request them again. @param {Ui} ui */
export function forgetErased(ui) {
  if (state.erased === ui.feed.erasedSeq) return;
  state.erased = ui.feed.erasedSeq;
  state.items = [];
  state.tag = '';
  state.story = null;
  load(ui);
  if (state.chosen) choose(ui, state.chosen);
}

/** Request the story again after a change of a closed alert: a note, a reopening. @param {Ui} ui */
export function rereadIfChanged(ui) {
  const story = chosenStory();
  const newest = story ? (ui.feed.lastEventSeq.get(story.alert) ?? 0) : 0;
  if (!story || story.closed_us === null || newest <= Math.max(story.seq, state.reread)) return;
  state.reread = newest;
  reread(ui, story.alert);
}

/** Return the story of the chosen alert, once it has arrived. */
export const chosenStory = () => (state.chosen && state.story?.alert === state.chosen ? state.story : null);

/**
 * Act on R and the keys of reopening in the chosen alert; return true if there is one.
 * @param {Ui} ui @param {string} key
 */
export function reopenKey(ui, key) {
  const story = chosenStory();
  if (!story) return false;
  const no = story.closed_us === null ? 'not_closed' : (story.reopen ?? null);
  return reopening.pressed(ui, key, story, no);
}

/**
 * Request a file, which can take a while, and save it.
 * @param {Ui} ui @param {string} alert @param {string} what
 */
export async function handOut(ui, alert, what) {
  if (state.handedOut.result === 'beingMade') return;
  state.handedOut = { alert, result: 'beingMade' };
  ui.draw();
  const done = await save(ui, `/v1/alerts/${encodeURIComponent(alert)}/${what}`, `${what}-${alert}.zip`);
  state.handedOut.result = done ? 'downloaded' : 'notMade';
  ui.draw();
}
