// The text for 112 on the screen: updated in place, and copied with C.

import { html, nothing, ref } from '../../vendor/lit.js';
import { language, say } from '../words/words.js';
import { icon } from '../shell/parts.js';
import { LABELS, briefing, copyText, isChanged, isNew, remember } from './briefing.js';
import { dataDeliveries } from './psap-data.js';
import * as s from './situation.js';

const RESULT_SHOWN_MS = 6000;

let read = { alert: null, lang: null, named: 0, memory: new Map() };
let copy = { alert: null, result: '', untilMs: 0, text: '' };

/**
 * Return why the text cannot be copied now, or null. `lost`: the center cannot be reached.
 * @param {CaseView} view @param {number} nowUs @param {boolean} [lost]
 */
export function copyRefusal(view, nowUs, lost = false) {
  if (lost) return null;
  const wanted = ['there', 'lacking', 'waiting', 'told'].includes(s.psapState(view)) || s.keptSilent(view);
  return wanted || s.isLate(view, nowUs) || view.missed_us !== null
    ? null
    : say`Can be copied once 112 is called, or the deadline is past.`;
}

/**
 * Copy the text; if the browser does not permit it, show the text selected. `draw` renders the result.
 * @param {Ui} ui @param {CaseView} view @param {string[]} place
 */
export async function copyBriefing({ feed, draw }, view, place) {
  const nowUs = feed.nowUs();
  const showResult = (result, text = '') => {
    copy = { alert: view.alert, result: result, text, untilMs: Date.now() + RESULT_SHOWN_MS };
    draw();
  };
  const why = copyRefusal(view, nowUs, feed.link === 'lost');
  if (why !== null) {
    showResult(why);
    return;
  }
  const text = copyText(view, nowUs, place);
  try {
    await navigator.clipboard.writeText(text);
    showResult(say`Copied`);
  } catch {
    // Without https there is no clipboard, or the browser denied it.
    showResult('', text);
  }
}

/** Return the result of C, for some seconds. @param {CaseView} view */
const copyResult = (view) => (copy.alert === view.alert && Date.now() < copy.untilMs ? copy.result : '');

/**
 * Render the button in the panel's head, and its result.
 * @param {Ui} ui @param {CaseView} view @param {number} nowUs
 */
export function copyButton(ui, view, nowUs) {
  const why = copyRefusal(view, nowUs, ui.feed.link === 'lost');
  return html`<span class="copy"
    ><span class="copy__said word" role="status"
      >${
        copyResult(view)
          ? html`${icon(why === null ? 'check' : 'warn')}<span>${copyResult(view)}</span>`
          : nothing
      }</span
    >
    <button
      class="btn"
      aria-keyshortcuts="C"
      aria-disabled=${why === null ? nothing : 'true'}
      @click=${() => ui.press('C')}>
      <kbd>C</kbd><span>${say`Copy the text`}</span>
    </button></span
  >`;
}

/**
 * Return the effect or result of C for the command bar, if the text is not on the screen.
 * @param {CaseView} view @param {number} nowUs
 */
export function copyHint(view, nowUs) {
  if (s.isTalking(view.psap) && view.left_us === null) return '';
  if (copyResult(view)) return copyResult(view).replace(/\.?$/, '.');
  return view.closed_us !== null || copyRefusal(view, nowUs) !== null ? '' : say`C copies the text.`;
}

/**
 * Render the text to copy by hand, selected; Esc closes it.
 * @param {CaseView} view @param {() => void} close
 */
export function copyBox(view, close) {
  if (copy.alert !== view.alert || !copy.text) return nothing;
  const end = () => {
    copy = { ...copy, text: '' };
    close();
  };
  return html`<section class="panel copybox" aria-label=${say`Text to copy`}>
    <div class="panel__head">
      <h2>${say`Copy with Ctrl+C`}</h2>
      <button class="btn" @click=${end}><kbd>Esc</kbd><span>${say`Back`}</span></button>
    </div>
    <textarea
      readonly
      aria-label=${say`Text for 112`}
      .value=${copy.text}
      ${ref(select)}
      @keydown=${(e) => {
        if (e.key === 'Escape') {
          e.preventDefault();
          e.stopPropagation();
          end();
        }
      }}></textarea>
  </section>`;
}

let selected = null;
/** Focus and select the text when it appears. @param {HTMLElement} [element] */
function select(element) {
  if (element && element !== selected)
    requestAnimationFrame(() => {
      element.focus();
      element.select();
    });
  selected = element ?? null;
}

/**
 * Render the text. Lines stay in place. A change is marked for some seconds; a part that differs from the
 * text last read to 112 is marked until it is read again.
 * @param {Ui} ui @param {CaseView} view @param {number} nowUs
 * @param {string[]} [place]
 */
export function readingPanel(ui, view, nowUs, place = []) {
  const nowMs = Date.now();
  const lines = briefing(view, nowUs, place);
  const lang = language();
  // The names of places arrive from the center a moment after the page: this is no change.
  const same = read.alert === view.alert && read.lang === lang && read.named === place.length;
  read = {
    alert: view.alert,
    lang,
    named: place.length,
    memory: remember(same ? read.memory : new Map(), lines, nowMs),
  };
  return html`<section class="panel">
    <div class="panel__head">
      <h2>${say`Read to 112, in this order`}</h2>
      ${dataDeliveries(view)} ${pageCode(view)}
      ${copyButton(ui, view, nowUs)}
    </div>
    <div class="panel__body" tabindex="0">
      <dl class="brief" data-lines=${lines.length}>
        ${lines.map(({ key, parts }, i) => {
          const fresh = parts.some((one) => isNew(read.memory, key, one.id, nowMs));
          const changed = parts.some((one) => isChanged(view, one.id));
          return html`<dt><span>${i + 1}</span><span>${LABELS[key]()}</span></dt>
            <dd data-line=${key}>
              ${parts.map((one) =>
                partView(one, isNew(read.memory, key, one.id, nowMs), isChanged(view, one.id)),
              )}
              <span class="brief__new word" role="status"
                >${
                  changed
                    ? html`${icon('note')}<span>${say`changed`}</span>`
                    : fresh
                      ? html`${icon('bell')}<span>${say`new`}</span>`
                      : nothing
                }</span
              >
            </dd>`;
        })}
      </dl>
    </div>
  </section>`;
}

/** Render the code to read to 112, and whether 112 has opened the page. @param {CaseView} view */
export function pageCode(view) {
  if (!view.page_code) return nothing;
  const spaced = `${view.page_code.slice(0, 3)} ${view.page_code.slice(3)}`;
  return html`<span class="page112"
    >${say`Say to 112:`} ${location.host}/112 <b>${spaced}</b>${
      view.page_viewed_us === null
        ? nothing
        : html`<span class="word ink-ok">${icon('check')}<span>${say`read##line`}</span></span>`
    }</span
  >`;
}

/** Render one part. @param {Part} part @param {boolean} fresh @param {boolean} changed */
function partView({ look, text, pairs }, fresh, changed) {
  if (look === 'none') return nothing;
  const mark = changed ? 'changed' : fresh ? '' : null;
  if (look === 'coordinates')
    return html`<span class="nowrap brief__coords"
      >${pairs.map(
        ([value, side]) =>
          html`<span class="brief__coord" data-new=${mark ?? nothing}
            ><b><i>${value}</i></b
            ><small>${side}</small></span
          >`,
      )}</span
    > `;
  if (look === 'phone')
    return html`<span class="brief__coord" data-new=${mark ?? nothing}><b class="phone">${text}</b></span>`;
  if (look === 'small') return html`<small data-new=${mark ?? nothing}>${text}</small>`;
  return html`<span data-new=${mark ?? nothing}>${text}</span> `;
}
