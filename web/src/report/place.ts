/** Places: from where I stand, by name, and made as inexact as the person wants it. */

import { westernDigits } from "./code.ts";

export type Precision = "exact" | "block" | "community" | "withheld";

export interface Spot {
  readonly lon: number;
  readonly lat: number;
  readonly accuracyM: number;
}

export interface Named {
  readonly name: string;
  readonly name_ar: string | null;
  readonly name_ckb?: string | null;
  readonly name_kmr?: string | null;
  readonly lon_deg: number;
  readonly lat_deg: number;
}

export interface Told {
  readonly lon_deg: number | null;
  readonly lat_deg: number | null;
  readonly accuracy_m: number | null;
  readonly geo_precision: Precision;
}

const METRES_A_DEGREE = 111_195;
/** The cell of a blurred place. A fixed grid: noise that is drawn anew each time averages away. */
const CELL_M = 500;
const CELL_REACH_M = 360;
const COMMUNITY_REACH_M = 2_000;
export const NOWHERE: Told = { lon_deg: null, lat_deg: null, accuracy_m: null, geo_precision: "withheld" };

/** The place that lies so far from another, in a direction in degrees from north. */
export function offset(from: Spot, distanceM: number, bearingDeg: number): Spot {
  const angle = (bearingDeg * Math.PI) / 180;
  const lat = from.lat + (distanceM * Math.cos(angle)) / METRES_A_DEGREE;
  const across = METRES_A_DEGREE * Math.cos((from.lat * Math.PI) / 180);
  // A distance is guessed by eye: a fifth of it, and a direction by eighths of the circle.
  const guessedM = distanceM * 0.45;
  return { lat, lon: from.lon + (distanceM * Math.sin(angle)) / across, accuracyM: from.accuracyM + guessedM };
}

/** What of a place is told: never more than was chosen. */
export function told(spot: Spot | null, precision: Precision, places: readonly Named[]): Told {
  if (!spot || precision === "withheld") return NOWHERE;
  if (precision === "block") {
    const step = CELL_M / METRES_A_DEGREE;
    const lat = (Math.floor(spot.lat / step) + 0.5) * step;
    const stepLon = step / Math.cos((lat * Math.PI) / 180);
    const lon = (Math.floor(spot.lon / stepLon) + 0.5) * stepLon;
    return at({ lon, lat, accuracyM: CELL_REACH_M + spot.accuracyM }, precision);
  }
  if (precision === "community") {
    const near = nearest(spot, places);
    if (!near) return NOWHERE;
    return at({ lon: near.lon_deg, lat: near.lat_deg, accuracyM: COMMUNITY_REACH_M }, precision);
  }
  return at(spot, precision);
}

function at(spot: Spot, geo_precision: Precision): Told {
  const round = (value: number): number => Math.round(value * 1e6) / 1e6;
  const accuracy_m = Math.min(10_000, Math.ceil(spot.accuracyM));
  return { lon_deg: round(spot.lon), lat_deg: round(spot.lat), accuracy_m, geo_precision };
}

function nearest(spot: Spot, places: readonly Named[]): Named | null {
  const squeeze = Math.cos((spot.lat * Math.PI) / 180);
  const apart = (place: Named): number => Math.hypot((place.lon_deg - spot.lon) * squeeze, place.lat_deg - spot.lat);
  return places.reduce<Named | null>((best, place) => (!best || apart(place) < apart(best) ? place : best), null);
}

const SAME: Readonly<Record<string, string>> = { أ: "ا", إ: "ا", آ: "ا", ٱ: "ا", ى: "ي", ی: "ي", ک: "ك", ة: "ه", ؤ: "و", ئ: "ي" };

function folded(name: string): string {
  const bare = westernDigits(name).normalize("NFKD").replace(/[\u0300-\u036f\u064b-\u065f\u0640]/g, "");
  return Array.from(bare.toLowerCase(), (letter) => SAME[letter] ?? letter).join("").trim();
}

/** The places whose name has these letters, those that begin with them first. */
export function search(places: readonly Named[], written: string): Named[] {
  const wanted = folded(written);
  if (wanted.length < 2) return [];
  const rank = (place: Named): number => {
    const names = [place.name, place.name_ar ?? "", place.name_ckb ?? "", place.name_kmr ?? ""].map(folded);
    if (names.some((name) => name.startsWith(wanted))) return 0;
    return names.some((name) => name.includes(wanted)) ? 1 : 2;
  };
  return places.filter((place) => rank(place) < 2).sort((a, b) => rank(a) - rank(b)).slice(0, 6);
}

/** A number as somebody wrote it, in any digits; null where it is none. */
export function numberOf(written: string): number | null {
  const plain = westernDigits(written).replace("٫", ".").replace(/[\s,٬]/g, "");
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}
