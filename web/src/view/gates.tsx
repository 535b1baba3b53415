/** Projects and their gates: may work start, why or why not, and what to do next. */

import type { JSX } from "preact";
import type { GateLine, GateRuling, ProjectDetail } from "../core/types.ts";
import { goTo, useReach, useT } from "./context.ts";
import { History } from "./history.tsx";
import { GateBadge, MarkIcon } from "./marks.tsx";
import { Permits } from "./permits.tsx";
import { Sentence } from "./sentence.tsx";
import { Id, Titled } from "./sheet.tsx";

export function Project({ project, folded }: { project: ProjectDetail; folded: boolean }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const assets = project.assets.filter((asset) => typeof asset !== "string");
  return (
    <section class="block project">
      <h2>
        <bdi>{desk.words.value.name(project.name, project.project_id)}</bdi>
      </h2>
      <p class="sub">
        {desk.words.value.of("kind", project.kind)}
        {project.depth_cm !== null && ` · ${t("desk.digs", { n: project.depth_cm })}`} <Id id={project.project_id} />
      </p>
      <Gates ruling={project.gate} />
      {assets.length > 0 && !folded && (
        <Titled title={t("desk.assets")}>
          <ul class="links">
            {assets.map((asset) => (
              <li key={asset.asset_id}>
                <button type="button" onClick={() => desk.select({ kind: "asset", id: asset.asset_id })}>
                  <bdi>{desk.words.value.name(asset.name, asset.asset_id)}</bdi>
                  <small>{desk.words.value.of("kind", asset.kind)}</small>
                </button>
              </li>
            ))}
          </ul>
        </Titled>
      )}
      <Permits project={project} />
      <History items={project.history} folded={folded} />
    </section>
  );
}

/** The outcome in large, then every gate with its reason. */
export function Gates({ ruling }: { ruling: GateRuling }): JSX.Element {
  const t = useT();
  const order = { closed: 0, conditions: 1, open: 2 };
  const gates = [...ruling.gates].sort((a, b) => order[a.outcome] - order[b.outcome]);
  return (
    <div class="gates">
      <p class="verdict" data-outcome={ruling.outcome}>
        <MarkIcon name={`gate-${ruling.outcome}`} size={34} />
        <span>
          <b>{t(`outcome.${ruling.outcome}`)}</b>
          <small>{t(`desk.gate.means.${ruling.outcome}`)}</small>
        </span>
      </p>
      <ol class="gate-lines" aria-label={t("desk.gates")}>
        {gates.map((gate, at) => (
          <GateRow key={`${gate.gate}${gate.code}${at}`} line={gate} />
        ))}
      </ol>
      {(ruling.not_asked ?? []).length > 0 && (
        <details class="not-asked">
          <summary>{t("desk.gates.not-asked")}</summary>
          <ul>
            {(ruling.not_asked ?? []).map((each) => (
              <li key={each.gate}>
                <b>{t(`gate.${each.gate}`)}</b> {each.detail}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** Whom a condition binds, and until which day it holds. */
function Bound({ line }: { line: GateLine }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  const until = line.until ? t("desk.gate.until", { day: desk.figures.value.date(line.until) }) : null;
  if (!line.who && !until) return null;
  return (
    <p class="next">
      {line.who && <bdi>{line.who}</bdi>}
      {line.who && until && " · "}
      {until}
    </p>
  );
}

function GateRow({ line }: { line: GateLine }): JSX.Element {
  const reach = useReach();
  const t = useT();
  const areas = line.area_ids ?? [];
  return (
    <li data-outcome={line.outcome}>
      <p class="gate-head">
        <GateBadge outcome={line.outcome} />
        <b>{reach.desk.words.value.of("gate", line.gate)}</b>
      </p>
      <p>
        <Sentence text={line.detail} />
      </p>
      <Bound line={line} />
      {line.next && (
        <p class="next">
          <b>{t("desk.step")}</b> <Sentence text={line.next} />
        </p>
      )}
      <p class="meta">
        {areas.map((id) => (
          <button key={id} type="button" class="chip" onClick={() => goTo(reach, { kind: "area", id })}>
            <bdi>{reach.desk.words.value.name(areaName(reach.desk.picture.value?.areas ?? [], id), id)}</bdi>
          </button>
        ))}
        <code dir="ltr">{line.code}</code>
      </p>
    </li>
  );
}

function areaName(areas: readonly { area_id: string; name: string | null }[], id: string): string | null {
  return areas.find((area) => area.area_id === id)?.name ?? null;
}
