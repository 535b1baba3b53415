/** The review of matches: what a key means in any alphabet, and which shape is of which epoch. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { comparedShapes, type Doubt, keyed } from "../src/core/match.ts";

test("a key means the same by its place, whatever letter it writes", () => {
  assert.deepEqual(["KeyY", "KeyN", "KeyS", "KeyX", "Enter"].map(keyed), ["yes", "no", "skip", null, null]);
});

test("both shapes of a pair say which epoch they are of, the older first", () => {
  const at = (lon: number) => ({ type: "Point" as const, coordinates: [lon, 36] });
  const doubt: Doubt = {
    candidate_id: "c",
    old_ids: ["o"],
    new_ids: ["n1", "n2"],
    kind_name: "split",
    common_permille: 400,
    doubts_text: "",
    old_shapes: [at(1)],
    new_shapes: [at(2), at(3)],
  };
  const shapes = comparedShapes(doubt);
  assert.deepEqual(shapes.map((each) => each.properties["epoch"]), ["old", "new", "new"]);
  assert.deepEqual(shapes.map((each) => each.geometry), [at(1), at(2), at(3)]);
});
