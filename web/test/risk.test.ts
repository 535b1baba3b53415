/** How likely contamination is: figures that never read as none, terms by their weight. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { heaviest, percent } from "../src/core/risk.ts";

test("no probability reads as none or as certain", () => {
  assert.deepEqual([0, 0.0004, 0.03, 0.5, 0.9996, 1].map(percent), ["< 0.1", "< 0.1", "3.0", "50", "> 99.9", "> 99.9"]);
});

test("what moves the sum the most stands first, and what moves nothing is left out", () => {
  const terms = [-0.5, 0.004, 2, -3].map((log_odds) => ({ log_odds, text: `${log_odds}` }));
  assert.deepEqual(heaviest(terms, 2).map((each) => each.log_odds), [-3, 2]);
});
