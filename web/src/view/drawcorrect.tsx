/** Give an area on record another outline: what it was, what it will be, why, and a second person. */

import type { Geometry } from "geojson";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Measured, outlineBody } from "../core/drawing.ts";
import type { Credentials } from "../core/person.ts";
import type { LonLat } from "../core/plane.ts";
import type { AreaDetail } from "../core/types.ts";
import type { Walk } from "../core/walk.ts";
import { useM2, useReach, useT } from "./context.ts";
import { Fault } from "./refusal.tsx";
import { Second } from "./second.tsx";
import { filledIn, type Order, Steps, Words } from "./steps.tsx";
import { useAnswer } from "./worksheet.tsx";

/** The corners of an outline that a hand can change: one ring without holes. */
export function handCorners(outline: Geometry | null | undefined): LonLat[] | null {
  const rings = outline?.type === "Polygon" ? outline.coordinates : outline?.type === "MultiPolygon" && outline.coordinates.length === 1 ? outline.coordinates[0] : null;
  if (rings?.length !== 1) return null;
  return (rings[0] ?? []).slice(0, -1).map(([lon = 0, lat = 0]): LonLat => [lon, lat]);
}

/** The area as on record; once it has come, its outline is drawn unless another one is already. */
export function useOldOutline(areaId: string | null, begin: (corners: readonly LonLat[]) => void) {
  const { desk } = useReach();
  const { answer, fault } = useAnswer<AreaDetail>(areaId === null ? null : `/api/areas/${encodeURIComponent(areaId)}`);
  const corners = handCorners(answer?.outline);
  useEffect(() => {
    if (corners && !desk.drawn.peek().length) begin(corners);
  }, [answer?.area_id, corners !== null]);
  return { area: answer, byHand: corners !== null, fault: fault && <Fault fault={fault} /> };
}

interface CorrectProps {
  readonly area: AreaDetail;
  readonly corners: readonly LonLat[];
  readonly walk: Walk | null;
  readonly measured: Measured;
}

export function Correct({ area, corners, walk, measured }: CorrectProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const m2 = useM2();
  const name = desk.words.value.name(area.name, area.area_id);
  const old = area.figures["registered_m2"];
  const second = useRef<Credentials | null>(null);
  const order = (filled: FormData): Order => {
    const body = {
      outline: outlineBody(corners, walk),
      justification: filledIn(filled, "justification"),
      ...(second.current ? { second: second.current } : {}),
    };
    const said = [t("desk.draw.said.outline", { name, area: m2(measured.area_m2) })];
    if (old != null) said.push(t("desk.draw.old", { area: m2(old) }));
    return { path: `/api/areas/${encodeURIComponent(area.area_id)}/boundary`, body, said };
  };
  return (
    <Steps
      means={t("desk.act.correct_boundary.means")}
      does={t("desk.act.correct_boundary.do")}
      order={order}
      acted={() => desk.select({ kind: "area", id: area.area_id })}
      done={() => void (desk.work.value = null)}
    >
      <Words name="justification" label={t("desk.draw.why")} required />
      <Second legend={t("desk.draw.second")} required={false} take={(given) => void (second.current = given)} />
    </Steps>
  );
}
