// What a file would do, or has done: so many lines of each kind, and the first of them.

import { html, nothing } from '../../../vendor/lit.js';
import { word } from '../../../js/shell/parts.js';
import { phrase, say } from '../../../js/words/words.js';
import * as f from '../../../js/words/format.js';
import { told } from './flaws.js';

/** @type {Record<Verdict, Phrase>} */
const VERDICTS = {
  bad: phrase`not taken`,
  changes: phrase`changes`,
  new: phrase`new##row`,
  same: phrase`the same`,
};

/** @param {ImportRow} one */
const row = (one) =>
  html`<tr>
    <td>${one.line}</td>
    <td>${one.name}</td>
    <td>
      ${
        one.verdict === 'bad'
          ? word('warn', one.faults.map(told).join(' '), 'ink-bad')
          : `${VERDICTS[one.verdict]()}${one.changed.length ? `: ${one.changed.join(', ')}` : ''}`
      }
    </td>
  </tr>`;

/** @param {number} n @param {() => string} one @param {(n: string) => string} several */
const many = (n, one, several) => (n === 1 ? one() : several(f.count(n)));

/** @param {ImportView} seen */
export const counts = (seen) =>
  html`<p class="import__counts" role="status">
    ${seen.done ? word('check', say`Done.`, 'ink-ok') : html`<b>${say`Nothing is written yet.`}</b>`}
    <span>${many(seen.new, phrase`1 new`, (n) => say`${n} new`)}</span>
    <span>${many(seen.changes, phrase`1 changed`, (n) => say`${n} changed`)}</span>
    <span>${many(seen.same, phrase`1 the same`, (n) => say`${n} the same`)}</span>
    <span class=${seen.bad ? 'ink-bad' : ''}
      >${many(seen.bad, phrase`1 not taken`, (n) => say`${n} not taken`)}</span
    >
    ${
      seen.encoding === 'utf-8'
        ? nothing
        : word('warn', say`Read as ${seen.encoding}: look at the accents.`, 'ink-wait')
    }
  </p>`;

/** @param {ImportView} seen */
export const table = (seen) =>
  html`<div class="import__rows" tabindex="0">
    <table class="table">
      <thead>
        <tr>
          <th>${say`Line##row`}</th>
          <th>${say`Who`}</th>
          <th>${say`What`}</th>
        </tr>
      </thead>
      <tbody>
        ${seen.rows.map(row)}
      </tbody>
    </table>
    ${
      seen.rows.length < seen.new + seen.changes + seen.same + seen.bad
        ? html`<p class="ink-2">${say`… and more`}</p>`
        : nothing
    }
  </div>`;

/** @param {ImportFault} fault */
export const placed = (fault) => `${say`Line##row`} ${fault.line}: ${told(fault)}`;
