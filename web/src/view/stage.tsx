/** The map in the page: fetched after the first paint, and never needed to use the rest. */

import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { queryOf } from "../core/api.ts";
import { boxOf } from "../core/geometry.ts";
import type { Covered, MapFace, Moment } from "../map/face.ts";
import { drawnShapes, LAYOUT_MS, type Reach, shapesOf, useReach, useT } from "./context.ts";
import { scaleOf } from "../core/scale.ts";
import { sameAsOf } from "../core/time.ts";
import { Key, Unrecorded } from "./key.tsx";
import { Icon, IconButton } from "./marks.tsx";
import { tieProbability } from "./probability.tsx";

type MapChunk = typeof import("../map/maplibre.ts");

/** A spot is first shown with what lies round it. */
const SPOT_ZOOM = 15;
/** Below this width of the map the key starts folded. */
const KEY_NEEDS_PX = 700;

export function Stage({ fetchMap }: { fetchMap: () => Promise<MapChunk> }): JSX.Element {
  const reach = useReach();
  const t = useT();
  const { desk, page } = reach;
  const box = useRef<HTMLDivElement>(null);
  const canStart = desk.words.value.loaded && desk.site.value !== null;
  useEffect(() => {
    if (!canStart || !box.current) return undefined;
    const opening = startMap(reach, box.current, fetchMap);
    return () => void opening.then((stop) => stop());
  }, [canStart]);
  return (
    <section
      class="stage"
      aria-label={t("desk.map")}
      aria-busy={desk.busy.value || page.covered.value}
      data-stale={desk.stale.value !== null || desk.copy.value !== null}
    >
      <div class="map" ref={box} />
      <p class="crosshair" aria-hidden="true" />
      {desk.busy.value && <p class="progress" role="progressbar" aria-label={t("desk.loading")} />}
      <Moving />
      {page.map.value === "ready" && <MapButtons />}
      {page.map.value === "ready" && <ScaleBar />}
      {page.map.value !== "failed" && !page.narrow.value && <KeyCard />}
      {page.map.value !== "failed" && page.narrow.value && (
        <div class="map-words">
          <Unrecorded />
        </div>
      )}
    </section>
  );
}

/** While the land alone follows the time: that everything else is not drawn, and comes. */
function Moving(): JSX.Element | null {
  const { desk, page } = useReach();
  const t = useT();
  const told = desk.course.value ? "desk.moving" : "desk.moving.withheld";
  return page.covered.value ? <p class="moving-says">{t(told)}</p> : null;
}

function MapButtons(): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const face = page.face.value;
  const whole = desk.site.value?.bbox_lonlat;
  return (
    <div class="map-buttons" role="group" aria-label={t("desk.map.buttons")}>
      <IconButton name="plus" label={t("desk.map.closer")} onClick={() => face?.zoomBy(1)} />
      <IconButton name="minus" label={t("desk.map.farther")} onClick={() => face?.zoomBy(-1)} />
      {whole && <IconButton name="whole" label={t("desk.map.whole")} onClick={() => face?.fit(whole)} />}
    </div>
  );
}

const SCALE_PX = 110;

function ScaleBar(): JSX.Element | null {
  const { desk, page } = useReach();
  const t = useT();
  const view = desk.view.value ?? page.face.value?.middle();
  if (!view) return null;
  const { lengthM, widthPx } = scaleOf(view, SCALE_PX);
  const [n, code] = lengthM >= 1000 ? [lengthM / 1000, "desk.scale.km"] : [lengthM, "desk.scale.m"];
  return (
    <p class="scale" style={{ inlineSize: `${widthPx}px` }}>
      {t(code, { n })}
    </p>
  );
}

function KeyCard(): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const beside = desk.work.value ? 920 : desk.selected.value ? 720 : 320;
  const roomy = window.innerWidth - beside >= KEY_NEEDS_PX;
  const open = page.keyOpen.value ?? roomy;
  return (
    <section class="key-card" aria-label={t("desk.tab.key")} data-open={open}>
      <button type="button" class="key-fold" aria-expanded={open} onClick={() => (page.keyOpen.value = !open)}>
        <Icon name="key" />
        <span>{t("desk.tab.key")}</span>
        <Icon name={open ? "up" : "down"} />
      </button>
      {open ? <Key /> : <Unrecorded />}
    </section>
  );
}

/** What lies over the map: the open key at its side, the sheet at its bottom. */
function coveredOf(container: HTMLElement): Covered {
  const map = container.getBoundingClientRect();
  const key = document.querySelector('.key-card[data-open="true"]')?.getBoundingClientRect();
  const sheet = document.querySelector(".sheet")?.getBoundingClientRect();
  const onStart = key !== undefined && key.left - map.left < map.right - key.right;
  const over = sheet && sheet.left < map.right && sheet.right > map.left ? map.bottom - sheet.top : 0;
  return {
    top: 0,
    right: key && !onStart ? map.right - key.left : 0,
    bottom: Math.max(0, over),
    left: key && onStart ? key.right - map.left : 0,
  };
}

/** Opens the map and ties it to the desk; answers with how to undo that. */
async function startMap(reach: Reach, container: HTMLElement, fetchMap: () => Promise<MapChunk>): Promise<() => void> {
  const { desk, page } = reach;
  const site = desk.site.peek();
  try {
    const { openMap } = await fetchMap();
    const face = await openMap({
      container,
      view: desk.view.peek(),
      box: site?.bbox_lonlat ?? null,
      middle: [site?.lon_deg ?? 0, site?.lat_deg ?? 0],
      covered: () => coveredOf(container),
      label: desk.words.peek().t("desk.map.keys"),
      tiled: desk.large.peek() === true,
      base: site?.base ?? null,
      still: matchMedia("(prefers-reduced-motion: reduce)").matches,
      events: {
        onAsk: (lon, lat) => {
          if (page.sketch.peek()) return; // the pen has the map
          const drawn = page.drawn.peek();
          if (drawn) {
            page.drawn.value = [...drawn, [lon, lat]];
            return;
          }
          desk.select({ kind: "spot", lon, lat });
          if (page.narrow.peek()) page.tab.value = null;
          setTimeout(() => page.face.peek()?.bringIntoSight(lon, lat), LAYOUT_MS);
        },
        onMove: (view) => (desk.view.value = view),
        onTiles: (inOrder) => (page.tilesInOrder.value = inOrder),
      },
    });
    page.face.value = face;
    page.map.value = "ready";
    if (!desk.view.peek()) showFirst(reach, face);
    const untie = tie(reach, face);
    return () => {
      untie();
      page.face.value = null;
      face.remove();
    };
  } catch (error) {
    console.warn("no map:", error);
    page.map.value = "failed";
    return () => undefined;
  }
}

/** A link that selects something and says no view shows where that is, once it is known. */
function showFirst(reach: Reach, face: MapFace): void {
  const selection = reach.desk.selected.peek();
  if (!selection) return;
  const stop = effect(() => {
    const box = boxOf(shapesOf(reach, selection));
    if (!box || !reach.desk.picture.value?.layers) return;
    queueMicrotask(() => stop());
    const show = (): void =>
      selection.kind === "spot" ? face.flyTo(selection.lon, selection.lat, SPOT_ZOOM) : face.fit(box);
    setTimeout(show, LAYOUT_MS);
  });
}

/** Whatever was drawn is of entries that are no longer the newest. */
const NO_MOMENT: Moment = { course: null, place: 0 };

/** Lays the land at the moment asked over the map, until the map itself is of that moment. */
function tieMoment({ desk, page }: Reach, face: MapFace): () => void {
  let turn = 0;
  const uncover = (): void => {
    page.covered.value = false;
    face.setMoment(null);
  };
  return effect(() => {
    const [course, place, withheld] = [desk.course.value, desk.moving.value, desk.withheld.value];
    void desk.hidden.value;
    turn += 1;
    if (withheld || (course && place !== null)) {
      page.covered.value = true;
      return face.setMoment(withheld ? NO_MOMENT : { course, place: place ?? 0 });
    }
    if (!page.covered.peek()) return;
    const asked = turn;
    const picture = desk.picture.value;
    if (!picture || !sameAsOf(picture.asOf, desk.asked.value)) return uncover();
    if (!course) face.setMoment(NO_MOMENT);
    // The picture has come, and with it tiles are asked for: they are drawn before the sheet goes.
    void Promise.resolve().then(() => face.whenIdle()).then(() => asked === turn && uncover());
  });
}

/** Keeps the map as the desk says; each tie runs again only when what it reads has changed. */
function tie({ desk, page }: Reach, face: MapFace): () => void {
  let tiledAt = desk.site.peek()?.entries;
  const ties = [
    effect(() => {
      const picture = desk.picture.value;
      if (picture) face.setPicture(picture, desk.words.value);
    }),
    effect(() => {
      if (desk.ground.value) face.setGround(desk.ground.value, desk.words.value);
    }),
    effect(() => {
      const entries = desk.site.value?.entries;
      const again = !page.tilesInOrder.peek() || entries !== tiledAt;
      tiledAt = entries;
      page.tilesInOrder.value = true;
      const asOf = desk.picture.value?.asOf ?? desk.asked.value;
      face.setTiles(queryOf({ asOf, lang: desk.lang.value }), again);
    }),
    effect(() => face.setHidden(desk.hidden.value)),
    tieMoment({ desk, page }, face),
    tieProbability({ desk, page }, face),
    effect(() => {
      const chosen = page.compared.value ?? shapesOf({ desk, page }, desk.selected.value);
      const features = [...chosen, ...drawnShapes({ desk, page })];
      face.setSelected({ type: "FeatureCollection", features });
    }),
  ];
  return () => ties.forEach((untie) => untie());
}
