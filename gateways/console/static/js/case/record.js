// The user's record, entered beforehand, in the order of importance: first dangerous persons and how to
// recognise them.
//
// `rows` is pure: record → rows in their order. The record's panel and the incoming screen show all rows; the
// lines below the timeline show the most important.

import { html, nothing } from '../../vendor/lit.js';
import { say } from '../words/words.js';
import * as f from '../words/format.js';

let opened = null; // the alert of the open panel

/**
 * @typedef {{ id: string, of: string }} Shown a picture, and the name of its person
 * @typedef {{ key: string, label: string, lines: string[], picture?: Shown, grave?: boolean }} Row
 */

/** Return the user's record; empty if there is none. @param {CaseView} view @returns {PersonRecord} */
export const recordOf = (view) => view.person?.record ?? {};

/** Return what a contact receives: a message, or a message with the position. */
const contactWish = (one) => (one.tell ? (one.where ? say`to be told, and where` : say`to be told`) : '');
/** Join the texts that are not empty. */
const join = (texts, separator = ', ') => texts.filter(Boolean).join(separator);

/**
 * Return the rows of a record; the photo is beside the name. `smsNote`: the number of contacts notified by
 * SMS, and when.
 * @param {PersonRecord} record @param {string} [smsNote] @returns {Row[]}
 */
export function rows(record, smsNote = '') {
  /** @type {[string, string, string | undefined][]} */
  const texts = [
    ['children', say`Children`, record.children],
    ['medical', say`Medical`, record.medical],
    ['court_order', say`Court order`, record.court_order],
    ['safe_word', say`Safe word`, record.safe_word],
    ['reach', say`How to reach her`, record.reach],
  ];
  return [
    ...(record.dangerous ?? []).map((one) => ({
      key: 'dangerous',
      label: say`Dangerous`,
      lines: [join([one.name, one.car]), one.note ?? ''].filter(Boolean),
      ...(one.picture ? { picture: { id: one.picture, of: one.name } } : {}),
      grave: true,
    })),
    ...texts.filter(([, , text]) => text).map(([key, label, text]) => ({ key, label, lines: [text ?? ''] })),
    ...several('addresses', say`Addresses`, record.addresses ?? []),
    ...several('contacts', say`Contacts` + smsNote, (record.contacts ?? []).map(contact)),
  ];
}

/** Return a row of several lines, if there are any. */
const several = (key, label, lines) => (lines.length ? [{ key, label, lines }] : []);

/** Return a contact in one line. @param {Contact} one */
const contact = (one) =>
  join([
    one.name + (one.relation ? ` (${one.relation})` : ''),
    one.number && f.phone(one.number),
    contactWish(one),
  ]);

/**
 * Return what 112 receives of the record, each beside a field of the text for 112. Pure.
 * @param {PersonRecord} record @returns {{ id: string, beside: string, text: string }[]}
 */
export function for112(record) {
  const text = (id, beside, label, value) =>
    value ? [{ id, beside, text: label ? `${label}: ${value}` : value }] : [];
  return [
    ...text('home', 'where', say`Lives at`, (record.addresses ?? []).join('; ')),
    ...(record.dangerous ?? []).flatMap((one, i) =>
      text(`dangerous${i}`, 'dangerous', '', join([one.name, one.car, one.note])),
    ),
    ...text('order', 'dangerous', say`Court order`, record.court_order),
    ...text('medical', 'injured', say`Medical`, record.medical),
    ...text('those', 'children', '', record.children),
    ...text('reach', 'who', say`How to reach her`, record.reach),
    ...(record.contacts ?? []).flatMap((one, i) =>
      text(`contact${i}`, 'who', say`Contact`, join([one.name, one.relation, one.number])),
    ),
  ];
}

/** Render a picture. @param {CaseView} view @param {Shown} one @param {string} is */
const image = (view, one, is) =>
  html`<img
    class=${is}
    src="/v1/alerts/${encodeURIComponent(view.alert)}/pictures/${one.id}"
    alt=${say`Photo: ${one.of}`} />`;

/** Render the user's photo. @param {CaseView} view */
export function photo(view) {
  const { photo: id } = recordOf(view);
  return id ? image(view, { id, of: view.person?.first_name ?? '' }, 'record__photo') : nothing;
}

/** Return when, and to how many contacts, an SMS was sent. @param {CaseView} view */
const smsText = (view) =>
  view.contacts_us ? say`: SMS at ${f.clock(view.contacts_us)} to ${view.contacts}` : '';

/** Render all rows. @param {CaseView} view */
export function list(view) {
  return html`<dl class="record">
    ${rows(recordOf(view), smsText(view)).map(
      ({ key, label, lines, picture, grave }) =>
        html`<div data-record=${key} ?data-grave=${grave}>
          ${picture ? html`<dd class="record__face">${image(view, picture, '')}</dd>` : nothing}
          <dt>${label}</dt>
          ${lines.map((line, i) => html`<dd class=${i && grave ? 'record__more' : nothing}>${line}</dd>`)}
        </div>`,
    )}
  </dl>`;
}

/** Return true if there is a record to show. @param {CaseView} view */
export const hasRecord = (view) => rows(recordOf(view)).length > 0 || Boolean(recordOf(view).photo);

const FIRST = ['dangerous', 'children', 'medical', 'safe_word'];
/** Return the rows to show while the panel is closed. @param {CaseView} view @returns {[string, string][]} */
export const importantRows = (view) =>
  rows(recordOf(view))
    .filter(({ key }) => FIRST.includes(key))
    .map(({ label, lines }) => [label, lines[0]]);

/** Render the key that opens the panel. @param {Ui} ui @param {CaseView} view */
export const opener = (ui, view) =>
  hasRecord(view)
    ? html`<button class="btn" @click=${() => ui.press('D')}>
        <kbd>D</kbd><span>${say`Record`}</span>
      </button>`
    : nothing;

// ---------------------------------------------------------------------------- the panel of the case

/** Return true if the record of this case is open. @param {CaseView} view */
export const isOpen = (view) => opened === view.alert;

/** Open the record. @param {Ui} ui @param {CaseView} view */
export function open(ui, view) {
  opened = view.alert;
  ui.draw();
}

/** Close the record. Return true if it was open. @param {Ui} ui @param {CaseView} view */
export function close(ui, view) {
  if (!isOpen(view)) return false;
  opened = null;
  ui.draw();
  return true;
}

/** Render the record. @param {Ui} ui @param {CaseView} view */
export function panel(ui, view) {
  return html`<div class="panel__head">
      <h2>${say`Record`}</h2>
      <button class="btn" @click=${() => close(ui, view)}><kbd>Esc</kbd><span>${say`Back`}</span></button>
    </div>
    <div class="panel__body record__all" tabindex="0" aria-label=${say`Record`}>
      ${photo(view)}
      ${hasRecord(view) ? list(view) : html`<p class="ink-3">${say`There is no record.`}</p>`}
    </div>`;
}
