/** The words of the page: every text comes from the server's catalogue, none from the code. */

import { formOf, written } from "./figure.ts";
import { COUNTED, inArabicLetters, isLang, type Lang, LANGUAGES } from "./language.ts";
import type { Catalogue } from "./types.ts";

/** The one word the page knows before a catalogue has come. */
export const FALLBACK_NAME = "Rafiqa";

export type Params = Readonly<Record<string, string | number>>;

/** Words in one language; a missing text shows its own code, made readable, never nothing. */
export class Words {
  readonly lang: string;
  readonly dir: "ltr" | "rtl";
  readonly loaded: boolean;
  readonly #texts: Readonly<Record<string, string>>;
  readonly #counted: string;

  constructor(catalogue: Catalogue | null, lang: Lang = "en") {
    this.lang = catalogue?.lang ?? lang;
    this.dir = catalogue?.dir ?? LANGUAGES[lang].direction;
    this.loaded = catalogue !== null;
    this.#texts = catalogue?.texts ?? {};
    this.#counted = COUNTED[isLang(this.lang) ? this.lang : lang];
  }

  /**
   * The text of a code with its {names} filled in. A code with plural variants (`.one`, `.few` …)
   * is chosen by the number `n`, as the server's catalogue does.
   */
  t(code: string, params: Params = {}): string {
    const text = this.#texts[code] ?? this.#variant(code, params["n"]);
    if (text === undefined) return this.loaded ? readable(code) : "";
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = params[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? written(value) : value;
    });
  }

  #variant(code: string, n: string | number | undefined): string | undefined {
    if (typeof n !== "number") return undefined;
    return this.#texts[`${code}.${formOf(n, this.#counted)}`] ?? this.#texts[`${code}.other`];
  }

  /** The text of `group.code`, for codes that come with the data. */
  of(group: string, code: string | null | undefined): string {
    return code ? this.t(`${group}.${code}`) : "";
  }

  /** A name from the data in the language shown; its id where it has no name. */
  name(name: string | null | undefined, id = ""): string {
    return name ? ownName(name, this.lang) : id;
  }
}

/** A code made readable: `stage.in_progress` is "in progress". */
export function readable(code: string): string {
  return (code.split(".").pop() ?? code).replaceAll("_", " ");
}

const ARABIC = /[\u0600-\u06FF\u0750-\u077F\uFB50-\uFDFF\uFE70-\uFEFC]/;
const LATIN = /[A-Za-z]/;
const BRACKETED = /[([{⟨«][^)\]}⟩»]*[)\]}⟩»]/g;
const LATIN_RUN = /[A-Za-z][A-Za-z0-9_.\-/]*/g;

/**
 * A name in the language shown, where a source gives both in one text: "School · مدرسة". Whatever
 * stands before such a pair ("Reopened: ") is kept; a text that is no such pair comes back whole.
 */
export function ownName(name: string, lang: string): string {
  const cut = name.indexOf(" · ");
  const [head, tail] = [name.slice(0, cut), name.slice(cut + 3)];
  if (cut < 0 || !ARABIC.test(tail) || !LATIN.test(head)) return name;
  if (!inArabicLetters(lang)) return ARABIC.test(head) ? name : head;
  if (!ARABIC.test(head)) return tail;
  const lead = head.match(/^[^A-Za-z]*: /)?.[0];
  return lead ? lead + tail : name;
}

/** What holds together by hyphens: a browser breaks a line after each, and turns the rest about in Arabic. */
const HELD = /([\p{L}\p{N}_]+(?:-[\p{L}\p{N}_]+)+)/u;

/** A sentence in pieces, of which every second one is an id, a day or a compound that has to stay whole. */
export function pieces(sentence: string): string[] {
  return sentence.split(HELD);
}

/**
 * A label the map draws rightly: MapLibre neither mirrors brackets nor keeps a Latin id whole
 * inside Arabic text (measured), so an Arabic label loses both. The full name stays in the sheet.
 */
export function mapLabel(bilingual: string | null | undefined, lang: string): string {
  if (!bilingual) return "";
  const name = ownName(bilingual, lang);
  if (!ARABIC.test(name)) return name;
  const bare = name.replace(BRACKETED, " ").replace(LATIN_RUN, " ").replace(/[()[\]{}]/g, " ");
  return bare.replace(/\s+/g, " ").replace(/^[\s\-–—:،,/]+|[\s\-–—:،,/]+$/g, "");
}
