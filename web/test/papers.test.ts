/** Reports to print: the address of each file holds what was chosen, and nothing else. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileOf, FIRST_CHOICE, queryOfChoice } from "../src/core/papers.ts";

test("what is not chosen is not asked", () => {
  assert.deepEqual(queryOfChoice(FIRST_CHOICE), {});
  assert.equal(fileOf(FIRST_CHOICE, "pdf", "ar"), "/api/papers/monthly/pdf?lang=ar");
});

test("what is chosen stands in the address, letters of any kind among it", () => {
  const choice = { ...FIRST_CHOICE, kind: "5w", from: "2026-01-01", area: "H 1/ب", donor: " " };
  assert.deepEqual(queryOfChoice(choice), { from: "2026-01-01", area: "H 1/ب" });
  const address = new URL(fileOf(choice, "xlsx", "en"), "http://desk.test");
  assert.equal(address.pathname, "/api/papers/5w/xlsx");
  assert.equal(address.searchParams.get("area"), "H 1/ب");
  assert.equal(address.searchParams.has("donor"), false);
});
