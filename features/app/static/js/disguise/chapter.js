// The chapter of the settings that hides the app, and that deletes all its data on this phone.

import { html, nothing } from '../../vendor/lit.js';
import { choices, forgetAll, keepChoices, openAlert } from '../storage.js';
import { call112, field, frame, ghost } from '../views.js';
import { t } from '../words.js';
import { face } from './calculator.js';
import { disguise, isDisguised } from './identity.js';

const HOLDABLE = ['=', 'C', '%', '.', ...'0123456789'];
const AFTER_S = [15, 30, 60, 120];
const NUMBER = /^[1-9][0-9]{3,7}$/; // as the calculator would display it

export class Chapter {
  /** `exit()`: shows the calculator; `changed()`: called after every change. */
  constructor(exit, changed) {
    this.exit = exit;
    this.changed = changed;
    this.faults = {};
    this.forgetting = false; // pressed once
  }

  save = (event) => {
    event.preventDefault();
    const { openWith, alarmWith, openNumber, afterS, contactName } = Object.fromEntries(
      [...new FormData(event.target)].map(([name, value]) => [name, String(value).trim()]),
    );
    this.faults = {
      ...(alarmWith === openWith ? { alarmWith: 'keysSame' } : {}),
      ...(openNumber && !NUMBER.test(openNumber) ? { openNumber: 'numberForm' } : {}),
    };
    if (Object.keys(this.faults).length > 0) {
      this.changed();
      /** @type {HTMLElement?} */ (document.querySelector('#page [aria-invalid]'))?.focus();
      return;
    }
    keepChoices({
      on: true,
      open: openWith,
      alarm: alarmWith,
      number: openNumber,
      afterS: Number(afterS),
      contact: contactName,
    });
    this.exit();
  };

  /** Stop hiding the app; the choices stay stored. */
  stop = () => {
    keepChoices({ on: false });
    disguise(false);
    this.changed();
  };

  /** Delete all data of the app at the second press, and start again. */
  forget = async () => {
    if (!this.forgetting) {
      this.forgetting = true;
      this.changed();
      return;
    }
    await forgetAll();
    location.replace(location.pathname);
  };

  /** Forget the first press when the chapter is closed. */
  left() {
    this.faults = {};
    this.forgetting = false;
  }
}

/** Render the chapter. */
export const hiding = (ui, chapter) => {
  const now = choices();
  return frame(
    ui,
    'hiding',
    html`<form class="app__form" novalidate @submit=${chapter.save}>
        <h1 tabindex="-1" data-focus>${t('hiding')}</h1>
        <p class="app__small">${t('hidingText')}</p>
        <p class="app__small">${t('hidingLimits')}</p>
        ${choice(chapter, 'openWith', holdable(), now.open)}
        ${choice(chapter, 'alarmWith', [['', t('noKey')], ...holdable()], now.alarm)}
        ${field(chapter, 'openNumber', {
          value: now.number,
          type: 'text',
          mode: 'numeric',
          complete: 'off',
          most: 8,
          needed: false,
        })}
        ${choice(
          chapter,
          'afterS',
          AFTER_S.map((s) => [String(s), String(s)]),
          String(now.afterS),
        )}
        ${field(chapter, 'contactName', {
          value: now.contact || t('office'),
          type: 'text',
          complete: 'off',
          most: 40,
          needed: false,
        })}
        <p class="app__small">${t('hidingInstall')}</p>
        <button class="app__btn app__btn--do" type="submit">${t('hideNow')}</button>
      </form>
      ${now.on || isDisguised() ? ghost('showAgain', chapter.stop) : ''}
      ${ghost(forgetWord(chapter), chapter.forget)}`,
    html`${call112(false)}
      <nav class="app__nav">${ghost('back', ui.closeSettings)}</nav>`,
  );
};

const holdable = () => HOLDABLE.map((key) => [key, face(key)]);

/** Return the label of the button that deletes all data. */
function forgetWord({ forgetting }) {
  if (!forgetting) return 'forgetAll';
  return openAlert(Date.now()) ? 'forgetOpen' : 'forgetSure';
}

const choice = (chapter, name, all, chosen) =>
  html`<label
    >${t(name)}
    <select
      name=${name}
      aria-describedby="hint-${name}"
      aria-invalid=${chapter.faults[name] ? 'true' : nothing}>
      ${all.map(
        ([value, text]) => html`<option value=${value} ?selected=${value === chosen}>${text}</option>`,
      )}
    </select>
    <small id="hint-${name}" class=${chapter.faults[name] ? 'ink-bad' : ''}
      >${t(chapter.faults[name] || `${name}Hint`)}</small
    ></label
  >`;

/** Return the name under which the center's numbers are saved: an incoming call shows this name. */
export const contactName = () => (isDisguised() ? choices().contact || t('office') : 'securWoman');
