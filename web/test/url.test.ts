/** The address line gives back the state it was given, and takes nothing foolish. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { NOW } from "../src/core/time.ts";
import { readSelection, readUrl, type UrlState, writeUrl } from "../src/core/url.ts";

const EMPTY: UrlState = { lang: null, time: NOW, selected: null, view: null, work: null, of: null, hidden: [] };

test("nothing asked is all defaults, and is written as nothing", () => {
  assert.deepEqual(readUrl(""), EMPTY);
  assert.equal(writeUrl(EMPTY), "");
});

test("a full state survives writing and reading", () => {
  const full: UrlState = {
    lang: "ar",
    time: { validAt: "2026-03-01T23:59:59Z", knownAt: "2026-04-01T23:59:59Z", tied: false },
    selected: { kind: "spot", lon: 43.123457, lat: 36.345679 },
    view: { lon: 43.1, lat: 36.3, zoom: 14.25 },
    work: "finds",
    of: "F-1",
    hidden: ["roads", "water"],
  };
  assert.deepEqual(readUrl(writeUrl(full)), full);
});

test("known-then is kept as such, without a second time", () => {
  const tied: UrlState = { ...EMPTY, time: { validAt: "2026-03-01T23:59:59Z", knownAt: null, tied: true } };
  assert.equal(writeUrl(tied), "?valid_at=2026-03-01T23:59:59Z&known_at=then");
  assert.deepEqual(readUrl(writeUrl(tied)), tied);
});

test("ids with odd letters survive", () => {
  for (const id of ["HA-1", "a:b", "منطقة 7", "a&b=c", "50%"]) {
    const state: UrlState = { ...EMPTY, selected: { kind: "area", id } };
    assert.deepEqual(readUrl(writeUrl(state)).selected, state.selected);
  }
});

test("what cannot be read is left at its default", () => {
  const bad = "?lang=xx&valid_at=yesterday&known_at=x&selected=dog:1&view=200,0,3&work=dog&hide=a,<b>,roads";
  assert.deepEqual(readUrl(bad), { ...EMPTY, hidden: ["a", "roads"] });
  for (const text of ["spot:1", "spot:,", "spot:181,0", "spot:0,91", "spot:a,b", "area:", "", null]) {
    assert.equal(readSelection(text), null, String(text));
  }
});
