/** Ways in: which clearance would open the most, and the way to every project and service. */

import type { JSX } from "preact";
import type { Access, Opening, Told, WayIn } from "../core/waysin.ts";
import { goTo, useReach, useT } from "./context.ts";
import { GateBadge } from "./marks.tsx";
import { Fault } from "./refusal.tsx";
import { Sentence } from "./sentence.tsx";
import { Titled } from "./sheet.tsx";
import { useAnswer, WorkSheet } from "./worksheet.tsx";

const WORST_FIRST = ["closed", "conditions", "open"];

export function WaysIn(): JSX.Element {
  const t = useT();
  const { answer, fault } = useAnswer<Access>("/api/access", { timed: true });
  return (
    <WorkSheet name="waysin" title={t("desk.work.waysin")}>
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && <Body access={answer} />}
    </WorkSheet>
  );
}

function Body({ access }: { access: Access }): JSX.Element {
  const t = useT();
  const names = new Map(access.places.map((place) => [place.id, place.name]));
  const places = [...access.places].sort(
    (a, b) => WORST_FIRST.indexOf(a.outcome) - WORST_FIRST.indexOf(b.outcome),
  );
  return (
    <>
      {access.reasons.map((reason) => (
        <Said key={reason.code} told={reason} />
      ))}
      {access.n_pieces !== null && (
        <Titled title={t("desk.ways.openings")}>
          {access.openings.length === 0 && <p class="quiet">{t("access.nothing-opens")}</p>}
          <ol class="cards">
            {access.openings.map((opening) => (
              <OpeningCard key={opening.area_ids.join("+")} opening={opening} names={names} />
            ))}
          </ol>
        </Titled>
      )}
      <Titled title={t("desk.ways.places", { n: places.length })}>
        <ul class="cards">
          {places.map((place) => (
            <PlaceCard key={`${place.kind} ${place.id}`} place={place} />
          ))}
        </ul>
      </Titled>
    </>
  );
}

/** A reason, and under it what to do next. */
export function Said({ told }: { told: Told }): JSX.Element {
  return (
    <p class="said">
      <Sentence text={told.text} />
      {told.next && <b class="next"><Sentence text={told.next} /></b>}
    </p>
  );
}

function OpeningCard({ opening, names }: { opening: Opening; names: ReadonlyMap<string, string> }): JSX.Element {
  const t = useT();
  const { desk } = useReach();
  const opened = [...opening.projects, ...opening.services].map((id) => desk.words.value.name(names.get(id), id));
  return (
    <li>
      <p>
        <b>{t("desk.ways.would-open", { n: opening.n })}</b> {desk.figures.value.list(opened)}
      </p>
      <p class="sub">
        {t("desk.ways.if-released")} <Areas ids={opening.area_ids} />
      </p>
    </li>
  );
}

function PlaceCard({ place }: { place: WayIn }): JSX.Element {
  const reach = useReach();
  const t = useT();
  const kind = place.kind === "project" ? "project" : "asset";
  return (
    <li data-outcome={place.outcome}>
      <p class="card-top">
        <button type="button" class="plain" onClick={() => goTo(reach, { kind, id: place.id })}>
          <bdi>{reach.desk.words.value.name(place.name, place.id)}</bdi>
        </button>
        <GateBadge outcome={place.outcome} />
      </p>
      <Said told={place.reason} />
      {place.outcome === "closed" &&
        place.waits_for.map((areas, at) => (
          <p key={areas.join("+")} class="sub">
            {t(at ? "desk.ways.or" : "desk.ways.waits")} <Areas ids={areas} />
          </p>
        ))}
    </li>
  );
}

/** Areas by name, each a step to it on the map. */
export function Areas({ ids }: { ids: readonly string[] }): JSX.Element {
  const reach = useReach();
  const named = new Map(reach.desk.picture.value?.areas.map((area) => [area.area_id, area.name]));
  return (
    <span class="area-links">
      {ids.map((id) => (
        <button key={id} type="button" class="chip" onClick={() => goTo(reach, { kind: "area", id })}>
          <bdi>{reach.desk.words.value.name(named.get(id), id)}</bdi>
        </button>
      ))}
    </span>
  );
}
