/** The page's words in four languages, by code. */

import { COUNTED, type Lang } from "../core/language.ts";

export type Catalogues = Readonly<Record<Lang, Readonly<Record<string, string>>>>;
export type Params = Readonly<Record<string, string | number>>;
export type Say = (code: string, params?: Params) => string;

/** A value that keeps its own direction inside a sentence of the other (Unicode, UAX #9, FSI and PDI). */
function isolated(value: string | number): string {
  return /^[\d,]*$/.test(String(value)) ? String(value) : `\u2068${value}\u2069`;
}

/** Tells the text of a code; what a language lacks is told in English, and else as the bare code. */
export function speaker(catalogues: Catalogues, lang: Lang): Say {
  const rules = new Intl.PluralRules(COUNTED[lang]);
  return (code, params = {}) => {
    for (const words of [catalogues[lang], catalogues.en]) {
      const form = typeof params.n === "number" ? words[`${code}.${rules.select(params.n)}`] : undefined;
      const text = form ?? words[`${code}.other`] ?? words[code];
      if (text !== undefined) return text.replace(/\{([a-z][a-z0-9_]*)\}/g, (all, name) => {
        const value = params[name];
        return value === undefined ? all : isolated(value);
      });
    }
    return code;
  };
}

/** The label of a listed code; one that this page does not know is its own label. */
export function labelOf(say: Say, list: string, code: string): string {
  const key = `list.${list}.${code}`;
  const label = say(key);
  return label === key ? code : label;
}

/** Texts in a row, each in its own direction. */
export function inRow(texts: readonly string[]): string {
  return texts.map(isolated).join(" · ");
}

/** A whole number with commas between thousands, in Latin digits in every language. */
export function figure(value: number): string {
  return value.toLocaleString("en");
}

/** The day of seconds since 1970 UTC, as ISO 8601 writes it. */
export function dayOf(atS: number): string {
  const date = new Date(atS * 1000);
  return Number.isNaN(date.getTime()) ? String(atS) : date.toISOString().slice(0, 10);
}

/** The minute of seconds since 1970 UTC. */
export function minuteOf(atS: number): string {
  const date = new Date(atS * 1000);
  return Number.isNaN(date.getTime()) ? String(atS) : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** How long ago that was, in days. */
export function ageOf(say: Say, atS: number, nowS: number): string {
  const n = Math.floor((nowS - atS) / 86_400);
  return n <= 0 ? say("age.today") : say("age.days", { n });
}
