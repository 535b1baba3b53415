/** Runs before the desk's scripts: asks for what they will ask first, and has the letters fetched that will be seen. */

import { Ahead, langAtFirst } from "./core/ahead.ts";
import { inArabicLetters } from "./core/language.ts";

declare global {
  interface Window {
    rafiqaAhead?: Ahead;
  }
}

function kept(name: string): string | null {
  try {
    return localStorage.getItem(`rafiqa.${name}`);
  } catch {
    return null;
  }
}

function letters(name: string): void {
  const link = document.createElement("link");
  Object.assign(link, { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "anonymous", href: `/static/fonts/${name}-normal.woff2` });
  document.head.append(link);
}

const lang = langAtFirst(location.search, kept("lang"), navigator.languages);
// Somebody signed out and the server has not heard of it: nothing is asked in that session's name.
if (kept("ends") !== "due") {
  window.rafiqaAhead = new Ahead((url, init) => fetch(url, init), () => Date.now());
  window.rafiqaAhead.start(location.search, lang);
}
const subset = inArabicLetters(lang) ? "noto-sans-arabic-arabic" : "noto-sans-latin";
for (const weight of [400, 600]) letters(`${subset}-${weight}`);
