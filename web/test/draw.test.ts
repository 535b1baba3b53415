/** What is drawn: planes, walks, places as people write them, undo, snapping, and what lies under. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { readNumber, readPlace, readPlaces, writePlaces } from "../src/core/coordinates.ts";
import { outlineBody } from "../src/core/drawing.ts";
import { areaM2, type LonLat, lengthM, Plane } from "../src/core/plane.ts";
import { changed, crossesItself, newSketch, redone, sketchFault, undone } from "../src/core/sketch.ts";
import { Outlines } from "../src/core/snap.ts";
import type { Shape } from "../src/core/types.ts";
import { stepped, type Walk, walked, walkFaults } from "../src/core/walk.ts";

const ORIGIN: LonLat = [43.13, 36.34];
const SITE = Plane.at(ORIGIN);
const near = (found: number, wanted: number, within: number): void =>
  assert.ok(Math.abs(found - wanted) <= within, `${found} is not ${wanted}`);
const nearPlace = (found: LonLat | null, wanted: LonLat, within: number): void => {
  assert.ok(found);
  near(found[0], wanted[0], within);
  near(found[1], wanted[1], within);
};

test("the site's plane is the server's to a tenth of a millimetre (figures of PROJ)", () => {
  const known: readonly (readonly [LonLat, number, number])[] = [
    [ORIGIN, 0, 0],
    [[43.2, 36.4], 6279.4321, 6660.2287],
    [[42.95, 36.1], -16208.9578, -26616.1388],
    [[43.6, 36.7], 41999.4053, 40051.6703],
  ];
  for (const [place, east, north] of known) {
    const [x, y] = SITE.metres(place);
    near(x, east, 1e-4);
    near(y, north, 1e-4);
    nearPlace(SITE.place([x, y]), place, 1e-10);
  }
});

test("an outline measures as it is registered", () => {
  const ring: LonLat[] = [[43.13, 36.34], [43.135, 36.341], [43.134, 36.345], [43.1305, 36.3445]];
  near(areaM2(SITE, ring), 181_799.135, 2);
  near(lengthM(SITE, ring, true), 1735.6456, 0.01);
  assert.equal(areaM2(SITE, ring.slice(0, 2)), 0);
  near(areaM2(SITE, [...ring].reverse()), areaM2(SITE, ring), 1e-6);
});

test("a leg leads where the server's geodesic leads", () => {
  const known = [
    [0, 100, 43.13, 36.340901182],
    [33.5, 812.25, 43.134994101, 36.346103816],
    [147, 95.5, 43.130579365, 36.339278214],
    [261.75, 10_000, 43.0197815, 36.327017855],
  ] as const;
  for (const [bearing, distance, lon, lat] of known) nearPlace(stepped(ORIGIN, bearing, distance), [lon, lat], 2e-9);
});

const SQUARE: Walk = {
  start: ORIGIN,
  legs: [0, 90, 180, 270].map((bearingDeg) => ({ bearingDeg, distanceM: 100 })),
  north: "magnetic",
  declinationDeg: 5.2,
  returns: true,
};

test("a walk closes, or says by how much it misses and when that is too far", () => {
  const led = walked(SQUARE, SITE);
  assert.equal(led.corners.length, 4);
  near(led.missedM ?? 1, 0, 0.01);
  near(areaM2(SITE, led.corners), 10_000, 0.1);
  const slip = walked({ ...SQUARE, legs: [...SQUARE.legs.slice(0, 3), { bearingDeg: 90, distanceM: 100 }] }, SITE);
  near(slip.missedM ?? 0, 200, 0.01);
  assert.equal(slip.limitM, 8);
  assert.ok(slip.tooFar);
  const open = walked({ ...SQUARE, returns: false }, SITE);
  assert.equal(open.missedM, null);
  assert.equal(open.corners.length, 5);
  // East of true north, a compass reads less than the true bearing.
  const turned = walked({ ...SQUARE, legs: [{ bearingDeg: 84.8, distanceM: 50 }], returns: false }, SITE);
  nearPlace(turned.corners[1] ?? null, stepped(ORIGIN, 90, 50), 1e-12);
});

test("a compass without its declination, and legs out of range, are told", () => {
  assert.deepEqual(walkFaults(SQUARE), []);
  assert.deepEqual(walkFaults({ ...SQUARE, declinationDeg: null }), ["desk.draw.walk.no-declination"]);
  assert.deepEqual(walkFaults({ ...SQUARE, north: "true_north", declinationDeg: null }), []);
  assert.deepEqual(walkFaults({ ...SQUARE, legs: [] }), ["desk.draw.walk.no-legs"]);
  for (const leg of [{ bearingDeg: 361, distanceM: 1 }, { bearingDeg: Number.NaN, distanceM: 1 }, { bearingDeg: 0, distanceM: 0 }]) {
    assert.deepEqual(walkFaults({ ...SQUARE, legs: [leg] }), ["desk.draw.walk.leg-range"]);
  }
});

test("places are read as people write them, and nothing is guessed", () => {
  for (const written of ["36.19, 44.01", "36.19 44.01", "44.01 E 36.19 N", "36.19N, 44.01E", "36°11'24\"N 44°0'36\"E", "٣٦٫١٩، ٤٤٫٠١", "۳۶٫۱۹, ۴۴٫۰۱", "36°11′24″N 44°00′36″E"]) {
    nearPlace(readPlace(written), [44.01, 36.19], 1e-9);
  }
  nearPlace(readPlace("38S 410986.82 4005476.67"), [44.01, 36.19], 1e-7);
  nearPlace(readPlace("37M 444447.99 9646286.63"), [38.5, -3.2], 1e-7);
  nearPlace(readPlace("3.2S 38.5W"), [-38.5, -3.2], 1e-12);
  // A band that the northing does not lie in is a slip; so are two latitudes, or 60 minutes.
  for (const wrong of ["", "36.19", "91, 10", "36.19, 44.01, 3", "38N 410986 4005476", "36N 36N", "36°60'0\"N 44°0'0\"E", "61S 410986 4005476", "north 3", "36,19 44,01"]) {
    assert.equal(readPlace(wrong), null, wrong);
  }
  const places: LonLat[] = [[44.0123456, 36.1], [44.1, 36.2]];
  assert.deepEqual(readPlaces(`${writePlaces(places)}\n\n`).map((each) => each.place), places);
  assert.deepEqual(readPlaces("36, 44\nx").map((each) => [each.line, each.place === null]), [[1, false], [2, true]]);
  assert.deepEqual(["٥٫٢", "-3", "", "3,2", "1e3"].map(readNumber), [5.2, -3, null, null, null]);
});

test("every step can be taken back and done again, until another is taken", () => {
  const [a, b, c, d] = [[0, 0], [1, 0], [1, 1], [0, 1]] as const;
  let sketch = changed(newSketch("polygon"), [a, b, c]);
  assert.equal(changed(sketch, [a, b, c]), sketch);
  sketch = changed(sketch, [a, b, c, d]);
  sketch = undone(sketch);
  assert.deepEqual(sketch.corners, [a, b, c]);
  assert.deepEqual(redone(sketch).corners, [a, b, c, d]);
  sketch = changed(sketch, [a, c, d]);
  assert.equal(redone(sketch), sketch);
  assert.deepEqual(undone(undone(undone(sketch))).corners, []);
});

test("an outline that crosses itself or has too few corners is told", () => {
  const bow: LonLat[] = [[0, 0], [1, 1], [1, 0], [0, 1]];
  assert.ok(crossesItself(bow));
  assert.equal(sketchFault({ kind: "polygon", corners: bow }), "desk.draw.crosses");
  assert.equal(sketchFault({ kind: "polygon", corners: bow.slice(0, 2) }), "desk.draw.too-few.polygon");
  assert.equal(sketchFault({ kind: "line", corners: bow }), null);
  assert.ok(!crossesItself([[0, 0], [2, 0], [2, 2], [0, 2]]));
  assert.ok(!crossesItself([[0, 0], [1, 0], [1, 1]]));
  // A corner that comes to lie on another edge.
  assert.ok(crossesItself([[0, 0], [2, 0], [2, 2], [1, 0], [0, 2]]));
});

const shape = (id: string, coordinates: unknown, type = "Polygon"): Shape =>
  ({ type: "Feature", properties: { area_id: id }, geometry: { type, coordinates } }) as unknown as Shape;
const box = (west: number, south: number, east: number, north: number): number[][] => [
  [west, south], [east, south], [east, north], [west, north], [west, south],
];
const LAND = [
  shape("A", [box(0, 0, 10, 10), box(4, 4, 6, 6)]),
  shape("B", [[box(20, 0, 30, 10)]], "MultiPolygon"),
  shape("way", [[0, 20], [10, 20]], "LineString"),
];
const PIXELS = (lon: number, lat: number): { x: number; y: number } => ({ x: lon * 10, y: -lat * 10 });

test("a corner snaps to a corner before an edge, and to neither from afar", () => {
  const outlines = new Outlines(LAND);
  assert.deepEqual(outlines.snap([9.5, 9.6], PIXELS, 12), [10, 10]);
  assert.deepEqual(outlines.snap([10.4, 5], PIXELS, 12), [10, 5]);
  assert.deepEqual(outlines.snap([5.2, 19.5], PIXELS, 12), [5.2, 20]);
  assert.equal(outlines.snap([15, 5], PIXELS, 12), null);
  assert.equal(new Outlines([]).snap([0, 0], PIXELS, 12), null);
});

test("what an outline lies over is named, also from within, and not from a hole", () => {
  const under = (ring: LonLat[]): string[] => new Outlines(LAND).under(ring).map((each) => String(each.properties["area_id"]));
  const ring = (west: number, south: number, east: number, north: number): LonLat[] => box(west, south, east, north).slice(0, -1) as unknown as LonLat[];
  assert.deepEqual(under(ring(1, 1, 3, 3)), ["A"]);
  assert.deepEqual(under(ring(-5, -5, 40, 40)), ["A", "B"]);
  assert.deepEqual(under(ring(9, 1, 21, 2)), ["A", "B"]);
  assert.deepEqual(under(ring(12, 1, 18, 2)), []);
  assert.deepEqual(under(ring(4.5, 4.5, 5.5, 5.5)), []);
});

test("a walk is sent as its legs, so that the server works it out; a drawing as its ring", () => {
  const body = outlineBody([[0, 0]], SQUARE) as { walk: { legs: unknown[]; declination_deg: number } };
  assert.equal(body.walk.legs.length, 4);
  assert.equal(body.walk.declination_deg, 5.2);
  const ring = outlineBody([[0, 0], [1, 0], [1, 1]], null);
  assert.deepEqual(ring, { geometry: { type: "Polygon", coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] } });
});
