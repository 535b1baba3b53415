/** The map drawn by MapLibre; a chunk of its own, fetched after the page can be used. */

import { type GeoJSONSource, type LayerSpecification, Map as Engine, setWorkerUrl, type VectorTileSource } from "maplibre-gl";
import { CLOSED_HATCH, DAMAGES, DEPTHS, LOOKS } from "../core/looks.ts";
import { LAND_LAYERS } from "../core/layers.ts";
import { type Ground, labelShapes, NO_SHAPES, type Picture } from "../core/picture.ts";
import type { BaseMap, Box, MapView, Shapes } from "../core/types.ts";
import { mapLabel, type Words } from "../core/words.ts";
import { mercatorX, mercatorY } from "../core/course.ts";
import type { Covered, Drawable, Laid, MapFace, MapStart, Moment } from "./face.ts";
import { BASE_BEGINS, baseLayers, baseName } from "./basestyle.ts";
import { drawMarks, drawUnrecorded } from "./marks.ts";
import { type Camera, MomentSheet } from "./moment.ts";
import { hatchTile } from "./patterns.ts";
import { tiledLayer } from "./landtiles.ts";
import { allLayers, GEOJSON_SOURCES, LAND_BEGINS, rowOf, type SourceName } from "./style.ts";

const RATIO = 2;
const PADDING_PX = 48;
const EDGE_PX = 24;
const MOVE_MS = 600;

/** A map in its container, once it can be drawn on. Rejects where the browser cannot draw maps. */
export async function openMap(start: MapStart): Promise<MapFace> {
  setWorkerUrl(new URL("maplibre-gl-worker.mjs", import.meta.url).href);
  await loadFonts();
  const engine = makeEngine(start);
  await new Promise<void>((resolve) => engine.once("style.load", () => resolve()));
  for (const [name, look] of Object.entries(LOOKS)) {
    if (look.hatch) engine.addImage(`hatch-${name}`, hatchTile(look.hatch, RATIO), { pixelRatio: RATIO });
  }
  for (const { id, hatch } of DEPTHS) engine.addImage(`hatch-${id}`, hatchTile(hatch, RATIO), { pixelRatio: RATIO });
  for (const [grade, { hatch }] of Object.entries(DAMAGES)) engine.addImage(`hatch-damage-${grade}`, hatchTile(hatch, RATIO), { pixelRatio: RATIO });
  engine.addImage("hatch-closed", hatchTile(CLOSED_HATCH, RATIO), { pixelRatio: RATIO });
  engine.addImage("unrecorded", drawUnrecorded(RATIO), { pixelRatio: RATIO });
  for (const [name, pixels] of drawMarks(RATIO)) engine.addImage(name, pixels, { pixelRatio: RATIO });
  const tiles: string[] = ["buildings", ...(start.tiled ? LAND_LAYERS : [])];
  for (const source of GEOJSON_SOURCES.filter((name) => !tiles.includes(name))) {
    engine.addSource(source, { type: "geojson", data: NO_SHAPES, tolerance: 0.2 });
  }
  for (const source of tiles) {
    const zooms = source === "buildings" ? { minzoom: 12, maxzoom: 16 } : { minzoom: 0, maxzoom: 18 };
    engine.addSource(source, { type: "vector", tiles: [tileUrl(source, "")], ...zooms });
  }
  for (const layer of allLayers()) engine.addLayer(start.tiled ? tiledLayer(layer) : layer);
  const base = start.base ? addBase(engine, start.base) : [];
  listen(engine, start, tiles);
  return new MapLibreFace(engine, start.covered, tiles, base);
}

/** Draws the base map under what is on record, its names under all other words; answers with its layers. */
function addBase(engine: Engine, base: BaseMap): LayerSpecification[] {
  const zooms = { minzoom: base.first_zoom, maxzoom: base.last_zoom };
  engine.addSource("base", { type: "vector", tiles: [tileUrl("base", "")], ...zooms });
  const words = allLayers().find((layer) => layer.type === "symbol")?.id;
  const layers = baseLayers(base.layers);
  for (const layer of layers) engine.addLayer(layer, layer.type === "symbol" ? words : BASE_BEGINS);
  return layers;
}

/** Web fonts must be in before the first label: the map draws each letter only once. */
async function loadFonts(): Promise<void> {
  const samples = ["Aa0", "ابت"];
  const fonts = ["Rafiqa Sans", "Rafiqa Label"];
  const loads = fonts.flatMap((font) => samples.map((sample) => document.fonts.load(`16px "${font}"`, sample)));
  await Promise.allSettled(loads);
}

function makeEngine(start: MapStart): Engine {
  const camera = start.view
    ? { center: [start.view.lon, start.view.lat] as [number, number], zoom: start.view.zoom }
    : start.box
      ? { bounds: [...start.box] as [number, number, number, number], fitBoundsOptions: { padding: firstPadding(start) } }
      : { center: [...start.middle] as [number, number], zoom: 13 };
  return new Engine({
    container: start.container,
    style: { version: 8, sources: {}, layers: [] },
    ...camera,
    minZoom: 3,
    maxZoom: 20,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxPitch: 0,
    localIdeographFontFamily: false,
    fadeDuration: start.still ? 0 : 200,
    locale: { "Map.Title": start.label },
  });
}

function firstPadding({ container, covered }: MapStart): Covered {
  const canvas = { clientWidth: container.clientWidth, clientHeight: container.clientHeight };
  return paddingOf({ getCanvas: () => canvas }, covered());
}

function listen(engine: Engine, start: MapStart, tiles: readonly string[]): void {
  engine.touchZoomRotate.disableRotation();
  engine.keyboard.disableRotation();
  engine.on("click", (event) => start.events.onAsk(event.lngLat.lng, event.lngLat.lat));
  engine.on("moveend", () => start.events.onMove(viewOf(engine)));
  engine.on("error", (event) => {
    if (tiles.includes((event as { sourceId?: string }).sourceId ?? "")) start.events.onTiles(false);
    else console.warn("map:", event.error.message);
  });
  engine.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const { lng, lat } = engine.getCenter();
    start.events.onAsk(lng, lat);
  });
}

function viewOf(engine: Engine): MapView {
  const { lng, lat } = engine.getCenter();
  return { lon: lng, lat, zoom: engine.getZoom() };
}

function tileUrl(source: string, query: string): string {
  return `${location.origin}/tiles/${source}/{z}/{x}/{y}.mvt${query}`;
}

class MapLibreFace implements MapFace {
  readonly #engine: Engine;
  readonly #covered: () => Covered;
  readonly #tiles: readonly string[];
  readonly #base: readonly LayerSpecification[];
  #query = "";
  #hidden: ReadonlySet<string> = new Set();
  /** Roads on record carry their own names: those of the base map would say them twice. */
  #ownRoads = false;
  #sheet: MomentSheet | null = null;
  #moment: Moment | null = null;

  constructor(engine: Engine, covered: () => Covered, tiles: readonly string[], base: readonly LayerSpecification[]) {
    this.#base = base;
    this.#engine = engine;
    this.#covered = covered;
    this.#tiles = tiles;
  }

  #set(source: SourceName, shapes: Shapes): void {
    (this.#engine.getSource(source) as GeoJSONSource | undefined)?.setData(shapes);
  }

  setPicture(picture: Picture, words: Words): void {
    if (!picture.layers) return;
    const layers = { ...picture.layers };
    // What comes as tiles carries its own marks and words.
    for (const name of LAND_LAYERS) if (this.#tiles.includes(name)) layers[name] = NO_SHAPES;
    for (const [name, shapes] of Object.entries(layers)) {
      if (!this.#tiles.includes(name)) this.#set(name as SourceName, shapes);
    }
    this.#set("labels", labelShapes(layers, words));
  }

  setGround(ground: Ground, words: Words): void {
    for (const [name, shapes] of Object.entries(ground)) {
      this.#set(name as SourceName, named(shapes, words.lang));
    }
    this.#ownRoads = ground.roads.features.some((shape) => shape.properties?.["name"]);
    for (const { id, type } of this.#base) {
      if (type === "symbol") this.#engine.setLayoutProperty(id, "text-field", baseName(words.lang));
    }
    this.setHidden(this.#hidden);
  }

  setTiles(query: string, again: boolean): void {
    if (query === this.#query && !again) return;
    this.#query = query;
    for (const source of this.#tiles) {
      (this.#engine.getSource(source) as VectorTileSource | undefined)?.setTiles([tileUrl(source, query)]);
    }
    if (again) (this.#engine.getSource("base") as VectorTileSource | undefined)?.setTiles([tileUrl("base", "")]);
  }

  setHidden(hidden: ReadonlySet<string>): void {
    this.#hidden = hidden;
    for (const layer of [...allLayers(), ...this.#base]) {
      const row = rowOf(layer);
      if (!row) continue;
      const twice = layer.id === "base-road-names" && this.#ownRoads;
      const shown = hidden.has(row) || twice ? "none" : "visible";
      this.#engine.setLayoutProperty(layer.id, "visibility", shown);
    }
  }

  setSelected(shapes: Shapes): void {
    this.#set("selected", shapes);
  }

  setMoment(moment: Moment | null): void {
    this.#moment = moment;
    if (!moment) return this.#sheet?.hide();
    if (!this.#sheet) {
      this.#sheet = new MomentSheet(this.#engine.getCanvasContainer());
      // The sheet lies as the map does, however that is moved or grows meanwhile.
      for (const turn of ["move", "resize"] as const) this.#engine.on(turn, () => this.#moment && this.setMoment(this.#moment));
    }
    const camera = cameraOf(this.#engine);
    if (moment.course) this.#sheet.show(moment.course, moment.place, camera, this.#hidden);
    else this.#sheet.showNothing(camera);
  }

  setLaid(laid: Laid | null): void {
    if (this.#engine.getLayer("laid")) this.#engine.removeLayer("laid");
    if (this.#engine.getSource("laid")) this.#engine.removeSource("laid");
    if (!laid) return;
    const [a, b, c, d] = laid.corners.map(([lon, lat]) => [lon, lat] as [number, number]);
    if (!a || !b || !c || !d) return;
    this.#engine.addSource("laid", { type: "image", url: laid.url, coordinates: [a, b, c, d] });
    // Under the land on record: an estimate never lies over what is known. Every pixel as it was drawn.
    const paint = { "raster-opacity": 0.8, "raster-resampling": "nearest", "raster-fade-duration": 0 } as const;
    this.#engine.addLayer({ id: "laid", type: "raster", source: "laid", paint }, LAND_BEGINS);
  }

  fit([west, south, east, north]: Box): void {
    const padding = paddingOf(this.#engine, this.#covered());
    this.#engine.fitBounds([west, south, east, north], { padding, maxZoom: 17, duration: MOVE_MS });
  }

  flyTo(lon: number, lat: number, zoom: number): void {
    const { top, right, bottom, left } = this.#covered();
    this.#engine.easeTo({
      center: [lon, lat],
      zoom: Math.max(zoom, this.#engine.getZoom()),
      offset: [(left - right) / 2, (top - bottom) / 2],
      duration: MOVE_MS,
    });
  }

  bringIntoSight(lon: number, lat: number): void {
    const { x, y } = this.#engine.project([lon, lat]);
    const { top, right, bottom, left } = this.#covered();
    const { clientWidth, clientHeight } = this.#engine.getCanvas();
    const inSight =
      x > left + EDGE_PX &&
      x < clientWidth - right - EDGE_PX &&
      y > top + EDGE_PX &&
      y < clientHeight - bottom - EDGE_PX;
    if (!inSight) this.flyTo(lon, lat, 0);
  }

  zoomBy(steps: number): void {
    this.#engine.zoomTo(this.#engine.getZoom() + steps, { duration: 250 });
  }

  middle(): MapView {
    return viewOf(this.#engine);
  }

  drawable(): Drawable {
    return { engine: this.#engine, canvas: this.#engine.getCanvas() };
  }

  whenIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.#engine.once("idle", () => resolve());
      this.#engine.triggerRepaint();
    });
  }

  remove(): void {
    this.#sheet?.remove();
    this.#engine.remove();
  }
}

/** Where the map looks, which is never turned or tilted. */
function cameraOf(engine: Engine): Camera {
  const { lng, lat } = engine.getCenter();
  const { x, y } = engine.project([lng, lat]);
  const { clientWidth, clientHeight } = engine.getCanvas();
  const scale = 512 * 2 ** engine.getZoom();
  return { widthPx: clientWidth, heightPx: clientHeight, originX: x - mercatorX(lng) * scale, originY: y - mercatorY(lat) * scale, scale };
}

interface Sized {
  getCanvas(): { readonly clientWidth: number; readonly clientHeight: number };
}

/** Room round a box: clear of what covers the map, and never more than the map has. */
function paddingOf(engine: Sized, covered: Covered): Covered {
  const { clientWidth: width, clientHeight: height } = engine.getCanvas();
  const spare = Math.min(PADDING_PX, width / 10, height / 10);
  const sides = { top: covered.top + spare, bottom: covered.bottom + spare, left: covered.left + spare, right: covered.right + spare };
  const fits = sides.left + sides.right < width * 0.8 && sides.top + sides.bottom < height * 0.8;
  return fits ? sides : { top: spare, bottom: spare, left: spare, right: spare };
}

/** Shapes with a `label` the map can draw, where they have a name. */
function named(shapes: Shapes, lang: string): Shapes {
  const features = shapes.features.map((shape) => {
    const name = shape.properties?.["name"];
    const label = mapLabel(typeof name === "string" ? name : null, lang);
    return label ? { ...shape, properties: { ...shape.properties, label } } : shape;
  });
  return { ...shapes, features };
}
