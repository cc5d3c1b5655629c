// The center's numbers as a contact of the phone: calls of a contact ring through call screening and silent
// mode, calls of strangers do not.

import { keepNumbers, numbers } from './storage.js';

const NUMBER = /^\+[1-9][0-9]{3,14}$/;

/** Store the newest list; an empty or invalid list changes nothing. */
export function learnNumbers(list) {
  const found = Array.isArray(list) ? list.filter((one) => typeof one === 'string' && NUMBER.test(one)) : [];
  if (found.length > 0) keepNumbers({ ...numbers(), known: found });
}

/** Return true if there are numbers that have not been saved. */
export const hasUnsavedNumbers = ({ known, saved }) => known.length > 0 && known.join() !== saved.join();

/** Return the contact (RFC 2426). */
export const vcard = (list, name) =>
  [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `N:;${name};;;`,
    `FN:${name}`,
    ...list.map((number) => `TEL;TYPE=VOICE:${number}`),
    'END:VCARD',
    '',
  ].join('\r\n');

/** Pass the contact to the phone, which asks the user. */
export function saveContact(name) {
  const { known } = numbers();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([vcard(known, name)], { type: 'text/vcard' }));
  link.download = `${name}.vcf`;
  link.click();
  // after the browser has started to read it
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  keepNumbers({ known, saved: known });
}
