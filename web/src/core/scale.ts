/** The scale bar: a round length on the ground, and how long it is on the map. */

import type { MapView } from "./types.ts";

/** Metres of one CSS pixel on the equator at zoom 0, where the world is 512 pixels wide. */
const METRES_PER_PIXEL = (2 * Math.PI * 6_378_137) / 512;
const STEPS = [1, 2, 5, 10] as const;

export interface Scale {
  readonly lengthM: number;
  readonly widthPx: number;
}

/** The longest of 1, 2, 5, 10, 20 … metres that takes no more than some pixels in the middle of the map. */
export function scaleOf({ lat, zoom }: MapView, mostPx: number): Scale {
  const metresPerPx = (METRES_PER_PIXEL * Math.cos((lat * Math.PI) / 180)) / 2 ** zoom;
  const mostM = metresPerPx * mostPx;
  const power = 10 ** Math.floor(Math.log10(mostM));
  const step = STEPS.findLast((each) => each * power <= mostM * (1 + 1e-9)) ?? 1;
  const lengthM = step * power;
  return { lengthM, widthPx: lengthM / metresPerPx };
}
