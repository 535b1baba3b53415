/** The dock under the map while somebody draws: what it measures, what it lies over, and every step by keyboard. */

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { changed, CORNERS_LEAST, measured, newSketch, redone, sameCorners, type Sketch, sketchFault, undone } from "../core/sketch.ts";
import { boxOf } from "../core/geometry.ts";
import { Outlines } from "../core/snap.ts";
import { type LonLat, Plane } from "../core/plane.ts";
import type { Shape } from "../core/types.ts";
import type { Walk } from "../core/walk.ts";
import { Pen } from "../map/pen.ts";
import { pointShape, type SketchJob, useM2, useReach, useT } from "./context.ts";
import { PlaceList } from "./docklist.tsx";
import { WalkEntry } from "./dockwalk.tsx";
import { LiesOver, useMeasured } from "./measured.tsx";

type Way = "map" | "list" | "walk";

export function DrawDock(): JSX.Element | null {
  const job = useReach().page.sketch.value;
  return job && <Dock key={job.what} job={job} />;
}

/** The plane in which the site measures. */
export function usePlane(): Plane {
  const site = useReach().desk.site.value;
  const [lonDeg, latDeg] = [site?.lon_deg ?? 0, site?.lat_deg ?? 0];
  return useMemo(() => Plane.at([lonDeg, latDeg]), [lonDeg, latDeg]);
}

/** Everything that is drawn here: steps taken, what moves under the hand, and the walk it came from. */
function useSketch(job: SketchJob) {
  const { page } = useReach();
  const [sketch, setSketch] = useState<Sketch>(() => newSketch(job.kind, job.corners));
  const [moving, setMoving] = useState<readonly LonLat[]>(job.corners);
  const [walk, setWalk] = useState<Walk | null>(null);
  const pen = useRef<Pen | null>(null);
  const face = page.face.value;
  useEffect(() => {
    if (!face) return undefined;
    const own = new Pen({
      ...face.drawable(),
      kind: job.kind,
      events: {
        onMove: setMoving,
        onStep: (corners) => {
          setSketch((old) => changed(old, corners));
          setMoving(corners);
          setWalk(null);
        },
      },
    });
    own.show(job.corners);
    pen.current = own;
    return () => {
      own.remove();
      pen.current = null;
    };
  }, [face]);
  const put = (next: Sketch, from: Walk | null = null): void => {
    setSketch(next);
    setMoving(next.corners);
    setWalk(from);
    pen.current?.show(next.corners);
  };
  return { sketch, moving, walk, put, pen };
}

function Dock({ job }: { job: SketchJob }): JSX.Element {
  const { page } = useReach();
  const t = useT();
  const drawn = useSketch(job);
  const { sketch, moving, walk, put } = drawn;
  const [way, setWay] = useState<Way>("map");
  const snaps = useSnapping(drawn.pen, sketch, job.over);
  const dock = useRef<HTMLDivElement>(null);
  useEffect(() => dock.current?.focus({ preventScroll: true }), []);
  const end = (taken: boolean): void => {
    page.sketch.value = null;
    job.taken(taken ? { corners: sketch.corners, walk } : null);
  };
  const fault = sketchFault(sketch);
  const rests = sameCorners(moving, sketch.corners);
  const shown = (next: Sketch, from: Walk | null = null): void => {
    put(next, from);
    const box = boxOf(next.corners.map(([lon, lat]) => pointShape(lon, lat)));
    if (box) page.face.value?.fit(box);
  };
  return (
    <div ref={dock} tabIndex={-1} class="dock" role="region" aria-label={t(job.what)} onKeyDown={(event) => onUndoKey(event, drawn)}>
      <div class="dock-title">
        <b>{t(job.what)}</b>
        <Ways way={way} choose={setWay} kind={job.kind} />
      </div>
      {way === "list" && <PlaceList sketch={sketch} put={shown} />}
      {way === "walk" && <WalkEntry sketch={sketch} put={shown} walk={walk} />}
      <Live
        kind={job.kind}
        corners={rests ? sketch.corners : moving}
        under={snaps.outlines.under(moving)}
        walk={walk}
        settled={!fault && rests}
        live={job.live}
      />
      {fault && sketch.corners.length > 0 && (
        <p class="said bad" role="alert">
          {t(fault)}
        </p>
      )}
      <Steps drawn={drawn} onMap={way === "map"} snaps={snaps} />
      {way === "map" && <p class="quiet">{t(page.map.value === "ready" ? `desk.draw.hint.${job.kind}` : "desk.draw.no-map")}</p>}
      <p class="buttons dock-foot">
        <button type="button" class="strong" disabled={fault !== null} onClick={() => end(true)}>
          {t("desk.draw.take")}
        </button>
        <button type="button" onClick={() => end(false)}>
          {t("desk.cancel")}
        </button>
      </p>
    </div>
  );
}

type Drawing = ReturnType<typeof useSketch>;

function undo({ pen, put, sketch }: Drawing): void {
  if (!pen.current?.undo()) put(undone(sketch));
}

function redo({ pen, put, sketch }: Drawing): void {
  if (!pen.current?.redo()) put(redone(sketch));
}

/** Ctrl+Z and Ctrl+Y, where nobody types. */
function onUndoKey(event: KeyboardEvent, drawn: Drawing): void {
  const typing = (event.target as Element).matches("input, textarea, select");
  if (typing || !(event.ctrlKey || event.metaKey)) return;
  const key = event.key.toLowerCase();
  if (key === "z" && !event.shiftKey) undo(drawn);
  else if (key === "y" || key === "z") redo(drawn);
  else return;
  event.preventDefault();
}

/** Every step that the pen can take, as a button. */
function Steps(props: {
  readonly drawn: Drawing;
  readonly onMap: boolean;
  readonly snaps: { readonly on: boolean; readonly set: (on: boolean) => void };
}): JSX.Element {
  const { page } = useReach();
  const t = useT();
  const { drawn, snaps } = props;
  const { sketch, moving, put, pen } = drawn;
  const unfinished = moving.length > 0 && sketch.corners.length === 0;
  return (
    <p class="buttons">
      {props.onMap && (
        <button type="button" class="small" disabled={!page.face.value} onClick={() => pen.current?.mark()}>
          {t("desk.draw.mark")}
        </button>
      )}
      {unfinished && (
        <button type="button" class="small" disabled={moving.length < CORNERS_LEAST[sketch.kind]} onClick={() => pen.current?.finish()}>
          {t(`desk.draw.finish.${sketch.kind}`)}
        </button>
      )}
      <button type="button" class="small" disabled={!unfinished && !sketch.past.length} onClick={() => undo(drawn)}>
        {t("desk.draw.undo")}
      </button>
      <button type="button" class="small" disabled={!unfinished && !sketch.future.length} onClick={() => redo(drawn)}>
        {t("desk.draw.redo")}
      </button>
      <button type="button" class="small" disabled={!moving.length} onClick={() => put(changed(sketch, []))}>
        {t("desk.draw.empty")}
      </button>
      <label class="check">
        <input type="checkbox" checked={snaps.on} onChange={() => snaps.set(!snaps.on)} />
        <span>{t("desk.draw.snap")}</span>
      </label>
    </p>
  );
}

/** By hand on the map, as a list of places, or by bearing and distance. */
function Ways(props: { readonly way: Way; readonly choose: (way: Way) => void; readonly kind: string }): JSX.Element {
  const t = useT();
  const ways: readonly Way[] = props.kind === "point" ? ["map", "list"] : ["map", "list", "walk"];
  return (
    <div class="dock-ways" role="group" aria-label={t("desk.draw.ways")}>
      {ways.map((way) => (
        <button key={way} type="button" class="small" aria-pressed={props.way === way} onClick={() => props.choose(way)}>
          {t(`desk.draw.way.${way}`)}
        </button>
      ))}
    </div>
  );
}

/** Outlines on the map that corners are drawn to, those of the land by name. */
function useSnapping(pen: { readonly current: Pen | null }, sketch: Sketch, over: readonly Shape[] | undefined) {
  const { desk, page } = useReach();
  const [on, set] = useState(true);
  const layers = desk.picture.value?.layers;
  const ground = desk.ground.value;
  const outlines = useMemo(() => {
    const land = [layers?.hazards, layers?.parts, layers?.doubt, layers?.notcleared];
    const other = [layers?.projects, layers?.rubble, layers?.tasks, ground?.bridges, ground?.roads];
    const shapes = (each: typeof other): Shape[] => each.flatMap((collection) => collection?.features ?? []);
    const own = over ?? [];
    // What a page draws over is named; else the land on record is.
    return { land: new Outlines(over ? own : shapes(land)), all: new Outlines([...own, ...shapes(land), ...shapes(other)]) };
  }, [layers, ground, over]);
  useEffect(() => pen.current?.snapTo(on ? outlines.all : null), [on, outlines, page.face.value, sketch.kind]);
  return { on, set, outlines: outlines.land };
}

interface LiveProps {
  readonly kind: string;
  readonly corners: readonly LonLat[];
  readonly under: readonly Shape[];
  readonly walk: Walk | null;
  /** Whether nothing moves any more, so that the server can be asked. */
  readonly settled: boolean;
  readonly live: SketchJob["live"];
}

/** What it measures: at once as it is drawn, and as the server has it once a step is done. */
function Live({ kind, corners, under, walk, settled, live }: LiveProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const m2 = useM2();
  const plane = usePlane();
  const sizes = measured({ kind: kind as Sketch["kind"], corners }, plane);
  const asked = settled && kind === "polygon" && !live && desk.session.value.actor !== null;
  const { answer, fault } = useMeasured(asked ? corners : null, walk);
  const names = [...new Set(under.map((shape) => nameOf(shape, desk.words.value)))].filter(Boolean);
  return (
    <div class="dock-live">
      <p role="status">
        {kind === "polygon" && <b class="dock-area">{m2(answer?.area_m2 ?? sizes.areaM2)}</b>}{" "}
        <span>{t(`desk.draw.length.${kind}`, { n: desk.figures.value.area(answer?.length_m ?? sizes.lengthM) })}</span>{" "}
        <span class="quiet">
          {t("desk.draw.corners", { n: corners.length })}
          {asked && answer && ` · ${t("desk.draw.by-server")}`}
        </span>
      </p>
      {!answer && names.length > 0 && (
        <p class="said">
          {t("desk.draw.over", { what: desk.figures.value.list(names.slice(0, 3)) })}
        </p>
      )}
      {answer && <LiesOver measured={answer} most={3} />}
      {live?.(settled ? corners : null)}
      {fault}
    </div>
  );
}

function nameOf(shape: Shape, words: { name(name: string | null, id: string): string; of(group: string, code: string): string }): string {
  const of = shape.properties ?? {};
  if (typeof of["label"] === "string") return of["label"];
  const id = String(of["area_id"] ?? of["part_id"] ?? "");
  const state = words.of("class", String(of["class"] ?? of["outcome"] ?? "not_cleared"));
  const name = words.name(typeof of["name"] === "string" ? of["name"] : null, id);
  return name ? `${name} (${state})` : state;
}
