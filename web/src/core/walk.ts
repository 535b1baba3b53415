/**
 * Outlines told by bearing and distance, worked out while somebody types; the server works them
 * out again from the same legs, and its corners are what is recorded.
 */

import { FLATTENING, type LonLat, type Plane } from "./plane.ts";

/** As the server has them in `rafiqa.geo.traverse`: a share of the way, and never more than so far. */
export const MISCLOSURE_SHARE = 1 / 50;
export const MISCLOSURE_M = 10;
export const LEG_M = 10_000;

export type North = "true_north" | "magnetic";

export interface Leg {
  readonly bearingDeg: number;
  readonly distanceM: number;
}

export interface Walk {
  readonly start: LonLat;
  readonly legs: readonly Leg[];
  readonly north: North;
  /** East of true north; must be said for magnetic bearings. */
  readonly declinationDeg: number | null;
  /** Whether the last leg leads back to the start, so that the walk can be checked. */
  readonly returns: boolean;
}

export interface Walked {
  readonly corners: readonly LonLat[];
  readonly lengthM: number;
  readonly missedM: number | null;
  readonly limitM: number | null;
  /** Whether the server would refuse it for what it misses. */
  readonly tooFar: boolean;
}

const RAD = Math.PI / 180;
const A_M = 6_378_137;
const B_M = A_M * (1 - FLATTENING);

/** What keeps a walk from being taken, by code; none where it can be. */
export function walkFaults(walk: Walk): string[] {
  const found: string[] = [];
  if (walk.north === "magnetic" && walk.declinationDeg === null) found.push("desk.draw.walk.no-declination");
  if (walk.declinationDeg !== null && !(Math.abs(walk.declinationDeg) <= 90)) found.push("desk.draw.walk.declination-range");
  if (!walk.legs.length) found.push("desk.draw.walk.no-legs");
  const inRange = ({ bearingDeg, distanceM }: Leg): boolean =>
    bearingDeg >= 0 && bearingDeg <= 360 && distanceM > 0 && distanceM <= LEG_M;
  if (!walk.legs.every(inRange)) found.push("desk.draw.walk.leg-range");
  return found;
}

/** The corners that a walk leads to; nothing is adjusted, what it misses is told. */
export function walked(walk: Walk, plane: Plane): Walked {
  const turnDeg = walk.north === "magnetic" ? (walk.declinationDeg ?? 0) : 0;
  const corners: LonLat[] = [walk.start];
  for (const { bearingDeg, distanceM } of walk.legs) {
    corners.push(stepped(corners.at(-1) as LonLat, bearingDeg + turnDeg, distanceM));
  }
  const lengthM = walk.legs.reduce((sum, leg) => sum + leg.distanceM, 0);
  if (!walk.returns) return { corners, lengthM, missedM: null, limitM: null, tooFar: false };
  const [ax, ay] = plane.metres(walk.start);
  const [bx, by] = plane.metres(corners.at(-1) as LonLat);
  const missedM = Math.hypot(bx - ax, by - ay);
  const limitM = Math.min(lengthM * MISCLOSURE_SHARE, MISCLOSURE_M);
  return { corners: corners.slice(0, -1), lengthM, missedM, limitM, tooFar: missedM > limitM };
}

/**
 * The place so far from another along a geodesic of WGS 84; a bearing is from true north, clockwise.
 * Source: Vincenty, T., 1975, "Direct and inverse solutions of geodesics on the ellipsoid", Survey
 * Review 23 (176), equations 1 to 11.
 */
export function stepped([lonDeg, latDeg]: LonLat, bearingDeg: number, distanceM: number): LonLat {
  const alpha = bearingDeg * RAD;
  const tanU = (1 - FLATTENING) * Math.tan(latDeg * RAD);
  const cosU = 1 / Math.hypot(1, tanU);
  const sinU = tanU * cosU;
  const sigma1 = Math.atan2(tanU, Math.cos(alpha));
  const sinAlpha = cosU * Math.sin(alpha);
  const cos2 = 1 - sinAlpha ** 2;
  const u2 = (cos2 * (A_M ** 2 - B_M ** 2)) / B_M ** 2;
  const a = 1 + (u2 / 16384) * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)));
  const b = (u2 / 1024) * (256 + u2 * (-128 + u2 * (74 - 47 * u2)));
  let sigma = distanceM / (B_M * a);
  let middle = 0;
  for (let round = 0; round < 12; round++) {
    middle = Math.cos(2 * sigma1 + sigma);
    const inner = Math.cos(sigma) * (2 * middle ** 2 - 1);
    const outer = (b / 6) * middle * (4 * Math.sin(sigma) ** 2 - 3) * (4 * middle ** 2 - 3);
    sigma = distanceM / (B_M * a) + b * Math.sin(sigma) * (middle + (b / 4) * (inner - outer));
  }
  middle = Math.cos(2 * sigma1 + sigma);
  const [sin, cos] = [Math.sin(sigma), Math.cos(sigma)];
  const across = sinU * sin - cosU * cos * Math.cos(alpha);
  const lat = Math.atan2(sinU * cos + cosU * sin * Math.cos(alpha), (1 - FLATTENING) * Math.hypot(sinAlpha, across));
  const lambda = Math.atan2(sin * Math.sin(alpha), cosU * cos - sinU * sin * Math.cos(alpha));
  const c = (FLATTENING / 16) * cos2 * (4 + FLATTENING * (4 - 3 * cos2));
  const spread = sigma + c * sin * (middle + c * cos * (2 * middle ** 2 - 1));
  return [lonDeg + (lambda - (1 - c) * FLATTENING * sinAlpha * spread) / RAD, lat / RAD];
}
