/** Figures and the forms of words are those of the browser's own rules. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { formOf, written } from "../src/core/figure.ts";
import { WRITTEN } from "../src/core/language.ts";

const WHOLE = [...Array(2_500).keys(), 9_999, 10_000, 123_456, 1_000_000, 98_765_432_101, 999_999_999_999_999, 1e15, 2 ** 60];
const BROKEN = [0.5, 1.5, 2.25, 11.04, 999.9995, 1_234.5678, -0, Number.NaN, Number.POSITIVE_INFINITY];

test("figures are written as the browser writes them", () => {
  const formats = {
    plain: new Intl.NumberFormat(WRITTEN),
    whole: new Intl.NumberFormat(WRITTEN, { maximumFractionDigits: 0 }),
    fine: new Intl.NumberFormat(WRITTEN, { maximumSignificantDigits: 2 }),
  };
  for (const digits of ["plain", "whole", "fine"] as const) {
    for (const value of [...WHOLE, ...WHOLE.map((each) => -each), ...BROKEN]) {
      assert.equal(written(value, digits), formats[digits].format(value), `${value} ${digits}`);
    }
  }
});

test("the form of a word is the one that the browser's rules choose", () => {
  for (const counted of ["en", "ar"]) {
    const rules = new Intl.PluralRules(counted);
    for (const n of [...WHOLE, ...BROKEN, -1, -2, -11]) assert.equal(formOf(n, counted), rules.select(n), `${n} ${counted}`);
  }
});
