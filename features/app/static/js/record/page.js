// The screen of the person's own record: a form, after the PIN if one is set.

import { html, nothing } from '../../vendor/lit.js';
import { call112, frame, ghost } from '../views.js';
import { isEnglish, t } from '../words.js';

/** Return the words in the chosen language. */
const w = (italian, english) => (isEnglish() ? english : italian);
/** @type {Record<string, () => string>} */
const MESSAGES = {
  fault: () => w('Controlla nomi e numeri.', 'Check names and numbers.'),
  notKept: () => w('Questo centro non tiene schede.', 'This centre keeps no records.'),
  notVerified: () => w('Questo telefono non è verificato.', 'This phone is not verified.'),
  changed: () => w('Il centro l’ha cambiata: rileggila.', 'The centre has changed it: read it again.'),
  picture: () => w('Serve una foto.', 'A photo is needed.'),
  pictureSent: () => w('Foto inviata. Ora salva.', 'Photo sent. Now save.'),
  tooMany: () => w('Troppi tentativi: aspetta.', 'Too many tries: wait.'),
  unavailable: () => w('Il centro non risponde.', 'The centre does not answer.'),
  kept: () => w('Salvata.', 'Saved.'),
  keptSealed: () => w('Inviata. Vale, se il PIN era giusto.', 'Sent. It counts, if the PIN was right.'),
};
const MOST = { dangerous: 4, contacts: 8 };

/** Render the record. @param {any} ui @param {import('./own.js').OwnRecord} own */
export const ownRecord = (ui, own) =>
  frame(
    ui,
    'record',
    html`<h1 tabindex="-1" data-focus>${w('La mia scheda', 'My record')}</h1>
      <p class="app__said" role="status">${MESSAGES[own.message]?.() ?? ''}</p>
      ${own.asksPin ? pin(own) : own.record ? form(own) : nothing}`,
    html`${call112(false)}
      <nav class="app__nav">
        ${own.message === 'changed' ? ghostButton(w('Rileggi', 'Read again'), own.reread) : nothing}
        ${ghost('back', ui.closeSettings)}
      </nav>`,
  );

const ghostButton = (text, press) =>
  html`<button class="app__btn app__btn--ghost" type="button" @click=${press}>${text}</button>`;

/** Render the form for the PIN. */
const pin = (own) =>
  html`<form class="app__form" @submit=${own.givePin}>
    <label
      >${t('pin')}<input
        name="pin"
        type="password"
        inputmode="numeric"
        autocomplete="off"
        maxlength="32"
        required
    /></label>
    <button class="app__btn app__btn--do" type="submit" ?disabled=${own.busy}>${w('Apri', 'Open')}</button>
  </form>`;

const line = (name, label, value = '', most = 200) =>
  html`<label>${label}<input name=${name} autocomplete="off" maxlength=${most} .value=${value} /></label>`;
const text = (name, label, value = '', most = 1000) =>
  html`<label
    >${label}<textarea name=${name} rows="3" maxlength=${most} autocomplete="off" .value=${value}></textarea>
  </label>`;
const tick = (name, label, checked) =>
  html`<label class="app__tick"
    ><input name=${name} type="checkbox" value="yes" .checked=${checked} />${label}</label
  >`;

/** Return the existing rows and one empty row. */
const rows = (kept, most) => [...(kept ?? []), {}].slice(0, most);

/** Render the form of the record. */
function form(own) {
  const { record } = own;
  return html`<form class="app__form" @submit=${(event) => save(own, event)}>
    <p class="app__small">
      ${w(
        'La legge chi risponde a un tuo allarme, e il 112 quando serve. Qui non resta nulla.',
        'Whoever answers your alert reads it, and 112 when needed. Nothing of it stays here.',
      )}
    </p>
    ${
      own.sealed
        ? html`<p class="app__note">
            ${w(
              'I dati che il centro ha non si vedono sui telefoni. Scrivi ciò che cambia: il resto rimane.',
              'What the centre has is shown on no phone. Write what changes: the rest stays.',
            )}
          </p>`
        : nothing
    }
    ${rows(record.dangerous, MOST.dangerous).map((one, i) => dangerous(own, one, i))}
    ${text('children', w('Bambini', 'Children'), record.children)}
    ${text('medical', w('Salute', 'Health'), record.medical)}
    ${text('court_order', w('Provvedimento del giudice', 'Court order'), record.court_order)}
    ${line('safe_word', w('Parola d’ordine', 'Safe word'), record.safe_word, 60)}
    <p class="app__small">
      ${w('La dici se puoi parlare liberamente.', 'Say it when you can speak freely.')}
    </p>
    ${line('reach', w('Come contattarti', 'How to reach you'), record.reach)}
    ${text(
      'addresses',
      w('Indirizzi, uno per riga (al più 5)', 'Addresses, one a line (5 at most)'),
      (record.addresses ?? []).join('\n'),
    )}
    ${rows(record.contacts, MOST.contacts).map(contact)}
    ${photo(own, w('Una tua foto', 'A photo of you'), 'photo', record.photo)}
    <button class="app__btn app__btn--do" type="submit" ?disabled=${own.busy}>${t('save')}</button>
  </form>`;
}

/** Render the fields for a dangerous person. */
const dangerous = (own, one, i) =>
  html`<fieldset>
    <legend>${w('Chi è pericoloso', 'Who is dangerous')}</legend>
    ${line(`dangerous${i}.name`, w('Nome', 'Name'), one.name, 100)}
    ${line(`dangerous${i}.car`, w('Auto, targa', 'Car, plate'), one.car)}
    ${text(
      `dangerous${i}.note`,
      w('Come riconoscere la persona, armi', 'How to know this person, weapons'),
      one.note,
    )}
    ${photo(own, w('Foto', 'Photo'), `dangerous${i}.picture`, one.picture)}
  </fieldset>`;

/** Render the fields for a trusted person. */
const contact = (one, i) =>
  html`<fieldset>
    <legend>${w('Una persona di fiducia', 'Somebody you trust')}</legend>
    ${line(`contacts${i}.name`, w('Nome', 'Name'), one.name, 100)}
    ${line(`contacts${i}.number`, w('Numero', 'Number'), one.number, 40)}
    ${line(`contacts${i}.relation`, w('Chi è per te', 'Who it is to you'), one.relation)}
    ${tick(
      `contacts${i}.tell`,
      w('Avvisala se il 112 è stato chiamato', 'Tell when 112 was called'),
      one.tell,
    )}
    ${tick(`contacts${i}.where`, w('E dille dove sono', 'And tell where I am'), one.where)}
  </fieldset>`;

/** Render the choice of a picture. A chosen picture is sent immediately; its name waits in a hidden field. */
function photo(own, label, name, value = '') {
  const choose = ({ target }) => {
    const [file] = target.files;
    const hidden = target.form.elements.namedItem(name);
    if (file)
      own.choose(file, (id) => {
        hidden.value = id;
      });
  };
  return html`<label>${label}<input type="file" accept="image/*" @change=${choose} /></label
    ><input type="hidden" name=${name} .value=${value} />`;
}

/** Save the submitted record. @param {import('./own.js').OwnRecord} own @param {SubmitEvent} event */
function save(own, event) {
  event.preventDefault();
  const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
  own.keep(recordOf((name) => String(data.get(name) ?? '').trim()));
}

/**
 * Return the record of a form; rows without a name are left out. Pure.
 * @param {(name: string) => string} valueOf
 */
export function recordOf(valueOf) {
  const several = (group, most, fields) =>
    Array.from({ length: most }, (_, i) =>
      Object.fromEntries(fields.map((one) => [one, valueOf(`${group}${i}.${one}`)])),
    ).filter((one) => one.name);
  return {
    dangerous: several('dangerous', MOST.dangerous, ['name', 'car', 'note', 'picture']),
    ...Object.fromEntries(
      ['children', 'medical', 'court_order', 'safe_word', 'reach', 'photo'].map((one) => [one, valueOf(one)]),
    ),
    addresses: valueOf('addresses')
      .split('\n')
      .map((one) => one.trim())
      .filter(Boolean),
    contacts: several('contacts', MOST.contacts, ['name', 'number', 'relation', 'tell', 'where']).map(
      (one) => ({ ...one, tell: one.tell === 'yes', where: one.where === 'yes' }),
    ),
  };
}
