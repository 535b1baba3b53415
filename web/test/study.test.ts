/** How candidates lie in the text of a document, and where they stand on its pages. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { boxesOf, type Claim, cutter, nextWaiting, runsOf, shapesOfClaim, shownBlocks } from "../src/core/study.ts";

const block = (start: number, end: number, page: number | null = null, box: readonly [number, number, number, number] | null = null) => ({
  start,
  end,
  kind: "line",
  page,
  box_pt: box,
  doubtful: false,
});

test("places are counted in code points, as the server counts them", () => {
  assert.equal(cutter("لغم واحد")(0, 3), "لغم");
  assert.equal(cutter("a😀لغم b")(2, 5), "لغم");
});

test("a block falls into runs, each in the same candidates from end to end", () => {
  const runs = runsOf(block(10, 30), [
    { start: 12, end: 20 },
    { start: 18, end: 40 },
    { start: 50, end: 60 },
  ]);
  assert.deepEqual(runs, [
    { start: 10, end: 12, claims: [] },
    { start: 12, end: 18, claims: [0] },
    { start: 18, end: 20, claims: [0, 1] },
    { start: 20, end: 30, claims: [1] },
  ]);
  assert.deepEqual(runsOf(block(0, 5), []), [{ start: 0, end: 5, claims: [] }]);
});

test("of a long document the blocks around the candidate are shown", () => {
  const blocks = Array.from({ length: 100 }, (_, at) => block(at * 10, at * 10 + 9));
  assert.deepEqual(shownBlocks(blocks, 505, 3), [47, 54]);
  assert.deepEqual(shownBlocks(blocks, 0, 3), [0, 4]);
  assert.deepEqual(shownBlocks(blocks, 9999, 3), [96, 100]);
});

test("a quote's lines are boxes on its page, from the upper left corner", () => {
  const sheet = {
    pages: [{ width_pt: 400, height_pt: 600 }],
    blocks: [block(0, 10, 1, [40, 540, 360, 570]), block(11, 20, 1, null), block(21, 30, 1, [40, 480, 360, 510])],
  };
  const boxes = boxesOf(sheet, { start: 5, end: 15, page: 1 });
  assert.equal(boxes.length, 1);
  assert.deepEqual(boxes[0], { left: 0.1, top: 1 - 570 / 600, width: 0.8, height: 0.05 });
  assert.deepEqual(boxesOf(sheet, { start: 5, end: 15, page: null }), []);
});

test("after a decision the next that waits comes, from the start again after the last", () => {
  const claims = ["accepted", "waiting", "rejected", "waiting"].map((state) => ({ state }));
  assert.equal(nextWaiting(claims, -1), 1);
  assert.equal(nextWaiting(claims, 1), 3);
  assert.equal(nextWaiting(claims, 3), 1);
  assert.equal(nextWaiting([{ state: "accepted" }], 0), -1);
});

test("a candidate's places are points, and the chosen one alone where it was chosen", () => {
  const place = { name: "A", place_id: null, level_text: null, lon_deg: 1, lat_deg: 2, radius_km: 5 };
  const both = { places: [place, { ...place, lon_deg: 3 }], chosen: null } as unknown as Claim;
  assert.deepEqual(shapesOfClaim(both).map((shape) => shape.geometry.type), ["Point", "Point"]);
  assert.equal(shapesOfClaim({ ...both, chosen: place }).length, 1);
  assert.deepEqual(shapesOfClaim(undefined), []);
});
