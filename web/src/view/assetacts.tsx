/** Acts on a building, road or bridge: what who is signed in may do next about it, and the works there. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Act, AssetDetail, Choices } from "../core/types.ts";
import { useReach, useT } from "./context.ts";
import { GateBadge } from "./marks.tsx";
import { Titled } from "./sheet.tsx";
import { filledIn, freshId, Opening, type Order, Steps, Words } from "./steps.tsx";
import { Choice, Line, WorksSteps } from "./worksform.tsx";

const NONE: Choices = {};

/** Only what the table of permits lets them do; acts are about the present. */
export function AssetActs({ asset }: { readonly asset: AssetDetail }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  const acts = asset.acts ?? [];
  const { validAt, knownAt } = desk.asked.value;
  if (!desk.session.value.actor || !acts.length) return null;
  const past = validAt !== null || knownAt !== null;
  return (
    <Titled title={t("desk.acts")}>
      {past && <p class="quiet">{t("desk.acts.past")}</p>}
      {!past && (
        <ul class="acts">
          {acts.map((act) => (
            <li key={act.act}>
              <Opening words={t(`desk.act.${act.act}`)}>{(done) => <Form act={act} asset={asset} done={done} />}</Opening>
            </li>
          ))}
        </ul>
      )}
    </Titled>
  );
}

interface FormProps {
  readonly act: Act;
  readonly asset: AssetDetail;
  readonly done: () => void;
}

function Form(props: FormProps): JSX.Element | null {
  switch (props.act.act) {
    case "assess_damage":
      return <Assess {...props} />;
    case "tag_structure":
      return <Tagging {...props} />;
    case "link_damage":
      return <Linking {...props} />;
    case "register_structure":
      return <Units {...props} />;
    case "register_project":
      return <WorksSteps asset={props.asset} choices={props.act.choices ?? NONE} done={props.done} />;
    default:
      return null;
  }
}

function pathOf(asset: AssetDetail, what: string): string {
  return `/api/assets/${encodeURIComponent(asset.asset_id)}/${what}`;
}

/** One assessment in the code of its own scale; the words of the source are kept beside it. */
function Assess({ act, asset, done }: FormProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const choices = act.choices ?? NONE;
  const scales = choices["scale"] ?? {};
  // One id from the first try on: the same assessment sent again is the same one.
  const [id] = useState(() => freshId("D"));
  const [scale, setScale] = useState(Object.keys(scales)[0] ?? "");
  const codes = choices[scale] ?? {};
  const order = (filled: FormData): Order => {
    const code = filledIn(filled, "code");
    const on = filledIn(filled, "observed_at");
    const words = codes[code] ?? code;
    const body = {
      assessment_id: id,
      scale,
      code,
      as_written: filledIn(filled, "as_written") || words,
      source: filledIn(filled, "source"),
      note: filledIn(filled, "note"),
      ...(on ? { observed_at: on } : {}),
    };
    const place = desk.words.value.name(asset.name, asset.asset_id);
    return { path: pathOf(asset, "damage"), body, said: [t("desk.asset.said.damage", { place, scale: scales[scale] ?? scale, grade: words })] };
  };
  return (
    <Steps means={t("desk.act.assess_damage.means")} does={t("desk.act.assess_damage.do")} order={order} done={done}>
      <label class="field">
        <span>{t("desk.asset.scale")}</span>
        <select name="scale" value={scale} onChange={(event) => setScale(event.currentTarget.value)}>
          {Object.entries(scales).map(([code, words]) => (
            <option key={code} value={code}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <Choice key={scale} name="code" label={t("desk.asset.grade")} choices={codes} />
      <Line name="as_written" label={t("desk.asset.as-written")} />
      <Day name="observed_at" label={t("desk.asset.observed")} />
      <Line name="source" label={t("desk.asset.source")} />
      <Words name="note" label={t("desk.works.note")} />
    </Steps>
  );
}

function Tagging({ act, asset, done }: FormProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const tags = act.choices?.["tag"] ?? {};
  const order = (filled: FormData): Order => {
    const [tag, until] = [filledIn(filled, "tag"), filledIn(filled, "until")];
    const place = desk.words.value.name(asset.name, asset.asset_id);
    const said = [t("desk.asset.said.tag", { place, tag: tags[tag] ?? tag })];
    if (until) said.push(t("desk.permits.until", { until: desk.figures.value.date(until) }));
    return { path: pathOf(asset, "tag"), body: { tag, note: filledIn(filled, "note"), ...(until ? { until } : {}) }, said };
  };
  return (
    <Steps means={t("desk.act.tag_structure.means")} does={t("desk.act.tag_structure.do")} order={order} done={done}>
      <Choice name="tag" label={t("desk.tag")} choices={tags} />
      <Day name="until" label={t("desk.asset.until")} />
      <Words name="note" label={t("desk.works.note")} />
    </Steps>
  );
}

function Linking({ act, asset, done }: FormProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const events = act.choices?.["event_id"] ?? {};
  const order = (filled: FormData): Order => {
    const id = filledIn(filled, "event_id");
    const place = desk.words.value.name(asset.name, asset.asset_id);
    const body = { event_id: id, note: filledIn(filled, "note") };
    return { path: pathOf(asset, "events"), body, said: [t("desk.asset.said.event", { place, event: events[id] ?? id })] };
  };
  return (
    <Steps means={t("desk.act.link_damage.means")} does={t("desk.act.link_damage.do")} order={order} done={done}>
      <Choice name="event_id" label={t("desk.asset.event")} choices={events} />
      <Words name="note" label={t("desk.works.note")} />
    </Steps>
  );
}

const LEVELS_MOST = 40;

/** The units that get an outcome of their own: each storey, and what else there is. */
function Units({ act, asset, done }: FormProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const kinds = act.choices?.["kind"] ?? {};
  const others = Object.keys(kinds).filter((kind) => kind !== "storey");
  const order = (filled: FormData): Order => {
    const n = Math.min(LEVELS_MOST, Math.max(0, Number(filledIn(filled, "storeys")) || 0));
    const storeys = Array.from({ length: n }, (_, level) => ({ unit_id: `${asset.asset_id}-s${level}`, kind: "storey", level }));
    const chosen = filled.getAll("unit").map(String);
    const units = [...storeys, ...chosen.map((kind) => ({ unit_id: `${asset.asset_id}-${kind}`, kind }))];
    const body = { structure_id: asset.asset_id, kind: "building", geometry: asset.outline, units, name: asset.name ?? "" };
    const place = desk.words.value.name(asset.name, asset.asset_id);
    return { path: "/api/structures", body, said: [t("desk.asset.said.units", { place, n: units.length }), t("desk.asset.said.units.means")] };
  };
  return (
    <Steps means={t("desk.act.register_structure.means")} does={t("desk.act.register_structure.do")} order={order} done={done}>
      <label class="field">
        <span>{t("desk.asset.storeys")}</span>
        <input name="storeys" type="number" min={0} max={LEVELS_MOST} step={1} defaultValue={String(asset.storeys ?? 1)} required inputMode="numeric" />
      </label>
      <fieldset>
        <legend>{t("desk.asset.units")}</legend>
        {others.map((kind) => (
          <label key={kind} class="check">
            <input type="checkbox" name="unit" value={kind} />
            <span>{kinds[kind]}</span>
          </label>
        ))}
      </fieldset>
    </Steps>
  );
}

function Day(props: { readonly name: string; readonly label: string }): JSX.Element {
  return (
    <label class="field">
      <span>{props.label}</span>
      <input name={props.name} type="date" />
    </label>
  );
}

/** Works that name the asset: permits, stops and papers are on the sheet of each. */
export function AssetWorks({ asset }: { readonly asset: AssetDetail }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  if (!asset.works?.length) return null;
  return (
    <Titled title={t("desk.asset.works")}>
      <ul class="links">
        {asset.works.map((each) => (
          <li key={each.project_id}>
            <button type="button" onClick={() => desk.select({ kind: "project", id: each.project_id })}>
              <bdi>{desk.words.value.name(each.name, each.project_id)}</bdi>
              <GateBadge outcome={each.outcome} />
              <small>{desk.words.value.of("kind", each.kind)}</small>
            </button>
          </li>
        ))}
      </ul>
    </Titled>
  );
}
