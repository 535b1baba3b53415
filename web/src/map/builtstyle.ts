/** The style of what was worked on and built: depths, structures with units left, damage, tasks. */

import type { FilterSpecification, LayerSpecification } from "maplibre-gl";
import { DAMAGE_GRADES, DAMAGES, DEPTHS, LOOKS } from "../core/looks.ts";
import { growing, row, type Wide, WORDS, WORDS_PAINT } from "./stylebase.ts";

/** Cleared ground by the depth it was cleared to: the deeper, the closer the strokes. */
export function depthHatches(): LayerSpecification[] {
  const depth: Wide = ["to-number", ["get", "depth_cm"], 0] as Wide;
  return DEPTHS.map(({ id, above }, at) =>
    row("cleared", {
      id: `cleared-${id}`,
      type: "fill",
      source: "parts",
      filter: [
        "all",
        ["==", ["get", "outcome"], "cleared"],
        [">", depth, above],
        ["<=", depth, DEPTHS[at + 1]?.above ?? 1e6],
      ] as FilterSpecification,
      paint: { "fill-pattern": `hatch-${id}`, "fill-opacity": 0.7 },
    }),
  );
}

const BUILDINGS = { source: "buildings", "source-layer": "buildings", minzoom: 13 } as const;

/** Buildings by the worst damage that any source tells of them, and those with units by what is left. */
export function builtFills(): LayerSpecification[] {
  const fills = DAMAGE_GRADES.flatMap((grade) => [grade, DAMAGES[grade].fill]);
  return [
    row("damage", {
      id: "damage-fill",
      type: "fill",
      ...BUILDINGS,
      filter: ["has", "damage"],
      paint: { "fill-color": ["match", ["get", "damage"], ...fills, DAMAGES.unknown.fill] as unknown as Wide },
    }),
    ...DAMAGE_GRADES.map((grade) =>
      row("damage", {
        id: `damage-${grade}`,
        type: "fill",
        ...BUILDINGS,
        minzoom: 14.5,
        filter: ["==", ["get", "damage"], grade],
        paint: { "fill-pattern": `hatch-damage-${grade}` },
      }),
    ),
    row("damage", {
      id: "damage-line",
      type: "line",
      ...BUILDINGS,
      minzoom: 14.5,
      filter: ["has", "damage"],
      paint: { "line-color": DAMAGES.destroyed.fill, "line-width": growing(0.6, 1.2, 1.8) },
    }),
    row("structures", {
      id: "structures-building",
      type: "line",
      ...BUILDINGS,
      filter: ["has", "units"],
      paint: { "line-color": ["match", ["get", "units"], "none", LOOKS.cleared.line, LOOKS.not_cleared.line] as Wide, "line-width": growing(1, 2, 3) },
    }),
    row("structures", {
      id: "structures-building-left",
      type: "fill",
      ...BUILDINGS,
      minzoom: 14.5,
      filter: ["==", ["get", "units"], "left"],
      paint: { "fill-pattern": "hatch-not_cleared", "fill-opacity": 0.8 },
    }),
  ];
}

const LEFT: FilterSpecification = [">", ["to-number", ["get", "units_left"], 1], 0];

/** Structures by their units: those with any left are hatched as ground that was not cleared. */
export function builtShapes(): LayerSpecification[] {
  const look = LOOKS.not_cleared;
  const base = { source: "structures" } as const;
  return [
    row("structures", { id: "structures-left", type: "fill", ...base, filter: LEFT, paint: { "fill-pattern": "hatch-not_cleared", "fill-opacity": 0.8 } }),
    row("structures", {
      id: "structures-line",
      type: "line",
      ...base,
      paint: { "line-color": ["case", LEFT, look.line, LOOKS.cleared.line] as Wide, "line-width": growing(1, 2, 3) },
    }),
    row("structures", {
      id: "structures-label",
      type: "symbol",
      ...base,
      minzoom: 16,
      layout: { ...WORDS, "text-field": ["concat", ["-", ["get", "units"], ["get", "units_left"]], "/", ["get", "units"]] as Wide, "text-size": 11 },
      paint: { ...WORDS_PAINT, "text-color": look.line },
    }),
  ];
}

/** Damage as each source has it: two assessments of one place stand side by side. */
export function builtMarks(): LayerSpecification[] {
  return [
    row("damage", {
      id: "damage-mark",
      type: "symbol",
      source: "damage",
      layout: {
        "icon-image": ["match", ["get", "grade"], ["none_seen", "slight"], "damage-light", ["moderate", "heavy"], "damage-heavy", ["very_heavy", "destroyed"], "damage-destroyed", "damage-unknown"] as Wide,
        "icon-size": growing(0.4, 0.75, 0.95),
        "icon-allow-overlap": true,
        "icon-offset": ["match", ["get", "nth"], 0, ["literal", [0, 0]], 1, ["literal", [24, 0]], 2, ["literal", [0, 24]], ["literal", [24, 24]]] as Wide,
      },
    }),
  ];
}

/** Whose task it is, and where the work on it stands; for staff. */
export function taskLabels(): LayerSpecification {
  return row("tasks", {
    id: "tasks-label",
    type: "symbol",
    source: "labels",
    minzoom: 14.5,
    filter: ["==", ["get", "of"], "task"],
    layout: {
      ...WORDS,
      "text-field": ["format", ["get", "label"], {}, "\n", {}, ["get", "says"], { "font-scale": 0.9 }] as Wide,
      "text-size": 11,
      "text-anchor": "top",
      "text-offset": [0, 2.6],
      "text-padding": 2,
    },
    paint: { ...WORDS_PAINT, "text-color": LOOKS.tasks.line },
  });
}
