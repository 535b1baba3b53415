/** An outline sent to the server to be measured or put on record, and what it answers. */

import type { LonLat } from "./plane.ts";
import type { Act } from "./types.ts";
import type { Walk } from "./walk.ts";

export interface UnderIt {
  readonly area_ids: readonly string[];
  readonly name: string | null;
  readonly state: string;
  readonly reopened: boolean;
  readonly in_doubt: boolean;
  readonly depth_cm: number | null;
  readonly area_m2: number;
  readonly text: string;
}

export interface ItemUnder {
  readonly evidence_id: string;
  readonly kind: string;
  readonly kind_text: string;
  readonly class: string;
}

export interface Measured {
  readonly area_m2: number;
  readonly length_m: number;
  readonly walked_m: number | null;
  readonly misclosure_m: number | null;
  readonly misclosure_limit_m: number | null;
  readonly under: readonly UnderIt[];
  readonly unrecorded_m2: number;
  readonly evidence: readonly ItemUnder[];
  /** Whether who asks may put it on record, and why not. */
  readonly declare: Act;
  readonly choices: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What is sent: a walk as its legs, which the server works out itself; else a polygon. */
export function outlineBody(corners: readonly LonLat[], walk: Walk | null): Record<string, unknown> {
  return walk ? { walk: walkBody(walk) } : { geometry: polygon(corners) };
}

export function polygon(corners: readonly LonLat[]): Record<string, unknown> {
  const ring = [...corners, ...corners.slice(0, 1)].map(([lonDeg, latDeg]) => [lonDeg, latDeg]);
  return { type: "Polygon", coordinates: [ring] };
}

function walkBody(walk: Walk): Record<string, unknown> {
  const [lonDeg, latDeg] = walk.start;
  return {
    lon_deg: lonDeg,
    lat_deg: latDeg,
    legs: walk.legs.map((leg) => ({ bearing_deg: leg.bearingDeg, distance_m: leg.distanceM })),
    bearing_reference: walk.north,
    declination_deg: walk.declinationDeg,
    returns: walk.returns,
  };
}
