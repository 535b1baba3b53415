/** Outlines in metres around their middle, and where a reader stands to them. */

import type { Claims } from "./claims.ts";
import type { Outline, PointE6 } from "./outline.ts";

/** Metres east and north of the middle. */
export type Spot = readonly [number, number];
export type Shape = readonly (readonly (readonly Spot[])[])[];

/** A position as a device gives it. */
export interface Position {
  readonly lon: number;
  readonly lat: number;
  /** Radius of the circle in which the device takes itself to be. */
  readonly accuracyM: number;
}

/** Where a reader stands; `left` is inside ground that was not cleared. */
export type Place = "inside" | "left" | "edge" | "outside" | "unknown";

/** A certificate's outlines on a plane. */
export interface Ground {
  readonly parts: readonly Shape[];
  readonly left: readonly Shape[];
  /** The plane's point of a longitude and latitude in degrees. */
  readonly spotOf: (lon: number, lat: number) => Spot;
  /** Least and greatest metres east and north of any outline. */
  readonly box: { readonly west: number; readonly south: number; readonly east: number; readonly north: number };
}

/** The outlines of claims. Exact to 0.1 % within 100 km, which no certificate exceeds. */
export function groundOf(claims: Claims): Ground {
  const outlines = [...claims.parts.map((part) => part.outline), ...claims.notCleared.map((left) => left.outline)];
  const points: readonly PointE6[] = outlines.flat(3) as PointE6[];
  const [lonE6, latE6] = points[0] ?? [0, 0];
  const [lon0, lat0] = [lonE6 / 1e6, latE6 / 1e6];
  const phi = (lat0 * Math.PI) / 180;
  // Length of a degree on WGS 84, as series in the latitude (NGA, Mathematics of Map Projections).
  const east = 111_412.84 * Math.cos(phi) - 93.5 * Math.cos(3 * phi) + 0.118 * Math.cos(5 * phi);
  const north = 111_132.92 - 559.82 * Math.cos(2 * phi) + 1.175 * Math.cos(4 * phi);
  const spotOf = (lon: number, lat: number): Spot => [(((lon - lon0 + 540) % 360) - 180) * east, (lat - lat0) * north];
  const spot = ([lon, lat]: PointE6): Spot => spotOf(lon / 1e6, lat / 1e6);
  const shape = (outline: Outline): Shape => outline.map((polygon) => polygon.map((ring) => ring.map(spot)));
  const spots = points.map(spot);
  const box = spots.reduce(
    (sum, [x, y]) => ({
      west: Math.min(sum.west, x),
      south: Math.min(sum.south, y),
      east: Math.max(sum.east, x),
      north: Math.max(sum.north, y),
    }),
    { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity },
  );
  return {
    parts: claims.parts.map((part) => shape(part.outline)),
    left: claims.notCleared.map((left) => shape(left.outline)),
    spotOf,
    box,
  };
}

/**
 * Where a reader stands.
 *
 * `edge` as soon as the circle of error reaches any line, also that of ground not cleared; unknown
 * without a position, or where the circle has more area than the largest part.
 */
export function placeOf(ground: Ground, position: Position | null): Place {
  if (position === null) return "unknown";
  const { lon, lat, accuracyM } = position;
  if (![lon, lat, accuracyM].every(Number.isFinite) || accuracyM < 0) return "unknown";
  const largest = Math.max(...ground.parts.map(areaM2));
  if (Math.PI * accuracyM ** 2 > largest) return "unknown";
  const spot = ground.spotOf(lon, lat);
  const all = [...ground.parts, ...ground.left];
  if (Math.min(...all.map((shape) => distanceM(shape, spot))) <= accuracyM) return "edge";
  if (ground.left.some((shape) => isInside(shape, spot))) return "left";
  return ground.parts.some((shape) => isInside(shape, spot)) ? "inside" : "outside";
}

/** Square metres of a shape; its holes taken off. */
export function areaM2(shape: Shape): number {
  let sum = 0;
  for (const polygon of shape) {
    for (const [at, ring] of polygon.entries()) {
      const area = Math.abs(edges(ring).reduce((total, [[x, y], [u, v]]) => total + x * v - u * y, 0)) / 2;
      sum += at === 0 ? area : -area;
    }
  }
  return sum;
}

/** By the even-odd rule: inside an odd number of rings. */
function isInside(shape: Shape, [x, y]: Spot): boolean {
  return shape.some((polygon) => {
    let inside = false;
    for (const ring of polygon) {
      for (const [[ax, ay], [bx, by]] of edges(ring)) {
        if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
      }
    }
    return inside;
  });
}

/** Metres from a spot to the nearest line of a shape. */
function distanceM(shape: Shape, [x, y]: Spot): number {
  let least = Infinity;
  for (const [[ax, ay], [bx, by]] of shape.flat().flatMap(edges)) {
    const [dx, dy] = [bx - ax, by - ay];
    const along = dx === 0 && dy === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy);
    const at = Math.min(1, Math.max(0, along));
    least = Math.min(least, Math.hypot(x - ax - at * dx, y - ay - at * dy));
  }
  return least;
}

function edges(ring: readonly Spot[]): (readonly [Spot, Spot])[] {
  return ring.map((spot, at) => [spot, ring[(at + 1) % ring.length] as Spot] as const);
}

/** The longest round length of at most so many metres: 1, 2 or 5 times a power of ten. */
export function roundM(mostM: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(mostM, 1e-3)));
  return ([5, 2, 1].find((factor) => factor * power <= mostM) ?? 1) * power;
}
