/** Days on the slider, ticks, and dates in words. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  asOf,
  atStep,
  dayRange,
  Figures,
  markBefore,
  besideAt, playlist,
  sameAsOf,
  stepOf,
  ticks,
} from "../src/core/time.ts";

const NOW_MS = Date.parse("2026-11-23T12:00:00Z");
const RANGE = dayRange("2024-01-10T08:00:00Z", "2026-11-20T08:00:00Z", NOW_MS);

test("the range runs from midnight of the first day to today", () => {
  assert.equal(new Date(RANGE.startMs).toISOString(), "2024-01-10T00:00:00.000Z");
  assert.equal(RANGE.days, 1048);
});

test("an empty site still has a range of one day", () => {
  assert.equal(dayRange(null, null, NOW_MS).days, 1);
});

test("the last step is now, and the others are the ends of their days", () => {
  assert.equal(atStep(RANGE.days, RANGE), null);
  assert.equal(atStep(0, RANGE), "2024-01-10T23:59:59Z");
  assert.equal(stepOf(null, RANGE), RANGE.days);
});

test("every step comes back as itself", () => {
  for (let step = 0; step <= RANGE.days; step++) {
    assert.equal(stepOf(atStep(step, RANGE), RANGE), step);
  }
});

test("instants outside the range stand at its edges, never at now", () => {
  assert.equal(stepOf("1999-01-01T00:00:00Z", RANGE), 0);
  assert.equal(stepOf("2099-01-01T00:00:00Z", RANGE), RANGE.days - 1);
});

test("playing goes from event to event, and ends at now", () => {
  const events = ["2026-03-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z"];
  assert.deepEqual(playlist(events), ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", null]);
  const many = Array.from({ length: 500 }, (_, day) => new Date(Date.UTC(2024, 0, 1 + day)).toISOString());
  assert.ok(playlist(many).length <= 61);
  assert.equal(playlist(many)[0], many[0]);
  const nowMs = Date.UTC(2026, 5, 1);
  assert.equal(besideAt(events, null, -1, nowMs), "2026-03-01T00:00:00Z");
  assert.equal(besideAt(events, "2026-01-01T00:00:00Z", 1, nowMs), "2026-02-01T00:00:00Z");
  assert.equal(besideAt(events, "2026-03-01T00:00:00Z", 1, nowMs), null);
  assert.equal(besideAt(events, "2026-01-01T00:00:00Z", -1, nowMs), undefined);
});

test("known-then ties the second time to the first", () => {
  const at = "2026-01-01T00:00:00Z";
  assert.deepEqual(asOf({ validAt: at, knownAt: null, tied: true }), { validAt: at, knownAt: at });
  assert.deepEqual(asOf({ validAt: null, knownAt: at, tied: true }), { validAt: null, knownAt: null });
  assert.ok(sameAsOf({ validAt: null, knownAt: at }, { validAt: null, knownAt: at }));
});

test("ticks keep to the range; the last mark before a time is found", () => {
  const mark = (at: string, kind: string) => ({ at, kind, text: kind });
  const marks = [
    mark("2026-07-02T08:00:00Z", "reopening"),
    mark("2025-03-20T08:00:00Z", "release"),
    mark("1999-01-01T00:00:00Z", "too old"),
    mark("not a time", "none"),
  ];
  assert.deepEqual(ticks(marks, RANGE).map((tick) => tick.kind), ["reopening", "release"]);
  const today = { at: "2026-11-23T11:00:00Z", kind: "today", text: "" };
  assert.deepEqual(ticks([today], RANGE).map((tick) => tick.share), [1]);
  assert.equal(markBefore(marks, null)?.kind, "reopening");
  assert.equal(markBefore(marks, "2026-01-01T00:00:00Z")?.kind, "release");
  assert.equal(markBefore(marks, "1990-01-01T00:00:00Z"), null);
});

test("dates and figures are written with Latin digits in every language", () => {
  const [en, ar] = [new Figures("en"), new Figures("ar")];
  assert.match(new Figures("ckb").date("2026-07-02T23:30:00Z"), /2\D+تەمووز\D+2026/);
  assert.match(new Figures("kmr").date("2026-07-02T23:30:00Z"), /2026/);
  for (const lang of ["ckb", "kmr"]) assert.match(new Figures(lang).whole(1284), /^1,284$/);
  assert.equal(en.date("2026-07-02T23:30:00Z"), "2 Jul 2026");
  assert.match(ar.date("2026-07-02T23:30:00Z"), /2 تموز 2026/);
  assert.equal(en.date("soon"), "soon");
  assert.equal(en.area(12345.6), "12,346");
  assert.equal(en.area(0.04), "0.04");
  assert.equal(en.age(120_000), "2 minutes ago");
  assert.match(ar.age(120_000), /قبل دقيقتين|قبل 2/);
  assert.match(ar.whole(1284), /1,284/);
});
