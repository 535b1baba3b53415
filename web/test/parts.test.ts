/** Parts drawn at completion: what is sent belongs to the outcome, and the figures shown add up. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Polygon } from "geojson";
import { addingUp, atCard, draftShapes, faultsOf, newDraft, type PartsTold, readDraft, sumLines, wholeCm, withPart, withParts, withPieces, withoutPart, workBody } from "../src/core/parts.ts";

const SQUARE: Polygon = { type: "Polygon", coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] };

function told(change: Partial<PartsTold>): PartsTold {
  const act = { act: "report_work", subject: "H1", allowed: true, why: [] };
  const nothing = { released_m2: 0, twice_m2: 0, outside_m2: 0, over_released_m2: 0, left_m2: 0, left: null };
  return { area_id: "H1", area_name: null, ground: SQUARE, ground_m2: 0, ...nothing, parts: [], faults: [], evidence: [], finds: [], report: act, choices: {}, ...change };
}

function part(id: string, areaM2: number) {
  return { part_id: id, area_m2: areaM2, outside_m2: 0, over_released_m2: 0, overlaps: [], units: [], faults: [] };
}

test("a part of which nothing is said is not cleared, and no id is given twice", () => {
  let draft = withParts(newDraft("W1", "H1", "T1", "2026-03-01"), [SQUARE, SQUARE]);
  assert.deepEqual(draft.parts.map((each) => [each.id, each.outcome]), [["W1-1", "not_cleared"], ["W1-2", "not_cleared"]]);
  draft = withParts(withoutPart(draft, "W1-2"), [SQUARE]);
  assert.deepEqual(draft.parts.map((each) => each.id), ["W1-1", "W1-3"]);
  draft = withPieces(withPart(draft, "W1-1", { outcome: "reduced" }), "W1-1", [SQUARE, SQUARE]);
  assert.deepEqual(draft.parts.map((each) => [each.id, each.outcome]), [["W1-4", "reduced"], ["W1-5", "reduced"], ["W1-3", "not_cleared"]]);
});

test("what was typed for another outcome is not sent", () => {
  let draft = withParts(newDraft("W1", "H1", null, "2026-03-01"), [SQUARE]);
  draft = withPart(draft, "W1-1", { outcome: "cleared", depthCm: "٣٠", reason: "under_slab", answers: { E1: "seen" } });
  const sent = (): Record<string, unknown> => (workBody(draft)["parts"] as Record<string, unknown>[])[0] ?? {};
  assert.deepEqual([sent()["depth_cm"], sent()["reason"], sent()["answers"]], [30, null, []]);
  draft = withPart(draft, "W1-1", { outcome: "cancelled" });
  assert.deepEqual([sent()["depth_cm"], sent()["answers"]], [null, [{ evidence_id: "E1", how: "seen" }]]);
  assert.deepEqual(readDraft(JSON.stringify(draft)), draft);
  assert.equal(readDraft("{"), null);
});

test("a depth is whole centimetres rounded down, or none", () => {
  assert.deepEqual(["30", " 30.9 ", "29,99", "", "-5", "3 m", "1e3"].map(wholeCm), [30, 30, 29, null, null, null, null]);
});

test("figures in whole square metres add up to the ground as they are read", () => {
  let seed = 7;
  const chance = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let round = 0; round < 500; round++) {
    const parts = Array.from({ length: 1 + Math.floor(chance() * 6) }, (_, at) => part(`P${at}`, chance() * 400));
    const [released, twice, outside, over, left] = [chance() * 90, chance() * 9, chance() * 9, chance() * 9, chance() * 90];
    const sum = parts.reduce((all, each) => all + each.area_m2, 0);
    const answer = told({ parts, released_m2: released, twice_m2: twice, outside_m2: outside, over_released_m2: over, left_m2: left, ground_m2: released + sum - twice - outside - over + left });
    const lines = sumLines(answer);
    const shown = addingUp(lines, answer.ground_m2);
    const total = lines.reduce((all, line, at) => all + line.sign * (shown[at] ?? 0), 0);
    assert.equal(total, Math.round(answer.ground_m2));
    lines.forEach((line, at) => assert.ok(Math.abs((shown[at] ?? 0) - line.m2) <= 1));
  }
});

test("what is left over is always told, also where nothing is", () => {
  assert.deepEqual(sumLines(told({ parts: [part("P1", 5)], ground_m2: 5 })).map((line) => line.name), ["part", "left"]);
});

test("a fault stands at its part once, whoever told it", () => {
  const fault = { code: "land.part.overlap", place: "P1", detail: "over P2" };
  const other = { ...fault, place: "P2" };
  assert.deepEqual(faultsOf("P1", { ...part("P1", 1), faults: [{ code: fault.code, detail: fault.detail }] }, [fault, other]).length, 1);
  assert.deepEqual(faultsOf("P1", undefined, [fault, other]), [fault]);
  const ids = Array.from({ length: 11 }, (_, at) => `W-${at + 1}`);
  assert.equal(atCard({ code: "x", detail: "Parts W-11 and W-1 overlap.", next: null }, ids).detail, "Parts 11 and 1 overlap.");
});

test("the map shows parts by number, what is left in dashes, and what lies wrongly", () => {
  const draft = withParts(newDraft("W1", "H1", null, "2026-03-01"), [SQUARE]);
  const shared = { part_id: "P2", area_m2: 1, geometry: SQUARE };
  const shapes = draftShapes(draft, told({ left: SQUARE, parts: [{ ...part("P1", 1), overlaps: [shared] }] }));
  assert.deepEqual(shapes.map((each) => each.properties), [{ epoch: "old" }, { epoch: "new" }, { fault: true }, { rank: "1" }]);
});

test("what was found on the ground is a mark on the map, and stays one where no part is drawn", () => {
  const find = { subject: "W0", category_text: "Mortar bomb", count: 1, depth_cm: 10, at: "2026-01-01", lon_deg: 0.5, lat_deg: 0.25, part_ids: [], open: false };
  const shapes = draftShapes(newDraft("W1", "H1", null, "2026-03-01"), told({ finds: [find] }));
  const marks = shapes.filter(({ geometry }) => geometry.type === "Point");
  assert.deepEqual(marks.map((each) => [each.geometry, each.properties]), [[{ type: "Point", coordinates: [0.5, 0.25] }, { rank: "×" }]]);
});
