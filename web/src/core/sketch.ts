/** What somebody draws: its corners, what was before and after, and what is wrong with it. */

import { areaM2, lengthM, type LonLat, type Plane } from "./plane.ts";

export type SketchKind = "polygon" | "line" | "point";

/** Corners with their history; an outline's first corner is not repeated at its end. */
export interface Sketch {
  readonly kind: SketchKind;
  readonly corners: readonly LonLat[];
  readonly past: readonly (readonly LonLat[])[];
  readonly future: readonly (readonly LonLat[])[];
}

const STEPS_KEPT = 200;
export const CORNERS_LEAST: Readonly<Record<SketchKind, number>> = { polygon: 3, line: 2, point: 1 };

/** Decimals of a degree that the pen keeps, a tenth of a millimetre; more it would refuse. */
const DECIMALS = 9;

export function newSketch(kind: SketchKind, corners: readonly LonLat[] = []): Sketch {
  return { kind, corners: corners.map(kept), past: [], future: [] };
}

/** A corner as the pen keeps it. */
export function kept([lonDeg, latDeg]: LonLat): LonLat {
  return [+lonDeg.toFixed(DECIMALS), +latDeg.toFixed(DECIMALS)];
}

/** The sketch with other corners; what they were before can be had back. */
export function changed(sketch: Sketch, given: readonly LonLat[]): Sketch {
  const corners = given.map(kept);
  if (sameCorners(sketch.corners, corners)) return sketch;
  const past = [...sketch.past, sketch.corners].slice(-STEPS_KEPT);
  return { ...sketch, corners, past, future: [] };
}

export function undone(sketch: Sketch): Sketch {
  const before = sketch.past.at(-1);
  if (!before) return sketch;
  return { ...sketch, corners: before, past: sketch.past.slice(0, -1), future: [sketch.corners, ...sketch.future] };
}

export function redone(sketch: Sketch): Sketch {
  const [after, ...rest] = sketch.future;
  if (!after) return sketch;
  return { ...sketch, corners: after, past: [...sketch.past, sketch.corners], future: rest };
}

export function sameCorners(a: readonly LonLat[], b: readonly LonLat[]): boolean {
  return a.length === b.length && a.every(([lon, lat], at) => b[at]?.[0] === lon && b[at]?.[1] === lat);
}

/** What it measures now: an outline its area and the way round, a line its length. */
export function measured(sketch: Pick<Sketch, "kind" | "corners">, plane: Plane): { areaM2: number; lengthM: number } {
  const closed = sketch.kind === "polygon";
  return {
    areaM2: closed ? areaM2(plane, sketch.corners) : 0,
    lengthM: lengthM(plane, sketch.corners, closed),
  };
}

/** What keeps it from being taken, by code; null where nothing does. */
export function sketchFault(sketch: Pick<Sketch, "kind" | "corners">): string | null {
  if (sketch.corners.length < CORNERS_LEAST[sketch.kind]) return `desk.draw.too-few.${sketch.kind}`;
  if (sketch.kind === "polygon" && crossesItself(sketch.corners)) return "desk.draw.crosses";
  return null;
}

/** Whether any two edges of an outline meet but where one ends and the next begins. */
export function crossesItself(corners: readonly LonLat[]): boolean {
  const n = corners.length;
  const at = (index: number): LonLat => corners[index % n] as LonLat;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const neighbours = j === i + 1 || (i === 0 && j === n - 1);
      if (!neighbours && meet(at(i), at(i + 1), at(j), at(j + 1))) return true;
    }
  }
  return false;
}

/** Whether two edges have a point in common. */
export function meet(a: LonLat, b: LonLat, c: LonLat, d: LonLat): boolean {
  const [abc, abd, cda, cdb] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
  if (abc * abd < 0 && cda * cdb < 0) return true;
  return (
    (abc === 0 && between(a, b, c)) ||
    (abd === 0 && between(a, b, d)) ||
    (cda === 0 && between(c, d, a)) ||
    (cdb === 0 && between(c, d, b))
  );
}

function side([ax, ay]: LonLat, [bx, by]: LonLat, [px, py]: LonLat): number {
  return Math.sign((bx - ax) * (py - ay) - (by - ay) * (px - ax));
}

function between([ax, ay]: LonLat, [bx, by]: LonLat, [px, py]: LonLat): boolean {
  return Math.min(ax, bx) <= px && px <= Math.max(ax, bx) && Math.min(ay, by) <= py && py <= Math.max(ay, by);
}
