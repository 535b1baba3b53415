/** Outlines already on the map: what a corner is drawn to, and what an outline lies over. */

import type { Geometry, Position } from "geojson";
import type { LonLat } from "./plane.ts";
import { meet } from "./sketch.ts";
import type { Shape } from "./types.ts";

/** Projects a place to pixels of the screen. */
export type Project = (lonDeg: number, latDeg: number) => { readonly x: number; readonly y: number };

/** A ring or line of a shape, with the box round it. */
interface Path {
  readonly points: readonly LonLat[];
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** Paths of shapes, made once for a picture. */
export class Outlines {
  readonly #paths: readonly Path[];
  readonly #areas: readonly (readonly [shape: Shape, rings: readonly Path[]])[];

  constructor(shapes: readonly Shape[]) {
    const read = shapes.map((shape) => [shape, pathsOf(shape.geometry)] as const);
    this.#paths = read.flatMap(([, paths]) => paths);
    this.#areas = read.filter(([shape]) => /Polygon$/.test(shape.geometry?.type ?? ""));
  }

  /**
   * The corner, or else the edge, that lies nearest to a place within so many pixels; null where
   * none does. A corner wins over an edge: two outlines that share a corner share it to the last digit.
   */
  snap(place: LonLat, project: Project, withinPx: number): LonLat | null {
    const at = project(...place);
    let corner: LonLat | null = null;
    let edge: LonLat | null = null;
    let [cornerPx, edgePx] = [withinPx, withinPx];
    for (const path of this.#paths) {
      if (!near(path, at, project, withinPx)) continue;
      const drawn = path.points.map(([lon, lat]) => project(lon, lat));
      drawn.forEach(({ x, y }, index) => {
        const here = path.points[index] as LonLat;
        const awayPx = Math.hypot(x - at.x, y - at.y);
        if (awayPx <= cornerPx) [cornerPx, corner] = [awayPx, here];
        const before = drawn[index - 1];
        if (!before) return;
        const share = shareAlong(before, { x, y }, at);
        const footPx = Math.hypot(before.x + share * (x - before.x) - at.x, before.y + share * (y - before.y) - at.y);
        if (footPx > edgePx) return;
        const [lon, lat] = path.points[index - 1] as LonLat;
        [edgePx, edge] = [footPx, [lon + share * (here[0] - lon), lat + share * (here[1] - lat)]];
      });
    }
    return corner ?? edge;
  }

  /** The areal shapes that an outline meets or lies in; for names while drawing, never for a ruling. */
  under(corners: readonly LonLat[]): Shape[] {
    if (corners.length < 3) return [];
    const own = pathOf(corners.map(([lon, lat]) => [lon, lat]));
    return this.#areas.filter(([, rings]) => rings.some((ring) => boxesMeet(own, ring)) && touch(own, rings)).map(([shape]) => shape);
  }
}

function touch(own: Path, rings: readonly Path[]): boolean {
  const [corner] = own.points;
  if (corner && inside(corner, rings)) return true;
  return rings.some((ring) => {
    const [first] = ring.points;
    return (first !== undefined && inside(first, [own])) || crossed(own, ring);
  });
}

function crossed(own: Path, ring: Path): boolean {
  const edges = (path: Path): (readonly [LonLat, LonLat])[] =>
    path.points.slice(1).map((point, at) => [path.points[at] as LonLat, point] as const);
  const mine = [...edges(own), [own.points.at(-1) as LonLat, own.points[0] as LonLat] as const];
  return edges(ring).some(([c, d]) => mine.some(([a, b]) => meet(a, b, c, d)));
}

/** Whether a place lies in rings, holes left out (even-odd). */
function inside([lon, lat]: LonLat, rings: readonly Path[]): boolean {
  let odd = false;
  for (const { points } of rings) {
    points.forEach(([ax, ay], at) => {
      const [bx, by] = points[(at + points.length - 1) % points.length] as LonLat;
      if (ay > lat !== by > lat && lon < ((bx - ax) * (lat - ay)) / (by - ay) + ax) odd = !odd;
    });
  }
  return odd;
}

function shareAlong(a: { x: number; y: number }, b: { x: number; y: number }, p: { x: number; y: number }): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const square = dx * dx + dy * dy;
  return square === 0 ? 0 : Math.min(1, Math.max(0, ((p.x - a.x) * dx + (p.y - a.y) * dy) / square));
}

function near(path: Path, at: { x: number; y: number }, project: Project, withinPx: number): boolean {
  const [a, b] = [project(path.west, path.south), project(path.east, path.north)];
  return (
    at.x >= Math.min(a.x, b.x) - withinPx &&
    at.x <= Math.max(a.x, b.x) + withinPx &&
    at.y >= Math.min(a.y, b.y) - withinPx &&
    at.y <= Math.max(a.y, b.y) + withinPx
  );
}

function boxesMeet(a: Path, b: Path): boolean {
  return a.west <= b.east && b.west <= a.east && a.south <= b.north && b.south <= a.north;
}

function pathsOf(geometry: Geometry | null): Path[] {
  switch (geometry?.type) {
    case "LineString":
      return [pathOf(geometry.coordinates)];
    case "MultiLineString":
    case "Polygon":
      return geometry.coordinates.map(pathOf);
    case "MultiPolygon":
      return geometry.coordinates.flat().map(pathOf);
    default:
      return [];
  }
}

function pathOf(points: readonly Position[]): Path {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  const read = points.map(([lon = 0, lat = 0]): LonLat => {
    [west, east] = [Math.min(west, lon), Math.max(east, lon)];
    [south, north] = [Math.min(south, lat), Math.max(north, lat)];
    return [lon, lat];
  });
  return { points: read, west, south, east, north };
}
