/** The queue's keys, and the names by which what waits stands in a link. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOf, meantBy, type Pressed, readKey, releaseAct, type ReleaseSheet, stepTo } from "../src/core/queue.ts";

const pressed = (code: string, more: Partial<Pressed> = {}): Pressed => ({ code, key: "", ctrlKey: false, metaKey: false, altKey: false, ...more });

test("keys are heard by their place on the keyboard, so that an Arabic one works the queue too", () => {
  assert.equal(meantBy(pressed("KeyJ", { key: "ت" }), false), "next");
  assert.equal(meantBy(pressed("KeyA", { key: "ش" }), true), "accept");
  assert.equal(meantBy(pressed("Slash", { key: "؟" }), true), "help");
});

test("nothing is accepted from the list, and what belongs to the browser stays with it", () => {
  assert.equal(meantBy(pressed("KeyA"), false), null);
  assert.equal(meantBy(pressed("KeyB"), false), null);
  assert.equal(meantBy(pressed("KeyA", { ctrlKey: true }), true), null);
  assert.equal(meantBy(pressed("ArrowDown"), true), null);
});

test("steps stay within the list", () => {
  assert.equal(stepTo(0, "before", 3), 0);
  assert.equal(stepTo(2, "next", 3), 2);
  assert.equal(stepTo(1, "last", 3), 2);
  assert.equal(stepTo(0, "next", 0), -1);
});

test("an id may hold colons, and what is no name is none", () => {
  const item = { kind: "submission", id: "uuid:1:2" };
  assert.deepEqual(readKey(keyOf(item)), item);
  assert.equal(readKey(":x"), null);
  assert.equal(readKey(null), null);
});

test("an acceptance names what was shown, a rejection its reason", () => {
  const sheet = { release_id: "r/1", digest: "abc" } as ReleaseSheet;
  assert.deepEqual(releaseAct(sheet, true, "seen"), ["/api/releases/r%2F1/acceptance", { note: "seen", seen: "abc" }]);
  assert.deepEqual(releaseAct(sheet, false, "why"), ["/api/releases/r%2F1/rejection", { note: "why" }]);
});
