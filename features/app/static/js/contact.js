// The center's numbers as one contact of the phone: then its call rings through screening and silence, as a
// stranger's would not.

import { keepNumbers, numbers } from './keeping.js';

const NUMBER = /^\+[1-9][0-9]{3,14}$/;

/** Keep the newest list; none, or what is no list of numbers, says nothing. */
export function learnNumbers(list) {
  const found = Array.isArray(list) ? list.filter((one) => typeof one === 'string' && NUMBER.test(one)) : [];
  if (found.length > 0) keepNumbers({ ...numbers(), known: found });
}

/** Whether there are numbers that were not saved yet. */
export const isToSave = ({ known, saved }) => known.length > 0 && known.join() !== saved.join();

/** The contact (RFC 2426). */
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

/** Hand it to the phone, which asks what to do with it. */
export function saveContact(name) {
  const { known } = numbers();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([vcard(known, name)], { type: 'text/vcard' }));
  link.download = `${name}.vcf`;
  link.click();
  // Only after the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  keepNumbers({ known, saved: known });
}
