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
import { type Lang, LANGUAGES } from "../src/core/language.ts";
import { Words } from "../src/core/words.ts";
import { texts } from "./words.mjs";

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

const written = (lang: Lang): Figures => new Figures(new Words({ lang, dir: LANGUAGES[lang].direction, texts: texts(lang) }));

test("dates and figures are written with Latin digits in every language", () => {
  const [en, ar, ckb, kmr] = [written("en"), written("ar"), written("ckb"), written("kmr")];
  const night = "2026-07-02T23:30:00Z";
  assert.deepEqual([en, ar, ckb, kmr].map((each) => each.date(night)), ["2 Jul 2026", "2 تموز 2026", "2ی تەمووزی 2026", "2 Tîrmeh 2026"]);
  for (const each of [en, ar, ckb, kmr]) assert.equal(each.whole(1284), "1,284");
  assert.equal(en.moment(Date.parse(night)), "2 Jul 2026, 23:30");
  assert.equal(en.date("soon"), "soon");
  assert.equal(en.area(12345.6), "12,346");
  assert.equal(en.area(0.04), "0.04");
});

test("ages are told in each language's own plurals, in the largest unit that gives at least one", () => {
  const spans = [1, 45, 120, 3_600 * 3, 86_400 * 222].map((seconds) => seconds * 1000);
  const told = (lang: Lang): string[] => spans.map((span) => written(lang).age(span));
  assert.deepEqual(told("en"), ["1 second ago", "45 seconds ago", "2 minutes ago", "3 hours ago", "222 days ago"]);
  assert.deepEqual(told("ar"), ["قبل ثانية واحدة", "قبل 45 ثانية", "قبل دقيقتين", "قبل 3 ساعات", "قبل 222 يومًا"]);
  assert.deepEqual(told("ckb"), ["چرکەیەک لەمەوبەر", "45 چرکە لەمەوبەر", "2 خولەک لەمەوبەر", "3 کاتژمێر لەمەوبەر", "222 ڕۆژ لەمەوبەر"]);
  assert.deepEqual(told("kmr"), ["berî saniyeyekê", "berî 45 saniyeyan", "berî 2 deqeyan", "berî 3 saetan", "berî 222 rojan"]);
});

test("names are listed as each language joins them", () => {
  assert.equal(written("en").list(["a", "b", "c"]), "a, b and c");
  assert.equal(written("ar").list(["أ", "ب"]), "أ وب");
  assert.equal(written("ckb").list(["a", "b", "c"]), "a، b و c");
  assert.equal(written("kmr").list(["a"]), "a");
  assert.equal(written("kmr").list([]), "");
});

test("before the words have come, a date is ISO 8601's", () => {
  assert.equal(new Figures(new Words(null)).date("2026-07-02T23:30:00Z"), "2026-07-02");
  assert.equal(new Figures(new Words(null)).list(["a", "b"]), "a, b");
});
