/** The pages of work: who can open which, and how their rows are put in order. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Find, inOrder, keysOf, type Quarter, yearBefore } from "../src/core/waysin.ts";
import { readWork, workFor } from "../src/core/work.ts";

test("nobody is offered a page that the server would refuse", () => {
  assert.deepEqual(workFor(null), ["figures", "waysin"]);
  assert.deepEqual(workFor("resident"), ["figures", "waysin"]);
  assert.ok(!workFor("surveyor").includes("matches"));
  assert.ok(!workFor("engineer").includes("plan"));
  assert.ok(workFor("surveyor").includes("draw"));
  assert.ok(!workFor("operator").includes("draw"));
  assert.equal(workFor("authority").length, 20);
  assert.ok(!workFor("engineer").includes("federation"));
  assert.ok(workFor("information").includes("vault"));
  for (const role of ["surveyor", "operator", "quality", "planner", "engineer", "resident"]) assert.ok(!workFor(role).includes("vault"));
  assert.equal(readWork("finds"), "finds");
  assert.equal(readWork("<b>"), null);
});

test("works that stand still come first, then the newest find", () => {
  const find = (find_id: string, open: boolean, at: string): Find => ({ find_id, open, at }) as Find;
  const finds = [find("old", false, "2026-01-01"), find("new", false, "2026-03-01"), find("open", true, "2025-01-01")];
  assert.deepEqual(inOrder(finds).map((each) => each.find_id), ["open", "new", "old"]);
});

test("a figure that only one quarter counts has its row in all", () => {
  const quarters = [{ permits: { stopped: 1 } }, { permits: { in_force: 2, stopped: 0 } }] as unknown as Quarter[];
  assert.deepEqual(keysOf(quarters, (quarter) => quarter.permits), ["stopped", "in_force"]);
});

test("follow-up begins with the first day of the quarter a year before", () => {
  assert.equal(yearBefore(Date.UTC(2026, 10, 27)), "2025-10-01");
  assert.equal(yearBefore(Date.UTC(2026, 0, 1)), "2025-01-01");
});
