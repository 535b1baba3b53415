/**
 * Transverse Mercator on WGS 84, for figures while somebody draws; the server measures again and
 * its figure counts. The site's own plane has scale 1 at its origin, as the server's has.
 * Source: Krüger's series in the third flattening to the sixth order (Karney, C. F. F., 2011,
 * "Transverse Mercator with an accuracy of a few nanometers", J. Geodesy 85, equations 35 and 36).
 */

export type LonLat = readonly [lonDeg: number, latDeg: number];
export type Metres = readonly [eastM: number, northM: number];

const A_M = 6_378_137;
export const FLATTENING = 1 / 298.257223563;
const N = FLATTENING / (2 - FLATTENING);
const E = Math.sqrt(FLATTENING * (2 - FLATTENING));
const RADIUS_M = (A_M / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64 + N ** 6 / 256);
const RAD = Math.PI / 180;

const poly = (...terms: readonly number[]): number => terms.reduce((sum, term, at) => sum + term * N ** (at + 1), 0);
const ALPHA = [
  poly(1 / 2, -2 / 3, 5 / 16, 41 / 180, -127 / 288, 7891 / 37800),
  poly(0, 13 / 48, -3 / 5, 557 / 1440, 281 / 630, -1983433 / 1935360),
  poly(0, 0, 61 / 240, -103 / 140, 15061 / 26880, 167603 / 181440),
  poly(0, 0, 0, 49561 / 161280, -179 / 168, 6601661 / 7257600),
  poly(0, 0, 0, 0, 34729 / 80640, -3418889 / 1995840),
  poly(0, 0, 0, 0, 0, 212378941 / 319334400),
] as const;
const BETA = [
  poly(1 / 2, -2 / 3, 37 / 96, -1 / 360, -81 / 512, 96199 / 604800),
  poly(0, 1 / 48, 1 / 15, -437 / 1440, 46 / 105, -1118711 / 3870720),
  poly(0, 0, 17 / 480, -37 / 840, -209 / 4480, 5569 / 90720),
  poly(0, 0, 0, 4397 / 161280, -11 / 504, -830251 / 7257600),
  poly(0, 0, 0, 0, 4583 / 161280, -108847 / 3991680),
  poly(0, 0, 0, 0, 0, 20648693 / 638668800),
] as const;

/** One transverse Mercator: where its middle meridian lies, its scale there, and its false origin. */
export class Plane {
  readonly #lonDeg: number;
  readonly #scale: number;
  readonly #eastM: number;
  readonly #northM: number;

  constructor(lonDeg: number, scale: number, eastM: number, northM: number) {
    this.#lonDeg = lonDeg;
    this.#scale = scale;
    this.#eastM = eastM;
    this.#northM = northM;
  }

  /** The plane of a site: scale 1 at its origin, which is at 0, 0. */
  static at([lonDeg, latDeg]: LonLat): Plane {
    const [, northM] = new Plane(lonDeg, 1, 0, 0).metres([lonDeg, latDeg]);
    return new Plane(lonDeg, 1, 0, -northM);
  }

  /** The plane of a UTM zone. */
  static utm(zone: number, north: boolean): Plane {
    return new Plane(6 * zone - 183, 0.9996, 500_000, north ? 0 : 10_000_000);
  }

  /** Metres east and north of a place. */
  metres([lonDeg, latDeg]: LonLat): Metres {
    const away = (((lonDeg - this.#lonDeg + 540) % 360) - 180) * RAD;
    const sine = Math.sin(latDeg * RAD);
    const t = Math.sinh(Math.atanh(sine) - E * Math.atanh(E * sine));
    const xi0 = Math.atan2(t, Math.cos(away));
    const eta0 = Math.atanh(Math.sin(away) / Math.hypot(1, t));
    let [xi, eta] = [xi0, eta0];
    ALPHA.forEach((a, at) => {
      const k = 2 * (at + 1);
      xi += a * Math.sin(k * xi0) * Math.cosh(k * eta0);
      eta += a * Math.cos(k * xi0) * Math.sinh(k * eta0);
    });
    return [this.#scale * RADIUS_M * eta + this.#eastM, this.#scale * RADIUS_M * xi + this.#northM];
  }

  /** The place at metres east and north. */
  place([eastM, northM]: Metres): LonLat {
    const xi = (northM - this.#northM) / (this.#scale * RADIUS_M);
    const eta = (eastM - this.#eastM) / (this.#scale * RADIUS_M);
    let [xi0, eta0] = [xi, eta];
    BETA.forEach((b, at) => {
      const k = 2 * (at + 1);
      xi0 -= b * Math.sin(k * xi) * Math.cosh(k * eta);
      eta0 -= b * Math.cos(k * xi) * Math.sinh(k * eta);
    });
    const away = Math.atan2(Math.sinh(eta0), Math.cos(xi0));
    const isometric = Math.asinh(Math.sin(xi0) / Math.hypot(Math.sinh(eta0), Math.cos(xi0)));
    let sine = Math.tanh(isometric);
    for (let round = 0; round < 6; round++) sine = Math.tanh(isometric + E * Math.atanh(E * sine));
    return [(((away / RAD + this.#lonDeg + 540) % 360) - 180), Math.asin(sine) / RAD];
  }
}

/** The area within corners, in m² of a plane; 0 of fewer than three. */
export function areaM2(plane: Plane, corners: readonly LonLat[]): number {
  const points = corners.map((each) => plane.metres(each));
  let twice = 0;
  points.forEach(([ax, ay], at) => {
    const [bx, by] = points[(at + 1) % points.length] as Metres;
    twice += ax * by - bx * ay;
  });
  return Math.abs(twice) / 2;
}

/** The length along corners, in m of a plane; back to the first where it is closed. */
export function lengthM(plane: Plane, corners: readonly LonLat[], closed: boolean): number {
  const points = corners.map((each) => plane.metres(each));
  const last = closed && points.length > 2 ? points.length : points.length - 1;
  let sum = 0;
  for (let at = 0; at < last; at++) {
    const [ax, ay] = points[at] as Metres;
    const [bx, by] = points[(at + 1) % points.length] as Metres;
    sum += Math.hypot(bx - ax, by - ay);
  }
  return sum;
}
