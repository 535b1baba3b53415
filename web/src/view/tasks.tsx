/** Tasks: the list of them, and the dossier of one, for the screen and for paper. */

import type { JSX } from "preact";
import { type Dossier, extractOf, type TaskBrief, type WorkTold } from "../core/task.ts";
import { workFor } from "../core/work.ts";
import { useM2, useReach, useT } from "./context.ts";
import { Evidence, Finds, Happened, Parts } from "./parts.tsx";
import { Fault } from "./refusal.tsx";
import { Id, Titled } from "./sheet.tsx";
import { Areas } from "./waysin.tsx";
import { useAnswer, useOnMap, WorkSheet } from "./worksheet.tsx";

export function TaskPages(): JSX.Element {
  const { desk } = useReach();
  const id = desk.of.value;
  return id === null ? <TaskList /> : <DossierPage key={id} id={id} />;
}

function TaskList(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { answer, fault } = useAnswer<{ tasks: readonly TaskBrief[] }>("/api/tasks", { timed: true });
  return (
    <WorkSheet name="tasks" title={t("desk.work.tasks")}>
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && answer.tasks.length === 0 && <p class="callout">{t("desk.task.none")}</p>}
      <ul class="cards">
        {(answer?.tasks ?? []).map((task) => (
          <li key={task.task_id}>
            <p class="card-top">
              <button type="button" class="plain" onClick={() => (desk.of.value = task.task_id)}>
                <bdi>{desk.words.value.name(task.area_name, task.area_id)}</bdi>
              </button>
              <span class="state">{task.stage_text}</span>
            </p>
            <TaskLine task={task} />
          </li>
        ))}
      </ul>
    </WorkSheet>
  );
}

function TaskLine({ task }: { task: TaskBrief }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const m2 = useM2();
  return (
    <p class="meta">
      <Id id={task.task_id} />
      <bdi>{task.organisation}</bdi>
      <time dateTime={task.ordered_at}>{desk.figures.value.date(task.ordered_at)}</time>
      <span>{t("desk.task.hazard", { hazard: m2(task.hazard_m2), ground: m2(task.ground_m2) })}</span>
    </p>
  );
}

function DossierPage({ id }: { id: string }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { answer, fault } = useAnswer<Dossier>(`/api/tasks/${encodeURIComponent(id)}`, { timed: true });
  return (
    <WorkSheet name="dossier" title={t("desk.task.dossier", { task: `\u2068${id}\u2069` })} back={() => void (desk.of.value = null)}>
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && <Body dossier={answer} />}
    </WorkSheet>
  );
}

function Body({ dossier }: { dossier: Dossier }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { task } = dossier;
  useOnMap([{ type: "Feature", properties: {}, geometry: dossier.ground }], task.task_id);
  return (
    <>
      <p class="card-top">
        <b>
          <bdi>{desk.words.value.name(task.area_name, task.area_id)}</bdi>
        </b>
        <span class="state">{task.stage_text}</span>
      </p>
      <TaskLine task={task} />
      <p class="buttons no-print">
        <button type="button" onClick={() => print()}>
          {t("desk.task.print")}
        </button>
        {workFor(desk.session.value.actor?.role ?? null).includes("parts") && task.organisation === desk.session.value.actor?.organisation_id && (
          <button type="button" onClick={() => desk.openWork("parts", `task:${task.task_id}`)}>
            {t("desk.work.parts")}
          </button>
        )}
        <Areas ids={[task.area_id]} />
      </p>
      <MapExtract dossier={dossier} />
      <Order dossier={dossier} />
      <Ground dossier={dossier} />
      <Titled title={t("desk.release.evidence")}>
        <Evidence evidence={dossier.evidence} />
      </Titled>
      <Titled title={t("desk.task.works")}>
        {dossier.works.length === 0 && <p class="quiet">{t("desk.task.no-works")}</p>}
        {dossier.works.map((work) => (
          <Work key={work.work_id} work={work} />
        ))}
      </Titled>
      <Titled title={t("desk.release.quality")}>
        <Happened items={dossier.quality} none={t("desk.release.no-quality")} />
      </Titled>
      <Titled title={t("desk.task.breaches")}>
        <Happened items={dossier.nonconformities} none={t("desk.release.no-breach")} />
      </Titled>
      <Releases dossier={dossier} />
      <Closing dossier={dossier} />
      <Titled title={t("desk.history")}>
        <Happened items={dossier.history} none="" />
      </Titled>
      <Origin dossier={dossier} />
    </>
  );
}

const NOT_CLEARED: Readonly<Record<string, string>> = { not_cleared: "url(#left)" };
const FILLS: Readonly<Record<string, string>> = { cleared: "#bcd6ea", reduced: "#ddeef8", cancelled: "#e4e7ec", ...NOT_CLEARED };

/** The ground from above, to scale, north up; the parts told apart by their lines as well as their colours. */
function MapExtract({ dossier }: { dossier: Dossier }): JSX.Element | null {
  const t = useT();
  const map = extractOf(dossier);
  if (!map) return null;
  const line = map.width / 160;
  // What an operator reports releases nothing: while the task holds hazard, no part looks released.
  const hazard = dossier.task.hazard_m2 > 0;
  const fills = hazard ? NOT_CLEARED : FILLS;
  const end = map.width - 4 * line;
  return (
    <figure class="map-extract">
      <svg viewBox={`0 0 ${map.width} ${map.height}`} role="img" aria-label={t("desk.task.map", { bar: map.barM })}>
        <defs>
          <pattern id="left" width={5 * line} height={5 * line} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width={5 * line} height={5 * line} fill="#cfc6cb" />
            <line x1="0" y1="0" x2="0" y2={5 * line} stroke="#3b2430" stroke-width={2 * line} />
          </pattern>
        </defs>
        <path d={map.ground} fill="#f6cfc0" stroke="#a82c02" stroke-width={2 * line} />
        {map.parts.map((part, at) => (
          <path key={at} d={part.path} fill={fills[part.outcome] ?? "none"} stroke="#1d2430" stroke-width={line} stroke-dasharray={part.outcome === "cancelled" ? `${3 * line}` : undefined} />
        ))}
        {map.finds.map(([x, y], at) => (
          <path key={at} d={`M${x - 3 * line} ${y - 3 * line}l${6 * line} ${6 * line}m0 ${-6 * line}l${-6 * line} ${6 * line}`} stroke="#9c1f3f" stroke-width={2 * line} />
        ))}
        <path d={`M${end - map.barM} ${map.height - 3 * line}H${end}`} stroke="#1d2430" stroke-width={2 * line} />
      </svg>
      <figcaption class="quiet">
        {t("desk.task.map", { bar: map.barM })} {hazard && <b>{t("desk.task.map.hazard")}</b>}
      </figcaption>
    </figure>
  );
}

function Facts({ rows }: { rows: readonly (readonly [name: string, value: string | null])[] }): JSX.Element {
  return (
    <dl class="statement">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <bdi>{value ?? "–"}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Order({ dossier }: { dossier: Dossier }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const day = (at: string | null): string => (at ? desk.figures.value.date(at) : t("desk.task.no-end"));
  const { task, cost } = dossier;
  const paid = cost === null ? null : `${desk.figures.value.whole(cost)} ${dossier.currency ?? ""}`;
  return (
    <>
      <Titled title={t("desk.task.order")}>
        <Facts
          rows={[
            [t("desk.task.ordered-by"), dossier.ordered_by],
            [t("desk.task.organisation"), task.organisation],
            [t("desk.task.methods"), desk.figures.value.list(dossier.methods)],
            [t("desk.task.depth"), dossier.depth_cm === null ? null : t("desk.release.at-depth", { depth: desk.figures.value.whole(dossier.depth_cm) })],
            [t("desk.task.donor"), dossier.donor],
            [t("desk.task.cost"), paid],
            [t("desk.task.teams"), dossier.teams.length ? desk.figures.value.list(dossier.teams) : null],
          ]}
        />
        {dossier.note && <blockquote dir="auto">{desk.words.value.name(dossier.note)}</blockquote>}
      </Titled>
      <Titled title={t("desk.task.accreditation")}>
        {dossier.accreditations.length === 0 && <p class="quiet">{t("desk.task.no-accreditation")}</p>}
        <ul class="against">
          {dossier.accreditations.map((each) => (
            <li key={each.accreditation_id}>
              <b>{t(each.stands ? "desk.task.stands" : "desk.task.stands-not")}</b> · {desk.figures.value.list(each.methods)} · {day(each.valid_from)} –{" "}
              {day(each.valid_until)} <Id id={each.accreditation_id} />
            </li>
          ))}
        </ul>
      </Titled>
    </>
  );
}

function Ground({ dossier }: { dossier: Dossier }): JSX.Element {
  const t = useT();
  const m2 = useM2();
  return (
    <Titled title={t("desk.task.ground")}>
      <table class="figures">
        <tbody>
          {dossier.outcomes.map((each) => (
            <tr key={each.outcome}>
              <th scope="row">{each.outcome_text}</th>
              <td>{m2(each.area_m2)}</td>
            </tr>
          ))}
          {dossier.unrecorded_m2 > 0 && (
            <tr>
              <th scope="row">{t("desk.task.unrecorded")}</th>
              <td>{m2(dossier.unrecorded_m2)}</td>
            </tr>
          )}
          <tr>
            <th scope="row">{t("desk.task.whole")}</th>
            <td>{m2(dossier.task.ground_m2)}</td>
          </tr>
        </tbody>
      </table>
    </Titled>
  );
}

function Work({ work }: { work: WorkTold }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const hours = work.deminer_hours === null ? null : desk.figures.value.whole(work.deminer_hours);
  return (
    <section class="one-work">
      <p class="meta">
        <Id id={work.work_id} />
        <time dateTime={work.reported_at}>{desk.figures.value.date(work.reported_at)}</time>
        {work.team_id && <bdi>{work.team_id}</bdi>}
        {hours && <span>{t("desk.task.hours", { hours })}</span>}
        {work.asset_ids.map((asset) => (
          <Id key={asset} id={asset} />
        ))}
      </p>
      {work.note && <blockquote dir="auto">{desk.words.value.name(work.note)}</blockquote>}
      <Parts parts={work.parts} />
      <Finds finds={work.finds} complete={work.finds_complete} />
    </section>
  );
}

function Releases({ dossier }: { dossier: Dossier }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const m2 = useM2();
  return (
    <Titled title={t("desk.task.releases")}>
      {dossier.releases.length === 0 && <p class="quiet">{t("desk.task.no-releases")}</p>}
      <ul class="against">
        {dossier.releases.map((each) => (
          <li key={each.release_id}>
            <b>{t(`desk.release.${each.state}`)}</b> · {m2(each.area_m2)} · {desk.figures.value.date(each.decided_at ?? each.proposed_at)}{" "}
            <button type="button" class="chip no-print" onClick={() => desk.openWork("inbox", `release:${each.release_id}`)}>
              {t("desk.task.open-release")}
            </button>{" "}
            <Id id={each.release_id} />
          </li>
        ))}
      </ul>
    </Titled>
  );
}

function Closing({ dossier }: { dossier: Dossier }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const said = (words: string): string => desk.words.value.name(words);
  return (
    <Titled title={t("desk.task.papers")}>
      {dossier.handovers.map((each) => (
        <Facts
          key={each.handover_id}
          rows={[
            [t("desk.task.handed-to"), each.receiver],
            [t("desk.task.told-on"), each.told_on],
            [t("desk.task.residual"), said(each.residual_risk)],
            [t("desk.task.limits"), said(each.limits)],
            [t("desk.release.left"), each.not_cleared.length ? desk.figures.value.list(each.not_cleared) : null],
          ]}
        />
      ))}
      <ul class="against">
        {dossier.certificates.map((each) => (
          <li key={each.number}>
            <Id id={each.number} /> {t(`desk.certificate.kind.${each.kind}`)} · {t(`desk.certificate.state.${each.state}`)}
          </li>
        ))}
        {dossier.documents.map((each) => (
          <li key={each.sha256}>
            <bdi dir="auto">{each.name}</bdi> · {each.media_type} · {desk.figures.value.date(each.at)} <code dir="ltr">{each.sha256.slice(0, 12)}</code>
          </li>
        ))}
      </ul>
      {dossier.handovers.length + dossier.certificates.length + dossier.documents.length === 0 && <p class="quiet">{t("desk.task.no-papers")}</p>}
    </Titled>
  );
}

function Origin({ dossier }: { dossier: Dossier }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return (
    <Titled title={t("account.statement")}>
      <Facts
        rows={[
          [t("account.statement.source"), desk.words.value.name(dossier.source)],
          [t("account.statement.valid_at"), desk.figures.value.date(dossier.as_of)],
          [t("account.statement.known_at"), desk.figures.value.date(dossier.known_at)],
          [t("account.statement.method"), dossier.method],
          [t("account.statement.boundary"), dossier.task.task_id],
        ]}
      />
    </Titled>
  );
}
