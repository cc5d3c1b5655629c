// The list of people: the first results of the center's search; and the fields of a person with their form.

import { html, nothing } from '../../vendor/lit.js';
import { answerOf, why } from '../../js/admin/frame/faults.js';
import { Rows } from '../../js/admin/frame/rows.js';
import * as f from '../../js/words/format.js';
import { languageName, say } from '../../js/words/words.js';

export const LANGUAGES = ['it', 'en', 'fr', 'de', 'es', 'pt', 'ro', 'sq', 'ar', 'uk', 'ru', 'zh'];

/** @type {FormField[]} */
export const FIELDS = [
  { name: 'first_name', label: () => say`First name`, kind: 'text', max: 100 },
  { name: 'last_name', label: () => say`Last name`, kind: 'text', max: 100 },
  {
    name: 'phones',
    label: () => say`Numbers, with commas between: the first is called first`,
    kind: 'text',
    max: 400,
    needed: true,
  },
  {
    name: 'language',
    label: () => say`Language`,
    kind: 'select',
    choices: () => LANGUAGES.map((one) => [one, languageName(one)]),
  },
  {
    name: 'notes',
    label: () => say`Notes for whoever answers (Shift+Enter: new line)`,
    kind: 'area',
    max: 4000,
  },
];

export const NOBODY = { first_name: '', last_name: '', phones: '', language: 'it', notes: '' };

/** Return a person as values of the form. @param {PersonAnswer} person */
export const formValues = (person) => ({ ...person, phones: person.phones.join(', ') });

/** Return values of the form as a request. @param {Record<string, any>} fields */
export const requestOf = ({ phones, ...others }) =>
  phones === undefined ? others : { ...others, phones: phonesOf(phones) };

/** Return the numbers of a text with commas. @param {string} text */
const phonesOf = (text) =>
  text
    .split(/[,;]/)
    .map((one) => one.trim())
    .filter(Boolean);

/**
 * Return a person's name; without a name, the first number.
 * @param {{ first_name: string, last_name: string, phones: string[] }} person
 */
export const nameOf = ({ first_name, last_name, phones }) => `${first_name} ${last_name}`.trim() || phones[0];

const STEP = 50;
const MOST = 500;

/** @type {Rows<PersonRow>} */
export const rows = new Rows('people', '/v1/admin/people', {
  rows: (/** @type {PeopleView} */ data) => data.people,
  key: (one) => one.id,
  name: nameOf,
});

let most = STEP;
/** Only people with silent phones are listed. */
let silent = false;

/** Request the people of the search. @param {Ui} ui */
export function load(ui) {
  const query = { search: rows.search.trim(), most: String(most), ...(silent && { silent: 'true' }) };
  rows.list.path = `${rows.path}?${new URLSearchParams(query)}`;
  return rows.list.load(ui);
}

/** Show a new or merged person. @param {Ui} ui @param {PersonAnswer} person @param {string} text */
export async function show(ui, person, text) {
  Object.assign(rows, { form: null, side: null, cursor: person.id, search: nameOf(person) });
  silent = false;
  await seek(ui);
  rows.result = [true, text];
  rows.point(ui, person.id);
}

/** Search all people. @param {Ui} ui */
export function seek(ui) {
  most = STEP;
  silent = false;
  return load(ui);
}

export const isSilent = () => silent;

/** Switch between people with silent phones and all people. @param {Ui} ui */
export function toggleSilent(ui) {
  most = STEP;
  silent = !silent;
  rows.search = '';
  return load(ui);
}

/** Request more people. @param {Ui} ui */
async function more(ui) {
  const last = rows.all().at(-1)?.id ?? '';
  most = Math.min(most + STEP, MOST);
  await load(ui);
  rows.point(ui, last);
}

/**
 * Request all data of a person. Return null, and show the reason, on a refusal.
 * @param {Ui} ui @param {string} id
 */
export async function read(ui, id) {
  const answer = await answerOf(ui.feed.read(rows.pathOf(id)));
  if (!answer.data) rows.showResult(ui, false, why(answer.code));
  return /** @type {PersonAnswer | null} */ (answer.data);
}

/** Return the columns. @returns {import('../../js/admin/frame/page.js').Head[]} */
export const HEADS = () => [[say`Name`], [say`Numbers`], [say`Language`, 'spare']];

/** Render the cells of a person. @param {PersonRow} one */
export const cells = (one) =>
  html`<td><b>${nameOf(one)}</b></td>
    <td class="phone">${one.phones.map(f.phone).join(' · ')}</td>
    <td class="spare">${languageName(one.language)}</td>`;

/** Return the state of the phones with automatic checks, in words. @param {Record<string, number>} is */
function checksText({ lately, late, silent: silentCount }) {
  if (!lately && !late && !silentCount) return '';
  const of = f.count(lately + late + silentCount);
  return say`. Phones that check by themselves: ${of}; ${f.count(late)} late, ${f.count(silentCount)} silent`;
}

/** Render the number of people shown, found and stored. @param {Ui} ui */
export function below(ui) {
  const data = /** @type {PeopleView} */ (rows.list.data);
  if (!data) return nothing;
  const { people, found, known, phones } = data;

  const count =
    rows.search.trim() || silent
      ? found === 1
        ? say`${f.count(people.length)} of 1 found, ${f.count(known)} in all`
        : say`${f.count(people.length)} of ${f.count(found)} found, ${f.count(known)} in all`
      : say`${f.count(people.length)} of ${f.count(known)}`;
  return html`<p class="chapter__more">
    <span class="ink-2">${count}${checksText(phones)}</span>${
      people.length < found && most < MOST
        ? html`<button class="btn" @click=${() => more(ui)}>
            ${say`${STEP} more##people`}
          </button>`
        : nothing
    }
  </p>`;
}
