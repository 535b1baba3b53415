/** The languages the pages speak: names, directions, and how each counts. */

export const LANGUAGES = {
  en: { name: "English", direction: "ltr" },
  ar: { name: "العربية", direction: "rtl" },
  ckb: { name: "سۆرانی", direction: "rtl" },
  kmr: { name: "Kurmancî", direction: "ltr" },
} as const;

export type Lang = keyof typeof LANGUAGES;

/** Whether a text is the code of a language that the pages speak. */
export function isLang(text: string | null | undefined): text is Lang {
  return text != null && Object.hasOwn(LANGUAGES, text);
}

/** The first of the wanted languages that the pages speak, else English. */
export function langOf(wanted: readonly string[]): Lang {
  for (const tag of wanted) {
    const [language = "", ...rest] = tag.toLowerCase().split("-");
    if (isLang(language)) return language;
    // "ku" is both: written in Arabic letters in Iraq and Iran, in Latin ones elsewhere.
    if (language === "ku") return rest.some((part) => ["arab", "iq", "ir"].includes(part)) ? "ckb" : "kmr";
  }
  return "en";
}

/** By which rules each language counts: Kurdish has the two forms of English, which every browser knows. */
export const COUNTED: Readonly<Record<Lang, string>> = { en: "en", ar: "ar", ckb: "en", kmr: "en" };

/** How figures are written in every language: 1,284.5, so that no point is read as a comma. */
export const WRITTEN = "en-GB-u-nu-latn";

/** Whether a language is written in Arabic letters, as the second half of a name in two scripts is. */
export function inArabicLetters(lang: string): boolean {
  return isLang(lang) && LANGUAGES[lang].direction === "rtl";
}
