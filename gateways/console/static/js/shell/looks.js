// The language and the theme: what the address says, else what this browser keeps, else the browser's own.

import { isEnglish, setLanguage } from '../words/words.js';

const LANGUAGE = 'securwoman-language';
const THEME = 'securwoman-theme';

/** For another node's page. */
export const kept = () => ({
  language: localStorage.getItem(LANGUAGE),
  theme: localStorage.getItem(THEME),
});

/** `came` is what another node's page has sent along. */
export function begin(came) {
  if (typeof came.language === 'string') localStorage.setItem(LANGUAGE, came.language);
  if (typeof came.theme === 'string') localStorage.setItem(THEME, came.theme);
  const query = new URLSearchParams(location.search);
  const { language, theme } = kept();
  const own = navigator.language.startsWith('it') ? 'it' : 'en';
  setLanguage(query.get('lang') ?? language ?? own);
  document.documentElement.dataset.theme = query.get('theme') ?? theme ?? 'dark';
}

/** @param {() => void} draw */
export function switchLanguage(draw) {
  const language = isEnglish() ? 'it' : 'en';
  localStorage.setItem(LANGUAGE, language);
  setLanguage(language);
  draw();
}

/** @param {() => void} draw */
export function switchTheme(draw) {
  const theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
  localStorage.setItem(THEME, theme);
  document.documentElement.dataset.theme = theme;
  draw();
}
