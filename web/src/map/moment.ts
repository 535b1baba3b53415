/**
 * The land at a moment, drawn on a sheet of its own over the map while time moves: of a large site
 * the engine cannot draw every moment, and a picture of another moment may not stand meanwhile.
 */

import { type Course, mayVanish, REOPENED, rowOfLook, UNRECORDED } from "../core/course.ts";
import { GROUND, LOOKS, type Look, type LookId } from "../core/looks.ts";
import { drawUnrecorded } from "./marks.ts";
import { channels, hatchTile } from "./patterns.ts";

/** The sheet is made anew by squares of this side, in CSS pixels. */
const CELL_PX = 32;
/** Hazard that is smaller, or in the mean narrower, is drawn this large, in CSS pixels. */
const LEAST_PX = 2.5;
/** In drawing order: hazard lies over what was released. */
const ORDER = ["cancelled", "reduced", "cleared", "doubt", "indication", "sha", "cha"];
const REOPENED_LINE = "#a3005c";

/** Where the map looks: a corner of the Mercator square is drawn at `origin + corner * scale`. */
export interface Camera {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly originX: number;
  readonly originY: number;
  readonly scale: number;
}

interface Brush {
  readonly fill: CanvasPattern | string;
  readonly line: string;
  readonly widthPx: number;
}

export class MomentSheet {
  readonly canvas: HTMLCanvasElement;
  readonly #pen: CanvasRenderingContext2D;
  readonly #brushes = new Map<string, Brush>();
  readonly #nothing: CanvasPattern | string;
  #course: Course | null = null;
  #camera: Camera | null = null;
  #hidden: ReadonlySet<string> = new Set();
  #place = 0;
  /** The looks in drawing order, by their number; those that are hidden are not among them. */
  #order: number[] = [];
  #points = new Float32Array(0);
  /** West, north, east and south of each face, in CSS pixels. */
  #boxes = new Float32Array(0);
  #cells: number[][] = [];
  #columns = 0;

  constructor(container: HTMLElement) {
    this.canvas = document.createElement("canvas");
    this.canvas.className = "moment";
    this.canvas.setAttribute("aria-hidden", "true");
    this.canvas.hidden = true;
    container.append(this.canvas);
    // Few squares change at a step: the processor draws them sooner than the graphics card is asked.
    const pen = this.canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    if (!pen) throw new Error("canvas");
    this.#pen = pen;
    this.#nothing = this.#tile(drawUnrecorded(1), GROUND.paper);
  }

  get shown(): boolean {
    return !this.canvas.hidden;
  }

  /** Draws ground of which nothing is told, as where nothing is on record. */
  showNothing({ widthPx, heightPx }: Camera): void {
    const ratio = window.devicePixelRatio || 1;
    Object.assign(this.canvas, { width: Math.round(widthPx * ratio), height: Math.round(heightPx * ratio) });
    this.#pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#course = this.#camera = null;
    this.canvas.dataset["place"] = "";
    this.#pen.fillStyle = this.#nothing;
    this.#pen.fillRect(0, 0, widthPx, heightPx);
    this.canvas.hidden = false;
  }

  /** Draws a moment of a course: what changed since the one before, or all where anything else did. */
  show(course: Course, place: number, camera: Camera, hidden: ReadonlySet<string>): void {
    const same = this.shown && course === this.#course && hidden === this.#hidden && sameCamera(camera, this.#camera);
    if (!same) this.#lay(course, camera, hidden);
    const dirty = same ? this.#dirty(course.changed(this.#place, place)) : null;
    this.#place = place;
    this.canvas.dataset["place"] = String(place);
    this.#paint(dirty);
    this.canvas.hidden = false;
  }

  hide(): void {
    this.#course = null;
    this.canvas.hidden = true;
  }

  remove(): void {
    this.canvas.remove();
  }

  /** Brings all corners to where the map looks, and notes which faces lie in which square. */
  #lay(course: Course, camera: Camera, hidden: ReadonlySet<string>): void {
    const ratio = window.devicePixelRatio || 1;
    const { widthPx, heightPx } = camera;
    Object.assign(this.canvas, { width: Math.round(widthPx * ratio), height: Math.round(heightPx * ratio) });
    this.#pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    [this.#course, this.#camera, this.#hidden] = [course, camera, hidden];
    const named = course.looks.map((look, at) => ({ at, row: rowOfLook(look), back: look.endsWith(REOPENED) }));
    const seen = named.filter(({ row }) => row !== UNRECORDED && !hidden.has(row));
    // A look that this page does not know is drawn last, as the worst.
    const rank = (row: string): number => (ORDER.includes(row) ? ORDER.indexOf(row) : ORDER.length);
    this.#order = seen.sort((a, b) => rank(a.row) - rank(b.row) || Number(a.back) - Number(b.back)).map(({ at }) => at);
    const { corners } = course;
    this.#points = new Float32Array(corners.length);
    for (let at = 0; at < corners.length; at += 2) {
      this.#points[at] = camera.originX + (corners[at] as number) * camera.scale;
      this.#points[at + 1] = camera.originY + (corners[at + 1] as number) * camera.scale;
    }
    this.#columns = Math.ceil(widthPx / CELL_PX);
    this.#cells = Array.from({ length: this.#columns * Math.ceil(heightPx / CELL_PX) }, () => []);
    this.#boxes = new Float32Array(course.nFaces * 4);
    for (let face = 0; face < course.nFaces; face++) {
      this.#box(face);
      for (const cell of this.#cellsOf(face)) this.#cells[cell]?.push(face);
    }
  }

  #box(face: number): void {
    const course = this.#course as Course;
    const [from, to] = [course.faceStarts[face] as number, course.faceStarts[face + 1] as number];
    let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
    const last = course.ringStarts[to] as number;
    for (let at = course.ringStarts[from] as number; at < last; at++) {
      const [x, y] = [this.#points[2 * at] as number, this.#points[2 * at + 1] as number];
      [west, east] = [Math.min(west, x), Math.max(east, x)];
      [north, south] = [Math.min(north, y), Math.max(south, y)];
    }
    this.#boxes.set([west, north, east, south], face * 4);
  }

  /** The squares in which anything of a face may be drawn, with its line and at its least size. */
  #cellsOf(face: number): number[] {
    const { widthPx, heightPx } = this.#camera as Camera;
    const [west = 0, north = 0, east = 0, south = 0] = this.#boxes.subarray(face * 4, face * 4 + 4);
    const room = LEAST_PX + 1;
    if (!(east + room >= 0 && south + room >= 0 && west - room < widthPx && north - room < heightPx)) return [];
    const column = (x: number): number => Math.min(this.#columns - 1, Math.max(0, Math.floor(x / CELL_PX)));
    const rows = this.#cells.length / this.#columns;
    const row = (y: number): number => Math.min(rows - 1, Math.max(0, Math.floor(y / CELL_PX)));
    const found: number[] = [];
    for (let y = row(north - room); y <= row(south + room); y++) {
      for (let x = column(west - room); x <= column(east + room); x++) found.push(y * this.#columns + x);
    }
    return found;
  }

  #dirty(faces: ReadonlySet<number>): Set<number> {
    const cells = new Set<number>();
    for (const face of faces) for (const cell of this.#cellsOf(face)) cells.add(cell);
    return cells;
  }

  /** Draws some squares anew, or all. */
  #paint(cells: ReadonlySet<number> | null): void {
    const { widthPx, heightPx } = this.#camera as Camera;
    const course = this.#course as Course;
    const pen = this.#pen;
    const [place, byLook] = [this.#place, course.looks.map((): number[] => [])];
    const seen = new Uint8Array(course.nFaces);
    pen.save();
    pen.beginPath();
    if (!cells) pen.rect(0, 0, widthPx, heightPx);
    const each = cells ?? this.#cells.keys();
    for (const cell of each) {
      if (cells) pen.rect((cell % this.#columns) * CELL_PX, Math.floor(cell / this.#columns) * CELL_PX, CELL_PX, CELL_PX);
      for (const face of this.#cells[cell] ?? []) {
        if (!seen[face]) byLook[course.lookOf(face, place)]?.push(face);
        seen[face] = 1;
      }
    }
    pen.clip();
    pen.fillStyle = this.#nothing;
    pen.fillRect(0, 0, widthPx, heightPx);
    for (const look of this.#order) this.#draw(course.looks[look] as string, byLook[look] as number[]);
    pen.restore();
  }

  #draw(look: string, faces: readonly number[]): void {
    if (!faces.length) return;
    const pen = this.#pen;
    const brush = this.#brush(look);
    const { scale } = this.#camera as Camera;
    const { widths } = this.#course as Course;
    const small = new Path2D();
    const ground = new Path2D();
    const narrow = new Path2D();
    let [anySmall, anyGround, anyNarrow] = [false, false, false];
    for (const face of faces) {
      const [west = 0, north = 0, east = 0, south = 0] = this.#boxes.subarray(face * 4, face * 4 + 4);
      const least = Math.min(east - west, south - north);
      if (least >= LEAST_PX) {
        this.#add(ground, face);
        anyGround = true;
        if (!mayVanish(look) && (widths[face] as number) * scale < LEAST_PX) {
          this.#add(narrow, face);
          anyNarrow = true;
        }
      } else if (!mayVanish(look)) {
        // What is narrower than a line is drawn as its box, never narrower than that.
        const [wide, high] = [Math.max(LEAST_PX, east - west), Math.max(LEAST_PX, south - north)];
        small.rect((west + east - wide) / 2, (north + south - high) / 2, wide, high);
        anySmall = true;
      }
    }
    if (anyGround) {
      pen.fillStyle = brush.fill;
      pen.fill(ground, "evenodd");
      pen.strokeStyle = brush.line;
      pen.lineWidth = brush.widthPx;
      pen.stroke(ground);
    }
    if (anyNarrow) {
      // A long strip that runs aslant has a large box, and may be thinner than a pixel all the same.
      pen.lineWidth = LEAST_PX;
      pen.lineJoin = "round";
      pen.stroke(narrow);
      pen.lineJoin = "miter";
    }
    if (!anySmall) return;
    pen.fillStyle = brush.line;
    pen.fill(small);
  }

  #add(path: Path2D, face: number): void {
    const course = this.#course as Course;
    const last = course.faceStarts[face + 1] as number;
    for (let ring = course.faceStarts[face] as number; ring < last; ring++) {
      const end = course.ringStarts[ring + 1] as number;
      let at = course.ringStarts[ring] as number;
      path.moveTo(this.#points[2 * at] as number, this.#points[2 * at + 1] as number);
      for (at += 1; at < end - 1; at++) path.lineTo(this.#points[2 * at] as number, this.#points[2 * at + 1] as number);
      path.closePath();
    }
  }

  #brush(look: string): Brush {
    const known = this.#brushes.get(look);
    if (known) return known;
    const row = rowOfLook(look) as LookId;
    const drawn: Look = LOOKS[row] ?? LOOKS.cha;
    const back = look.endsWith(REOPENED);
    const fill = this.#tile(drawn.hatch && hatchOf(drawn), mixed(drawn), 0.75);
    const made = { fill, line: back ? REOPENED_LINE : drawn.line, widthPx: back ? 2 : 1 };
    this.#brushes.set(look, made);
    return made;
  }

  /** A colour with strokes over it that repeat. */
  #tile(strokes: ImageData | null, colour: string, opacity = 1): CanvasPattern | string {
    if (!strokes) return colour;
    const [over, sheet] = [document.createElement("canvas"), document.createElement("canvas")];
    over.width = sheet.width = strokes.width;
    over.height = sheet.height = strokes.height;
    over.getContext("2d")?.putImageData(strokes, 0, 0);
    const pen = sheet.getContext("2d");
    if (!pen) return colour;
    pen.fillStyle = colour;
    pen.fillRect(0, 0, sheet.width, sheet.height);
    pen.globalAlpha = opacity;
    pen.drawImage(over, 0, 0);
    return this.#pen.createPattern(sheet, "repeat") ?? colour;
  }
}

function sameCamera(a: Camera, b: Camera | null): boolean {
  return b !== null && a.widthPx === b.widthPx && a.heightPx === b.heightPx && a.originX === b.originX && a.originY === b.originY && a.scale === b.scale;
}

/** The strokes of a look; the tile has colours multiplied by their opacity, and a canvas wants them whole. */
function hatchOf(look: Look): ImageData | null {
  if (!look.hatch) return null;
  const { width, height, data } = hatchTile(look.hatch, 1);
  const colour = channels(look.hatch.color);
  for (let at = 0; at < data.length; at += 4) data.set(colour, at);
  return new ImageData(data, width, height);
}

/** The tint of a look on the clean sheet under it. */
function mixed(look: Look): string {
  const [tint, sheet] = [channels(look.tint), channels(GROUND.recorded)];
  const parts = tint.map((value, at) => Math.round(value * look.tintOpacity + (sheet[at] as number) * (1 - look.tintOpacity)));
  return `rgb(${parts.join(" ")})`;
}
