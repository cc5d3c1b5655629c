// A test alert of one's own telephone: begun, followed, and what came of it.

import { html, nothing } from '../../../vendor/lit.js';
import { word } from '../../shell/parts.js';
import { button } from '../frame/page.js';
import { answered } from '../frame/faults.js';
import { either, t } from '../../words/words.js';

/** @type {Record<string, Pair>} */
const STEPS = {
  'operator joined': ['L’operatore è in linea', 'The operator is on the line'],
  "user's phone rang": ['Il telefono è squillato', 'The phone rang'],
  'in conversation': ['Vi siete parlati', 'You have spoken'],
  '112 in conference': ['Il 112 di prova era in linea', 'The test’s 112 was on the line'],
  closed: ['Chiuso', 'Closed'],
};

/** @type {Record<string, Pair>} */
const WHY = {
  off_shift: ['Prima inizia il turno (1, poi P).', 'Begin your shift first (1, then P).'],
  drill_running: ['È già in corso.', 'It is running already.'],
  drill_phone_in_alert: ['Il tuo telefono è in un allarme vero.', 'Your phone is in a real alert.'],
};

/** @param {Ui} ui @param {import('../frame/rows.js').Rows<NeedRow>} rows */
export async function testAlert(ui, rows) {
  rows.cursor = 'test_alert';
  const { said, code } = await answered(ui.feed.ask('POST', '/v1/drill/own', {}));
  await rows.list.load(ui);
  rows.say(
    ui,
    Boolean(said),
    said
      ? either('Iniziato: rispondi, poi chiudi con F.', 'Begun: answer it, then close it by F.')
      : either(...(WHY[code] ?? ['Non è riuscito: riprova.', 'That was not done: try again.'])),
  );
}

/** @param {string} text */
const toDo = (text) => word('todo', text, 'ink-2');
/** @param {string} text */
const done = (text) => word('done', text, 'ink-ok');

/** @param {Ui} ui @param {StartView} said */
export function testPane(ui, said) {
  const { test, phone } = said;
  return html`<p>${either(`Squilla ${phone}, il tuo.`, `It rings ${phone}, which is yours.`)}</p>
    ${
      ui.feed.myShift() === 'off'
        ? html`<p>${word('warn', either(...WHY.off_shift), 'ink-wait')}</p>`
        : nothing
    }
    ${
      test.alert
        ? html`<ul class="start__steps">
            ${test.steps.map(
              ({ step, after_s: s }) =>
                html`<li>
                  ${(s === null ? toDo : done)(either(...STEPS[step]))}
                  ${s === null ? nothing : html`<small class="ink-2">${s} s</small>`}
                </li>`,
            )}
          </ul>`
        : nothing
    }
    ${button(ui, ['T', test.running ? t('test') : either('Inizia', 'Begin'), 'flask'])}`;
}
