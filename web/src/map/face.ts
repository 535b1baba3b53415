/** The map as the desk sees it: our own words for it, so that the engine can be changed. */

import type { Course } from "../core/course.ts";
import type { Ground, Picture } from "../core/picture.ts";
import type { BaseMap, Box, MapView, Shapes } from "../core/types.ts";
import type { Words } from "../core/words.ts";

export interface MapFace {
  /** Draws a picture; does nothing while it has no layers yet. */
  setPicture(picture: Picture, words: Words): void;
  setGround(ground: Ground, words: Words): void;
  /** Asks for tiles with these query parameters; `again` asks even if they are the same. */
  setTiles(query: string, again: boolean): void;
  setHidden(hidden: ReadonlySet<string>): void;
  /** Draws the land at a place of its course over everything, while time moves; takes it off. */
  setMoment(moment: Moment | null): void;
  setSelected(shapes: Shapes): void;
  /** Lays a picture over the map, its corners from the north-west clockwise; takes it off. */
  setLaid(laid: Laid | null): void;
  fit(box: Box): void;
  flyTo(lon: number, lat: number, zoom: number): void;
  /** Moves the map only if the place cannot be seen. */
  bringIntoSight(lon: number, lat: number): void;
  zoomBy(steps: number): void;
  /** The place in the middle of the map. */
  middle(): MapView;
  /** What a pen draws on: the engine itself and its canvas. */
  drawable(): Drawable;
  /** Says when everything asked for is drawn. */
  whenIdle(): Promise<void>;
  remove(): void;
}

export interface Moment {
  /** Null while none is at hand: then no ground is shown as on record. */
  readonly course: Course | null;
  /** How many of the times of the course have come. */
  readonly place: number;
}

export interface Drawable {
  readonly engine: unknown;
  readonly canvas: HTMLCanvasElement;
}

export interface Laid {
  readonly url: string;
  readonly corners: readonly (readonly [lonDeg: number, latDeg: number])[];
}

export interface MapEvents {
  /** Somebody asks about a place. */
  readonly onAsk: (lon: number, lat: number) => void;
  readonly onMove: (view: MapView) => void;
  /** Tiles could not be had; true again when they can. */
  readonly onTiles: (inOrder: boolean) => void;
}

/** How much of the map's edges other things cover, in CSS pixels. */
export interface Covered {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

export interface MapStart {
  readonly container: HTMLElement;
  readonly view: MapView | null;
  readonly box: Box | null;
  readonly middle: readonly [lon: number, lat: number];
  readonly events: MapEvents;
  readonly covered: () => Covered;
  /** The name of the map for those who cannot see it. */
  readonly label: string;
  readonly still: boolean;
  /** Whether land on record comes as tiles instead of shapes. */
  readonly tiled?: boolean;
  /** The base map to draw under everything, where there is one. */
  readonly base?: BaseMap | null;
}
