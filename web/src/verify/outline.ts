/** Outlines in few bytes: millionths of a degree as zig-zag varints, each in its shortest form. */

import { Malformed } from "./row.ts";

/** Longitude and latitude in millionths of a degree. */
export type PointE6 = readonly [number, number];
export type Ring = readonly PointE6[];
export type Polygon = readonly Ring[];
export type Outline = readonly Polygon[];

const LON_END_E6 = 180_000_000;
const LAT_END_E6 = 90_000_000;
const POINTS_LIMIT = 2_000;
const FEWEST_POINTS = 3;
const STEP_END = 2 ** 30;

/** The outline that bytes are. Throws Malformed where they are none, or not in the shortest form. */
export function outlineOf(data: Uint8Array): Outline {
  const numbers = numbersIn(data);
  const next = (): number => {
    const { value, done } = numbers.next();
    if (done) throw new Malformed("ends too early");
    return value;
  };
  const times = <T>(take: () => T): T[] => {
    const count = next();
    if (count > POINTS_LIMIT) throw new Malformed("too many");
    return Array.from({ length: count }, take);
  };
  let lon = 0;
  let lat = 0;
  const point = (): PointE6 => {
    lon += unzigzag(next());
    lat += unzigzag(next());
    return [lon, lat];
  };
  const outline = times(() => times(() => times(point)));
  if (!numbers.next().done || !isSound(outline)) throw new Malformed("no such outline");
  return outline;
}

function isSound(outline: Outline): boolean {
  const rings = outline.flat();
  const points = rings.flat();
  return (
    outline.length > 0 &&
    points.length <= POINTS_LIMIT &&
    outline.every((polygon) => polygon.length > 0) &&
    rings.every((ring) => ring.length >= FEWEST_POINTS) &&
    points.every(([lon, lat]) => Math.abs(lon) <= LON_END_E6 && Math.abs(lat) <= LAT_END_E6)
  );
}

function* numbersIn(data: Uint8Array): Generator<number, undefined> {
  let value = 0;
  let factor = 1;
  for (const byte of data) {
    if (byte === 0 && factor > 1) throw new Malformed("not the shortest form");
    value += (byte & 0x7f) * factor;
    factor *= 128;
    if (value >= STEP_END || factor > 2 ** 49) throw new Malformed("too large a step");
    if (byte < 0x80) {
      yield value;
      value = 0;
      factor = 1;
    }
  }
  if (factor > 1) throw new Malformed("ends too early");
  return undefined;
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
