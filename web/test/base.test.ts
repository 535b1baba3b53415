/** The base map is plain ground: greys alone, under the record, named in the reader's language, and one row of the key. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { LEGEND } from "../src/core/layers.ts";
import { BASE, GATE_LOOKS, LOOKS } from "../src/core/looks.ts";
import { BASE_BEGINS, baseLayers, baseName } from "../src/map/basestyle.ts";
import { allLayers, LAND_BEGINS } from "../src/map/style.ts";

const channels = (colour: string): number[] => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
const OURS = ["water", "roads", "bridges", "buildings", "places"];

test("nothing of the base has a colour, so nothing of it has the colour of hazard, release or a gate", () => {
  for (const [name, colour] of Object.entries(BASE)) {
    const all = channels(colour);
    assert.ok(Math.max(...all) - Math.min(...all) <= 12, `${name} ${colour}`);
  }
  const meant = [...Object.values(LOOKS).map((look) => look.tint), ...Object.values(GATE_LOOKS).flatMap(Object.values)];
  for (const colour of Object.values(BASE)) assert.ok(!meant.includes(colour), colour);
  const drawn = JSON.stringify(baseLayers(OURS));
  for (const [colour] of drawn.matchAll(/#[0-9a-f]{6}/g)) assert.ok(colour === "#ffffff" || (Object.values(BASE) as string[]).includes(colour), colour);
  assert.doesNotMatch(drawn, /pattern/);
});

test("it lies under land on record, and over the sheets that would hide it", () => {
  const ids = allLayers().map((layer) => layer.id);
  const begins = ids.indexOf(BASE_BEGINS);
  assert.ok(begins > ids.indexOf("unrecorded") && begins > ids.indexOf("cha-ground"));
  assert.ok(begins < ids.indexOf(LAND_BEGINS));
});

test("an archive of ours, of OpenMapTiles and of Protomaps has its layers, any other has none", () => {
  const ids = (there: string[]): string[] => baseLayers(there).map((layer) => layer.id);
  assert.deepEqual(ids([]), []);
  assert.deepEqual(ids(["landcover", "hazards", "parts"]), []);
  assert.ok(ids(OURS).includes("base-places") && ids(OURS).includes("base-buildings"));
  assert.ok(ids(["transportation", "transportation_name", "waterway", "place"]).includes("base-road-names"));
  const both = ids(["water", "waterway", "roads", "buildings", "places"]);
  assert.equal(new Set(both).size, both.length);
  for (const layer of baseLayers(OURS)) assert.deepEqual(layer.metadata, { row: "base" });
});

test("a name is read in the reader's language first, and in another rather than not at all", () => {
  const tried = (lang: string): string => JSON.stringify(baseName(lang));
  assert.match(tried("ckb"), /name_ckb.*name_ar.*"name"/);
  assert.match(tried("kmr"), /name_kmr.*"name"/);
  assert.doesNotMatch(tried("kmr"), /name_ar/);
  assert.match(tried("ar"), /name_ar.*name:ar/);
});

test("its row stands in the key where there is one, and it is no hazard", () => {
  const row = LEGEND.find(({ id }) => id === "base");
  assert.ok(row?.given && row.group === "ground");
});
