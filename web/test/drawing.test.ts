/** What is drawn: labels inside their land, seamless hatchings, nothing told by colour alone. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Position } from "geojson";
import { boxOf, labelPoint } from "../src/core/geometry.ts";
import { hiddenHazards, LEGEND } from "../src/core/layers.ts";
import { DEPTHS, depthOf, GATE_LOOKS, LOOKS, MARKS } from "../src/core/looks.ts";
import { labelShapes, NO_SHAPES, rowCounts, sortedAreas, sortedProjects } from "../src/core/picture.ts";
import { TIMED_LAYERS, type TimedLayer } from "../src/core/layers.ts";
import type { AreaBrief, ProjectBrief, Shapes } from "../src/core/types.ts";
import { Words } from "../src/core/words.ts";
import { channels, hatchTile } from "../src/map/patterns.ts";
import { tiledLayer } from "../src/map/landtiles.ts";
import { baseLayers } from "../src/map/basestyle.ts";
import { allLayers, rowOf } from "../src/map/style.ts";

function inside([lon = 0, lat = 0]: Position, rings: Position[][]): boolean {
  let odd = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [ax = 0, ay = 0] = ring[j] ?? [];
      const [bx = 0, by = 0] = ring[i] ?? [];
      if (ay > lat !== by > lat && lon < ax + ((lat - ay) / (by - ay)) * (bx - ax)) odd = !odd;
    }
  }
  return odd;
}

/** Numbers from 0 to 1, the same each time. */
function* chances(seed: number): Generator<number, never> {
  let state = seed;
  while (true) {
    state = (state * 48271) % 2147483647;
    yield state / 2147483647;
  }
}

test("a label stands inside its polygon, holes and horseshoes too", () => {
  const chance = chances(11);
  for (let round = 0; round < 300; round++) {
    const count = 4 + Math.floor(chance.next().value * 9);
    const ring: Position[] = Array.from({ length: count }, (_, i) => {
      const reach = 0.2 + chance.next().value;
      const angle = (i / count) * 2 * Math.PI;
      return [reach * Math.cos(angle), reach * Math.sin(angle)];
    });
    const rings = [[...ring, ring[0] as Position]];
    const at = labelPoint({ type: "Polygon", coordinates: rings });
    assert.ok(at && inside(at, rings), JSON.stringify(rings));
  }
  const holed: Position[][] = [
    [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]],
    [[2, 2], [8, 2], [8, 8], [2, 8], [2, 2]],
  ];
  assert.ok(inside(labelPoint({ type: "Polygon", coordinates: holed }) as Position, holed));
});

test("a box holds all points, and nothing has no box", () => {
  assert.equal(boxOf([]), null);
  const geometry = { type: "MultiPolygon", coordinates: [[[[1, 2], [3, 4], [1, 4], [1, 2]]]] } as const;
  const shape = { type: "Feature", properties: {}, geometry: structuredClone(geometry) } as unknown as Shapes["features"][number];
  assert.deepEqual(boxOf([shape]), [1, 2, 3, 4]);
});

test("hatchings are seamless: each tile meets itself", () => {
  const depths = DEPTHS.map((look) => [look.id, look] as const);
  for (const [name, { hatch }] of [...Object.entries(LOOKS), ...depths]) {
    if (!hatch) continue;
    const { width, height, data } = hatchTile(hatch);
    assert.equal(width, height);
    const cover = (x: number, y: number): number => data[(y * width + x) * 4 + 3] ?? 0;
    let inked = 0;
    let [seam, within] = [0, 0];
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) {
        inked += cover(i, j) > 100 ? 1 : 0;
        const steps = [cover((i + 1) % width, j) - cover(i, j), cover(j, (i + 1) % width) - cover(j, i)];
        const step = Math.max(...steps.map(Math.abs));
        if (i === width - 1) seam = Math.max(seam, step);
        else within = Math.max(within, step);
      }
    }
    assert.ok(seam <= within, `${name}: a jump of ${seam} at the seam, ${within} inside`);
    const share = inked / (width * width);
    assert.ok(share > 0.04 && share < 0.6, `${name}: ${share}`);
    const slanted = hatch.kind === "diagonal" || hatch.kind === "backslash";
    if (slanted) assert.ok(Math.abs(share - (hatch.stroke * Math.SQRT2) / hatch.gap) < 0.06, name);
  }
  assert.deepEqual(channels("#d1400b"), [209, 64, 11]);
});

test("no two classes of land look alike without colour", () => {
  const grey = Object.entries(LOOKS)
    .filter(([name]) => name !== "tasks")
    .map(([name, { hatch, dash }]) => [name, `${hatch?.kind ?? "plain"}`, dash === null]);
  const seen = new Set(grey.map(([, kind]) => kind));
  assert.equal(seen.size, grey.length, JSON.stringify(grey));
  const plates = ["open", "conditions", "closed"].map((gate) => MARKS[`gate-${gate}`]?.plate);
  assert.equal(new Set(plates).size, 3);
});

function contrast(a: string, b: string): number {
  const light = (color: string): number => {
    const [r, g, bl] = channels(color).map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * bl;
  };
  const [high, low] = [light(a), light(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

test("outcomes can be read in sunlight: at least 5 to 1 on white", () => {
  for (const [gate, { strong }] of Object.entries(GATE_LOOKS)) {
    assert.ok(contrast(strong, "#ffffff") >= 5, gate);
  }
});

test("every legend row switches a layer of the map, and every row of a layer is in the legend", () => {
  const all = [...allLayers(), ...baseLayers(["water", "roads", "bridges", "buildings", "places"])];
  const rows = new Set(all.map(rowOf).filter((row) => row !== null));
  // How likely contamination is comes as a picture that is laid over the map.
  assert.deepEqual([...rows, "probability"].sort(), LEGEND.map((row) => row.id).sort());
});

/** What a colour becomes for eyes without one kind of cones: Machado, Oliveira & Fernandes (2009), severity 1. */
const EYES: Readonly<Record<string, readonly number[]>> = {
  all: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

function seen(color: string, eye: readonly number[]): number[] {
  const linear = channels(color).map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return [0, 1, 2].map((row) => [0, 1, 2].reduce((sum, at) => sum + (eye[3 * row + at] ?? 0) * (linear[at] ?? 0), 0));
}

test("a release in doubt looks like no released land, to any eye", () => {
  const released = ["cleared", "reduced", "cancelled"] as const;
  for (const [name, eye] of Object.entries(EYES)) {
    const [red = 0, , blue = 0] = seen(LOOKS.doubt.line, eye);
    for (const id of released) {
      const [otherRed = 0, , otherBlue = 0] = seen(LOOKS[id].line, eye);
      // Warm against cold: where red and blue cannot be told apart, it is darker by far.
      const warmer = red - blue > otherRed - otherBlue + 0.05;
      const darker = contrast(LOOKS.doubt.line, LOOKS[id].line) > 1.15;
      assert.ok(warmer || darker, `${name} ${id}`);
    }
  }
  const kinds = Object.entries(LOOKS).filter(([id]) => id !== "doubt").map(([, { hatch }]) => hatch?.kind);
  assert.ok(!kinds.includes(LOOKS.doubt.hatch?.kind), "its strokes are its own");
  assert.ok(LOOKS.doubt.dash !== null);
  assert.deepEqual(hiddenHazards(new Set(["doubt"])), ["doubt"]);
});

test("a depth falls into one class, the deeper the closer its strokes; none is none", () => {
  assert.deepEqual([null, 0, 1, 20, 21, 100, 500].map((depth) => depthOf(depth)?.id ?? null), [
    null,
    null,
    "depth-0",
    "depth-0",
    "depth-20",
    "depth-50",
    "depth-100",
  ]);
  const gaps = DEPTHS.map(({ hatch }) => hatch.gap);
  assert.deepEqual(gaps, [...gaps].sort((a, b) => b - a));
});

test("hidden hazards are known as such", () => {
  assert.deepEqual(hiddenHazards(new Set(["roads", "cha", "reopened"])), ["cha", "reopened"]);
});

test("lists put the reopened and the closed first", () => {
  const area = (area_id: string, class_: string, reopened = false): AreaBrief => ({ area_id, name: area_id, class: class_, stage: null, reopened, open_m2: null });
  const areas = [area("A10", "sha"), area("A2", "sha"), area("C", "cha"), area("R", "sha", true), area("Z", "cleared")];
  assert.deepEqual(sortedAreas(areas, "en").map((each) => each.area_id), ["R", "C", "A2", "A10", "Z"]);
  const project = (project_id: string, outcome: ProjectBrief["outcome"]): ProjectBrief => ({ project_id, name: null, kind: "x", outcome, depth_cm: null });
  const projects = [project("a", "open"), project("b", "closed"), project("c", "conditions")];
  assert.deepEqual(sortedProjects(projects, "en").map((each) => each.project_id), ["b", "c", "a"]);
});

test("labels carry depth for cleared parts only, and Arabic ones no ids", () => {
  const square = { type: "Polygon" as const, coordinates: [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]] };
  const layers = Object.fromEntries(TIMED_LAYERS.map((name) => [name, NO_SHAPES])) as Record<TimedLayer, Shapes>;
  const of = (properties: Record<string, unknown>): Shapes => ({ type: "FeatureCollection", features: [{ type: "Feature", geometry: square, properties }] });
  layers.hazards = of({ name: "حي (HA-1)", class: "cha", reopened: true });
  layers.parts = of({ outcome: "cleared", depth_cm: 30 });
  const words = new Words({ lang: "ar", dir: "rtl", texts: { "desk.depth.label": "{n} سم" } });
  const labels = labelShapes(layers, words).features.map((each) => each.properties["label"]);
  assert.deepEqual(labels, ["حي", "30 سم"]);
  layers.doubt = of({ name: "حي", class: "cha", status: "in_doubt" });
  const [, doubt] = labelShapes(layers, words).features;
  assert.deepEqual([doubt?.properties["of"], doubt?.properties["class"]], ["hazard", "doubt"]);
  assert.equal(rowCounts(layers)["doubt"], 1);
  layers.doubt = NO_SHAPES;
  layers.parts = of({ outcome: "reduced", depth_cm: 30 });
  assert.equal(labelShapes(layers, words).features.length, 1);
  assert.deepEqual([rowCounts(layers)["cha"], rowCounts(layers)["reopened"], rowCounts(layers)["reduced"]], [1, 1, 1]);
});

test("every hazard is drawn by hatching and, while small, by a mark of its own shape", () => {
  const layers = allLayers();
  const at = (id: string): number => layers.findIndex((layer) => layer.id === id);
  const wedges = ["cha", "sha", "indication", "doubt"].map((id) => {
    assert.ok(at(`${id}-hatch`) > at("cleared-tint"), `${id} lies over released land`);
    assert.ok(at(`${id}-mark`) > at(`${id}-line`), id);
    const layer = layers[at(`${id}-mark`)] as { layout?: Record<string, unknown> };
    assert.equal(layer.layout?.["icon-allow-overlap"], true, "a hazard's mark gives way to nothing");
    return MARKS[`hazard-${id}`];
  });
  assert.equal(new Set(wedges.map((mark) => mark?.glyph)).size, 4);
});

test("ground not on record carries its sign, and land on record covers it", () => {
  const ids = allLayers().map((layer) => layer.id);
  assert.ok(ids.indexOf("unrecorded") > ids.indexOf("paper"));
  for (const id of ["cleared", "reduced", "cancelled", "doubt", "not_cleared", "sha", "cha", "indication"]) {
    assert.ok(ids.indexOf(`${id}-ground`) > ids.indexOf("unrecorded"), id);
    assert.ok(ids.indexOf(`${id}-ground`) < ids.indexOf("roads"), id);
  }
});

test("where marks pile up, neither an open project nor a name hides a closed one or a hazard", () => {
  const layers = allLayers();
  const ids = layers.map((layer) => layer.id);
  for (const id of ["cha-mark", "sha-mark", "indication-mark", "doubt-mark", "accidents-mark", "reopened-mark"]) {
    assert.ok(ids.indexOf(id) > ids.indexOf("projects-mark"), id);
  }
  // The engine places the layers from the last to the first: what comes earlier gives way.
  for (const id of ["cha-label", "sha-label", "indication-label", "cha-mark", "projects-name"]) {
    assert.ok(ids.indexOf("tasks-label") < ids.indexOf(id), id);
  }
  const marks = layers[ids.indexOf("projects-mark")] as { layout?: Record<string, unknown> };
  assert.deepEqual(marks.layout?.["symbol-sort-key"], ["match", ["get", "outcome"], "open", 0, "conditions", 1, 2]);
});

test("land drawn from tiles has every layer of the legend, each from a layer of the tiles", () => {
  const land = ["hazards", "parts", "doubt", "notcleared"];
  const plain = allLayers();
  const tiled = plain.map(tiledLayer);
  assert.deepEqual(tiled.map((layer) => layer.id), plain.map((layer) => layer.id));
  assert.deepEqual(tiled.map(rowOf), plain.map(rowOf));
  for (const layer of tiled) {
    if (!("source" in layer)) continue;
    const from = layer.source as string;
    assert.equal(layer["source-layer"], land.includes(from) || from === "buildings" ? from : undefined, layer.id);
    if (from === "labels") continue;
    assert.ok(!JSON.stringify(layer.filter ?? []).includes('["get","of"]'), layer.id);
  }
  for (const id of ["indication-mark", "sha-mark", "cha-mark", "cha-label", "reopened-mark"]) {
    assert.equal((tiled.find((layer) => layer.id === id) as { source?: string }).source, "hazards");
  }
});
