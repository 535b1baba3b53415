/** The map for choosing a place: the desk's own, fetched only when somebody wants it. */

import { GROUND_LAYERS, TIMED_LAYERS, type GroundLayer, type TimedLayer } from "../core/layers.ts";
import type { Picture } from "../core/picture.ts";
import type { Shapes } from "../core/types.ts";
import type { Words } from "../core/words.ts";
import type { MapFace, MapStart } from "../map/face.ts";

const NONE: Shapes = { type: "FeatureCollection", features: [] };
const SHOWN: readonly TimedLayer[] = ["hazards", "parts", "doubt", "notcleared"];

/** A map in a box. Rejects where it was never fetched and there is no line, or it cannot be drawn. */
export async function openPlaceMap(container: HTMLElement, lang: string, middle: readonly [number, number] | null, label: string): Promise<MapFace> {
  const path = "/static/map.js";
  const { openMap } = (await import(path)) as { openMap: (start: MapStart) => Promise<MapFace> };
  const site = await fetch("/api/map/hazards").then((answer) => (answer.ok ? (answer.json() as Promise<Shapes>) : NONE), () => NONE);
  const map = await openMap({
    container,
    view: middle ? { lon: middle[0], lat: middle[1], zoom: 16 } : null,
    box: middle ? null : boxOf(site),
    middle: middle ?? [38.5, 35],
    events: { onAsk: (lon, lat) => map.flyTo(lon, lat, 17), onMove: () => undefined, onTiles: () => undefined },
    covered: () => ({ top: 0, right: 0, bottom: 0, left: 0 }),
    label,
    still: true,
  });
  await draw(map, lang);
  return map;
}

async function draw(map: MapFace, lang: string): Promise<void> {
  const words = { lang, t: () => "", of: () => "" } as unknown as Words;
  const fetched = async <T extends string>(names: readonly T[], wanted: readonly T[]): Promise<Record<T, Shapes>> => {
    const got = await Promise.all(names.map((name) => (wanted.includes(name) ? layer(name) : NONE)));
    return Object.fromEntries(names.map((name, at) => [name, got[at] ?? NONE])) as Record<T, Shapes>;
  };
  const layers = await fetched<TimedLayer>(TIMED_LAYERS, SHOWN);
  map.setPicture({ layers } as unknown as Picture, words);
  map.setGround(await fetched<GroundLayer>(GROUND_LAYERS, GROUND_LAYERS), words);
}

async function layer(name: string): Promise<Shapes> {
  try {
    const answer = await fetch(`/api/map/${name}`);
    return answer.ok ? ((await answer.json()) as Shapes) : NONE;
  } catch {
    return NONE;
  }
}

function boxOf(shapes: Shapes): [number, number, number, number] | null {
  const found: number[][] = [];
  const walk = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    if (typeof value[0] === "number") found.push(value as number[]);
    else value.forEach(walk);
  };
  for (const { geometry } of shapes.features) if (geometry && "coordinates" in geometry) walk(geometry.coordinates);
  if (!found.length) return null;
  const side = (at: number, pick: (...all: number[]) => number): number => found.reduce((best, spot) => pick(best, spot[at] ?? best), found[0]?.[at] ?? 0);
  return [side(0, Math.min), side(1, Math.min), side(0, Math.max), side(1, Math.max)];
}
