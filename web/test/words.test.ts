/** Words come from the catalogue, with plurals; labels the map cannot draw rightly are trimmed. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { mapLabel, ownName, pieces, readable, Words } from "../src/core/words.ts";

const texts = {
  "desk.hello": "Hello {who}, {n}",
  "desk.parts.zero": "no parts",
  "desk.parts.one": "1 part",
  "desk.parts.two": "two",
  "desk.parts.few": "{n} few",
  "desk.parts.many": "{n} many",
  "desk.parts.other": "{n} parts",
};

test("placeholders are filled, and a missing value stays in sight", () => {
  const words = new Words({ lang: "en", dir: "ltr", texts });
  assert.equal(words.t("desk.hello", { who: "Layla", n: 1284 }), "Hello Layla, 1,284");
  assert.equal(words.t("desk.hello"), "Hello {who}, {n}");
});

test("English has two forms, Arabic six", () => {
  const en = new Words({ lang: "en", dir: "ltr", texts });
  const ar = new Words({ lang: "ar", dir: "rtl", texts });
  assert.deepEqual([1, 2, 5].map((n) => en.t("desk.parts", { n })), ["1 part", "2 parts", "5 parts"]);
  const told = [0, 1, 2, 3, 11, 100].map((n) => ar.t("desk.parts", { n }));
  assert.deepEqual(told, ["no parts", "1 part", "two", "3 few", "11 many", "100 parts"]);
});

test("a code without a text is made readable, and before words have come there is nothing", () => {
  const words = new Words({ lang: "en", dir: "ltr", texts });
  assert.equal(words.of("stage", "in_progress"), "in progress");
  assert.equal(words.of("stage", null), "");
  assert.equal(new Words(null).t("desk.hello"), "");
  assert.equal(readable("gate.G10"), "G10");
});

test("text from data is never read as a placeholder", () => {
  const words = new Words({ lang: "en", dir: "ltr", texts: { a: "{x} {y}" } });
  assert.equal(words.t("a", { x: "{y}", y: "$& end" }), "{y} $& end");
});

test("Arabic labels lose brackets and Latin ids; others are left alone", () => {
  assert.equal(mapLabel("حي 17 تموز (IQ-NIN-000118)", "ar"), "حي 17 تموز");
  assert.equal(mapLabel("HA-0001 حي الجسر", "en"), "حي الجسر");
  assert.equal(mapLabel("حي الجسر - HA/2", "ar"), "حي الجسر");
  assert.equal(mapLabel("Old Bridge (HA-0001)", "ar"), "Old Bridge (HA-0001)");
  assert.equal(mapLabel(null, "en"), "");
  for (const name of ["حي (أ) ب", "مدرسة [النهر", "x حي y (z) 3"]) {
    assert.doesNotMatch(mapLabel(name, "ar"), /[()[\]{}A-Za-z]/, name);
  }
});

test("a name given in both languages is told in the one shown", () => {
  const both = "School yard in block 24 · ساحة مدرسة في مربع ٢٤";
  assert.equal(ownName(both, "en"), "School yard in block 24");
  assert.equal(ownName(both, "ar"), "ساحة مدرسة في مربع ٢٤");
  assert.equal(ownName(`Reopened: ${both}`, "en"), "Reopened: School yard in block 24");
  assert.equal(ownName(`إعادة فتح: ${both}`, "ar"), "إعادة فتح: ساحة مدرسة في مربع ٢٤");
  assert.equal(mapLabel(both, "en"), "School yard in block 24");
  assert.equal(ownName("Field f00107 · حقل f00107", "en"), "Field f00107");
  assert.equal(mapLabel("Field f00107 · حقل f00107", "ar"), "حقل");
  for (const whole of ["Well · Road", "مدرسة · ساحة", "School", "مدرسة · School", ""]) {
    assert.equal(ownName(whole, "en"), whole);
    assert.equal(ownName(whole, "ar"), whole);
  }
});

test("an id in a sentence is a piece of its own, and no word is cut", () => {
  assert.deepEqual(pieces("عادت خطرة (h0001-o1)."), ["عادت خطرة (", "h0001-o1", ")."]);
  assert.deepEqual(pieces("op-heron, 2026-10-30"), ["", "op-heron", ", ", "2026-10-30", ""]);
  assert.deepEqual(pieces("bi-dîtin û çê-kirin"), ["", "bi-dîtin", " û ", "çê-kirin", ""]);
  assert.deepEqual(pieces("3 – 4, −5, --as"), ["3 – 4, −5, --as"]);
  assert.deepEqual(pieces(""), [""]);
});
