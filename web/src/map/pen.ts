/** The pen on the map, by terra-draw: drawing and editing one outline, line or place. Fetched when drawing begins. */

import type { Feature, LineString, Point, Polygon, Position } from "geojson";
import {
  type GeoJSONStoreFeatures,
  TerraDraw,
  TerraDrawLineStringMode,
  TerraDrawModeUndoRedo,
  TerraDrawPointMode,
  TerraDrawPolygonMode,
  TerraDrawSelectMode,
} from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import type { LonLat } from "../core/plane.ts";
import { CORNERS_LEAST, kept, type SketchKind } from "../core/sketch.ts";
import type { Outlines } from "../core/snap.ts";

export interface PenEvents {
  /** Corners as they are while a hand moves; the last may still move. */
  readonly onMove: (corners: readonly LonLat[]) => void;
  /** Corners as they stand once a step is done. */
  readonly onStep: (corners: readonly LonLat[]) => void;
}

export interface PenStart {
  readonly engine: unknown;
  readonly canvas: HTMLCanvasElement;
  readonly kind: SketchKind;
  readonly events: PenEvents;
}

const SNAP_PX = 14;
const INK = "#1d2430";
const PAPER = "#ffffff";
/** A violet that no class of ground has. */
const DRAWN = "#7a1fa2";
const MODES = { polygon: "polygon", line: "linestring", point: "point" } as const satisfies Record<SketchKind, string>;
const NO_KEYS = { cancel: null, finish: null } as const;

type Drawable = Polygon | LineString | Point;

/** Draws with mouse, finger or keyboard; what is drawn comes out as corners, ends not repeated. */
export class Pen {
  readonly #draw: TerraDraw;
  readonly #start: PenStart;
  #outlines: Outlines | null = null;

  constructor(start: PenStart) {
    this.#start = start;
    this.#draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map: start.engine, coordinatePrecision: 9 }),
      modes: this.#modes(),
      undoRedo: { modeLevel: new TerraDrawModeUndoRedo() },
    });
    this.#draw.start();
    this.#draw.on("change", (_ids, type) => type !== "styling" && this.#moved());
    this.#draw.on("finish", () => queueMicrotask(() => this.#stepped()));
    start.canvas.addEventListener("keydown", this.#key);
    this.show([]);
  }

  /** Outlines that corners are drawn to; none where null. */
  snapTo(outlines: Outlines | null): void {
    this.#outlines = outlines;
  }

  /** Draws these corners to be edited; with too few, the pen begins anew. */
  show(corners: readonly LonLat[]): void {
    const { kind } = this.#start;
    this.#draw.clear();
    if (corners.length < CORNERS_LEAST[kind]) {
      this.#draw.setMode(MODES[kind]);
      return;
    }
    const shape = { type: "Feature", geometry: geometryOf(kind, corners), properties: { mode: MODES[kind] } };
    const [stored] = this.#draw.addFeatures([shape as GeoJSONStoreFeatures]);
    if (stored?.valid && stored.id !== undefined) this.#draw.selectFeature(stored.id);
    else console.warn("pen:", stored?.reason);
  }

  /** Takes back the last corner while an outline is being drawn; false where none is. */
  undo(): boolean {
    const done = this.#drawing() && this.#draw.canUndo() && this.#draw.undo();
    if (done) this.#moved();
    return done;
  }

  redo(): boolean {
    const done = this.#draw.getMode() !== "select" && this.#draw.canRedo() && this.#draw.redo();
    if (done) this.#moved();
    return done;
  }

  /** Ends the outline at the corners set so far, as pressing its first corner does. */
  finish(): void {
    const shape = this.#shape();
    if (!this.#drawing() || !shape) return;
    const corners = setCorners(shape);
    this.show(corners);
    this.#start.events.onStep(corners);
  }

  /** Sets a corner where the cross in the middle of the map stands. */
  mark(): void {
    const { canvas } = this.#start;
    const box = canvas.getBoundingClientRect();
    const at = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 };
    const event = { ...at, bubbles: true, isPrimary: true, pointerId: 1, pointerType: "mouse" };
    canvas.dispatchEvent(new PointerEvent("pointermove", { ...event, button: -1 }));
    canvas.dispatchEvent(new PointerEvent("pointerdown", { ...event, button: 0 }));
    canvas.dispatchEvent(new PointerEvent("pointerup", { ...event, button: 0 }));
  }

  remove(): void {
    this.#start.canvas.removeEventListener("keydown", this.#key);
    this.#draw.stop();
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === "Enter") this.mark();
    else if (event.key === "Backspace" && this.#drawing()) this.undo();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  #drawing(): boolean {
    return this.#draw.getModeState() === "drawing";
  }

  #shape(): GeoJSONStoreFeatures | undefined {
    const mode = MODES[this.#start.kind];
    return this.#draw.getSnapshot().find(({ geometry, properties }) => properties["mode"] === mode && isWhole(geometry, this.#start.kind));
  }

  #moved(): void {
    const shape = this.#shape();
    this.#start.events.onMove(shape ? cornersOf(shape) : []);
  }

  #stepped(): void {
    const shape = this.#shape();
    if (!shape) return;
    const corners = setCorners(shape);
    this.#start.events.onStep(corners);
    if (this.#draw.getMode() !== "select") this.show(corners);
  }

  #modes(): ConstructorParameters<typeof TerraDraw>[0]["modes"] {
    const toCustom = (event: { lng: number; lat: number }, context: { project: (lng: number, lat: number) => { x: number; y: number } }) => {
      const found = this.#outlines?.snap([event.lng, event.lat], context.project, SNAP_PX);
      return found ? [...kept(found)] : undefined;
    };
    const snapping = { toCustom };
    const coordinates = { midpoints: true, draggable: true, deletable: true, snappable: snapping };
    const flags = { feature: { draggable: false, coordinates } };
    return [
      new TerraDrawPolygonMode({ snapping, keyEvents: NO_KEYS, showCoordinatePoints: true, styles: POLYGON }),
      new TerraDrawLineStringMode({ snapping, keyEvents: NO_KEYS, showCoordinatePoints: true, styles: LINE }),
      new TerraDrawPointMode({ styles: { pointColor: DRAWN, pointOutlineColor: PAPER, pointWidth: 7, pointOutlineWidth: 2 } }),
      new TerraDrawSelectMode({
        allowManualDeselection: false,
        keyEvents: null,
        flags: { polygon: flags, linestring: flags, point: { feature: { draggable: true } } },
        styles: SELECTED,
      }),
    ];
  }
}

const POLYGON = {
  fillColor: DRAWN,
  fillOpacity: 0.12,
  outlineColor: DRAWN,
  outlineWidth: 3,
  closingPointColor: PAPER,
  closingPointOutlineColor: DRAWN,
  closingPointWidth: 6,
  closingPointOutlineWidth: 3,
  snappingPointColor: PAPER,
  snappingPointOutlineColor: INK,
  snappingPointWidth: 5,
  snappingPointOutlineWidth: 3,
  coordinatePointColor: DRAWN,
  coordinatePointOutlineColor: PAPER,
  coordinatePointWidth: 5,
  coordinatePointOutlineWidth: 2,
} as const;
const LINE = {
  lineStringColor: DRAWN,
  lineStringWidth: 3,
  closingPointColor: PAPER,
  closingPointOutlineColor: DRAWN,
  closingPointWidth: 6,
  closingPointOutlineWidth: 3,
  snappingPointColor: PAPER,
  snappingPointOutlineColor: INK,
  snappingPointWidth: 5,
  snappingPointOutlineWidth: 3,
} as const;
const SELECTED = {
  selectedPolygonColor: DRAWN,
  selectedPolygonFillOpacity: 0.12,
  selectedPolygonOutlineColor: DRAWN,
  selectedPolygonOutlineWidth: 3,
  selectedLineStringColor: DRAWN,
  selectedLineStringWidth: 3,
  selectedPointColor: DRAWN,
  selectedPointOutlineColor: PAPER,
  selectionPointColor: PAPER,
  selectionPointOutlineColor: DRAWN,
  selectionPointWidth: 7,
  selectionPointOutlineWidth: 3,
  midPointColor: DRAWN,
  midPointOutlineColor: PAPER,
  midPointWidth: 4,
  midPointOutlineWidth: 2,
} as const;

function isWhole(geometry: { readonly type: string }, kind: SketchKind): boolean {
  return geometry.type === { polygon: "Polygon", line: "LineString", point: "Point" }[kind];
}

function geometryOf(kind: SketchKind, corners: readonly LonLat[]): Drawable {
  const points = corners.map(([lon, lat]): Position => [lon, lat]);
  if (kind === "polygon") return { type: "Polygon", coordinates: [[...points, points[0] as Position]] };
  if (kind === "line") return { type: "LineString", coordinates: points };
  return { type: "Point", coordinates: points[0] as Position };
}

/** All corners, the one that still moves among them; the end of a ring is its first and left out. */
function cornersOf(shape: Pick<Feature, "geometry">): LonLat[] {
  const { geometry } = shape;
  if (geometry.type === "Point") return [pair(geometry.coordinates)];
  if (geometry.type === "LineString") return distinct(geometry.coordinates);
  return geometry.type === "Polygon" ? distinct((geometry.coordinates[0] ?? []).slice(0, -1)) : [];
}

/** Only the corners that are set. */
function setCorners(shape: GeoJSONStoreFeatures): LonLat[] {
  const set = shape.properties["committedCoordinateCount"];
  const corners = cornersOf(shape);
  return typeof set === "number" ? corners.slice(0, set) : corners;
}

/** Without corners that stand twice in a row, as those have that still move. */
function distinct(points: readonly Position[]): LonLat[] {
  return points.map(pair).filter(([lon, lat], at, all) => {
    const before = all[at - 1];
    return !before || Math.abs(before[0] - lon) > 1e-9 || Math.abs(before[1] - lat) > 1e-9;
  });
}

function pair([lon = 0, lat = 0]: Position): LonLat {
  return [lon, lat];
}
