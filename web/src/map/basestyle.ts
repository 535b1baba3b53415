/** The base map's style: plain ground to read a map by, in greys, under everything on record. */

import type { FilterSpecification, LayerSpecification } from "maplibre-gl";
import { BASE, GROUND } from "../core/looks.ts";
import { FONT, growing, row, STRONG_FONT, type Wide } from "./stylebase.ts";

/** The base map lies over the clean sheets of land on record, so that roads can be seen through hazard. */
export const BASE_BEGINS = "water-fill";

/** What is drawn, and how archives call it: our own, those of OpenMapTiles and of Protomaps. */
const CALLED = {
  water: ["water", "waterway"],
  roads: ["roads", "transportation"],
  bridges: ["bridges"],
  buildings: ["buildings", "building"],
  roadNames: ["roads", "transportation_name"],
  places: ["places", "place"],
} as const;

const LINES: FilterSpecification = ["in", ["geometry-type"], ["literal", ["LineString", "MultiLineString"]]];
const AREAL: FilterSpecification = ["in", ["geometry-type"], ["literal", ["Polygon", "MultiPolygon"]]];
const CLASS: Wide = ["coalesce", ["get", "kind"], ["get", "class"], ""] as Wide;
const BIG: Wide = ["in", CLASS, ["literal", ["ring", "motorway", "trunk", "primary", "secondary", "highway", "major_road"]]] as Wide;
const SMALL: Wide = ["in", CLASS, ["literal", ["lane", "footway", "path", "steps", "track", "service", "other"]]] as Wide;
/** Which places are named from which zoom on: the larger, the earlier. */
const WHOLE: Wide = ["in", CLASS, ["literal", ["country", "governorate", "district", "subdistrict", "city", "town", "region", "locality", "state", "province"]]] as Wide;

/** The layers of the base map, in drawing order; of an archive that has none of ours, none. */
export function baseLayers(there: readonly string[]): LayerSpecification[] {
  return [
    ...each(there, "water", waterLayers),
    ...each(there, "roads", roadLayers),
    ...each(there, "bridges", bridgeLayers),
    ...each(there, "buildings", buildingLayers),
    ...each(there, "roadNames", (layer) => [roadNames(layer)]),
    ...each(there, "places", (layer) => [placeNames(layer)]),
  ];
}

function each(there: readonly string[], what: keyof typeof CALLED, made: (layer: string) => LayerSpecification[]): LayerSpecification[] {
  const names = CALLED[what].filter((name) => there.includes(name));
  // Ids must differ where an archive has two layers of one sort.
  return names.flatMap((name, at) => made(name).map((layer) => row("base", at ? { ...layer, id: `${layer.id}-${at}` } : layer)));
}

const from = (layer: string): { source: string; "source-layer": string } => ({ source: "base", "source-layer": layer });
const ROUND = { "line-cap": "round", "line-join": "round" } as const;

function waterLayers(layer: string): LayerSpecification[] {
  return [
    { id: "base-water", type: "fill", ...from(layer), filter: AREAL, paint: { "fill-color": BASE.water } },
    { id: "base-water-line", type: "line", ...from(layer), layout: ROUND, paint: { "line-color": BASE.waterLine, "line-width": growing(0.8, 1.6, 3) } },
  ];
}

function roadLayers(layer: string): LayerSpecification[] {
  const width = (big: number, other: number, small: number): Wide => ["case", BIG, big, SMALL, small, other] as Wide;
  const road = growing(width(2, 0.8, 0.4), width(8, 4.4, 2), width(34, 20, 9));
  const casing = growing(width(3, 1.4, 0.8), width(10, 6, 3), width(38, 22, 11));
  const base = { type: "line", ...from(layer), filter: LINES, layout: ROUND } as const;
  return [
    { id: "base-roads-areal", type: "fill", ...from(layer), filter: AREAL, paint: { "fill-color": BASE.road, "fill-outline-color": BASE.roadCase } },
    { ...base, id: "base-roads-case", paint: { "line-color": BASE.roadCase, "line-width": casing } },
    { ...base, id: "base-roads", paint: { "line-color": BASE.road, "line-width": road } },
  ];
}

function bridgeLayers(layer: string): LayerSpecification[] {
  return [{ id: "base-bridges", type: "line", ...from(layer), paint: { "line-color": BASE.bridge, "line-width": growing(0.7, 1.4, 2.4) } }];
}

function buildingLayers(layer: string): LayerSpecification[] {
  const paint = { "fill-color": BASE.building, "fill-outline-color": BASE.buildingLine };
  return [{ id: "base-buildings", type: "fill", ...from(layer), minzoom: 13, filter: AREAL, paint }];
}

/** A name in the language shown where the archive has it, else one that its readers can best read. */
export function baseName(lang: string): Wide {
  const tried: Readonly<Record<string, readonly string[]>> = { ar: ["ar"], ckb: ["ckb", "ar"], kmr: ["kmr", "ku", "latin"], en: ["en", "latin"] };
  const own = (tried[lang] ?? []).flatMap((each) => [["get", `name_${each}`], ["get", `name:${each}`]]);
  return ["coalesce", ...own, ["get", "name"], ""] as unknown as Wide;
}

function roadNames(layer: string): LayerSpecification {
  return {
    ...{ id: "base-road-names", type: "symbol", ...from(layer), minzoom: 15 },
    layout: { "text-field": baseName("en"), "text-font": FONT, "text-size": 11, "symbol-placement": "line", "symbol-spacing": 400 },
    paint: { "text-color": BASE.quietText, "text-halo-color": GROUND.halo, "text-halo-width": 1.2 },
  };
}

function placeNames(layer: string): LayerSpecification {
  return {
    ...{ id: "base-places", type: "symbol", ...from(layer) },
    filter: ["any", ["all", WHOLE, ["<", ["zoom"], 13]], ["all", ["!", WHOLE], [">=", ["zoom"], 13]]] as FilterSpecification,
    layout: {
      "text-field": baseName("en"),
      "text-font": STRONG_FONT,
      "text-size": ["case", WHOLE, 14, 12.5] as Wide,
      "text-max-width": 8,
      "text-padding": 8,
    },
    paint: { "text-color": BASE.text, "text-halo-color": GROUND.halo, "text-halo-width": 1.6 },
  };
}
