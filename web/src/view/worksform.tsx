/** Ask for works on a building or road: what, how deep, by which way in. The gate answers at once. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { polygon } from "../core/drawing.ts";
import type { AssetDetail, Choices } from "../core/types.ts";
import { type LonLat, useReach, useT } from "./context.ts";
import { filledIn, freshId, type Order, Steps, Words } from "./steps.tsx";

const FIELDS = ["name", "kind", "depth_cm", "works_method", "workers", "owner", "funder", "protected", "note"] as const;

export function WorksSteps(props: {
  readonly asset: AssetDetail;
  readonly choices: Choices;
  readonly done: () => void;
}): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { asset, choices } = props;
  // One id from the first try on: the same order sent again is the same works.
  const [id] = useState(() => freshId("J"));
  const [line, setLine] = useState<readonly LonLat[]>([]);
  const [outline, setOutline] = useState<readonly LonLat[]>([]);
  const place = desk.words.value.name(asset.name, asset.asset_id);
  const order = (filled: FormData): Order => {
    const told = FIELDS.map((field) => [field, filledIn(filled, field)] as const).filter(([, value]) => value);
    const drawn = outline.length > 2 ? [["geometry", polygon(outline)]] : [];
    const fields = Object.fromEntries([["id", id], ["asset_ids", asset.asset_id], ...told, ...drawn]);
    const kind = choices["kind"]?.[filledIn(filled, "kind")] ?? "";
    const said = [
      t("desk.works.said", { name: filledIn(filled, "name"), kind, place }),
      t("desk.permit.said.depth", { n: filledIn(filled, "depth_cm") }),
      ...(outline.length > 2 ? [t("desk.works.said.outline", { n: outline.length })] : []),
      line.length > 1 ? t("desk.works.said.way", { n: line.length }) : t("desk.works.said.no-way"),
    ];
    const way = line.length > 1 ? { way_in: { points: line } } : {};
    return { path: "/api/projects", body: { fields, ...way }, said };
  };
  return (
    <Steps
      means={t("desk.act.register_project.means")}
      does={t("desk.act.register_project.do")}
      order={order}
      acted={() => desk.select({ kind: "project", id })}
      done={props.done}
    >
      <Line name="name" label={t("desk.works.name")} required />
      <Choice name="kind" label={t("desk.works.kind")} choices={choices["kind"] ?? {}} />
      <label class="field">
        <span>{t("desk.works.depth")}</span>
        <input name="depth_cm" type="number" min={0} max={50000} step={1} required inputMode="numeric" />
      </label>
      <OnMap kind="polygon" name="outline" corners={outline} set={setOutline} />
      <OnMap kind="line" name="way" corners={line} set={setLine} />
      <Choice name="works_method" label={t("desk.works.method")} choices={choices["works_method"] ?? {}} optional />
      <label class="field">
        <span>{t("desk.works.workers")}</span>
        <input name="workers" type="number" min={0} max={100000} step={1} inputMode="numeric" />
      </label>
      <Line name="owner" label={t("desk.works.owner")} />
      <Line name="funder" label={t("desk.works.funder")} />
      <Choice name="protected" label={t("desk.works.protected")} choices={choices["protected"] ?? {}} optional />
      <Words name="note" label={t("desk.works.note")} />
    </Steps>
  );
}

/** A line or outline drawn on the map for a form; what is drawn stands there until it is drawn anew. */
function OnMap(props: {
  readonly kind: "line" | "polygon";
  readonly name: "way" | "outline";
  readonly corners: readonly LonLat[];
  readonly set: (corners: readonly LonLat[]) => void;
}): JSX.Element {
  const { page } = useReach();
  const t = useT();
  const { kind, name, corners, set } = props;
  useEffect(() => () => void (page.sketch.value = null), []);
  const draw = (): void => {
    const what = name === "way" ? "desk.draw.what.way" : "desk.draw.what.works";
    page.sketch.value = { kind, what, corners, taken: (taken) => taken && set(taken.corners) };
  };
  return (
    <fieldset>
      <legend>{t(`desk.works.${name}`)}</legend>
      <p class="quiet">{t(`desk.works.${name}.hint`)}</p>
      <p role="status">{t("desk.works.way.places", { n: corners.length })}</p>
      <p class="buttons">
        <button type="button" class="small" disabled={page.sketch.value !== null} onClick={draw}>
          {t("desk.works.way.draw")}
        </button>
        {corners.length > 0 && (
          <button type="button" class="small" onClick={() => set([])}>
            {t("desk.works.way.back")}
          </button>
        )}
      </p>
    </fieldset>
  );
}

export function Line(props: { readonly name: string; readonly label: string; readonly required?: boolean }): JSX.Element {
  return (
    <label class="field">
      <span>{props.label}</span>
      <input name={props.name} dir="auto" required={props.required ?? false} maxLength={300} autoComplete="off" />
    </label>
  );
}

export function Choice(props: {
  readonly name: string;
  readonly label: string;
  readonly choices: Readonly<Record<string, string>>;
  readonly optional?: boolean;
}): JSX.Element {
  const t = useT();
  return (
    <label class="field">
      <span>{props.label}</span>
      <select name={props.name} required={!props.optional}>
        <option value="">{t(props.optional ? "desk.works.not-said" : "desk.works.choose")}</option>
        {Object.entries(props.choices).map(([code, words]) => (
          <option key={code} value={code}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
