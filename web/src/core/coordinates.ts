/** Places as people write them: decimal degrees, degrees with minutes and seconds, UTM. */

import { type LonLat, Plane } from "./plane.ts";

/** One place or none for each line, in order; empty lines are left out. */
export interface ReadLine {
  readonly line: number;
  readonly text: string;
  readonly place: LonLat | null;
}

/** Every line of a list of places. */
export function readPlaces(text: string): ReadLine[] {
  return text.split(/\r?\n/).flatMap((line, at) => {
    const bare = line.trim();
    return bare ? [{ line: at + 1, text: bare, place: readPlace(bare) }] : [];
  });
}

/**
 * A place: `36.19, 44.01` (latitude first, as maps and receivers print it), `44.01 E 36.19 N`,
 * `36°11'24"N 44°0'36"E`, or UTM `38S 415000 4010000` (zone and band, east, north). Null for
 * anything else: nothing is guessed. Digits may be Western, Arabic or Persian.
 */
export function readPlace(written: string): LonLat | null {
  const text = western(written).trim();
  return readUtm(text) ?? readMarked(text) ?? readPlain(text);
}

/** Western digits and points, one kind of minus and of quotes. */
function western(text: string): string {
  return text
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/٫/g, ".")
    .replace(/[−–]/g, "-")
    .replace(/[’′ʹ]/g, "'")
    .replace(/''|[”“″]/g, '"')
    .replace(/[،;؛]/g, ",")
    .replace(/[\u200e\u200f\u2066-\u2069]/g, "");
}

const NUMBER = "[+-]?\\d+(?:\\.\\d+)?";
const PLAIN = new RegExp(`^(${NUMBER})(?:\\s*,\\s*|\\s+)(${NUMBER})$`);
const PART = new RegExp(`(${NUMBER})\\s*°?\\s*(?:(\\d+(?:\\.\\d+)?)\\s*'\\s*)?(?:(\\d+(?:\\.\\d+)?)\\s*"\\s*)?([NSEW])`, "gi");
const UTM = /^(\d{1,2})\s*([C-HJ-NP-X])\s*[, ]\s*(\d+(?:\.\d+)?)\s*(?:m?E)?\s*[, ]\s*(\d+(?:\.\d+)?)\s*(?:m?N)?$/i;

function readPlain(text: string): LonLat | null {
  const found = text.match(PLAIN);
  return found ? inWorld(Number(found[2]), Number(found[1])) : null;
}

function readMarked(text: string): LonLat | null {
  let lonDeg: number | null = null;
  let latDeg: number | null = null;
  const rest = text.replace(PART, (_whole, degrees: string, minutes = "0", seconds = "0", side: string) => {
    const [d, m, s] = [Number(degrees), Number(minutes), Number(seconds)];
    if (m >= 60 || s >= 60 || d < 0) return "?";
    const value = (d + m / 60 + s / 3600) * (/[SW]/i.test(side) ? -1 : 1);
    if (/[NS]/i.test(side)) latDeg = latDeg === null ? value : Number.NaN;
    else lonDeg = lonDeg === null ? value : Number.NaN;
    return "";
  });
  if (lonDeg === null || latDeg === null || /[^\s,]/.test(rest)) return null;
  return inWorld(lonDeg, latDeg);
}

function readUtm(text: string): LonLat | null {
  const found = text.match(UTM);
  if (!found) return null;
  const [zone, east, north] = [Number(found[1]), Number(found[3]), Number(found[4])];
  if (zone < 1 || zone > 60 || east < 100_000 || east > 900_000 || north > 10_000_000) return null;
  const band = (found[2] ?? "").toUpperCase();
  const [lonDeg, latDeg] = Plane.utm(zone, band >= "N").place([east, north]);
  // The band says in which eight degrees of latitude: a slip in the northing shows here.
  const lowest = "CDEFGHJKLMNPQRSTUVWX".indexOf(band) * 8 - 80;
  if (latDeg < lowest - 0.01 || latDeg > lowest + (band === "X" ? 12 : 8) + 0.01) return null;
  return inWorld(lonDeg, latDeg);
}

function inWorld(lonDeg: number, latDeg: number): LonLat | null {
  return Math.abs(lonDeg) <= 180 && Math.abs(latDeg) <= 90 ? [lonDeg, latDeg] : null;
}

/** Places as a list that `readPlaces` reads back to a centimetre, latitude first. */
export function writePlaces(places: readonly LonLat[]): string {
  return places.map(([lonDeg, latDeg]) => `${latDeg.toFixed(7)}, ${lonDeg.toFixed(7)}`).join("\n");
}

/** A number as somebody typed it, in any of the digits; null where it is none. */
export function readNumber(written: string): number | null {
  const text = western(written).trim();
  return new RegExp(`^${NUMBER}$`).test(text) ? Number(text) : null;
}
