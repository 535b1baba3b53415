/** An outline by bearing and distance: a start, legs, the north they are read from, and what they miss. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { readNumber, readPlace } from "../core/coordinates.ts";
import type { LonLat } from "../core/plane.ts";
import { changed, type Sketch } from "../core/sketch.ts";
import { type North, type Walk, walked, walkFaults } from "../core/walk.ts";
import { useReach, useT } from "./context.ts";
import { usePlane } from "./dock.tsx";

interface Row {
  readonly bearing: string;
  readonly distance: string;
}

interface Typed {
  readonly start: string;
  readonly north: North;
  readonly declination: string;
  readonly returns: boolean;
  readonly rows: readonly Row[];
}

const NOTHING: Row = { bearing: "", distance: "" };
const NORTHS: readonly North[] = ["magnetic", "true_north"];

interface EntryProps {
  readonly sketch: Sketch;
  readonly put: (next: Sketch, walk: Walk) => void;
  readonly walk: Walk | null;
}

export function WalkEntry({ sketch, put, walk }: EntryProps): JSX.Element {
  const { page } = useReach();
  const t = useT();
  const [typed, setTyped] = useState<Typed>(() => typedOf(walk, sketch));
  const set = (change: Partial<Typed>): void => setTyped({ ...typed, ...change });
  const setRow = (at: number, change: Partial<Row>): void => {
    const rows = typed.rows.map((row, index) => (index === at ? { ...row, ...change } : row));
    const last = rows.at(-1);
    set({ rows: last && (last.bearing || last.distance) ? [...rows, NOTHING] : rows });
  };
  const here = (): void => {
    const middle = page.face.value?.middle();
    if (middle) set({ start: `${middle.lat.toFixed(7)}, ${middle.lon.toFixed(7)}` });
  };
  const closes = sketch.kind === "polygon";
  return (
    <div class="dock-walk">
      <label class="field">
        <span>{t("desk.draw.walk.start")}</span>
        <input dir="ltr" value={typed.start} onInput={(event) => set({ start: event.currentTarget.value })} />
      </label>
      <p class="buttons">
        <button type="button" class="small" disabled={!page.face.value} onClick={here}>
          {t("desk.draw.walk.here")}
        </button>
      </p>
      <NorthFields typed={typed} set={set} />
      <table class="legs">
        <thead>
          <tr>
            <th scope="col">{t("desk.draw.walk.leg")}</th>
            <th scope="col">{t("desk.draw.walk.bearing")}</th>
            <th scope="col">{t("desk.draw.walk.distance")}</th>
          </tr>
        </thead>
        <tbody>
          {typed.rows.map((row, at) => (
            <LegRow key={at} row={row} at={at} set={(change) => setRow(at, change)} />
          ))}
        </tbody>
      </table>
      {closes && (
        <label class="check">
          <input type="checkbox" checked={typed.returns} onChange={() => set({ returns: !typed.returns })} />
          <span>{t("desk.draw.walk.returns")}</span>
        </label>
      )}
      <Outcome typed={typed} closes={closes} put={(read, corners) => put(changed(sketch, corners), read)} />
    </div>
  );
}

function NorthFields({ typed, set }: { readonly typed: Typed; readonly set: (change: Partial<Typed>) => void }): JSX.Element {
  const t = useT();
  return (
    <div class="dock-north">
      <label class="field">
        <span>{t("desk.draw.walk.north")}</span>
        <select value={typed.north} onChange={(event) => set({ north: event.currentTarget.value as North })}>
          {NORTHS.map((north) => (
            <option key={north} value={north}>
              {t(`desk.draw.walk.${north}`)}
            </option>
          ))}
        </select>
      </label>
      {typed.north === "magnetic" && (
        <label class="field">
          <span>{t("desk.draw.walk.declination")}</span>
          <input
            dir="ltr"
            inputMode="decimal"
            value={typed.declination}
            onInput={(event) => set({ declination: event.currentTarget.value })}
          />
        </label>
      )}
    </div>
  );
}

function LegRow(props: { readonly row: Row; readonly at: number; readonly set: (change: Partial<Row>) => void }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const n = desk.figures.value.whole(props.at + 1);
  const field = (name: keyof Row): JSX.Element => (
    <td>
      <input
        dir="ltr"
        inputMode="decimal"
        aria-label={`${t(`desk.draw.walk.${name}`)} ${n}`}
        value={props.row[name]}
        onInput={(event) => props.set({ [name]: event.currentTarget.value })}
      />
    </td>
  );
  return (
    <tr>
      <th scope="row">{n}</th>
      {field("bearing")}
      {field("distance")}
    </tr>
  );
}

/** Where the legs lead and by how much they miss, told before they are taken. */
function Outcome(props: {
  readonly typed: Typed;
  readonly closes: boolean;
  readonly put: (walk: Walk, corners: readonly LonLat[]) => void;
}): JSX.Element {
  const t = useT();
  const plane = usePlane();
  const walk = readWalk(props.typed, props.closes);
  const faults = walk === null ? ["desk.draw.walk.unread"] : walkFaults(walk);
  const led = walk && !faults.length ? walked(walk, plane) : null;
  return (
    <>
      {led?.missedM != null && (
        <p class={led.tooFar ? "said bad" : "said"} role={led.tooFar ? "alert" : "status"}>
          {t("desk.draw.missed", { missed: led.missedM.toFixed(2), limit: (led.limitM ?? 0).toFixed(2) })}
          {led.tooFar && <b class="next">{t("desk.draw.missed.too-far")}</b>}
        </p>
      )}
      {led && led.missedM === null && props.closes && <p class="quiet">{t("desk.draw.walk.unchecked")}</p>}
      {faults.map((fault) => (
        <p key={fault} class="quiet">
          {t(fault)}
        </p>
      ))}
      <p class="buttons">
        <button type="button" class="small" disabled={!led || led.tooFar} onClick={() => walk && led && props.put(walk, led.corners)}>
          {t("desk.draw.walk.put")}
        </button>
      </p>
    </>
  );
}

/** The walk that was typed; null while a figure cannot be read. */
function readWalk(typed: Typed, closes: boolean): Walk | null {
  const start = readPlace(typed.start);
  const rows = typed.rows.filter((row) => row.bearing.trim() || row.distance.trim());
  const legs = rows.map((row) => ({ bearingDeg: readNumber(row.bearing), distanceM: readNumber(row.distance) }));
  const declinationDeg = typed.declination.trim() ? readNumber(typed.declination) : null;
  if (!start || (typed.declination.trim() && declinationDeg === null)) return null;
  const read = legs.flatMap(({ bearingDeg, distanceM }) =>
    bearingDeg === null || distanceM === null ? [] : [{ bearingDeg, distanceM }],
  );
  if (read.length < legs.length) return null;
  return { start, legs: read, north: typed.north, declinationDeg, returns: closes && typed.returns };
}

function typedOf(walk: Walk | null, sketch: Sketch): Typed {
  const start = walk?.start ?? sketch.corners[0];
  const rows = (walk?.legs ?? []).map((leg) => ({ bearing: String(leg.bearingDeg), distance: String(leg.distanceM) }));
  return {
    start: start ? `${start[1].toFixed(7)}, ${start[0].toFixed(7)}` : "",
    north: walk?.north ?? "magnetic",
    declination: walk?.declinationDeg == null ? "" : String(walk.declinationDeg),
    returns: walk?.returns ?? true,
    rows: [...rows, NOTHING],
  };
}
