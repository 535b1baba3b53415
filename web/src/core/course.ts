/** The course of the land: what every face is at every time, so that time can move without asking. */

import { instant } from "./time.ts";

/** As `/api/course` tells it: columns, corners in 1e-7 degrees, each less the one before. */
export interface CourseTold {
  readonly told: boolean;
  readonly n_known: number;
  readonly times_us: readonly number[];
  readonly looks: readonly string[];
  readonly xy: readonly number[];
  readonly points: readonly number[];
  readonly rings: readonly number[];
  readonly steps: readonly number[];
  readonly at: readonly number[];
  readonly look: readonly number[];
}

/** The looks of hazard, and of what is kept off as hazard is; every look not named here is one, too. */
const RELEASED: ReadonlySet<string> = new Set(["cancelled", "reduced", "cleared"]);
export const UNRECORDED = "unrecorded";
export const REOPENED = "+reopened";

/** A look as the key has it: without the word that its ground was put back. */
export function rowOfLook(look: string): string {
  if (look === "in_doubt") return "doubt";
  return look.endsWith(REOPENED) ? look.slice(0, -REOPENED.length) : look;
}

/** Whether ground of a look may vanish where it is too small to be seen; hazard and doubt may not. */
export function mayVanish(look: string): boolean {
  return RELEASED.has(look) || look === UNRECORDED;
}

/** Microseconds of an instant; a fraction of a second counts as far as it is written. */
export function microseconds(at: string): number | null {
  const ms = instant(at);
  if (ms === null) return null;
  const fraction = /\.(\d+)/.exec(at)?.[1] ?? "";
  return Math.floor(ms / 1000) * 1e6 + Number(fraction.padEnd(6, "0").slice(0, 6));
}

export class Course {
  /** As known when; null is now. */
  readonly knownAt: string | null;
  /** Of how many entries of the ledger. */
  readonly nKnown: number;
  readonly looks: readonly string[];
  readonly nFaces: number;
  /** Corners of all rings, from 0 to 1 over the Mercator square. */
  readonly corners: Float64Array;
  /** Where the corners of each ring begin, and at last where they end. */
  readonly ringStarts: Int32Array;
  /** Where the rings of each face begin, and at last where they end. */
  readonly faceStarts: Int32Array;
  /** How wide each face is in the mean, on the Mercator square: of a strip, its width. */
  readonly widths: Float64Array;
  readonly #timesUs: readonly number[];
  readonly #stepStarts: Int32Array;
  readonly #at: Int32Array;
  readonly #look: Uint8Array;
  /** The faces that change at each time. */
  readonly #changing: readonly number[][];

  constructor(told: CourseTold, knownAt: string | null) {
    this.knownAt = knownAt;
    this.nKnown = told.n_known;
    this.looks = told.looks;
    this.nFaces = told.rings.length;
    this.corners = mercator(told.xy);
    this.ringStarts = starts(told.points);
    this.faceStarts = starts(told.rings);
    this.widths = Float64Array.from(told.rings, (_, face) => this.#width(face));
    this.#timesUs = told.times_us;
    this.#stepStarts = starts(told.steps);
    this.#at = Int32Array.from(told.at);
    this.#look = Uint8Array.from(told.look);
    const changing: number[][] = told.times_us.map(() => []);
    for (let face = 0; face < this.nFaces; face++) {
      for (let step = this.#stepStarts[face] as number; step < (this.#stepStarts[face + 1] as number); step++) changing[this.#at[step] as number]?.push(face);
    }
    this.#changing = changing;
  }

  /** Twice the area by the length of all its edges. */
  #width(face: number): number {
    const [from, to] = [this.faceStarts[face] as number, this.faceStarts[face + 1] as number];
    let [area, edges] = [0, 0];
    for (let ring = from; ring < to; ring++) {
      const [own, length] = this.#ring(ring);
      area += this.#isHole(ring, from, to) ? -own : own;
      edges += length;
    }
    return edges > 0 ? (2 * Math.max(0, area)) / edges : 0;
  }

  /** Area and length of one ring. */
  #ring(ring: number): [area: number, length: number] {
    const { corners } = this;
    const [first, end] = [this.ringStarts[ring] as number, this.ringStarts[ring + 1] as number];
    const [x0, y0] = [corners[2 * first] as number, corners[2 * first + 1] as number];
    let [double, length] = [0, 0];
    for (let at = first; at + 1 < end; at++) {
      const [x, y] = [(corners[2 * at] as number) - x0, (corners[2 * at + 1] as number) - y0];
      const [nextX, nextY] = [(corners[2 * at + 2] as number) - x0, (corners[2 * at + 3] as number) - y0];
      double += x * nextY - nextX * y;
      length += Math.hypot(nextX - x, nextY - y);
    }
    return [Math.abs(double) / 2, length];
  }

  /** Whether a ring lies within an odd number of the others of its face. */
  #isHole(ring: number, from: number, to: number): boolean {
    const { corners } = this;
    const first = this.ringStarts[ring] as number;
    const x = ((corners[2 * first] as number) + (corners[2 * first + 2] as number)) / 2;
    const y = ((corners[2 * first + 1] as number) + (corners[2 * first + 3] as number)) / 2;
    let inside = false;
    for (let other = from; other < to; other++) {
      if (other === ring) continue;
      for (let at = this.ringStarts[other] as number; at + 1 < (this.ringStarts[other + 1] as number); at++) {
        const [ax, ay] = [corners[2 * at] as number, corners[2 * at + 1] as number];
        const [bx, by] = [corners[2 * at + 2] as number, corners[2 * at + 3] as number];
        if (ay > y !== by > y && x < ax + ((y - ay) * (bx - ax)) / (by - ay)) inside = !inside;
      }
    }
    return inside;
  }

  /** How many of the times have come by an instant; `nowMs` is the server's. */
  place(validAt: string | null, nowMs: number): number {
    const us = validAt === null ? nowMs * 1000 : (microseconds(validAt) ?? nowMs * 1000);
    let [low, high] = [0, this.#timesUs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#timesUs[middle] as number) <= us) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The look of a face at a place in time, by its number among the looks. */
  lookOf(face: number, place: number): number {
    for (let step = (this.#stepStarts[face + 1] as number) - 1; step >= (this.#stepStarts[face] as number); step--) {
      if ((this.#at[step] as number) < place) return this.#look[step] as number;
    }
    return 0; // not on record
  }

  /** The faces that may look otherwise at one place in time than at another. */
  changed(from: number, to: number): Set<number> {
    const [first, last] = from < to ? [from, to] : [to, from];
    return new Set(this.#changing.slice(first, last).flat());
  }
}

/** Where each of some runs begins in what they make together, and at last where all end. */
function starts(lengths: readonly number[]): Int32Array {
  const made = new Int32Array(lengths.length + 1);
  lengths.forEach((length, at) => (made[at + 1] = (made[at] as number) + length));
  return made;
}

/** Corners on the Mercator square (EPSG:3857), x to the east and y to the south, each from 0 to 1. */
function mercator(xy: readonly number[]): Float64Array {
  const made = new Float64Array(xy.length);
  let [lon, lat] = [0, 0];
  for (let at = 0; at < xy.length; at += 2) {
    lon += xy[at] as number;
    lat += xy[at + 1] as number;
    made[at] = mercatorX(lon / 1e7);
    made[at + 1] = mercatorY(lat / 1e7);
  }
  return made;
}

export function mercatorX(lonDeg: number): number {
  return (180 + lonDeg) / 360;
}

export function mercatorY(latDeg: number): number {
  return (1 - Math.log(Math.tan(Math.PI / 4 + (latDeg * Math.PI) / 360)) / Math.PI) / 2;
}
