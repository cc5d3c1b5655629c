// The language and the theme: from the address, else from this browser's storage, else the browser's own.

import { html } from '../../vendor/lit.js';
import { language, languages, setLanguage } from '../words/words.js';
import { icon } from './parts.js';

const LANGUAGE = 'securwoman-language';
const THEME = 'securwoman-theme';

/** Return the stored language and theme, for the page of another node. */
export const stored = () => ({
  language: localStorage.getItem(LANGUAGE),
  theme: localStorage.getItem(THEME),
});

/** Apply the language and the theme. `received`: the state received from another node's page. */
export function apply(received) {
  if (typeof received.language === 'string') localStorage.setItem(LANGUAGE, received.language);
  if (typeof received.theme === 'string') localStorage.setItem(THEME, received.theme);
  const query = new URLSearchParams(location.search);
  const { language: before, theme } = stored();
  const own = languages().find((one) => navigator.language.startsWith(one));
  setLanguage(query.get('lang') ?? before ?? own);
  document.documentElement.dataset.theme = query.get('theme') ?? theme ?? 'dark';
}

/** Return the language after the page's; of two languages, the other. */
function nextLanguage() {
  const all = languages();
  return all[(all.indexOf(language()) + 1) % all.length];
}

/** Show the page in the next language. @param {() => void} draw */
export function switchLanguage(draw) {
  localStorage.setItem(LANGUAGE, nextLanguage());
  setLanguage(nextLanguage());
  draw();
}

/** Return a language's own name. @param {string} code */
export const ownLanguageName = (code) => {
  const name = new Intl.DisplayNames(code, { type: 'language' }).of(code);
  return name[0].toUpperCase() + name.slice(1);
};

/** Render the button that shows the page in the next language. @param {() => void} draw */
export const languageButton = (draw) =>
  html`<button type="button" class="btn" lang=${nextLanguage()} @click=${() => switchLanguage(draw)}>
    ${icon('voice')}${ownLanguageName(nextLanguage())}
  </button>`;

/** Switch between the dark and the light theme. @param {() => void} draw */
export function switchTheme(draw) {
  const theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
  localStorage.setItem(THEME, theme);
  document.documentElement.dataset.theme = theme;
  draw();
}
