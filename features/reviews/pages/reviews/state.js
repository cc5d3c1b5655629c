// The state of the reviews: a month's draw, the operator's own reviews, and the chosen call.

import { answerOf } from '../../../js/admin/frame/faults.js';
import { Form } from '../../../js/admin/frame/form.js';
import { localText, say } from '../../../js/words/words.js';
import { markName, why } from './marks.js';

const TEXT_MAX = 2000;

/** The answers and the open requests. */
export const state = {
  of: '', // the operator of this state: it must not be shown to another operator
  own: false, // own reviews in place of the draw
  month: '', // empty: the present month
  /** @type {ReviewsView} */
  draw: null,
  /** @type {GivenReviews} */
  mine: null,
  cursor: '', // the key of a row: alert/operator
  chosen: '',
  /** @type {CaseView} */
  story: null,
  /** @type {GivenReview} */
  review: null, // the review of the chosen call
  /** @type {string[]} */
  files: [], // the recordings of the chosen call
  playing: '', // the address of the playing recording
  /** @type {Form} */
  form: null,
  fault: '',
};

/** Return true for a supervisor or admin. @param {Ui} ui */
export const supervises = (ui) => ['supervisor', 'admin'].includes(ui.feed.me.role);

/** Return the key of a call. @param {{ alert: string, operator: string }} one */
export const keyOf = (one) => `${one.alert}/${one.operator}`;

/** Return the calls of the month, each with its operator. */
export const calls = () =>
  (state.draw?.operators ?? []).flatMap(({ operator, calls: all }) =>
    all.map((one) => ({ ...one, operator })),
  );

/** Request a path. @param {Ui} ui @param {string} path */
const read = (ui, path) => answerOf(ui.feed.read(path));

/** Request the draw of the month, or the own reviews. @param {Ui} ui */
export async function load(ui) {
  const month = state.month ? `?month=${state.month}` : '';
  const mine = state.own || !supervises(ui);
  const { data, code } = await read(ui, mine ? '/v1/reviews/mine' : `/v1/reviews${month}`);
  state.fault = code;
  if (data && mine) state.mine = data;
  else if (data) state.draw = data;
  ui.draw();
}

/** Show the month `by` months later, not after the present month. @param {Ui} ui @param {number} by */
export function showMonth(ui, by) {
  const [year, month] = (state.draw?.month ?? '').split('-').map(Number);
  if (!year) return;
  const at = new Date(Date.UTC(year, month - 1 + by, 1)).toISOString().slice(0, 7);
  if (at > new Date(ui.feed.nowUs() / 1000).toLocaleDateString('sv-SE').slice(0, 7)) return;
  state.month = at;
  leave();
  load(ui);
}

/** Close the chosen call. */
export function leave() {
  URL.revokeObjectURL(state.playing);
  Object.assign(state, { chosen: '', story: null, review: null, files: [], playing: '', form: null });
}

/** Open a call of the draw. @param {Ui} ui @param {string} key */
export async function choose(ui, key) {
  const call = calls().find((one) => keyOf(one) === key);
  if (!call) return;
  leave();
  state.cursor = state.chosen = key;
  ui.draw();
  const path = `/v1/alerts/${encodeURIComponent(call.alert)}`;
  const requests = [read(ui, `${path}/story`), read(ui, `${path}/recordings`)];
  if (call.by && call.why !== 'own_call') requests.push(read(ui, `${path}/reviews`));
  const [story, recordings, reviews] = await Promise.all(requests);
  if (state.chosen !== key) return;
  state.story = story.data;
  state.files = recordings.data?.files ?? [];
  state.review = reviews?.data?.reviews.find((one) => one.operator === call.operator) ?? null;
  if (call.why === null) state.form = newForm(state.draw.form);
  ui.draw();
}

/** Return an empty form with all questions. @param {ReviewForm} form */
function newForm({ question }) {
  const choices = () => ['', '4', '3', '2', '1', '0'].map((mark) => [mark, markName(mark)]);
  const questions = question.map(({ id, ask }) => ({
    name: id,
    label: () => localText(ask),
    kind: /** @type {const} */ ('select'),
    choices,
    needed: true,
  }));
  const notes = {
    name: 'text',
    label: () => say`Notes for the operator`,
    kind: /** @type {const} */ ('area'),
    max: TEXT_MAX,
  };
  return new Form(
    'review',
    [...questions, notes],
    Object.fromEntries([...questions, notes].map((f) => [f.name, ''])),
  );
}

/** Send the review of the open form. @param {Ui} ui */
export async function send(ui) {
  const { form, chosen } = state;
  const call = calls().find((one) => keyOf(one) === chosen);
  const marks = Object.fromEntries(state.draw.form.question.map(({ id }) => [id, Number(form.now[id])]));
  form.busy = true;
  const body = { operator: call.operator, marks, text: form.now.text };
  const path = `/v1/alerts/${encodeURIComponent(call.alert)}/reviews`;
  const { data, code } = await answerOf(ui.feed.request('POST', path, body));
  form.busy = false;
  if (!data) {
    form.faults = { '': why(code) };
    ui.draw();
    return;
  }
  if (state.chosen === chosen) {
    state.form = null;
    state.review = data.reviews.find((one) => one.operator === call.operator) ?? null;
  }
  await load(ui);
  document.querySelector('main h1')?.focus();
}

/** Play a recording; the center enters this in the audit. @param {Ui} ui @param {number} n */
export async function play(ui, n) {
  const file = state.files[n];
  if (!file || !state.story) return;
  const { chosen } = state;
  const path = `/v1/alerts/${encodeURIComponent(state.story.alert)}/recordings/${encodeURIComponent(file)}`;
  const answer = await ui.feed.read(path).catch(() => null);
  const sound = answer?.ok ? await answer.blob().catch(() => null) : null;
  if (state.chosen !== chosen) return;
  state.fault = sound ? '' : 'noConnection';
  URL.revokeObjectURL(state.playing);
  state.playing = sound ? URL.createObjectURL(sound) : '';
  ui.draw();
}
