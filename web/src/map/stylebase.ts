/** What every layer of the map's style is made with: fonts, widths, and the tie to its row of the key. */

import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { LegendId } from "../core/layers.ts";
import { GROUND } from "../core/looks.ts";

export const FONT = ["Rafiqa Sans"];
/** The heavier cut: over hatching a light letter is lost. */
export const STRONG_FONT = ["Rafiqa Label"];

export type Wide = ExpressionSpecification;

/** A width that grows with the zoom. */
export function growing(at12: number | Wide, at16: number | Wide, at19: number | Wide): Wide {
  return ["interpolate", ["exponential", 1.5], ["zoom"], 12, at12, 16, at16, 19, at19] as Wide;
}

/** Ties a layer to its legend row. */
export function row<T extends LayerSpecification>(id: LegendId, layer: T): T {
  return { ...layer, metadata: { row: id } };
}

export const WORDS = {
  "text-font": STRONG_FONT,
  "text-max-width": 9,
  "text-padding": 6,
} as const;
export const WORDS_PAINT = {
  "text-color": GROUND.text,
  "text-halo-color": GROUND.halo,
  "text-halo-width": 2,
} as const;
