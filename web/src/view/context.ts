/** What every part of the page can reach: the desk, and the page's own small state. */

import { type Signal, signal } from "@preact/signals";
import { type ComponentChildren, createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Desk } from "../core/desk.ts";
import type { DetailState } from "../core/detail.ts";
import { boxOf, having, ofArea } from "../core/geometry.ts";
import type { Acting } from "../core/person.ts";
import type { LonLat } from "../core/plane.ts";
import type { Plan } from "../core/plan.ts";
import type { SketchKind } from "../core/sketch.ts";
import type { Selection, Shape } from "../core/types.ts";
import type { Walk } from "../core/walk.ts";
import type { Laid, MapFace } from "../map/face.ts";

export type { LonLat };

/** What is to be drawn, and who is told what came of it; null where it was given up. */
export interface SketchJob {
  readonly kind: SketchKind;
  /** Code of the words that say what is drawn. */
  readonly what: string;
  readonly corners: readonly LonLat[];
  /** Shapes of the page's own that corners are drawn to and that are named while they lie under it. */
  readonly over?: readonly Shape[];
  /** What the page tells of it, of corners once a step is done and of null while it moves. */
  readonly live?: (corners: readonly LonLat[] | null) => ComponentChildren;
  readonly taken: (drawn: Taken | null) => void;
}

/** Corners as drawn; the walk that they came from, where they were told by bearing and distance. */
export interface Taken {
  readonly corners: readonly LonLat[];
  readonly walk: Walk | null;
}

export type Tab = "projects" | "areas" | "key";

/** The page's own state, which nobody else needs. */
export class Page {
  readonly tab: Signal<Tab | null> = signal("projects");
  readonly keyOpen = signal<boolean | null>(null);
  readonly timeOpen = signal(false);
  readonly signInOpen = signal(false);
  /** For whom somebody acts now; null while they act in their own right. It is kept nowhere. */
  readonly acting = signal<Acting | null>(null);
  /** What a page of work shows on the map, drawn in place of what is selected. */
  readonly compared = signal<readonly Shape[] | null>(null);
  /** Places tapped for a line that somebody draws; null while nobody draws. */
  readonly drawn = signal<readonly LonLat[] | null>(null);
  /** A picture that a page of work lays over the map. */
  readonly laid = signal<Laid | null>(null);
  /** What somebody draws now; the pen is fetched when the first is asked for. */
  readonly sketch = signal<SketchJob | null>(null);
  /** The plan that was made last here; nothing of it is kept anywhere else. */
  readonly plan = signal<Plan | null>(null);
  readonly playing = signal<"valid" | "known" | null>(null);
  readonly narrow = signal(false);
  /** Whether there is enough of the page for it to be laid out. */
  readonly opened = signal(false);
  readonly map = signal<"waiting" | "ready" | "failed">("waiting");
  readonly tilesInOrder = signal(true);
  /** Whether the land at a moment lies over the map, until the map is drawn as of that moment. */
  readonly covered = signal(false);
  /** Whether this browser keeps a copy of what is shown. */
  readonly keeps = signal(false);
  readonly face = signal<MapFace | null>(null);
  readonly detail = signal<DetailState | null>(null);
}

/** After this the sheet stands, and the map knows how much of it can be seen. */
export const LAYOUT_MS = 90;

export interface Reach {
  readonly desk: Desk;
  readonly page: Page;
}

export const ReachContext = createContext<Reach | null>(null);

/** The desk and the page of the component that asks. */
export function useReach(): Reach {
  const reach = useContext(ReachContext);
  if (!reach) throw new Error("used outside the page");
  return reach;
}

/** The text lookup in the language shown. */
export function useT(): (code: string, params?: Record<string, string | number>) => string {
  const words = useReach().desk.words.value;
  return (code, params) => words.t(code, params);
}

/** What "now" is: the server's, or the time as of which the copy is that is read. */
export function useNow(): string {
  const { desk } = useReach();
  const t = useT();
  const copy = desk.copy.value;
  return copy ? t("desk.copy.now", { when: desk.figures.value.moment(copy.asOfMs) }) : t("desk.now");
}

/** A figure in m², with its sign where it tells a change. */
export function useM2(): (m2: number, signed?: boolean) => string {
  const { desk } = useReach();
  const t = useT();
  return (m2, signed = false) => {
    const sign = m2 < 0 ? "−" : signed ? "+" : "";
    // The sign stays before its number, whichever way the language runs.
    return t("desk.m2", { n: `\u2066${sign}${desk.figures.value.area(Math.abs(m2))}\u2069` });
  };
}

export function pointShape(lon: number, lat: number): Shape {
  return { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [lon, lat] } };
}

/** What is being drawn: its line, or its first place while that is all. */
export function drawnShapes({ page }: Reach): Shape[] {
  const drawn = page.drawn.value ?? [];
  const [first] = drawn;
  if (!first) return [];
  if (drawn.length === 1) return [pointShape(...first)];
  const coordinates = drawn.map(([lonDeg, latDeg]) => [lonDeg, latDeg]);
  return [{ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates } }];
}

/** The shapes on the map that belong to a selection. */
export function shapesOf({ desk, page }: Reach, selection: Selection | null): Shape[] {
  const layers = desk.picture.value?.layers;
  if (!selection) return [];
  if (selection.kind === "spot") return [pointShape(selection.lon, selection.lat)];
  if (selection.kind === "asset") {
    const detail = page.detail.value;
    const asset = detail?.kind === "ready" ? detail.detail.asset : null;
    if (asset?.outline) return [{ type: "Feature", properties: {}, geometry: asset.outline }];
    return asset?.lon_deg != null && asset.lat_deg != null ? [pointShape(asset.lon_deg, asset.lat_deg)] : [];
  }
  if (!layers) return [];
  if (selection.kind === "project") return having(layers.projects, "project_id", selection.id);
  const from = [layers.hazards, layers.parts, layers.doubt, layers.notcleared];
  return from.flatMap((shapes) => ofArea(shapes, selection.id));
}

/** Selects a thing and brings it into sight. */
export function goTo(reach: Reach, selection: Selection): void {
  const { desk, page } = reach;
  desk.select(selection);
  if (page.narrow.value) page.tab.value = null;
  const box = boxOf(shapesOf(reach, selection));
  if (!box) return;
  setTimeout(() => {
    if (selection.kind === "spot") page.face.value?.bringIntoSight(selection.lon, selection.lat);
    else page.face.value?.fit(box);
  }, LAYOUT_MS);
}
