/** One picture of the site: everything shown together, as true at and known at the same times. */

import type { Position } from "geojson";
import { labelPoint } from "./geometry.ts";
import type { GroundLayer, TimedLayer } from "./layers.ts";
import type { AreaBrief, AsOf, ProjectBrief, Shape, Shapes } from "./types.ts";
import { mapLabel, type Words } from "./words.ts";

export interface Picture {
  readonly asOf: AsOf;
  readonly loadedAtMs: number;
  readonly projects: readonly ProjectBrief[];
  readonly areas: readonly AreaBrief[];
  /** Null until the first map layers have come; the lists are useful before. */
  readonly layers: Readonly<Record<TimedLayer, Shapes>> | null;
  /** The shapes of land on record, and the list of areas, are still those of no time or of another. */
  readonly partial?: true;
}

export type Ground = Readonly<Record<GroundLayer, Shapes>>;

export const NO_SHAPES: Shapes = { type: "FeatureCollection", features: [] };

/** The areas as the map layers tell them, for a server without a list of areas. */
export function areasFromLayers(layers: Readonly<Record<TimedLayer, Shapes>>): AreaBrief[] {
  const found = new Map<string, AreaBrief>();
  for (const layer of ["hazards", "parts", "doubt", "notcleared"] as const) {
    for (const { properties } of layers[layer].features) {
      const id = text(properties?.["area_id"]);
      if (!id) continue;
      const known = found.get(id);
      const open = layer === "hazards" ? number(properties["area_m2"]) : null;
      found.set(id, {
        area_id: id,
        name: known?.name ?? text(properties["name"]),
        class: known?.class ?? (layer === "hazards" ? text(properties["class"]) : null),
        stage: known?.stage ?? text(properties["stage"]),
        reopened: (known?.reopened ?? false) || properties["reopened"] === true,
        in_doubt: (known?.in_doubt ?? false) || layer === "doubt",
        open_m2: known?.open_m2 == null ? open : known.open_m2 + (open ?? 0),
      });
    }
  }
  return [...found.values()];
}

/** Hazards first, the reopened at the very top, then by name. */
export function sortedAreas(areas: readonly AreaBrief[], lang: string): AreaBrief[] {
  const order: Record<string, number> = { cha: 1, sha: 2, indication: 3 };
  const rank = (area: AreaBrief): number => (area.reopened ? 0 : (order[area.class ?? ""] ?? (area.in_doubt ? 4 : 9)));
  const collator = new Intl.Collator(lang, { numeric: true });
  const name = (area: AreaBrief): string => area.name ?? area.area_id;
  return [...areas].sort((a, b) => rank(a) - rank(b) || collator.compare(name(a), name(b)));
}

/** Closed gates first, then those with conditions, then by name. */
export function sortedProjects(projects: readonly ProjectBrief[], lang: string): ProjectBrief[] {
  const order: Record<string, number> = { closed: 0, conditions: 1, open: 2 };
  const rank = (project: ProjectBrief): number => order[project.outcome] ?? 0;
  const collator = new Intl.Collator(lang, { numeric: true });
  const name = (project: ProjectBrief): string => project.name ?? project.project_id;
  return [...projects].sort((a, b) => rank(a) - rank(b) || collator.compare(name(a), name(b)));
}

/** How many projects stand at each outcome. */
export function gateCounts(projects: readonly ProjectBrief[]): Record<string, number> {
  const counts: Record<string, number> = { open: 0, conditions: 0, closed: 0 };
  for (const { outcome } of projects) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** What is counted even where there is none: "0" says more than no figure. */
const COUNTED = ["cha", "sha", "indication", "not_cleared", "doubt", "reopened", "cleared", "reduced", "cancelled"] as const;

/** How many features stand behind each legend row that can be counted. */
export function rowCounts(layers: Readonly<Record<TimedLayer, Shapes>>): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(COUNTED.map((id) => [id, 0]));
  const add = (id: unknown): void => {
    if (typeof id === "string") counts[id] = (counts[id] ?? 0) + 1;
  };
  for (const { properties } of layers.hazards.features) {
    add(properties?.["class"]);
    if (properties?.["reopened"] === true) add("reopened");
  }
  for (const { properties } of layers.parts.features) add(properties?.["outcome"]);
  for (const _ of layers.notcleared.features) add("not_cleared");
  for (const _ of layers.doubt.features) add("doubt");
  for (const id of ["projects", "accidents", "rubble", "tasks", "evidence", "reports", "structures", "damage"] as const) {
    counts[id] = layers[id].features.length;
  }
  return counts;
}

/** How many features stand at each value of a property: hazards by work state, parts by depth class. */
export function countsBy(shapes: Shapes | undefined, of: (properties: Readonly<Record<string, unknown>>) => string | null): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { properties } of shapes?.features ?? []) {
    const value = of(properties ?? {});
    if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** The points that carry words or marks: one for each hazard, cleared part and project. */
export function labelShapes(layers: Readonly<Record<TimedLayer, Shapes>>, words: Words): Shapes {
  const features: Shape[] = [];
  const put = (shape: Shape, properties: Record<string, unknown>): void => {
    const at = labelPoint(shape.geometry);
    if (at) features.push(pointShape(at, { ...shape.properties, ...properties }));
  };
  for (const shape of layers.hazards.features) {
    const says = words.of("stage", text(shape.properties["stage"]));
    put(shape, { of: "hazard", label: mapLabel(text(shape.properties["name"]), words.lang), says });
  }
  for (const shape of layers.doubt.features) {
    const label = mapLabel(text(shape.properties["name"]), words.lang);
    put(shape, { of: "hazard", class: "doubt", label, says: words.t("desk.doubt") });
  }
  for (const shape of layers.parts.features) {
    const depth = number(shape.properties["depth_cm"]);
    if (shape.properties["outcome"] === "cleared" && depth !== null) {
      put(shape, { of: "part", label: words.t("desk.depth.label", { n: depth }) });
    }
  }
  for (const shape of layers.projects.features) {
    const outcome = text(shape.properties["outcome"]);
    const says = words.of("outcome", outcome);
    put(shape, { of: "project", label: mapLabel(text(shape.properties["name"]), words.lang), says });
  }
  for (const shape of layers.rubble.features) put(shape, { of: "rubble" });
  for (const shape of layers.tasks.features) {
    const teams = shape.properties["teams"];
    const who = Array.isArray(teams) && teams.length ? teams.map(String) : [text(shape.properties["organisation"]) ?? ""];
    // Ids alone on their line: within Arabic words the map would tear them apart.
    put(shape, { of: "task", label: who.join(" · "), says: words.of("stage", text(shape.properties["stage"])) });
  }
  return { type: "FeatureCollection", features };
}

function pointShape(at: Position, properties: Record<string, unknown>): Shape {
  return { type: "Feature", geometry: { type: "Point", coordinates: at }, properties };
}

/** The value where it is a text, else null. */
export function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** The value where it is a number, else null. */
export function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
