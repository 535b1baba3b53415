/** The address line gives back the state it was given, and takes nothing foolish. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { OFF_AT_FIRST } from "../src/core/layers.ts";
import { NOW } from "../src/core/time.ts";
import { readSelection, readUrl, type UrlState, writeUrl } from "../src/core/url.ts";

const EMPTY: UrlState = { lang: null, time: NOW, selected: null, view: null, work: null, of: null, hidden: OFF_AT_FIRST, drawn: [], drawnFor: null, account: null };

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
    hidden: ["roads", "water", "damage"],
    drawn: [],
    drawnFor: null,
    account: null,
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
  assert.deepEqual(readUrl(bad), { ...EMPTY, hidden: ["a", "roads", ...OFF_AT_FIRST] });
  for (const text of ["spot:1", "spot:,", "spot:181,0", "spot:0,91", "spot:a,b", "area:", "", null]) {
    assert.equal(readSelection(text), null, String(text));
  }
});

test("an outline that is drawn and an account with its boundary survive, half of one does not", () => {
  const drawn: UrlState["drawn"] = [
    [43.12345678, 36.3],
    [43.2, 36.30000001],
    [43.1, 36.4],
  ];
  const state: UrlState = { ...EMPTY, work: "draw", drawn, drawnFor: "HA 1", account: { from: "2026-01-01", compare: "", boundary: drawn } };
  assert.deepEqual(readUrl(writeUrl(state)), state);
  assert.deepEqual(readUrl("?drawn=43,36;44,95;44,37").drawn, []);
  assert.deepEqual(readUrl("?drawn=43,36;44;44,37").drawn, []);
  assert.equal(readUrl("?boundary=43,36;44,36;44,37").account, null);
});

test("an address changes nothing of what every object is made of", () => {
  const before = Object.getOwnPropertyNames(Object.prototype).sort();
  for (const key of ["__proto__", "constructor", "prototype", "__proto__[odd]", "constructor.prototype.odd"]) {
    const state = readUrl(`?${key}=odd&work=${key}&off=${key}&area=${key}&lang=${key}&of=${key}`);
    assert.equal(({} as Record<string, unknown>)["odd"], undefined, key);
    assert.equal(Object.getPrototypeOf(state), Object.prototype, key);
    assert.equal(state.lang, null, key);
    assert.equal(state.work, null, key);
    assert.doesNotThrow(() => readUrl(writeUrl(state)), key);
  }
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).sort(), before);
});
