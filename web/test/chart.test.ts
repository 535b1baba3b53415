/** The geometry of charts: a waterfall that ends where the account does, round scales, tables that run nothing. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { corners, csvOf, signedFlows, ticksTo, waterfall } from "../src/core/chart.ts";
import { byBurden, type District, readSection, sectionsFor } from "../src/core/dash.ts";
import { extractOf, roundLength } from "../src/core/task.ts";

const FIGURES = { opening_m2: 100, new_m2: 30, cancelled_m2: 20, reduced_m2: 0, cleared_m2: 50, reopened_m2: 5, reclassified_m2: -10, corrected_m2: 0, closing_m2: 55 };

test("a waterfall runs from the opening to the closing of the account, flow by flow", () => {
  const falls = waterfall(FIGURES.opening_m2, signedFlows(FIGURES), FIGURES.closing_m2);
  assert.deepEqual(falls.map((fall) => fall.name), ["opening_m2", "new_m2", "reopened_m2", "reclassified_m2", "cancelled_m2", "cleared_m2", "closing_m2"]);
  assert.equal(falls.at(-2)?.to, FIGURES.closing_m2);
  assert.equal(falls.at(-1)?.to, FIGURES.closing_m2);
  assert.equal(falls.find((fall) => fall.name === "cleared_m2")?.kind, "less");
});

test("an account that does not balance is seen to: its closing is never the sum", () => {
  const falls = waterfall(100, [{ name: "cleared_m2", m2: -40 }], 70);
  assert.equal(falls.at(-2)?.to, 60);
  assert.equal(falls.at(-1)?.to, 70);
});

test("scales are round and reach the most", () => {
  assert.deepEqual(ticksTo(9), [0, 5, 10]);
  assert.deepEqual(ticksTo(0), [0, 1]);
  assert.ok((ticksTo(12_345).at(-1) ?? 0) >= 12_345);
});

test("a line falls on the day on which something ends, and goes on level to the last day", () => {
  const line = { name: "x", points: [{ days: 4, waiting: 0.5 }] };
  assert.deepEqual(corners(line, 10), [[0, 1], [4, 1], [4, 0.5], [10, 0.5]]);
});

test("a table holds no formula, and its commas stay in their cells", () => {
  const text = csvOf({ head: ["=a", "b"], rows: [["x, y", null], ['say "so"', 1.5], ["", 328.2050864999983]] }, [["as of", "2026"]]);
  assert.equal(text, '\ufeff\'=a,b\r\n"x, y",\r\n"say ""so""",1.5\r\n,328.2050865\r\n\r\nas of,2026\r\n');
});

test("districts stand by what each person bears, and where nobody is counted last", () => {
  const of = (district: string, per_resident_m2: number | null): District => ({ district, per_resident_m2, hazard_m2: 1 }) as District;
  assert.deepEqual(byBurden([of("a", 1), of("b", null), of("c", 3)]).map((each) => each.district), ["c", "a", "b"]);
});

test("nobody is offered a section that the server would refuse", () => {
  assert.deepEqual(sectionsFor(null), ["account", "progress"]);
  assert.equal(sectionsFor("quality").length, 5);
  assert.equal(readSection("<b>"), "account");
});

test("the extract of a map is to scale, north up, with a bar of a round length", () => {
  const square = { type: "Polygon" as const, coordinates: [[[38, 35], [38.001, 35], [38.001, 35.001], [38, 35.001], [38, 35]]] };
  const map = extractOf({ ground: square, works: [] });
  assert.ok(map && map.height > map.width, "a degree of longitude is shorter than one of latitude here");
  assert.ok(map.ground.startsWith("M"));
  assert.equal(roundLength(27.8), 20);
  assert.equal(extractOf({ ground: { type: "GeometryCollection", geometries: [] }, works: [] }), null);
});
