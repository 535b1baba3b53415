/** Where a reader stands to a certificate's outlines, and what the drawing measures. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Claims } from "../src/verify/claims.ts";
import { areaM2, type Ground, groundOf, placeOf, roundM } from "../src/verify/ground.ts";
import type { Outline } from "../src/verify/outline.ts";

const LON = 38_550_000;
const LAT = 34_900_000;

/** A square of so many millionths of a degree from a corner. */
function square(east: number, north: number, side: number): Outline {
  const [x, y] = [LON + east, LAT + north];
  return [[[[x, y], [x + side, y], [x + side, y + side], [x, y + side]]]];
}

function claims(parts: readonly Outline[], left: readonly Outline[] = []): Claims {
  const part = { partId: "P", outcome: "cleared", unit: null, depthCm: 60, areaM2: 1, notDug: [] };
  return {
    number: "N",
    kind: "release",
    authority: "A",
    place: "P",
    decidedOn: 1,
    loggedAtS: 1,
    methods: [],
    parts: parts.map((outline) => ({ ...part, outline })),
    notCleared: left.map((outline) => ({ unit: null, reason: "rubble", outline })),
    found: [],
    areaM2: 1,
    receivedBy: null,
    listVersion: 1,
    supersedes: null,
  };
}

/** A place so many millionths of a degree from the corner, with an error. */
function at(ground: Ground, east: number, north: number, accuracyM: number) {
  return placeOf(ground, { lon: (LON + east) / 1e6, lat: (LAT + north) / 1e6, accuracyM });
}

const plain = groundOf(claims([square(0, 0, 1_000)], [square(600, 600, 200)]));

test("inside, at the edge and outside are told apart by the circle of error", () => {
  assert.equal(at(plain, 300, 300, 5), "inside");
  assert.equal(at(plain, 300, 50, 5), "inside"); // 5.5 m from the line
  assert.equal(at(plain, 300, 50, 6), "edge");
  assert.equal(at(plain, 300, -200, 5), "outside");
  assert.equal(at(plain, 300, -40, 5), "edge");
  assert.equal(at(plain, 1_000, 1_000, 0), "edge");
});

test("ground not cleared is never told as inside", () => {
  assert.equal(at(plain, 700, 700, 3), "left");
  assert.equal(at(plain, 700, 590, 5), "edge");
});

test("what cannot be told is told so", () => {
  assert.equal(placeOf(plain, null), "unknown");
  assert.equal(at(plain, 300, 300, 400), "unknown");
  assert.equal(at(plain, 90_000, 0, 400), "unknown"); // far off, but the circle is larger than the part
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, -1]) assert.equal(at(plain, 300, 300, wrong), "unknown");
  assert.equal(placeOf(plain, { lon: Number.NaN, lat: 34.9, accuracyM: 5 }), "unknown");
});

test("a hole is outside, and so is between two parts", () => {
  const ring = square(0, 0, 1_000)[0]?.[0] ?? [];
  const hole = square(300, 300, 400)[0]?.[0] ?? [];
  const holed = groundOf(claims([[[ring, hole]]]));
  assert.equal(at(holed, 500, 500, 3), "outside");
  assert.equal(at(holed, 100, 500, 3), "inside");
  const two = groundOf(claims([square(0, 0, 400), square(900, 0, 400)]));
  assert.equal(at(two, 650, 200, 3), "outside");
  assert.equal(at(two, 1_100, 200, 3), "inside");
});

test("a grid of places agrees with the plain distances of a square", () => {
  const metres = { east: 91_398, north: 110_933 }; // of a degree at 34.9 north, from another formula
  for (let east = -300; east <= 1_300; east += 40) {
    for (let north = -300; north <= 1_300; north += 40) {
      const ground = groundOf(claims([square(0, 0, 1_000)]));
      const [x, y] = [east * 1e-6 * metres.east, north * 1e-6 * metres.north];
      const [w, h] = [1e-3 * metres.east, 1e-3 * metres.north];
      const outside = Math.hypot(Math.max(-x, x - w, 0), Math.max(-y, y - h, 0));
      const distance = outside > 0 ? outside : Math.min(x, w - x, y, h - y);
      if (Math.abs(distance - 10) < 0.2) continue; // two formulas differ by centimetres
      assert.equal(at(ground, east, north, 10), distance <= 10 ? "edge" : outside > 0 ? "outside" : "inside", `${east} ${north}`);
    }
  }
});

test("areas and lengths are those of the ground", () => {
  const area = areaM2(groundOf(claims([square(0, 0, 1_000)])).parts[0] ?? []);
  assert.ok(Math.abs(area / (91.398 * 110.933) - 1) < 0.002, String(area));
  assert.deepEqual([0.9, 1, 3, 37, 99, 250, 999].map(roundM), [0.5, 1, 2, 20, 50, 200, 500]);
});

test("an outline across the antimeridian is small, not around the Earth", () => {
  const across: Outline = [[[[179_999_500, 0], [-179_999_500, 0], [-179_999_500, 1_000], [179_999_500, 1_000]]]];
  const { box } = groundOf(claims([across]));
  assert.ok(box.east - box.west < 150, JSON.stringify(box));
});
