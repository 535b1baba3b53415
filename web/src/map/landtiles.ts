/** Land on record drawn from tiles: the style's own layers, asked of tiles instead of shapes. */

import type { LayerSpecification } from "maplibre-gl";
import { LAND_LAYERS } from "../core/layers.ts";
import { IS_HAZARD, type SourceName } from "./style.ts";

const FROM_TILES: Readonly<Record<string, SourceName>> = {
  ...Object.fromEntries(["indication", "sha", "cha"].flatMap((id) => [[`${id}-mark`, "hazards"], [`${id}-label`, "hazards"]])),
  "doubt-mark": "doubt",
  "doubt-label": "doubt",
  "reopened-mark": "hazards",
  "cleared-depth": "parts",
};

/** Whether a condition asks for a class: in the tiles of doubt all is one look. */
function isClass(condition: unknown): boolean {
  return JSON.stringify(condition).includes('["get","class"]');
}

/** A layer of land on record as it is drawn from tiles: they have no points that carry its words. */
export function tiledLayer(layer: LayerSpecification): LayerSpecification {
  if (!("source" in layer)) return layer;
  const source = FROM_TILES[layer.id];
  const land = (LAND_LAYERS as readonly string[]).includes(layer.source as string);
  if (!source) return land ? ({ ...layer, "source-layer": layer.source } as LayerSpecification) : layer;
  const given = layer.filter as readonly unknown[];
  const told = given.filter((each) => each !== IS_HAZARD && !(source === "doubt" && isClass(each)));
  const filter = source === "parts" ? ["==", ["get", "outcome"], "cleared"] : told;
  const words = source === "parts" ? ["concat", ["to-string", ["get", "depth_cm"]], " cm"] : ["get", "name"];
  const layout = { ...layer.layout } as Record<string, unknown>;
  if (layout["text-field"]) layout["text-field"] = words;
  // Thousands of marks on one another say no more than those that have room; the ground itself is drawn.
  if (layout["icon-image"]) layout["icon-allow-overlap"] = ["step", ["zoom"], false, 12, true];
  return { ...layer, source, "source-layer": source, filter, layout } as unknown as LayerSpecification;
}
