/** The large map: the desk's own, fetched when somebody wants it, over the published files alone. */

import { GROUND_LAYERS, TIMED_LAYERS, type GroundLayer, type TimedLayer } from "../core/layers.ts";
import type { Picture } from "../core/picture.ts";
import type { BaseMap, Shapes } from "../core/types.ts";
import type { Words } from "../core/words.ts";
import type { MapFace, MapStart } from "../map/face.ts";

type Corner = [number, number];
interface Row {
  readonly outline?: Corner[][][];
  readonly line?: Corner[][];
  readonly class?: string;
  readonly status?: string;
  readonly outcome?: string;
  readonly depth_cm?: number;
  readonly ref?: string;
  readonly kind?: string;
}
type File = Readonly<Record<string, Row[]>>;
type Feature = Shapes["features"][number];

const NONE: Shapes = { type: "FeatureCollection", features: [] };

/** Buildings and their gates are the desk's; here stands only what is published. */
const NOT_PUBLISHED = ["buildings", "services"];

async function rows(box: HTMLElement, name: string): Promise<Row[]> {
  const path = box.dataset[name];
  if (!path) return [];
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(String(answer.status));
  return ((await answer.json()) as File)[name] ?? [];
}

const degrees = (ring: Corner[]): Corner[] => ring.map(([lon, lat]) => [lon / 1e6, lat / 1e6]);
const closed = (ring: Corner[]): Corner[] => (ring[0] ? [...ring, ring[0]] : ring);

function land(row: Row, properties: Record<string, unknown>): Feature {
  const coordinates = (row.outline ?? []).map((polygon) => polygon.map((ring) => closed(degrees(ring))));
  return { type: "Feature", properties, geometry: { type: "MultiPolygon", coordinates } } as Feature;
}

function way(row: Row): Feature {
  const coordinates = (row.line ?? []).map(degrees);
  return { type: "Feature", properties: { name: null, kind: row.kind ?? "river" }, geometry: { type: "MultiLineString", coordinates } } as Feature;
}

const gathered = (features: Feature[]): Shapes => ({ type: "FeatureCollection", features }) as Shapes;

function boxOf(shown: readonly Row[]): [number, number, number, number] | null {
  const corners = shown.flatMap((row) => (row.outline ?? []).flat(2));
  if (!corners.length) return null;
  const lons = corners.map(([lon]) => lon / 1e6);
  const lats = corners.map(([, lat]) => lat / 1e6);
  const least = (values: number[]): number => values.reduce((a, b) => Math.min(a, b));
  const most = (values: number[]): number => values.reduce((a, b) => Math.max(a, b));
  return [least(lons), least(lats), most(lons), most(lats)];
}

/** The base map of the server that gave this page; a page from a stick has none. */
function givenBase(): BaseMap | null {
  const told = document.querySelector<HTMLMetaElement>('meta[name="rafiqa-base"]')?.content.split(" ") ?? [];
  const [first, last, ...layers] = told;
  return first && last ? { first_zoom: Number(first), last_zoom: Number(last), layers } : null;
}

/** A switch for the base map, where there is one. */
function baseSwitch(box: HTMLElement, map: MapFace): HTMLElement {
  const label = document.createElement("label");
  label.className = "tick";
  const tick = document.createElement("input");
  tick.type = "checkbox";
  tick.checked = true;
  tick.addEventListener("change", () => map.setHidden(new Set(tick.checked ? NOT_PUBLISHED : [...NOT_PUBLISHED, "base"])));
  label.append(tick, ` ${box.dataset["sayBase"] ?? ""}`);
  return label;
}

async function open(box: HTMLElement, canvas: HTMLElement): Promise<MapFace> {
  const path = "/static/map.js";
  const [engine, danger, released, ground] = await Promise.all([
    import(path) as Promise<{ openMap: (start: MapStart) => Promise<MapFace> }>,
    rows(box, "danger"),
    rows(box, "released"),
    rows(box, "ground"),
  ]);
  const map = await engine.openMap({
    container: canvas,
    view: null,
    box: boxOf([...danger, ...released]),
    middle: [38.5, 35],
    events: { onAsk: (lon, lat) => map.flyTo(lon, lat, 17), onMove: () => undefined, onTiles: () => undefined },
    covered: () => ({ top: 0, right: 0, bottom: 0, left: 0 }),
    label: box.dataset["sayTitle"] ?? "",
    still: true,
    base: givenBase(),
  });
  map.setHidden(new Set(NOT_PUBLISHED));
  const words = { lang: document.documentElement.lang, t: () => "", of: () => "" } as unknown as Words;
  const hazards = danger.map((row) => land(row, { area_id: row.ref, class: row.class, reopened: row.status !== "open", name: null }));
  const parts = released.map((row) => land(row, { area_id: row.ref, part_id: row.ref, outcome: row.outcome, depth_cm: row.depth_cm ?? null }));
  const layers = { ...Object.fromEntries(TIMED_LAYERS.map((name) => [name, NONE])), hazards: gathered(hazards), parts: gathered(parts) } as Record<TimedLayer, Shapes>;
  map.setPicture({ layers } as unknown as Picture, words);
  const roads = gathered(ground.filter((row) => row.kind).map(way));
  const layersBelow = { ...Object.fromEntries(GROUND_LAYERS.map((name) => [name, NONE])), roads } as Record<GroundLayer, Shapes>;
  map.setGround(layersBelow, words);
  return map;
}

/** Puts the button for the large map in its place, and the map in the button's. */
export function wireLargeMap(): void {
  const box = document.getElementById("large");
  const button = box?.querySelector("button");
  if (!box || !button) return;
  box.hidden = false;
  button.addEventListener("click", () => {
    const state = document.createElement("p");
    state.setAttribute("role", "status");
    state.textContent = box.dataset["sayComing"] ?? "";
    const frame = document.createElement("div");
    frame.className = "large";
    const canvas = document.createElement("div");
    canvas.className = "canvas";
    frame.append(canvas);
    button.remove();
    box.append(frame, state);
    open(box, canvas).then(
      (map) => {
        state.textContent = "";
        frame.dataset["state"] = "ready";
        for (const [name, steps] of [["sayNearer", 1], ["sayFarther", -1]] as const) {
          const zoom = document.createElement("button");
          zoom.type = "button";
          zoom.className = "button small";
          zoom.textContent = box.dataset[name] ?? "";
          zoom.addEventListener("click", () => map.zoomBy(steps));
          box.append(zoom);
        }
        if (givenBase()) box.append(baseSwitch(box, map));
      },
      () => {
        frame.remove();
        state.textContent = box.dataset["sayFailed"] ?? "";
      },
    );
  });
}
