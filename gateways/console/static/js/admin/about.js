// The chapter of the center's version and of the licences of its libraries.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../shell/parts.js';
import { say } from '../words/words.js';
import { why } from './frame/faults.js';
import { PolledList } from './frame/polled-list.js';

/** @type {PolledList<VersionView>} */
const list = new PolledList('/v1/admin/version');

/** Request the version. @param {Ui} ui */
export const enter = (ui) => list.load(ui);

export const pressed = () => false;

/** Render the chapter. @param {Ui} _ui */
export function pane(_ui) {
  const { data } = list;
  return html`<section class="view chapter about-center" aria-labelledby="version-h">
    <header class="page-head">
      <h1 id="version-h" tabindex="-1">${say`Version`}</h1>
      <p role="status">
        ${list.fault ? word('warn', why(list.fault), 'ink-bad') : nothing}
        ${
          data
            ? html`<b>securWoman ${data.version}</b>
                <span>Python ${data.python}</span>
                <span>${data.database}</span>
                <span>${say`node`} ${data.node}</span>`
            : nothing
        }
      </p>
    </header>
    <section class="panel" aria-label=${say`Licences`}>
      <div class="panel__head">
        <h2>${say`Libraries and licences`}</h2>
        <span class="ink-2">${data?.libraries.length ?? nothing}</span>
      </div>
      <div class="panel__body chapter__list" tabindex="0">
        <table class="table">
          <thead>
            <tr>
              <th>${say`Library`}</th>
              <th>${say`Version`}</th>
              <th>${say`Licence`}</th>
            </tr>
          </thead>
          <tbody>
            ${data?.libraries.map(
              (one) =>
                html`<tr>
                  <td><b>${one.name}</b></td>
                  <td>${one.version}</td>
                  <td class="ink-2">${one.licence}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>
  </section>`;
}
