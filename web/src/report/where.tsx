/** Where it is: from where I stand, by name, or on the map; and how exactly that is told. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { MapFace } from "../map/face.ts";
import type { Lang } from "../core/language.ts";
import type { Say } from "../verify/words.ts";
import { Choice } from "./form.tsx";
import { openPlaceMap } from "./map.ts";
import { type Named, numberOf, offset, search, type Spot } from "./place.ts";

interface Props {
  readonly say: Say;
  readonly lang: Lang;
  readonly places: readonly Named[];
  readonly spot: Spot | null;
  readonly setSpot: (spot: Spot | null) => void;
  readonly draft: Readonly<Record<string, string>>;
  readonly set: (field: string, value: string) => void;
}

const PRECISIONS = ["exact", "block", "community", "withheld"] as const;
const DIRECTIONS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"] as const;
const NAMED_REACH_M = 200;
const MAP_REACH_M = 20;

/** The questions about the place; every one of them may be left out. */
export function Where(props: Props) {
  const { say, draft, set, spot } = props;
  const [map, setMap] = useState(false);
  return (
    <section class="card">
      <h2>{say("where.title")}</h2>
      <Standing {...props} />
      <ByName {...props} />
      {map ? <OnMap {...props} /> : <button type="button" onClick={() => setMap(true)}>{say("where.map")}</button>}
      <p role="status" class="placed">{spot ? say("where.placed", { metres: Math.ceil(spot.accuracyM) }) : say("where.none-yet")}</p>
      <Choice legend={say("where.precision")} field="precision" codes={PRECISIONS} text={(code) => say(`where.${code}`)} draft={{ precision: "exact", ...draft }} set={set} />
    </section>
  );
}

/** My own place, and how far away the thing is in which direction. */
function Standing({ say, setSpot }: Props) {
  const [mine, setMine] = useState<Spot | null>(null);
  const [state, setState] = useState("");
  const [far, setFar] = useState("");
  const [towards, setTowards] = useState("");
  const find = (): void => {
    setState("where.looking");
    const failed = (): void => setState("where.no-position");
    if (!navigator.geolocation) return failed();
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setMine({ lon: coords.longitude, lat: coords.latitude, accuracyM: coords.accuracy });
        setState("");
      },
      failed,
      { enableHighAccuracy: true, timeout: 30_000, maximumAge: 60_000 },
    );
  };
  useEffect(() => {
    if (!mine) return;
    const metres = far.trim() ? numberOf(far) : 0;
    if (metres === null || metres > 5_000) return setState("where.far-wrong");
    const at = DIRECTIONS.indexOf(towards as (typeof DIRECTIONS)[number]);
    setState(metres > 0 && at < 0 ? "where.need-direction" : "");
    // How far without which way: it lies somewhere round here.
    setSpot(at < 0 ? { ...mine, accuracyM: mine.accuracyM + metres } : offset(mine, metres, at * 45));
  }, [mine, far, towards]);
  return (
    <>
      <button type="button" onClick={find}>{say("where.here")}</button>
      <p role="status">{state && say(state)}</p>
      {mine && (
        <div class="pair">
          <label for="far">{say("where.far")}</label>
          <input id="far" inputMode="decimal" value={far} onInput={(event) => setFar(event.currentTarget.value)} />
          <label for="towards">{say("where.towards")}</label>
          <select id="towards" value={towards} onChange={(event) => setTowards(event.currentTarget.value)}>
            <option value="">{say("yes.unknown")}</option>
            {DIRECTIONS.map((each) => <option key={each} value={each}>{say(`where.to-${each}`)}</option>)}
          </select>
        </div>
      )}
    </>
  );
}

function ByName({ say, lang, places, draft, set, setSpot }: Props) {
  const written = draft["place"] ?? "";
  const found = search(places, written).filter((place) => nameOf(place, lang) !== written);
  const take = (place: Named): void => {
    set("place", nameOf(place, lang));
    setSpot({ lon: place.lon_deg, lat: place.lat_deg, accuracyM: NAMED_REACH_M });
  };
  return (
    <>
      <label for="place">{say("where.words")}</label>
      <textarea id="place" rows={2} maxLength={300} dir="auto" value={written} onInput={(event) => set("place", event.currentTarget.value)} />
      {found.length > 0 && (
        <ul class="found" aria-label={say("where.found")}>
          {found.map((place) => (
            <li key={place.name}><button type="button" class="small" onClick={() => take(place)}>{nameOf(place, lang)}</button></li>
          ))}
        </ul>
      )}
    </>
  );
}

function nameOf(place: Named, lang: Lang): string {
  const own = lang === "ckb" ? place.name_ckb : lang === "kmr" ? place.name_kmr : null;
  return own || ((lang === "ar" || lang === "ckb") && place.name_ar) || place.name;
}

/** A map with a cross in its middle: moved under it, then taken with a button. */
function OnMap({ say, lang, spot, setSpot }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const face = useRef<MapFace | null>(null);
  const [state, setState] = useState("where.map-coming");
  useEffect(() => {
    let gone = false;
    if (!box.current) return undefined;
    openPlaceMap(box.current, lang, spot ? [spot.lon, spot.lat] : null, say("where.map")).then(
      (map) => {
        if (gone) return map.remove();
        face.current = map;
        setState("");
      },
      () => setState("where.map-failed"),
    );
    return () => {
      gone = true;
      face.current?.remove();
    };
  }, []);
  const take = (): void => {
    const middle = face.current?.middle();
    if (middle) setSpot({ lon: middle.lon, lat: middle.lat, accuracyM: MAP_REACH_M });
  };
  return (
    <>
      <div class="map" data-state={state || "ready"}><div ref={box} class="canvas" /><span class="cross" aria-hidden="true">+</span></div>
      <p class="quiet">{say("where.map-hint")}</p>
      <p role="status">{state && say(state)}</p>
      {!state && (
        <div class="choices">
          <button type="button" onClick={() => face.current?.zoomBy(1)}>{say("where.nearer")}</button>
          <button type="button" onClick={() => face.current?.zoomBy(-1)}>{say("where.farther")}</button>
          <button type="button" onClick={take}>{say("where.take")}</button>
        </div>
      )}
    </>
  );
}
