/** How likely contamination is: figures that never read as none, terms by their weight. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { apart, heaviest, percent } from "../src/core/risk.ts";

test("no probability reads as none or as certain", () => {
  assert.deepEqual([0, 0.0004, 0.03, 0.5, 0.9996, 1].map(percent), ["< 0.1", "< 0.1", "3.0", "50", "> 99.9", "> 99.9"]);
});

test("what moves the sum the most stands first, and what moves nothing is left out", () => {
  const terms = [-0.5, 0.004, 2, -3].map((log_odds) => ({ log_odds, text: `${log_odds}` }));
  assert.deepEqual(heaviest(terms, 2).map((each) => each.log_odds), [-3, 2]);
});

test("years stand apart where there are several, and areas where they leave the level", () => {
  const part = (text: string, holds: boolean) => ({ text, holds });
  const areas = [part("A1", true), part("A2", false), ...Array.from({ length: 20 }, (_, at) => part(`B${at}`, false))];
  const of = (years: ReturnType<typeof part>[]) => apart({ text: "", years, areas }).map((each) => each.text);
  assert.deepEqual(of([part("2025", true)]).slice(0, 2), ["A2", "B0"]);
  assert.deepEqual(of([part("2024", false), part("2025", true)]).slice(0, 3), ["2024", "2025", "A2"]);
  assert.equal(of([]).length, 12);
});
