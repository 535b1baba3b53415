/**
 * The map for eyes without one kind of cones: hazard and unknown ground are told from released land
 * by lightness and by strokes, of the very tints and tiles that the map is drawn with.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { DEPTHS, GROUND, type Hatch, LOOKS, type LookId } from "../src/core/looks.ts";
import { channels, hatchTile } from "../src/map/patterns.ts";
import { allLayers } from "../src/map/style.ts";

/**
 * What a colour becomes, in linear light: Machado, Oliveira & Fernandes, "A Physiologically-based
 * Model for Simulation of Color Vision Deficiency", IEEE TVCG 15(6), 2009, table 1, severity 1.
 */
const EYES: Readonly<Record<string, readonly number[]>> = {
  all: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

type Rgb = readonly [number, number, number];
interface Painted {
  readonly tint: string;
  readonly tintOpacity: number;
  readonly hatches: readonly Hatch[];
}

/** The hatching lies over the tint with this much of its own opacity. */
const HATCH_OPACITY = 0.75;
/** Steps of lightness (CIE L*, 0 to 100) at which two plain grounds beside each other are told apart. */
const LIGHTNESS = 4;
/** Steps of lightness by which strokes stand out of their ground, shared out by direction, summed over all. */
const STROKES = 15;
/** Pixels of the screen to one of the page. */
const RATIO = 2;
/** Whole tiles of the strokes of every depth, in pixels of the page. */
const SIDE = 72;

const HAZARDS: readonly LookId[] = ["cha", "sha", "indication", "not_cleared", "doubt"];
const RELEASED: readonly LookId[] = ["cleared", "reduced", "cancelled"];

const over = (under: Rgb, colour: Rgb, opacity: number): Rgb =>
  [0, 1, 2].map((at) => (under[at] ?? 0) * (1 - opacity) + (colour[at] ?? 0) * opacity) as unknown as Rgb;

/** What the eye sees of a colour of the screen, as lightness: L* of the light that is left. */
function lightness(colour: Rgb, eye: readonly number[]): number {
  const linear = colour.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  const seen = [0, 1, 2].map((row) => [0, 1, 2].reduce((sum, at) => sum + (eye[3 * row + at] ?? 0) * (linear[at] ?? 0), 0));
  const light = seen.reduce((sum, value, at) => sum + ([0.2126, 0.7152, 0.0722][at] ?? 0) * Math.min(1, Math.max(0, value)), 0);
  return light > 216 / 24389 ? 116 * Math.cbrt(light) - 16 : (light * 24389) / 27;
}

interface Seen {
  readonly mean: number;
  /** How far strokes stand out of their ground, shared out to the four directions across them. */
  readonly strokes: readonly number[];
}

/** A strip of the map as an eye sees it, each pixel laid over as the map's layers are. */
function look({ tint, tintOpacity, hatches }: Painted, eye: readonly number[], ground: string = GROUND.recorded): Seen {
  const plain = over(channels(ground), channels(tint), tintOpacity);
  const tiles = hatches.map((hatch) => ({ ...hatchTile(hatch, RATIO), color: channels(hatch.color) }));
  const side = Math.max(1, ...tiles.map(({ width }) => width));
  const at = tiles.length > 1 ? SIDE * RATIO : side;
  const levels = new Float64Array(at * at);
  for (let y = 0; y < at; y++) {
    for (let x = 0; x < at; x++) {
      let colour = plain;
      for (const { width, data, color } of tiles) {
        const cover = (data[((y % width) * width + (x % width)) * 4 + 3] ?? 0) / 255;
        colour = over(colour, color, cover * HATCH_OPACITY);
      }
      levels[y * at + x] = lightness(colour, eye);
    }
  }
  return { mean: levels.reduce((sum, level) => sum + level, 0) / levels.length, strokes: strokesOf(levels, at) };
}

function strokesOf(levels: Float64Array, side: number): number[] {
  const level = (x: number, y: number): number => levels[((y + side) % side) * side + ((x + side) % side)] ?? 0;
  const found = [0, 0, 0, 0];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [right, down] = [level(x + 1, y) - level(x - 1, y), level(x, y + 1) - level(x, y - 1)];
      const steep = Math.hypot(right, down) / 2;
      if (steep === 0) continue;
      // Which way it grows lighter, as one of four directions; there and back are one.
      const turned = Math.round((Math.atan2(down, right) / Math.PI) * 4 + 4) % 4;
      found[turned] = (found[turned] ?? 0) + steep;
    }
  }
  const all = found.reduce((sum, each) => sum + each, 0);
  const stands = levels.reduce((most, each) => Math.max(most, each), 0) - levels.reduce((least, each) => Math.min(least, each), 100);
  return found.map((each) => (all ? (each / all) * stands : 0));
}

/** By what two looks are told apart without colour: lightness of the whole, or strokes of a direction. */
function apart(one: Seen, other: Seen): { lightness: number; strokes: number } {
  const strokes = one.strokes.reduce((sum, amount, at) => sum + Math.abs(amount - (other.strokes[at] ?? 0)), 0);
  return { lightness: Math.abs(one.mean - other.mean), strokes };
}

const told = (one: Seen, other: Seen): boolean => {
  const { lightness: light, strokes } = apart(one, other);
  return light >= LIGHTNESS || strokes >= STROKES;
};

function painted(id: LookId, more: readonly Hatch[] = []): Painted {
  const { tint, tintOpacity, hatch } = LOOKS[id];
  return { tint, tintOpacity, hatches: [...(hatch ? [hatch] : []), ...more] };
}

/** Released land as it can be drawn: each class, and cleared land with the strokes of each depth. */
const RELEASED_LOOKS: readonly (readonly [string, Painted])[] = [
  ...RELEASED.map((id) => [id, painted(id)] as const),
  ...DEPTHS.map(({ id, hatch }) => [`cleared ${id}`, painted("cleared", [hatch])] as const),
];

test("the strips are laid as the map lays them", () => {
  for (const id of [...HAZARDS, ...RELEASED]) {
    const layers = new Map(allLayers().map((layer) => [layer.id, layer.paint as Record<string, unknown>]));
    assert.equal(layers.get(`${id}-ground`)?.["fill-color"], GROUND.recorded, id);
    assert.equal(layers.get(`${id}-tint`)?.["fill-opacity"], LOOKS[id].tintOpacity, id);
    assert.equal(layers.get(`${id}-hatch`)?.["fill-opacity"], LOOKS[id].hatch ? HATCH_OPACITY : undefined, id);
  }
});

for (const [name, eye] of Object.entries(EYES)) {
  test(`hazard is told from released land by lightness or strokes: ${name}`, () => {
    for (const id of HAZARDS) {
      const hazard = look(painted(id), eye);
      for (const [released, each] of RELEASED_LOOKS) {
        const seen = look(each, eye);
        assert.ok(told(hazard, seen), `${id} beside ${released}: ${JSON.stringify(apart(hazard, seen))}`);
      }
    }
  });

  test(`the strokes of a hazard can be seen on its tint: ${name}`, () => {
    for (const id of HAZARDS) {
      const { strokes } = look(painted(id), eye);
      assert.ok(strokes.reduce((sum, each) => sum + each, 0) >= STROKES, `${id}: ${strokes.map((each) => each.toFixed(2)).join(" ")}`);
    }
  });

  test(`ground not on record, even without its sign, is not released land: ${name}`, () => {
    const paper = look({ tint: GROUND.paper, tintOpacity: 1, hatches: [] }, eye);
    for (const [released, each] of RELEASED_LOOKS) {
      const seen = look(each, eye);
      assert.ok(told(paper, seen), `${released}: ${JSON.stringify(apart(paper, seen))}`);
    }
  });
}

test("the measure sees what is told by colour alone", () => {
  const [red, green] = ["#c0392b", "#6f7a1e"].map((tint): Painted => ({ tint, tintOpacity: 1, hatches: [] })) as [Painted, Painted];
  assert.ok(!told(look(red, EYES["deuteranopia"] ?? []), look(green, EYES["deuteranopia"] ?? [])));
  // The same hatching in another hue is no other hatching.
  const { hatch } = LOOKS.cha;
  const blue: Painted = { ...painted("cha"), hatches: hatch ? [{ ...hatch, color: "#a52f0b" }] : [] };
  assert.ok(!told(look(painted("cha"), EYES["all"] ?? []), look(blue, EYES["all"] ?? [])));
});
