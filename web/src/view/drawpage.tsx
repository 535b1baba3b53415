/** Put a drawn area on record: the outline, what it rests on, and what the rules say of it. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Measured, outlineBody } from "../core/drawing.ts";
import type { LonLat } from "../core/plane.ts";
import type { Walk } from "../core/walk.ts";
import { useM2, useReach, useT } from "./context.ts";
import { Correct, useOldOutline } from "./drawcorrect.tsx";
import { LiesOver, useMeasured } from "./measured.tsx";
import { Titled } from "./sheet.tsx";
import { filledIn, freshId, type Order, Steps, Words } from "./steps.tsx";
import { useOnMap, WorkSheet } from "./worksheet.tsx";

const CLASSES = ["sha", "cha", "indication"] as const;

export function DrawPage(): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const corners = desk.drawn.value;
  const [walk, setWalk] = useState<Walk | null>(null);
  const drawing = page.sketch.value !== null;
  const areaId = desk.drawnFor.value;
  const draw = (from: readonly LonLat[]): void => {
    page.sketch.value = {
      kind: "polygon",
      what: "desk.draw.what.area",
      corners: from,
      taken: (taken) => {
        if (!taken) return;
        desk.drawn.value = taken.corners;
        setWalk(taken.walk);
      },
    };
  };
  const { area, byHand, fault: unknown } = useOldOutline(areaId, draw);
  useEffect(() => {
    if (!corners.length && areaId === null) draw([]);
    return () => void (page.sketch.value = null);
  }, [areaId]);
  const { answer, fault } = useMeasured(!drawing && corners.length >= 3 ? corners : null, walk);
  useDrawnOnMap(drawing ? [] : corners);
  return (
    <WorkSheet name="draw" title={t(areaId === null ? "desk.work.draw" : "desk.act.correct_boundary")}>
      <p class="callout">{t("desk.draw.means")}</p>
      {unknown}
      {area && <h3>{desk.words.value.name(area.name, area.area_id)}</h3>}
      {area && !byHand && <p class="callout">{t("desk.draw.no-outline")}</p>}
      {drawing && <p role="status">{t("desk.draw.on-the-map")}</p>}
      {!drawing && (
        <p class="buttons">
          <button type="button" onClick={() => draw(corners)}>
            {t(corners.length ? "desk.draw.again" : "desk.draw.begin")}
          </button>
          {corners.length > 0 && (
            <button type="button" onClick={() => (desk.drawn.value = [])}>
              {t("desk.draw.discard")}
            </button>
          )}
        </p>
      )}
      {fault}
      {answer && (
        <Outlined measured={answer} walk={walk}>
          {area && <Correct area={area} corners={corners} walk={walk} measured={answer} />}
          {areaId === null && <Declare corners={corners} walk={walk} measured={answer} />}
        </Outlined>
      )}
    </WorkSheet>
  );
}

function useDrawnOnMap(corners: readonly LonLat[]): void {
  const ring = [...corners, ...corners.slice(0, 1)].map(([lon, lat]) => [lon, lat]);
  const geometry = { type: "Polygon" as const, coordinates: [ring] };
  const shapes = corners.length >= 3 ? [{ type: "Feature" as const, properties: {}, geometry }] : [];
  useOnMap(shapes, JSON.stringify(corners));
}

interface OutlinedProps {
  readonly corners: readonly LonLat[];
  readonly walk: Walk | null;
  readonly measured: Measured;
}

/** What the server makes of the outline, and under it what may be done with it. */
function Outlined({ walk, measured, children }: Omit<OutlinedProps, "corners"> & { readonly children: ComponentChildren }): JSX.Element {
  const t = useT();
  const m2 = useM2();
  return (
    <>
      <Titled title={t("desk.draw.measured")}>
        <p>
          <b>{m2(measured.area_m2)}</b> {walk && t("desk.draw.walked", { n: Math.round(measured.walked_m ?? 0) })}
        </p>
        <LiesOver measured={measured} most={8} />
      </Titled>
      {children}
    </>
  );
}

/** Why the area may not be put on record by who asks. */
function WhyNot({ measured }: { readonly measured: Measured }): JSX.Element {
  return (
    <>
      {measured.declare.why.map((why) => (
        <p key={why} class="why-not">
          {why}
        </p>
      ))}
    </>
  );
}

function Declare({ corners, walk, measured }: OutlinedProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const m2 = useM2();
  // One id from the first try on: the same outline sent again is the same area.
  const [id] = useState(() => freshId("A"));
  if (!measured.declare.allowed) return <WhyNot measured={measured} />;
  const order = (filled: FormData): Order => {
    const [name, text] = [filledIn(filled, "name"), filledIn(filled, "text")];
    const seen = { kind: filledIn(filled, "kind"), source_kind: filledIn(filled, "source_kind"), text };
    const items = filled.getAll("item").map(String);
    const body = {
      area_id: id,
      outline: outlineBody(corners, walk),
      class: filledIn(filled, "class"),
      name,
      note: filledIn(filled, "note"),
      evidence_ids: items,
      ...(text ? { evidence: seen } : {}),
    };
    const said = [
      t("desk.draw.said", { name: name || id, class: t(`class.${body.class}`), area: m2(measured.area_m2) }),
      t("desk.draw.said.rests", { n: items.length + (text ? 1 : 0) }),
    ];
    return { path: "/api/areas", body, said };
  };
  const acted = (): void => {
    desk.drawn.value = [];
    desk.select({ kind: "area", id });
  };
  return (
    <Steps
      means={t("desk.act.declare_area.means")}
      does={t("desk.act.declare_area.do")}
      order={order}
      acted={acted}
      done={() => void (desk.work.value = null)}
    >
      <label class="field">
        <span>{t("desk.draw.name")}</span>
        <input name="name" dir="auto" maxLength={200} autoComplete="off" />
      </label>
      <Choice name="class" label={t("desk.draw.class")} choices={Object.fromEntries(CLASSES.map((code) => [code, t(`class.${code}`)]))} />
      <RestsOn measured={measured} />
      <Words name="note" label={t("desk.draw.note")} />
    </Steps>
  );
}

/** What the area rests on: items on record that lie on it, and one that is put on record with it. */
function RestsOn({ measured }: { readonly measured: Measured }): JSX.Element {
  const t = useT();
  return (
    <fieldset>
      <legend>{t("desk.draw.rests")}</legend>
      {measured.evidence.map((item) => (
        <label key={item.evidence_id} class="check">
          <input type="checkbox" name="item" value={item.evidence_id} />
          <span>
            {item.kind_text} <code dir="ltr">{item.evidence_id}</code>
          </span>
        </label>
      ))}
      {measured.evidence.length === 0 && <p class="quiet">{t("desk.draw.rests.none")}</p>}
      <p>{t("desk.draw.rests.new")}</p>
      <Choice name="kind" label={t("desk.draw.rests.kind")} choices={measured.choices["kind"] ?? {}} />
      <Choice name="source_kind" label={t("desk.draw.rests.source")} choices={measured.choices["source_kind"] ?? {}} />
      <Words name="text" label={t("desk.draw.rests.text")} />
    </fieldset>
  );
}

function Choice(props: {
  readonly name: string;
  readonly label: string;
  readonly choices: Readonly<Record<string, string>>;
}): JSX.Element {
  return (
    <label class="field">
      <span>{props.label}</span>
      <select name={props.name}>
        {Object.entries(props.choices).map(([code, words]) => (
          <option key={code} value={code}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
