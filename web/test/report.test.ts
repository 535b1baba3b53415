/** The residents' page: codes, places and what of them is told. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { checkDigit, newCode, readCode, spaced, westernDigits } from "../src/report/code.ts";
import { letters } from "../src/report/letters.ts";
import { type Named, NOWHERE, numberOf, offset, search, told } from "../src/report/place.ts";

test("a code is twelve digits that check themselves, in any script", () => {
  for (let at = 0; at < 200; at += 1) {
    const code = newCode();
    assert.match(code, /^\d{12}$/);
    assert.equal(readCode(spaced(code)), code);
    assert.equal(readCode(code.replace(/\d/g, (digit) => String.fromCodePoint(0x0660 + Number(digit)))), code);
    const wrong = code.slice(0, 5) + ((Number(code[5]) + 1) % 10) + code.slice(6);
    assert.equal(readCode(wrong), null);
  }
  // The same as the office reckons: tests/unit/service/test_resident.py.
  assert.equal(checkDigit("572"), "4");
  assert.equal(westernDigits("۱٢3"), "123");
});

test("words are cut between letters, and half of one goes nowhere", () => {
  assert.equal(letters("a".repeat(299) + "😀b", 300), `${"a".repeat(299)}😀`);
  assert.equal(letters("mine \ud83d", 300), "mine ");
  assert.equal(letters("\ude00لغم 😀", 300), "لغم 😀");
});

const HERE = { lon: 38.55, lat: 34.9, accuracyM: 10 };
const PLACES: Named[] = [
  { name: "Old Market", name_ar: "السوق القديم", lon_deg: 38.56, lat_deg: 34.91 },
  { name: "Mill", name_ar: "المطحنة", lon_deg: 38.7, lat_deg: 35 },
];

test("north by eighty metres is north, and less exact", () => {
  const there = offset(HERE, 80, 0);
  assert.ok(Math.abs((there.lat - HERE.lat) * 111_195 - 80) < 0.01);
  assert.ok(Math.abs(there.lon - HERE.lon) < 1e-9);
  assert.ok(there.accuracyM > HERE.accuracyM);
});

test("everybody in one square of the grid tells the same blurred place", () => {
  const one = told(HERE, "block", []);
  for (const north of [-0.0004, 0.0003]) {
    const other = told({ ...HERE, lat: (one.lat_deg ?? 0) + north, lon: one.lon_deg ?? 0 }, "block", []);
    assert.deepEqual([other.lon_deg, other.lat_deg], [one.lon_deg, one.lat_deg]);
  }
  const apartM = Math.hypot(((one.lat_deg ?? 0) - HERE.lat) * 111_195, ((one.lon_deg ?? 0) - HERE.lon) * 111_195 * Math.cos(0.609));
  assert.ok(apartM <= (one.accuracy_m ?? 0));
});

test("no more is told than was chosen", () => {
  assert.deepEqual(told(HERE, "withheld", PLACES), NOWHERE);
  assert.deepEqual(told(null, "exact", PLACES), NOWHERE);
  assert.equal(told(HERE, "community", PLACES).lon_deg, 38.56);
  assert.deepEqual(told(HERE, "community", []), NOWHERE);
  assert.equal(told(HERE, "exact", PLACES).accuracy_m, 10);
});

test("names are found in either script, however they are written", () => {
  assert.deepEqual(search(PLACES, "old").map((place) => place.name), ["Old Market"]);
  assert.deepEqual(search(PLACES, "السوق").map((place) => place.name), ["Old Market"]);
  assert.deepEqual(search(PLACES, "المطحنه").map((place) => place.name), ["Mill"]);
  assert.deepEqual(search(PLACES, "m"), []);
});

test("metres are read in any digits, and nothing else is a number", () => {
  assert.equal(numberOf("٤٠"), 40);
  assert.equal(numberOf("1,200"), 1200);
  for (const odd of ["", "near", "-5", "4e3"]) assert.equal(numberOf(odd), null);
});
