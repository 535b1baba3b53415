/** How a figure is written, and which form of a word goes with it, as `Intl` does but without loading it for plain numbers. */

import { WRITTEN } from "./language.ts";

/** Digits behind the point: `plain` up to three, `whole` none, `fine` two digits in all. */
export type Digits = "plain" | "whole" | "fine";

const OPTIONS: Readonly<Record<Digits, Intl.NumberFormatOptions>> = {
  plain: {},
  whole: { maximumFractionDigits: 0 },
  fine: { maximumSignificantDigits: 2 },
};
/** Below this `String` writes every digit of a whole number. */
const PLAIN_BELOW = 1e15;
const formats = new Map<Digits, Intl.NumberFormat>();
const rules = new Map<string, Intl.PluralRules>();

/** A figure in Latin digits with its thousands apart. */
export function written(value: number, digits: Digits = "plain"): string {
  if (digits !== "fine" && Number.isInteger(value) && Math.abs(value) < PLAIN_BELOW && !Object.is(value, -0)) {
    return String(value).replace(/\B(?=(?:\d{3})+$)/g, ",");
  }
  // The browser's own takes a twentieth of a second of a slow machine to be made, and is seldom needed.
  const format = formats.get(digits) ?? new Intl.NumberFormat(WRITTEN, OPTIONS[digits]);
  formats.set(digits, format);
  return format.format(value);
}

/** Which of the forms `zero`, `one`, `two`, `few`, `many` and `other` a number takes, by the rules of `en` or `ar`. */
export function formOf(n: number, counted: string): Intl.LDMLPluralRule {
  if (Number.isInteger(n) && n >= 0 && n < PLAIN_BELOW) {
    if (counted === "en") return n === 1 ? "one" : "other";
    if (counted === "ar") return arabicForm(n);
  }
  const rule = rules.get(counted) ?? new Intl.PluralRules(counted);
  rules.set(counted, rule);
  return rule.select(n);
}

const FEWEST = ["zero", "one", "two"] as const;

function arabicForm(n: number): Intl.LDMLPluralRule {
  const rest = n % 100;
  return FEWEST[n] ?? (rest >= 3 && rest <= 10 ? "few" : rest >= 11 ? "many" : "other");
}
