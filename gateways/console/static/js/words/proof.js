// By what an alert counts as her phone's own, and why a signature did not count, in words.

import * as f from './format.js';
import { either } from './words.js';

/** @type {Record<string, Pair>} */
const PROOFS = {
  device: ['provato dal suo telefono', 'proved by her phone'],
  app: ['non provato: numero detto dall’app', 'not proved: the number is what the app says'],
  network: ['non provato: numero detto dalla rete', 'not proved: the number is what the network says'],
};

/** @type {Record<string, Pair>} */
const DOUBTS = {
  clock: ['firmato con un orologio sbagliato', 'signed by a clock that is wrong'],
  nonce: ['una firma già usata', 'a signature that was used before'],
  young: [
    'firmato da un telefono aggiunto da meno di tre giorni',
    'signed by a phone added in the last three days',
  ],
  unknown_key: ['firmato con una chiave che nessun telefono ha', 'signed with a key that no phone has'],
  signature: ['una firma che non vale', 'a signature that does not hold'],
  digest: ['cambiato dopo la firma', 'changed after it was signed'],
  number: ['firmato dal telefono di un altro numero', 'signed by another number’s phone'],
  budget: ['chi lo manda ne manda troppi', 'whoever sends it sends too many'],
};

/** Since when a phone is enrolled. @param {number | null} sinceUs */
export const enrolled = (sinceUs) =>
  sinceUs === null ? '' : either(`aggiunto il ${f.day(sinceUs)}`, `enrolled on ${f.day(sinceUs)}`);

/** @param {{proof: string, doubt: string | null, key_enrolled_us: number | null}} view */
export const proof = (view) => {
  const level = PROOFS[view.proof] ? either(...PROOFS[view.proof]) : view.proof;
  const said = [level, enrolled(view.key_enrolled_us)].filter(Boolean).join(', ');
  if (!view.doubt) return said;
  return `${said}, ${DOUBTS[view.doubt] ? either(...DOUBTS[view.doubt]) : view.doubt}`;
};
