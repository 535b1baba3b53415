/** Hatchings as pixels: seamless tiles for the map, computed, so that no picture is carried. */

import type { Hatch } from "../core/looks.ts";

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** One seamless tile of a hatching, `ratio` pixels to the CSS pixel, smoothed at the edges. */
export function hatchTile(hatch: Hatch, ratio = 2): Pixels {
  const size = Math.round(hatch.gap * ratio);
  const half = (hatch.stroke * ratio) / 2;
  const [red, green, blue] = channels(hatch.color);
  const data = new Uint8ClampedArray(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const away = distance(hatch.kind, x + 0.5, y + 0.5, size);
      const cover = Math.min(1, Math.max(0, half - away + 0.5));
      // MapLibre wants colours multiplied by their opacity.
      data.set([red * cover, green * cover, blue * cover, 255 * cover], (y * size + x) * 4);
    }
  }
  return { width: size, height: size, data };
}

/** The distance in pixels from a point to the nearest stroke of a hatching that repeats. */
function distance(kind: Hatch["kind"], x: number, y: number, size: number): number {
  const rising = wrapped(x + y, size) / Math.SQRT2;
  const falling = wrapped(x - y, size) / Math.SQRT2;
  const middle = size / 2;
  switch (kind) {
    case "diagonal":
      return rising;
    case "backslash":
      return falling;
    case "cross":
      return Math.min(rising, falling);
    case "horizontal":
      return Math.abs(y - middle);
    case "vertical":
      return Math.abs(x - middle);
    case "dashes":
      return Math.hypot(Math.max(0, Math.abs(x - middle) - size * 0.3), y - middle);
    case "dots":
      return Math.hypot(x - middle, y - middle);
    case "zigzag": {
      const along = (((x / size) % 1) + 1) % 1;
      const wave = along < 0.25 ? -4 * along : along < 0.75 ? 4 * along - 2 : 4 - 4 * along;
      return Math.abs(y - middle - (wave * size) / 4) / Math.SQRT2;
    }
    case "saltires": {
      const reach = Math.max(Math.abs(x - middle), Math.abs(y - middle)) - size / 4;
      const toStroke = Math.min(Math.abs(x - y), Math.abs(x + y - size)) / Math.SQRT2;
      return Math.max(toStroke, reach);
    }
  }
}

/** How far a value is from the nearest multiple of the size. */
function wrapped(value: number, size: number): number {
  const rest = ((value % size) + size) % size;
  return Math.min(rest, size - rest);
}

/** Red, green and blue (0 to 255) of `#rrggbb`. */
export function channels(color: string): [number, number, number] {
  const value = Number.parseInt(color.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
