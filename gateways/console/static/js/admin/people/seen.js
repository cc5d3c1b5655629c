// What a file would do, or has done: so many lines of each kind, and the first of them.

import { html, nothing } from '../../../vendor/lit.js';
import { word } from '../../shell/parts.js';
import { either } from '../../words/words.js';
import * as f from '../../words/format.js';
import { told } from './flaws.js';

/** @type {Record<Verdict, Pair>} */
const VERDICTS = {
  bad: ['scartata', 'not taken'],
  changes: ['cambia', 'changes'],
  new: ['nuova', 'new'],
  same: ['uguale', 'the same'],
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
          : `${either(...VERDICTS[one.verdict])}${one.changed.length ? `: ${one.changed.join(', ')}` : ''}`
      }
    </td>
  </tr>`;

/** @param {number} n @param {string} one @param {string} several @param {string} en */
const many = (n, one, several, en) => `${f.count(n)} ${either(n === 1 ? one : several, en)}`;

/** @param {ImportView} seen */
export const counts = (seen) =>
  html`<p class="import__counts" role="status">
    ${
      seen.done
        ? word('check', either('Fatto.', 'Done.'), 'ink-ok')
        : html`<b>${either('Ancora niente è scritto.', 'Nothing is written yet.')}</b>`
    }
    <span>${many(seen.new, 'nuova', 'nuove', 'new')}</span>
    <span>${many(seen.changes, 'cambiata', 'cambiate', 'changed')}</span>
    <span>${many(seen.same, 'uguale', 'uguali', 'the same')}</span>
    <span class=${seen.bad ? 'ink-bad' : ''}>${many(seen.bad, 'scartata', 'scartate', 'not taken')}</span>
    ${
      seen.encoding === 'utf-8'
        ? nothing
        : word(
            'warn',
            either(
              `Letto come ${seen.encoding}: controlla gli accenti.`,
              `Read as ${seen.encoding}: look at the accents.`,
            ),
            'ink-wait',
          )
    }
  </p>`;

/** @param {ImportView} seen */
export const table = (seen) =>
  html`<div class="import__rows" tabindex="0">
    <table class="table">
      <thead>
        <tr>
          <th>${either('Riga', 'Line')}</th>
          <th>${either('Chi', 'Who')}</th>
          <th>${either('Che cosa', 'What')}</th>
        </tr>
      </thead>
      <tbody>
        ${seen.rows.map(row)}
      </tbody>
    </table>
    ${
      seen.rows.length < seen.new + seen.changes + seen.same + seen.bad
        ? html`<p class="ink-2">${either('… e altre', '… and more')}</p>`
        : nothing
    }
  </div>`;

/** @param {ImportFault} fault */
export const placed = (fault) => `${either('Riga', 'Line')} ${fault.line}: ${told(fault)}`;
