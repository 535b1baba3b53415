/** What the map can show: the rows of the legend, and the layers the server gives them from. */

/** GeoJSON layers that change with the two times. */
export const TIMED_LAYERS = [
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
] as const;

/** Land on record: a large site draws it from tiles, and its shapes follow when time stands still. */
export const LAND_LAYERS = ["hazards", "parts", "doubt", "notcleared"] as const;
export type LandLayer = (typeof LAND_LAYERS)[number];

/** A site with more areas is large: from here on sending every shape for every step is what is slow. */
export const LARGE_FROM_AREAS = 2_000;

/** The quiet ground. */
export const GROUND_LAYERS = ["water", "roads", "bridges"] as const;

/** Layers without which the picture of hazards would be false: if one fails, the picture stays old. */
export const NEEDED_LAYERS: ReadonlySet<string> = new Set(["hazards", "parts", "doubt", "notcleared", "projects"]);

export type TimedLayer = (typeof TIMED_LAYERS)[number];
export type GroundLayer = (typeof GROUND_LAYERS)[number];

/** One row of the legend, which is also the switch of what it explains. */
export interface LegendRow {
  readonly id: LegendId;
  readonly group: LegendGroup;
  /** Only for those signed in. */
  readonly signedIn?: true;
  /** Not shown until it is asked for. */
  readonly off?: true;
  /** Only where the server was given it. */
  readonly given?: true;
}

export type LegendGroup = "hazard" | "released" | "building" | "event" | "ground";
export type LegendId =
  | "cha"
  | "sha"
  | "indication"
  | "reopened"
  | "not_cleared"
  | "doubt"
  | "cancelled"
  | "reduced"
  | "cleared"
  | "projects"
  | "buildings"
  | "services"
  | "structures"
  | "damage"
  | "probability"
  | "accidents"
  | "tasks"
  | "evidence"
  | "reports"
  | "rubble"
  | "base"
  | "water"
  | "roads"
  | "bridges";

export const LEGEND: readonly LegendRow[] = [
  { id: "cha", group: "hazard" },
  { id: "sha", group: "hazard" },
  { id: "indication", group: "hazard" },
  { id: "not_cleared", group: "hazard" },
  { id: "doubt", group: "hazard" },
  { id: "reopened", group: "hazard" },
  { id: "probability", group: "hazard", signedIn: true, off: true },
  { id: "cleared", group: "released" },
  { id: "reduced", group: "released" },
  { id: "cancelled", group: "released" },
  { id: "projects", group: "building" },
  { id: "buildings", group: "building" },
  { id: "services", group: "building" },
  { id: "structures", group: "building" },
  { id: "damage", group: "building", off: true },
  { id: "accidents", group: "event" },
  { id: "reports", group: "event", signedIn: true },
  { id: "evidence", group: "event", signedIn: true },
  { id: "tasks", group: "event", signedIn: true },
  { id: "rubble", group: "ground" },
  { id: "water", group: "ground" },
  { id: "roads", group: "ground" },
  { id: "bridges", group: "ground" },
  { id: "base", group: "ground", given: true },
];

export const LEGEND_GROUPS: readonly LegendGroup[] = ["hazard", "released", "building", "event", "ground"];

/** The rows that a page begins without. */
export const OFF_AT_FIRST: readonly LegendId[] = LEGEND.filter((row) => row.off).map((row) => row.id);

const HAZARD_IDS: ReadonlySet<string> = new Set(
  LEGEND.filter((row) => row.group === "hazard" && !row.off).map((row) => row.id),
);

/** The hidden rows that are hazards: the page must say aloud that they are not shown. */
export function hiddenHazards(hidden: ReadonlySet<string>): LegendId[] {
  return [...hidden].filter((id): id is LegendId => HAZARD_IDS.has(id));
}
