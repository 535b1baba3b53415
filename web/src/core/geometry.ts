/** Small geometry for drawing only: boxes to fly to, and where a label stands. Never a ruling. */

import type { Geometry, Position } from "geojson";
import type { Box, Shape, Shapes } from "./types.ts";

/** The box round some shapes, or null where they have no point. */
export function boxOf(shapes: readonly Shape[]): Box | null {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const shape of shapes) {
    eachPoint(shape.geometry, ([lon = 0, lat = 0]) => {
      west = Math.min(west, lon);
      east = Math.max(east, lon);
      south = Math.min(south, lat);
      north = Math.max(north, lat);
    });
  }
  return west <= east ? [west, south, east, north] : null;
}

function eachPoint(geometry: Geometry | null, visit: (point: Position) => void): void {
  if (!geometry) return;
  if (geometry.type === "GeometryCollection") {
    for (const inner of geometry.geometries) eachPoint(inner, visit);
    return;
  }
  const walk = (node: unknown): void => {
    if (!Array.isArray(node)) return;
    if (typeof node[0] === "number") visit(node as Position);
    else node.forEach(walk);
  };
  walk(geometry.coordinates);
}

/** The features of a collection whose property has the given value. */
export function having(shapes: Shapes | undefined, name: string, value: string): Shape[] {
  return (shapes?.features ?? []).filter((shape) => shape.properties?.[name] === value);
}

/** The features of an area; where areas overlap, ground belongs to each of them. */
export function ofArea(shapes: Shapes | undefined, areaId: string): Shape[] {
  return (shapes?.features ?? []).filter(({ properties }) => {
    const all = properties?.["area_ids"];
    return properties?.["area_id"] === areaId || (Array.isArray(all) && all.includes(areaId));
  });
}

/** A point well inside the largest polygon of a geometry; the point itself for points. */
export function labelPoint(geometry: Geometry | null): Position | null {
  if (!geometry) return null;
  if (geometry.type === "Point") return geometry.coordinates;
  if (geometry.type === "Polygon") return innerPoint(geometry.coordinates);
  if (geometry.type !== "MultiPolygon") return null;
  let best: Position[][] | null = null;
  let bestSize = -1;
  for (const rings of geometry.coordinates) {
    const size = Math.abs(ringSize(rings[0] ?? []));
    if (size > bestSize) [best, bestSize] = [rings, size];
  }
  return best && innerPoint(best);
}

function ringSize(ring: readonly Position[]): number {
  let sum = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax = 0, ay = 0] = ring[j] ?? [];
    const [bx = 0, by = 0] = ring[i] ?? [];
    sum += ax * by - bx * ay;
  }
  return sum / 2;
}

/** The middle of the widest inside run over five scan lines: cheap, and always inside. */
function innerPoint(rings: readonly Position[][]): Position | null {
  const lats = (rings[0] ?? []).map((point) => point[1] ?? 0);
  if (!lats.length) return null;
  const [low, high] = [Math.min(...lats), Math.max(...lats)];
  let best: Position = rings[0]?.[0] ?? [0, 0];
  let bestScore = -1;
  for (const share of [0.5, 0.4, 0.6, 0.3, 0.7]) {
    const lat = low + (high - low) * (share + 1e-7);
    const run = widestRun(rings, lat);
    const score = run ? (run[1] - run[0]) * (1 - Math.abs(share - 0.5)) : -1;
    if (run && score > bestScore) [best, bestScore] = [[(run[0] + run[1]) / 2, lat], score];
  }
  return best;
}

function widestRun(rings: readonly Position[][], lat: number): [number, number] | null {
  const crossings: number[] = [];
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [ax = 0, ay = 0] = ring[j] ?? [];
      const [bx = 0, by = 0] = ring[i] ?? [];
      if (ay > lat !== by > lat) crossings.push(ax + ((lat - ay) / (by - ay)) * (bx - ax));
    }
  }
  crossings.sort((a, b) => a - b);
  let best: [number, number] | null = null;
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const run: [number, number] = [crossings[i] ?? 0, crossings[i + 1] ?? 0];
    if (!best || run[1] - run[0] > best[1] - best[0]) best = run;
  }
  return best;
}
