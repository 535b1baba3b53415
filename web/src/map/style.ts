/** The map's style as data: layers from the ground up, each tied to the legend row that hides it. */

import type { FilterSpecification, LayerSpecification } from "maplibre-gl";
import type { LegendId } from "../core/layers.ts";
import { GATE_LOOKS, GROUND, LOOKS, type Look, type LookId, SERVICE_KINDS } from "../core/looks.ts";
import type { GateOutcome } from "../core/types.ts";
import { builtFills, builtMarks, builtShapes, depthHatches, taskLabels } from "./builtstyle.ts";
import { FONT, growing, row, STRONG_FONT, type Wide, WORDS, WORDS_PAINT } from "./stylebase.ts";

export const GEOJSON_SOURCES = [
  "water",
  "roads",
  "bridges",
  "hazards",
  "parts",
  "doubt",
  "notcleared",
  "projects",
  "accidents",
  "rubble",
  "tasks",
  "evidence",
  "reports",
  "structures",
  "damage",
  "labels",
  "selected",
] as const;
export type SourceName = (typeof GEOJSON_SOURCES)[number];

const AREAL: FilterSpecification = ["in", ["geometry-type"], ["literal", ["Polygon", "MultiPolygon"]]];
const LINES: FilterSpecification = ["in", ["geometry-type"], ["literal", ["LineString", "MultiLineString"]]];
const POINTS: FilterSpecification = ["in", ["geometry-type"], ["literal", ["Point", "MultiPoint"]]];

/** All layers in drawing order. */
export function allLayers(): LayerSpecification[] {
  return [
    { id: "paper", type: "background", paint: { "background-color": GROUND.paper } },
    { id: "unrecorded", type: "background", paint: { "background-pattern": "unrecorded" } },
    ...AREAS.flatMap(recordedGround),
    ...groundLayers(),
    ...buildingLayers(),
    ...AREAS.flatMap((areas) => areaLayers(...areas)),
    ...depthHatches(),
    ...builtShapes(),
    ...areaLayers("rubble", null, ["rubble"]),
    ...areaLayers("tasks", null, ["tasks"]),
    reopenedLine(),
    ...projectLines(),
    ...selectedLayers(),
    ...symbolLayers(),
  ];
}

/** The first layer of land on record: what is laid over the map comes under it. */
export const LAND_BEGINS = "cancelled-tint";

type Areas = readonly [source: SourceName, property: string | null, ids: readonly LookId[]];

/** Land on record, in drawing order: hazard lies over what was released. */
const AREAS: readonly Areas[] = [
  ["parts", "outcome", ["cancelled", "reduced", "cleared"]],
  ["doubt", null, ["doubt"]],
  ["notcleared", null, ["not_cleared"]],
  ["hazards", "class", ["indication", "sha", "cha"]],
];

function areal(property: string | null, id: LookId): FilterSpecification {
  return (property ? ["all", AREAL, ["==", ["get", property], id]] : AREAL) as FilterSpecification;
}

/** A clean sheet under land on record, so that the question marks end at its edge. */
function recordedGround([source, property, ids]: Areas): LayerSpecification[] {
  const paint = { "fill-color": GROUND.recorded };
  return ids.map((id) => row(id, { id: `${id}-ground`, type: "fill", source, filter: areal(property, id), paint }));
}

/** The legend row of a layer, or null for one that is always shown. */
export function rowOf(layer: LayerSpecification): string | null {
  return (layer.metadata as { row?: string } | undefined)?.row ?? null;
}

function groundLayers(): LayerSpecification[] {
  const big: FilterSpecification = ["in", ["get", "kind"], ["literal", ["ring", "arterial", "motorway", "trunk", "primary"]]];
  const lanes: FilterSpecification = ["in", ["get", "kind"], ["literal", ["lane", "footway", "path", "steps", "track", "service"]]];
  const byKind = (a: number, b: number, c: number): Wide => ["case", big, a, lanes, c, b] as Wide;
  const road = growing(byKind(2.4, 0.9, 0.4), byKind(9, 5, 2.2), byKind(36, 22, 10));
  const casing = growing(byKind(3.4, 1.5, 0.8), byKind(11, 6.6, 3.2), byKind(40, 24, 12));
  const round = { "line-cap": "round", "line-join": "round" } as const;
  return [
    row("water", { id: "water-fill", type: "fill", source: "water", filter: AREAL, paint: { "fill-color": GROUND.water } }),
    row("water", {
      id: "water-line",
      type: "line",
      source: "water",
      layout: round,
      paint: { "line-color": GROUND.waterLine, "line-width": growing(1, 2, 4) },
    }),
    row("roads", {
      id: "roads-areal",
      type: "fill",
      source: "roads",
      filter: AREAL,
      paint: { "fill-color": GROUND.road, "fill-outline-color": GROUND.roadCase },
    }),
    row("roads", {
      id: "roads-case",
      type: "line",
      source: "roads",
      filter: LINES,
      layout: round,
      paint: { "line-color": GROUND.roadCase, "line-width": casing },
    }),
    row("roads", {
      id: "roads",
      type: "line",
      source: "roads",
      filter: LINES,
      layout: round,
      paint: { "line-color": GROUND.road, "line-width": road },
    }),
    ...bridgeLayers(),
  ];
}

/** Bridges come as lines or as their decks; either way two dark rails with a light deck. */
function bridgeLayers(): LayerSpecification[] {
  return [
    row("bridges", {
      id: "bridges-areal",
      type: "fill",
      source: "bridges",
      filter: AREAL,
      paint: { "fill-color": GROUND.road },
    }),
    row("bridges", {
      id: "bridges-rails",
      type: "line",
      source: "bridges",
      filter: AREAL,
      paint: { "line-color": GROUND.bridge, "line-width": growing(0.7, 1.4, 2.4) },
    }),
    row("bridges", {
      id: "bridges",
      type: "line",
      source: "bridges",
      filter: LINES,
      layout: { "line-cap": "butt" },
      paint: { "line-color": GROUND.bridge, "line-width": growing(4.5, 13, 44) },
    }),
    row("bridges", {
      id: "bridges-deck",
      type: "line",
      source: "bridges",
      filter: LINES,
      layout: { "line-cap": "butt" },
      paint: { "line-color": GROUND.road, "line-width": growing(2.4, 9.5, 38) },
    }),
  ];
}

/** A text or colour by the gate outcome that a property tells. */
function byGate(property: "gate" | "outcome", pick: (gate: GateOutcome) => string): Wide {
  return [
    "match",
    ["get", property],
    "open",
    pick("open"),
    "conditions",
    pick("conditions"),
    pick("closed"), // an outcome this page does not know is treated as closed
  ] as Wide;
}

function buildingLayers(): LayerSpecification[] {
  const source = { source: "buildings", "source-layer": "buildings", minzoom: 13 } as const;
  return [
    row("buildings", {
      id: "buildings-fill",
      type: "fill",
      ...source,
      paint: { "fill-color": byGate("gate", (gate) => GATE_LOOKS[gate].fill), "fill-opacity": 0.9 },
    }),
    // Under the strokes of a closed gate: damage says nothing of whether works may start.
    ...builtFills(),
    row("buildings", {
      id: "buildings-closed",
      type: "fill",
      ...source,
      minzoom: 14.5,
      filter: ["!", ["in", ["get", "gate"], ["literal", ["open", "conditions"]]]],
      paint: { "fill-pattern": "hatch-closed", "fill-opacity": 0.8 },
    }),
    row("buildings", {
      id: "buildings-line",
      type: "line",
      ...source,
      minzoom: 14.5,
      paint: {
        "line-color": byGate("gate", (gate) => GATE_LOOKS[gate].line),
        "line-width": growing(0.4, 1, 1.6),
      },
    }),
  ];
}

/** Tint, hatching and outline for each class of an area layer. */
function areaLayers(source: SourceName, property: string | null, ids: readonly LookId[]): LayerSpecification[] {
  return ids.flatMap((id) => {
    const look: Look = LOOKS[id];
    const made: LayerSpecification[] = [];
    const base = { source, filter: areal(property, id) };
    if (look.tintOpacity > 0) {
      const paint = { "fill-color": look.tint, "fill-opacity": look.tintOpacity };
      made.push(row(id, { id: `${id}-tint`, type: "fill", ...base, paint }));
    }
    if (look.hatch) {
      const paint = { "fill-pattern": `hatch-${id}`, "fill-opacity": 0.75 };
      made.push(row(id, { id: `${id}-hatch`, type: "fill", ...base, paint }));
    }
    const line = { "line-color": look.line, "line-width": growing(look.lineWidth * 0.6, look.lineWidth, look.lineWidth * 1.4) };
    const paint = look.dash ? { ...line, "line-dasharray": [...look.dash] } : line;
    made.push(row(id, { id: `${id}-line`, type: "line", ...base, layout: { "line-join": "round" }, paint }));
    return made;
  });
}

function reopenedLine(): LayerSpecification {
  return row("reopened", {
    id: "reopened-line",
    type: "line",
    source: "hazards",
    filter: ["==", ["get", "reopened"], true],
    layout: { "line-join": "round" },
    paint: { "line-color": "#a3005c", "line-width": growing(2, 3.4, 5), "line-offset": 2 },
  });
}

function projectLines(): LayerSpecification[] {
  const base = { source: "projects", filter: AREAL } as const;
  return [
    row("projects", {
      id: "projects-case",
      type: "line",
      ...base,
      paint: { "line-color": "#ffffff", "line-width": growing(3, 4.6, 6), "line-opacity": 0.9 },
    }),
    row("projects", {
      id: "projects-line",
      type: "line",
      ...base,
      paint: {
        "line-color": byGate("outcome", (gate) => GATE_LOOKS[gate].strong),
        "line-width": growing(1.4, 2.4, 3.4),
      },
    }),
  ];
}

/** What is selected, whatever its shape; a place that a form tells may be a line. */
const NO_POINTS = ["!", POINTS] as FilterSpecification;
const ALONE = ["all", NO_POINTS, ["!", ["has", "epoch"]], ["!", ["has", "fault"]]] as FilterSpecification;

/** One of the two shapes of a match: the older is drawn whole, the newer in dashes. */
function epoch(name: "old" | "new"): FilterSpecification {
  return ["all", AREAL, ["==", ["get", "epoch"], name]] as FilterSpecification;
}

function selectedLayers(): LayerSpecification[] {
  const base = { type: "line", source: "selected", filter: NO_POINTS, layout: { "line-join": "round" } } as const;
  return [
    // What lies wrongly, such as land of two parts at once.
    { id: "selected-fault", type: "fill", source: "selected", filter: ["has", "fault"], paint: { "fill-pattern": "hatch-closed" } },
    { ...base, id: "selected-case", filter: ["!", POINTS] as FilterSpecification, paint: { "line-color": "#ffffff", "line-width": 7 } },
    { ...base, id: "selected-line", filter: ALONE, paint: { "line-color": GROUND.ink, "line-width": 3 } },
    { ...base, id: "compared-old", filter: epoch("old"), paint: { "line-color": GROUND.ink, "line-width": 3 } },
    {
      ...base,
      id: "compared-new",
      filter: epoch("new"),
      paint: { "line-color": "#7a1fa2", "line-width": 3, "line-dasharray": [2, 1.2] },
    },
  ];
}

function symbolLayers(): LayerSpecification[] {
  return [
    // Who comes later is placed first: no team's name may take the place of a hazard's words or mark.
    taskLabels(),
    roadNames(),
    serviceMarks(),
    depthLabels(),
    ...HAZARDS.map(hazardLabels),
    projectNames(),
    projectMarks(),
    // Last, so that no mark of an open project ever lies over a hazard.
    ...HAZARDS.map(hazardMarks),
    ...pointMarks(),
    ...builtMarks(),
    reopenedMarks(),
    rankLabels(),
    spotMark(),
  ];
}

function roadNames(): LayerSpecification {
  return row("roads", {
    id: "road-names",
    type: "symbol",
    source: "roads",
    minzoom: 15,
    filter: ["has", "label"],
    layout: {
      "text-field": ["get", "label"],
      "text-font": FONT,
      "text-size": 11,
      "symbol-placement": "line",
      "symbol-spacing": 400,
    },
    paint: { "text-color": GROUND.quietText, "text-halo-color": GROUND.halo, "text-halo-width": 1.2 },
  });
}

function pointMarks(): LayerSpecification[] {
  const size = growing(0.4, 0.8, 1);
  const marks = (id: LegendId & SourceName, image: string | Wide): LayerSpecification =>
    row(id, {
      id: `${id}-mark`,
      type: "symbol",
      source: id,
      filter: POINTS,
      layout: { "icon-image": image, "icon-size": size, "icon-allow-overlap": true },
    });
  return [
    row("rubble", {
      id: "rubble-mark",
      type: "symbol",
      source: "labels",
      minzoom: 14.5,
      filter: ["==", ["get", "of"], "rubble"],
      layout: { "icon-image": "rubble", "icon-size": growing(0.4, 0.7, 0.9) },
    }),
    marks("evidence", ["concat", "evidence-", ["get", "class"]]),
    marks("reports", ["concat", "report-", ["match", ["get", "state"], "waiting", ["get", "triage"], "answered"]] as Wide),
    marks("accidents", "accident"),
  ];
}

function serviceMarks(): LayerSpecification {
  const gate = byGate("gate", (outcome) => outcome);
  return row("services", {
    id: "services-mark",
    type: "symbol",
    source: "buildings",
    "source-layer": "buildings",
    minzoom: 13,
    filter: ["in", ["get", "kind"], ["literal", [...SERVICE_KINDS]]],
    layout: {
      "icon-image": ["concat", ["get", "kind"], "-", gate],
      "icon-size": growing(0.5, 0.9, 1.1),
      "icon-padding": 1,
    },
  });
}

function depthLabels(): LayerSpecification {
  return row("cleared", {
    id: "cleared-depth",
    type: "symbol",
    source: "labels",
    minzoom: 14,
    filter: ["==", ["get", "of"], "part"],
    layout: { ...WORDS, "text-field": ["get", "label"], "text-size": 11.5 },
    paint: { ...WORDS_PAINT, "text-color": "#144a78" },
  });
}

const HAZARDS = ["doubt", "indication", "sha", "cha"] as const;
type HazardId = (typeof HAZARDS)[number];
export const IS_HAZARD: Wide = ["==", ["get", "of"], "hazard"];

/** A mark on every hazard as long as its hatching may be too small to be seen. */
function hazardMarks(id: HazardId): LayerSpecification {
  return row(id, {
    id: `${id}-mark`,
    type: "symbol",
    source: "labels",
    // A piece of few square metres keeps its mark when larger ones show their hatching.
    filter: ["all", IS_HAZARD, ["==", ["get", "class"], id], ["<", ["zoom"], ["step", ["to-number", ["get", "area_m2"], 0], 18, 60, 17, 600, 16, 2500, 15]]] as FilterSpecification,
    layout: { "icon-image": `hazard-${id}`, "icon-size": growing(0.5, 0.72, 0.8), "icon-allow-overlap": true },
  });
}

function hazardLabels(id: HazardId): LayerSpecification {
  return row(id, {
    id: `${id}-label`,
    type: "symbol",
    source: "labels",
    minzoom: 14,
    filter: ["all", IS_HAZARD, ["==", ["get", "class"], id]],
    layout: {
      ...WORDS,
      "text-field": ["step", ["zoom"], ["get", "label"], 15.5, ["format", ["get", "label"], {}, "\n", {}, ["get", "says"], { "font-scale": 0.88 }]] as Wide,
      "text-size": 12,
      "text-variable-anchor": ["top", "bottom", "left", "right"],
      "text-radial-offset": 0.9,
    },
    paint: { ...WORDS_PAINT, "text-color": "#6b1c00" },
  });
}

function reopenedMarks(): LayerSpecification {
  return row("reopened", {
    id: "reopened-mark",
    type: "symbol",
    source: "labels",
    filter: ["all", IS_HAZARD, ["==", ["get", "reopened"], true]],
    layout: {
      "icon-image": "reopened",
      "icon-size": growing(0.7, 0.95, 1.15),
      "icon-allow-overlap": true,
      "icon-offset": [0, -16],
    },
  });
}

function projectMarks(): LayerSpecification {
  return row("projects", {
    id: "projects-mark",
    type: "symbol",
    source: "labels",
    filter: ["==", ["get", "of"], "project"],
    layout: {
      "icon-image": ["concat", "gate-", byGate("outcome", (gate) => gate)],
      "icon-size": growing(0.55, 0.95, 1.1),
      "icon-padding": 0,
      "icon-allow-overlap": true,
      // Where marks pile up, the closed one is on top.
      "symbol-sort-key": ["match", ["get", "outcome"], "open", 0, "conditions", 1, 2],
    },
  });
}

/** The names of projects and what their gates say; where room is short the closed come first. */
function projectNames(): LayerSpecification {
  return row("projects", {
    id: "projects-name",
    type: "symbol",
    source: "labels",
    filter: ["==", ["get", "of"], "project"],
    layout: {
      ...WORDS,
      "text-field": ["step", ["zoom"], "", 13.5, ["get", "says"], 14.5, ["format", ["get", "label"], {}, "\n", {}, ["get", "says"], { "font-scale": 0.92 }]],
      "text-size": 12,
      "text-anchor": "top",
      "text-offset": [0, 1.35], // below its own mark, which is placed first
      "text-padding": 1,
      "symbol-sort-key": ["match", ["get", "outcome"], "open", 2, "conditions", 1, 0],
    },
    paint: { ...WORDS_PAINT, "text-color": byGate("outcome", (gate) => GATE_LOOKS[gate].strong) },
  });
}

/** The place of an area in the plan's order, over everything: it is what was asked for. */
function rankLabels(): LayerSpecification {
  return {
    ...{ id: "planned-rank", type: "symbol", source: "selected", filter: ["has", "rank"] },
    layout: { "text-field": ["get", "rank"], "text-font": STRONG_FONT, "text-size": 16, "text-allow-overlap": true },
    paint: { ...WORDS_PAINT, "text-halo-width": 3 },
  };
}

function spotMark(): LayerSpecification {
  return {
    id: "spot",
    type: "symbol",
    source: "selected",
    filter: ["all", POINTS, ["!", ["has", "rank"]]] as FilterSpecification,
    layout: {
      "icon-image": "spot",
      "icon-size": 1.25,
      "icon-anchor": "bottom",
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
    },
  };
}
