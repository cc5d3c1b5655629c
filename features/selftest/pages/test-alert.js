// A test alert of a telephone at hand: its start, its progress and its result.

import { html, nothing } from '../../vendor/lit.js';
import { word } from '../../js/shell/parts.js';
import { phrase, say } from '../../js/words/words.js';
import { Form } from '../../js/admin/frame/form.js';
import { button } from '../../js/admin/frame/page.js';
import * as voice from '../../js/voice/voice.js';

/** @type {Record<string, Phrase>} */
const STEPS = {
  'operator joined': phrase`The operator is on the line`,
  "user's phone rang": phrase`The phone rang`,
  'in conversation': phrase`You have spoken`,
  '112 in conference': phrase`The test’s 112 was on the line`,
  closed: phrase`Closed`,
};

/** @type {FormField[]} */
const FIELDS = [
  {
    name: 'phone',
    label: () => say`Telephone that rings`,
    kind: 'tel',
    max: 40,
    needed: true,
  },
];

const FORM = 'test';

/**
 * Open the form for the telephone number.
 * @param {Ui} ui @param {import('../../js/admin/frame/rows.js').Rows<NeedRow>} rows
 */
function ask(ui, rows) {
  rows.cursor = 'test_alert';
  // With a headset, the operator's own telephone can take the user's part.
  const own = voice.usesHeadset(ui.feed) ? (rows.list.data?.phone ?? '') : '';
  rows.open(ui, new Form(FORM, FIELDS, { phone: own }));
}

/**
 * Start the test alert of the open form.
 * @param {Ui} ui @param {import('../../js/admin/frame/rows.js').Rows<NeedRow>} rows
 */
async function begin(ui, rows) {
  const { form } = rows;
  if (!voice.usesHeadset(ui.feed) && digits(form.now.phone) === digits(rows.list.data?.phone ?? '')) {
    form.faults = {
      phone: say`It is yours, and rings as the operator’s already: type another.`,
    };
    form.focus('phone');
    return;
  }
  const data = await rows.send(ui, 'POST', '/v1/drill/own', { phone: form.now.phone.trim() });
  if (!data) return;
  rows.leave(ui);
  rows.showResult(ui, true, say`Begun: answer it, then close it by F.`);
}

/** Return the last digits of a number, for comparison in any notation. @param {string} phone */
const digits = (phone) => phone.replace(/\D/g, '').slice(-9);

/** Render an open step. @param {string} text */
const toDo = (text) => word('todo', text, 'ink-2');
/** Render a completed step. @param {string} text */
const done = (text) => word('done', text, 'ink-ok');

/** Render the steps of the test alert. @param {Ui} ui @param {StartView} data */
function testPane(ui, { test }) {
  return html`<p>
      ${say`Begin your shift first: 1, then P. Without a headset here yours rings as the operator’s:`}
      ${say`have another one ring.`}
    </p>
    ${
      test.alert
        ? html`<ul class="start__steps">
            ${test.steps.map(
              ({ step, after_s: s }) =>
                html`<li>
                  ${(s === null ? toDo : done)(STEPS[step]())}
                  ${s === null ? nothing : html`<small class="ink-2">${s} s</small>`}
                </li>`,
            )}
          </ul>`
        : nothing
    }
    ${button(ui, ['T', say`Begin`, 'flask'])}`;
}

/** @type {NeedAction} */
export const needAction = {
  need: 'test_alert',
  act: () => ['T', say`Test alert`, 'flask'],
  ask,
  form: (ui, rows) =>
    rows.form.id === FORM
      ? {
          title: say`Test alert`,
          label: say`Begin`,
          send: () => begin(ui, rows),
        }
      : null,
  pane: testPane,
};
