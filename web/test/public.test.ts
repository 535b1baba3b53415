/** The public pages' search, and what the desk sends of what everybody is to be told. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { instantOf, memoryBody, noticeBody } from "../src/core/told.ts";
import { matching } from "../src/public/search.ts";

test("a name is found as people write it", () => {
  for (const [name, written] of [
    ["Şêxan", "sexan"],
    ["الأنصاري", "الانصاري"],
    ["حي القلعة", "قلعه"],
    ["گەڕەکی کۆن", "گەرەکی کون"],
    ["Mill quarter الطاحونة", "الطاحونه"],
  ] as const) {
    assert.ok(matching(name, written), `${name}: ${written}`);
  }
  assert.ok(!matching("Mill quarter", "bakers"));
  assert.ok(matching("anything", " "));
});

test("a form becomes a body with instants, and nothing is sent that was not asked for", () => {
  const fields: Record<string, string> = { kind: "works", place_id: "n1", from: "2026-03-01T08:00", until: "2026-03-02T08:00", text: " Flags. ", text_ar: "", other: "x" };
  const body = noticeBody("A-1", (name) => fields[name] ?? "");
  assert.deepEqual(Object.keys(body).sort(), ["from", "kind", "notice_id", "place_id", "text", "text_ar", "until"]);
  assert.equal(body["text"], "Flags.");
  assert.match(String(body["from"]), /Z$/);
  assert.equal(instantOf("nonsense"), "nonsense");
  const memory = memoryBody("M-1", (name) => fields[name] ?? "", "AAAA", true);
  assert.equal(memory["picture"], "AAAA");
  assert.equal(memory["faces_hidden"], true);
  assert.equal("kind" in memory, false);
});
